"""Disputes in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import contains, insert
from engine.adapters.sql.tables.disputes import disputes
from engine.ports.disputes import DisputeRow

_ROW = tuple(DisputeRow.__struct_fields__)


class SqlDisputes:
    """Fulfils `DisputeStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, row: DisputeRow) -> None:
        values = msgspec.structs.asdict(row)
        change = {name: value for name, value in values.items() if name not in ("case", "dispute")}
        query = insert(self._connection, disputes).values(**values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case", "dispute"], set_=change))

    def find(
        self, district: str, state: str, kind: str, text: str, after: str, limit: int
    ) -> tuple[DisputeRow, ...]:
        found = sa.select(*(disputes.c[name] for name in _ROW)).where(disputes.c.state == state)
        for name, value in (("district", district), ("kind", kind)):
            if value:
                found = found.where(disputes.c[name] == value)
        if text:
            same = (disputes.c.number == text, disputes.c.case_number == text)
            found = found.where(sa.or_(*same, contains(disputes.c.subject_name, text)))
        order = (disputes.c.due, disputes.c.case, disputes.c.dispute)
        mark = after.split("|")
        if len(mark) == len(order):
            found = found.where(sa.tuple_(*order) > sa.tuple_(*(sa.literal(part) for part in mark)))
        rows = self._connection.execute(found.order_by(*order).limit(limit))
        return tuple(DisputeRow(**{name: getattr(row, name) for name in _ROW}) for row in rows)

    def counts(self, district: str) -> dict[str, int]:
        found = sa.select(disputes.c.state, sa.func.count()).group_by(disputes.c.state)
        if district:
            found = found.where(disputes.c.district == district)
        return {str(state): int(count) for state, count in self._connection.execute(found)}
