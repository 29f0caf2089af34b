"""Who is asked by name, in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.tables.asked import asked_people
from engine.ports.asked import Asked

_NAMES = ("case", "task", "person", "kind", "title", "due", "state")


class SqlAsked:
    """Fulfils `AskedStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, case: str, asked: tuple[Asked, ...]) -> None:
        self._connection.execute(sa.delete(asked_people).where(asked_people.c.case == case))
        if asked:
            self._connection.execute(sa.insert(asked_people), [msgspec.structs.asdict(one) for one in asked])

    def of(self, person: str, kind: str, state: str = "open", limit: int = 100) -> tuple[Asked, ...]:
        table = asked_people.c
        query = sa.select(asked_people).where(table.person == person, table.kind == kind, table.state == state)
        query = query.order_by(table.due, table.case, table.task).limit(limit)
        return tuple(Asked(**{name: getattr(row, name) for name in _NAMES}) for row in self._connection.execute(query))
