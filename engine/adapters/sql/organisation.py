"""The organisation in SQL. It is small, so that it is read as one value and kept until it changes."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.organisation import (
    absences,
    delegations,
    org_holdings,
    org_posts,
    org_state,
    org_units,
    permission_tables,
)
from engine.model.organisation import Absence, Delegation, Holding, Organisation, Post, Unit
from engine.model.permission import PermissionTable

T = TypeVar("T")
_KEY = "organisation"
_REVISION = sa.select(org_state.c.revision).where(org_state.c.key == _KEY)  # asked by every request of staff


class SqlOrganisation:
    """Fulfils `OrganisationStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def revision(self) -> int:
        return int(self._connection.execute(_REVISION).scalar() or 0)

    def changed(self) -> None:
        query = insert(self._connection, org_state).values(key=_KEY, revision=1)
        change = {"revision": org_state.c.revision + 1}
        self._connection.execute(query.on_conflict_do_update(index_elements=["key"], set_=change))

    def load(self, since: str) -> Organisation:
        return Organisation(
            revision=self.revision(),
            units=self._all(org_units, Unit), posts=self._all(org_posts, Post),
            holdings=self._all(org_holdings, Holding),
            tables=self._all(permission_tables, PermissionTable, order="number"),
            delegations=self._all(delegations, Delegation, since), absences=self._all(absences, Absence, since),
        )  # fmt: skip

    def put_unit(self, unit: Unit) -> None:
        self._put(org_units, unit.id, document=pack(unit))

    def put_post(self, post: Post) -> None:
        self._put(org_posts, post.id, unit=post.unit, document=pack(post))

    def put_holding(self, holding: Holding) -> None:
        self._put(org_holdings, holding.id, account=holding.account, post=holding.post, document=pack(holding))

    def add_table(self, table: PermissionTable) -> bool:
        row = {"number": table.number, "since": table.since, "document": pack(table)}
        self.changed()
        return add_once(self._connection, permission_tables, row)

    def put_delegation(self, delegation: Delegation) -> None:
        self._put(delegations, delegation.id, until=delegation.until, document=pack(delegation))

    def put_absence(self, absence: Absence) -> None:
        self._put(absences, absence.id, until=absence.until, document=pack(absence))

    def _put(self, table: sa.Table, id: str, **columns: str) -> None:
        query = insert(self._connection, table).values(id=id, **columns)
        self._connection.execute(query.on_conflict_do_update(index_elements=["id"], set_=columns))
        self.changed()

    def _all(self, table: sa.Table, kind: type[T], since: str = "", order: str = "id") -> tuple[T, ...]:
        query = sa.select(table.c.document).order_by(table.c[order])
        if since:
            query = query.where(table.c.until >= since)
        return tuple(unpack(row.document, kind) for row in self._connection.execute(query))
