"""The rows of lists in SQL: each sealed whole, under the key of its draft."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.rows import list_rows
from engine.ports.cases import Sealer
from engine.ports.rows import RowLine

_ROW = "list_rows.sealed"
_AT_ONCE = 500


class SqlRows:
    """Fulfils `RowStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def add(self, rows: tuple[RowLine, ...]) -> None:
        if rows:
            self._connection.execute(sa.insert(list_rows), [self._columns(row) for row in rows])

    def of(self, draft: str) -> tuple[RowLine, ...]:
        query = sa.select(list_rows).where(list_rows.c.draft == draft).order_by(list_rows.c.place, list_rows.c.id)
        return tuple(self._line(row) for row in self._connection.execute(query))

    def get(self, row: str) -> RowLine | None:
        found = self._connection.execute(sa.select(list_rows).where(list_rows.c.id == row)).first()
        return None if found is None else self._line(found)

    def replace(self, row: RowLine) -> bool:
        change = sa.update(list_rows).where(list_rows.c.id == row.id, list_rows.c.draft == row.draft)
        return bool(self._connection.execute(change.values(**self._columns(row))).rowcount)

    def delete(self, rows: tuple[str, ...]) -> None:
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            self._connection.execute(sa.delete(list_rows).where(list_rows.c.id.in_(some)))

    def _columns(self, row: RowLine) -> dict[str, Any]:
        token = self._sealer.of(row.draft).seal(_ROW, row.id, pack(row).encode())
        return {"id": row.id, "draft": row.draft, "place": row.place, "sealed": token}

    def _line(self, row: sa.Row[Any]) -> RowLine:
        return unpack(self._sealer.of(str(row.draft)).open(_ROW, str(row.id), row.sealed), RowLine)
