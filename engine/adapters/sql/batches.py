"""The items of batches in SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.tables.batches import batch_items
from engine.model.batch import DONE, FILED
from engine.ports.batches import Item, Lines

_LINES = msgspec.json.Decoder(Lines)


class SqlBatches:
    """Fulfils `BatchStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, items: tuple[Item, ...]) -> None:
        rows = [{**msgspec.structs.asdict(one), "lines": msgspec.json.encode(one.lines).decode()} for one in items]
        self._connection.execute(sa.insert(batch_items), rows)

    def waiting(self, parent: str, state: str, limit: int) -> tuple[Item, ...]:
        table = batch_items.c
        found = sa.select(batch_items).where(table.parent == parent, table.state == state)
        return tuple(_item(row) for row in self._connection.execute(found.order_by(table.place).limit(limit)))

    def mark(
        self, parent: str, certificate: str, before: str, state: str, *, case: str = "", reason: str = "",
        lines: Lines = (),
    ) -> bool:  # fmt: skip
        table = batch_items.c
        query = sa.update(batch_items).where(
            table.parent == parent, table.certificate == certificate, table.state == before
        )
        change: dict[str, Any] = {"state": state}
        change |= {"case": case} if case else {}
        change |= {"reason": reason} if reason else {}
        change |= {"lines": msgspec.json.encode(lines).decode()} if lines else {}
        return bool(self._connection.execute(query.values(**change)).rowcount)

    def items(self, parent: str, after: int = -1, limit: int = 1000) -> tuple[Item, ...]:
        table = batch_items.c
        found = sa.select(batch_items).where(table.parent == parent, table.place > after)
        return tuple(_item(row) for row in self._connection.execute(found.order_by(table.place).limit(limit)))

    def counts(self, parent: str) -> dict[str, int]:
        table = batch_items.c
        found = sa.select(table.state, sa.func.count()).where(table.parent == parent).group_by(table.state)
        return {str(state): int(count) for state, count in self._connection.execute(found)}

    def settle(self, case: str) -> str:
        table = batch_items.c
        query = sa.update(batch_items).where(table.case == case, table.state == FILED).values(state=DONE)
        row = self._connection.execute(query.returning(table.parent)).first()
        return "" if row is None else str(row.parent)

    def of_case(self, case: str) -> Item | None:
        row = self._connection.execute(sa.select(batch_items).where(batch_items.c.case == case)).first()
        return None if row is None else _item(row)


def _item(row: sa.Row[Any]) -> Item:
    return Item(
        parent=row.parent, place=row.place, certificate=row.certificate, number=row.number, holder=row.holder,
        state=row.state, case=row.case, reason=row.reason, lines=_LINES.decode(row.lines),
    )  # fmt: skip
