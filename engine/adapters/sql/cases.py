"""The case store in SQL, put together from its parts."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.case_lists import SqlCaseLists
from engine.adapters.sql.case_records import SqlCaseRecords
from engine.adapters.sql.case_reservations import SqlReservations
from engine.adapters.sql.case_tasks import SqlTasks
from engine.ports.cases import Sealer


class SqlCases(SqlCaseRecords, SqlCaseLists, SqlTasks, SqlReservations):
    """Fulfils `CaseStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
