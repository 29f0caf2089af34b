"""Bulk runs and hand-overs in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.work import bulk_runs, changeovers
from engine.model.bulk import BulkRun
from engine.model.changeover import PROPOSED, Changeover


class SqlHandWork:
    """Fulfils `HandWorkStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_run(self, run: BulkRun) -> None:
        row = {"id": run.id, "account": run.account, "at": run.at, "document": pack(run)}
        self._connection.execute(sa.insert(bulk_runs), row)

    def run(self, id: str, *, lock: bool = False) -> BulkRun | None:
        query = sa.select(bulk_runs.c.document).where(bulk_runs.c.id == id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        return None if row is None else unpack(row.document, BulkRun)

    def keep_run(self, run: BulkRun) -> None:
        query = sa.update(bulk_runs).where(bulk_runs.c.id == run.id)
        self._connection.execute(query.values(document=pack(run)))

    def add_changeover(self, changeover: Changeover) -> None:
        one = changeover
        row = {
            "id": one.id, "district": one.district, "giver": one.giver, "taker": one.taker, "state": one.state,
            "at": one.at, "document": pack(one),
        }  # fmt: skip
        self._connection.execute(sa.insert(changeovers), row)

    def changeover(self, id: str) -> Changeover | None:
        row = self._connection.execute(sa.select(changeovers.c.document).where(changeovers.c.id == id)).first()
        return None if row is None else unpack(row.document, Changeover)

    def settle(self, before: str, changeover: Changeover) -> bool:
        query = sa.update(changeovers).where(changeovers.c.id == changeover.id, changeovers.c.state == before)
        query = query.values(state=changeover.state, document=pack(changeover))
        return bool(self._connection.execute(query).rowcount)

    def changeovers(self, person: str, limit: int) -> tuple[Changeover, ...]:
        mine = sa.or_(changeovers.c.giver == person, changeovers.c.taker == person)
        query = sa.select(changeovers.c.document).where(mine).order_by(changeovers.c.at.desc(), changeovers.c.id.desc())
        return tuple(unpack(row.document, Changeover) for row in self._connection.execute(query.limit(limit)))

    def awaiting(self, person: str) -> int:
        query = sa.select(sa.func.count()).where(changeovers.c.taker == person, changeovers.c.state == PROPOSED)
        return int(self._connection.execute(query).scalar_one())

    def listed_in(self, giver: str) -> frozenset[tuple[str, str]]:
        query = sa.select(changeovers.c.document).where(
            changeovers.c.giver == giver, changeovers.c.state == PROPOSED
        )
        found = (unpack(row.document, Changeover) for row in self._connection.execute(query))
        return frozenset((line.case, line.task) for one in found for line in one.lines)
