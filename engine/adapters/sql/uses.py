"""The roll-up of cases per matter in SQL: rows of `counters`."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.tables.cases import cases
from engine.adapters.sql.tables.certificates import counters

_PREFIX, _UNTIL = "uses:", "uses.until"


class SqlUses:
    """Fulfils `UseStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def counted(self) -> dict[str, int]:
        query = sa.select(counters).where(counters.c.key.startswith(_PREFIX, autoescape=True))
        return {row.key.removeprefix(_PREFIX): int(row.value) for row in self._connection.execute(query)}

    def until(self) -> int:
        query = sa.select(counters.c.value).where(counters.c.key == _UNTIL)
        return int(self._connection.execute(query).scalar() or 0)

    def count_on(self, before: int, until: int, after_text: str, until_text: str) -> bool:
        mark = insert(self._connection, counters).values(key=_UNTIL, value=until)
        mark = mark.on_conflict_do_update(
            index_elements=["key"], set_={"value": until}, where=counters.c.value == before
        )
        if self._connection.execute(mark).rowcount == 0:
            return False
        new = sa.select(cases.c.matter, sa.func.count().label("number")).group_by(cases.c.matter)
        new = new.where(cases.c.received_at > after_text, cases.c.received_at <= until_text)
        for row in self._connection.execute(new).all():
            grown = insert(self._connection, counters).values(key=_PREFIX + row.matter, value=row.number)
            grown = grown.on_conflict_do_update(
                index_elements=["key"], set_={"value": counters.c.value + row.number}
            )
            self._connection.execute(grown)
        return True
