"""Paper certificates and blank forms in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_all_once, contains, insert
from engine.adapters.sql.tables.papers import blanks, papers
from engine.model.papers import OPEN
from engine.ports.papers import Blank, PaperQuery, PaperRow

_ROW = tuple(PaperRow.__struct_fields__)
_BLANK = tuple(Blank.__struct_fields__)


class SqlPapers:
    """Fulfils `PaperStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, row: PaperRow) -> None:
        values = msgspec.structs.asdict(row)
        change = {name: value for name, value in values.items() if name not in ("case", "paper")}
        query = insert(self._connection, papers).values(**values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case", "paper"], set_=change))

    def find(self, query: PaperQuery) -> tuple[PaperRow, ...]:
        order = (papers.c.due, papers.c.case, papers.c.paper)
        found = sa.select(*(papers.c[name] for name in _ROW)).where(papers.c.state == query.state)
        if query.district:
            found = found.where(papers.c.district == query.district)
        if query.text:
            found = found.where(sa.or_(papers.c.number == query.text, contains(papers.c.holder, query.text)))
        mark = query.after.split("|")
        if len(mark) == len(order):
            found = found.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(part) for part in mark)))
        rows = self._connection.execute(found.order_by(*order).limit(query.limit))
        return tuple(PaperRow(**{name: getattr(row, name) for name in _ROW}) for row in rows)

    def counts(self, district: str) -> dict[str, int]:
        found = sa.select(papers.c.state, sa.func.count()).where(papers.c.state.in_(OPEN)).group_by(papers.c.state)
        if district:
            found = found.where(papers.c.district == district)
        return {str(state): int(count) for state, count in self._connection.execute(found)}

    def stock(self, blanks_: tuple[Blank, ...]) -> bool:
        return add_all_once(self._connection, blanks, [msgspec.structs.asdict(one) for one in blanks_])

    def take(self, type: str, serial: str, before: str, blank: Blank) -> bool:
        query = sa.update(blanks).where(
            blanks.c.type == type, blanks.c.serial == serial, blanks.c.state == before,
            blanks.c.district == blank.district,
        )  # fmt: skip
        change = {name: getattr(blank, name) for name in ("state", "at", "by", "case", "paper", "reason")}
        return bool(self._connection.execute(query.values(**change)).rowcount)

    def blanks(self, district: str, type: str, state: str, text: str, after: str, limit: int) -> tuple[Blank, ...]:
        found = sa.select(*(blanks.c[name] for name in _BLANK))
        for name, value in (("district", district), ("type", type), ("state", state)):
            if value:
                found = found.where(blanks.c[name] == value)
        if text:
            found = found.where(contains(blanks.c.serial, text))
        order = (blanks.c.type, blanks.c.serial)
        mark = after.split("|")
        if len(mark) == len(order):
            found = found.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(part) for part in mark)))
        rows = self._connection.execute(found.order_by(*order).limit(limit))
        return tuple(Blank(**{name: getattr(row, name) for name in _BLANK}) for row in rows)

    def stocks(self, district: str) -> dict[tuple[str, str, str], tuple[int, str]]:
        keys = (blanks.c.district, blanks.c.type, blanks.c.state)
        found = sa.select(*keys, sa.func.count(), sa.func.min(blanks.c.serial)).group_by(*keys).order_by(*keys)
        if district:
            found = found.where(blanks.c.district == district)
        return {(row[0], row[1], row[2]): (int(row[3]), str(row[4])) for row in self._connection.execute(found)}
