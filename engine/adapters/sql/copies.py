"""Copies of cases and their read receipts in SQL."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.tables.moves import case_copies, copy_readings
from engine.ports.copies import CaseCopy, Inbox, Reading


class SqlCopies:
    """Fulfils `CopyStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def send(self, copy: CaseCopy) -> None:
        self._connection.execute(sa.insert(case_copies), msgspec.structs.asdict(copy))

    def inbox(self, whose: Inbox, after: str = "", limit: int = 20) -> tuple[CaseCopy, ...]:
        query = sa.select(case_copies).where(_theirs(whose))
        if after:
            query = query.where(case_copies.c.id < after)
        rows = self._connection.execute(query.order_by(case_copies.c.id.desc()).limit(limit))
        return tuple(CaseCopy(**row._mapping) for row in rows)

    def unread(self, whose: Inbox) -> int:
        seen = sa.exists().where(copy_readings.c.copy == case_copies.c.id, copy_readings.c.account == whose.account)
        query = sa.select(sa.func.count()).select_from(case_copies).where(_theirs(whose), sa.not_(seen))
        return int(self._connection.execute(query).scalar_one())

    def copy(self, id: str) -> CaseCopy | None:
        row = self._connection.execute(sa.select(case_copies).where(case_copies.c.id == id)).first()
        return None if row is None else CaseCopy(**row._mapping)

    def of_case(self, case: str) -> tuple[CaseCopy, ...]:
        query = sa.select(case_copies).where(case_copies.c.case == case).order_by(case_copies.c.id)
        return tuple(CaseCopy(**row._mapping) for row in self._connection.execute(query))

    def read(self, reading: Reading) -> None:
        add_once(self._connection, copy_readings, msgspec.structs.asdict(reading))

    def readings(self, copies: tuple[str, ...]) -> tuple[Reading, ...]:
        query = sa.select(copy_readings).where(copy_readings.c.copy.in_(copies))
        rows = self._connection.execute(query.order_by(copy_readings.c.at, copy_readings.c.account))
        return tuple(Reading(**row._mapping) for row in rows)


def _theirs(whose: Inbox) -> sa.ColumnElement[bool]:
    of_role = sa.and_(case_copies.c.role.in_(whose.roles), case_copies.c.district == whose.district)
    return sa.or_(case_copies.c.person == whose.account, of_role)
