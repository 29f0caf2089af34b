"""Reports owed, in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.tables.reports import owed_reports
from engine.ports.cases import Sealer
from engine.ports.reports import Owed

_HOLDER = "owed_reports.holder_index"
_NAMES = ("case", "report", "certificate", "matter", "title", "due")


class SqlReports:
    """Fulfils `ReportStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def owe(self, owed: Owed, holder_code: str) -> None:
        index = self._sealer.blind(_HOLDER, holder_code)
        row = {**msgspec.structs.asdict(owed), "holder_index": index, "state": "owed"}
        query = insert(self._connection, owed_reports).values(**row)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case", "report"], set_=row))

    def settle(self, case: str, report: str) -> None:
        query = sa.update(owed_reports).where(owed_reports.c.case == case, owed_reports.c.report == report)
        self._connection.execute(query.values(state="settled"))

    def of_holder(self, holder_code: str, matter: str = "", limit: int = 50) -> tuple[Owed, ...]:
        index = self._sealer.blind(_HOLDER, holder_code)
        query = sa.select(owed_reports).where(owed_reports.c.holder_index == index, owed_reports.c.state == "owed")
        if matter:
            query = query.where(owed_reports.c.matter == matter)
        query = query.order_by(owed_reports.c.due, owed_reports.c.case, owed_reports.c.report).limit(limit)
        return tuple(Owed(**{name: getattr(row, name) for name in _NAMES}) for row in self._connection.execute(query))
