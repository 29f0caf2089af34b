"""Data keys in SQL, and the moving of tokens that installations sealed directly under a root key."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.sealed_places import PLACES, Place
from engine.adapters.sql.tables.cases import submissions
from engine.adapters.sql.tables.effects import outbox
from engine.adapters.sql.tables.keys import case_keys
from engine.ports.cases import Sealer
from engine.ports.keys import DESTROYED, LIVE, DataKey
from engine.trust.envelope import under_data_key

_GET = sa.select(case_keys).where(case_keys.c.owner == sa.bindparam("of"))
_LIVE = case_keys.c.state == LIVE
_FIRST = "k."  # how tokens under a data key begin


class SqlDataKeys:
    """Fulfils `KeyStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.sealer: Sealer | None = None  # of the same transaction; it needs the keys first

    def get(self, owner: str) -> DataKey | None:
        row = self._connection.execute(_GET, {"of": owner}).first()
        return None if row is None else DataKey(*row)

    def add(self, key: DataKey) -> bool:
        return add_once(self._connection, case_keys, msgspec.structs.asdict(key))

    def rewrap(self, before: str, key: DataKey) -> bool:
        query = sa.update(case_keys).where(case_keys.c.owner == key.owner, case_keys.c.token == before, _LIVE)
        change = {"token": key.token, "root": key.root, "provider": key.provider}
        return bool(self._connection.execute(query.values(change)).rowcount)

    def destroy(self, owner: str, at: str, reason: str) -> None:
        change = {"token": "", "root": 0, "provider": "", "state": DESTROYED, "destroyed_at": at, "reason": reason}
        query = insert(self._connection, case_keys).values(owner=owner, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["owner"], set_=change))

    def behind(self, root: int, limit: int) -> tuple[DataKey, ...]:
        query = sa.select(case_keys).where(_LIVE, case_keys.c.root < root)
        rows = self._connection.execute(query.order_by(case_keys.c.root, case_keys.c.owner).limit(limit))
        return tuple(DataKey(*row) for row in rows)

    def by_root(self) -> dict[int, int]:
        query = sa.select(case_keys.c.root, sa.func.count()).where(_LIVE).group_by(case_keys.c.root)
        return {int(root): int(count) for root, count in self._connection.execute(query)}

    def destroyed(self) -> int:
        query = sa.select(sa.func.count()).where(case_keys.c.state == DESTROYED)
        return int(self._connection.execute(query).scalar_one())

    def drafts_of(self, case: str) -> tuple[str, ...]:
        query = sa.select(submissions.c.draft).where(submissions.c.case == case).order_by(submissions.c.draft)
        return tuple(self._connection.execute(query).scalars())

    def pending(self, case: str) -> int:
        waiting = outbox.c.state.in_(("waiting", "leased"))
        query = sa.select(sa.func.count()).where(outbox.c.case == case, waiting)
        return int(self._connection.execute(query).scalar_one())

    def earlier(self, place: str, after: str, limit: int) -> tuple[tuple[str, str], ...]:
        found = PLACES[place]
        cursor = _cursor(found)
        query = sa.select(cursor.label("cursor"), *_columns(found)).where(
            found.column != "", sa.not_(found.column.startswith(_FIRST, autoescape=True)), cursor > after
        )
        rows = self._connection.execute(query.order_by(cursor).limit(limit))
        return tuple((row.cursor, "/".join(str(value) for value in row[1:])) for row in rows)

    def reseal(self, place: str, cursor: str) -> bool:
        assert self.sealer is not None
        found = PLACES[place]
        where = _cursor(found) == cursor
        row = self._connection.execute(sa.select(*found.table.c).where(where).with_for_update()).first()
        if row is None or not row._mapping[found.token] or under_data_key(row._mapping[found.token]):
            return False
        name = "/".join(str(row._mapping[part]) for part in found.key)
        sealer = self.sealer.of(str(row._mapping[found.owner]) if found.owner else "")
        token = sealer.seal(place, name, sealer.open(place, name, row._mapping[found.token]))
        self._connection.execute(sa.update(found.table).where(where).values({found.token: token}))
        return True


def _columns(place: Place) -> list[sa.ColumnElement[Any]]:
    return [place.table.c[name] for name in place.key]


def _cursor(place: Place) -> sa.ColumnElement[str]:
    """The row's name as text that SQL can order and compare."""
    parts = [sa.cast(column, sa.Text) for column in _columns(place)]
    joined: sa.ColumnElement[str] = parts[0]
    for part in parts[1:]:
        joined = joined + "/" + part
    return joined
