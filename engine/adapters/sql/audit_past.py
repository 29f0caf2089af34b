"""The changes of cases in SQL, each sealed under the key of its case."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.audit import case_changes
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.pipeline.past import change_of, written
from engine.ports.audit import PastChange, StoredChange
from engine.ports.cases import Sealer
from engine.trust.sm3 import sm3_hex

_PLACE = "case_changes.sealed"
_KEEP = sa.insert(case_changes)
_THERE = sa.select(case_changes.c.version).where(
    case_changes.c.case == sa.bindparam("of"), case_changes.c.version == sa.bindparam("before")
)


class SqlPast:
    """Fulfils `PastStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def keep(self, before: Case | None, case: Case, at: str, salt: str) -> str:
        asked = {"of": case.id, "before": case.version - 1}
        if before is not None and self._connection.execute(_THERE, asked).first() is None:
            before = None
        change = change_of(before, case, salt)
        plain = written(change)
        digest = sm3_hex(plain)
        row = {
            "case": case.id, "version": case.version, "at": at, "whole": change.whole, "digest": digest,
            "sealed": self._sealer.of(case.id).seal(_PLACE, f"{case.id}/{case.version}", plain),
        }  # fmt: skip
        self._connection.execute(_KEEP, row)
        return digest

    def changes(self, case: str, until: int = 0) -> tuple[StoredChange, ...]:
        table = case_changes.c
        query = sa.select(case_changes).where(table.case == case).order_by(table.version)
        if until:
            query = query.where(table.version <= until)
        return tuple(self._change(row) for row in self._connection.execute(query))

    def digests(self, case: str) -> dict[int, str]:
        table = case_changes.c
        query = sa.select(table.version, table.digest).where(table.case == case)
        return {row.version: row.digest for row in self._connection.execute(query)}

    def _change(self, row: sa.Row[tuple[object, ...]]) -> StoredChange:
        """What was kept; one that was altered or destroyed is told without its content."""
        try:
            plain = self._sealer.of(row.case).open(_PLACE, f"{row.case}/{row.version}", row.sealed)
            change = decoded(plain, PastChange)
        except ZhunyuError as error:
            if error.code not in ("K004", "K006"):
                raise
            return StoredChange(row.version, row.at, row.digest, None, error.what)
        if sm3_hex(plain) != row.digest:
            return StoredChange(row.version, row.at, row.digest, None, f"第 {row.version} 版的记录被改动过。")
        return StoredChange(row.version, row.at, row.digest, change)
