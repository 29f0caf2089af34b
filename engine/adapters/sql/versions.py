"""Matter versions in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.certificates import counters
from engine.adapters.sql.tables.matters import matter_current, matter_history, matter_versions, references
from engine.model.matter import Matter
from engine.ports.versions import Current, HistoryLine

_REVISION = "matters.revision"
_REVISION_NOW = sa.select(counters.c.value).where(counters.c.key == _REVISION)
_POINTER = sa.select(matter_current).where(matter_current.c.matter == sa.bindparam("of"))
_POINTER_HELD = _POINTER.with_for_update(read=True)


class SqlVersions:
    """Fulfils `VersionStore`."""

    def __init__(self, connection: sa.Connection, *, writing: bool) -> None:
        self._connection, self._writing = connection, writing

    def revision(self) -> int:
        return int(self._connection.execute(_REVISION_NOW).scalar() or 0)

    def current(self) -> tuple[Current, ...]:
        query = sa.select(matter_current).order_by(matter_current.c.matter)
        return tuple(_pointer(row) for row in self._connection.execute(query))

    def pointer(self, matter: str) -> Current | None:
        row = self._connection.execute(_POINTER_HELD if self._writing else _POINTER, {"of": matter}).first()
        return None if row is None else _pointer(row)

    def load(self, hash: str) -> Matter | None:
        query = sa.select(matter_versions.c.document).where(matter_versions.c.hash == hash)
        document = self._connection.execute(query).scalar()
        return None if document is None else unpack(document, Matter)

    def keep(self, matter: Matter, *, at: str, by: str) -> None:
        version = insert(self._connection, matter_versions).values(
            hash=matter.hash, matter=matter.id, title=matter.title, document=pack(matter), created_at=at, created_by=by
        )
        self._connection.execute(version.on_conflict_do_nothing())

    def publish(self, matter: Matter, *, id: str, at: str, by: str, after: str | None = None) -> bool:
        self.keep(matter, at=at, by=by)
        now = {"hash": matter.hash, "state": "published", "since": at, "by": by}
        pointer = insert(self._connection, matter_current).values(matter=matter.id, **now)
        same = sa.and_(matter_current.c.hash == matter.hash, matter_current.c.state == "published")
        move = sa.not_(same) if after is None else sa.and_(sa.not_(same), matter_current.c.hash == after)
        pointer = pointer.on_conflict_do_update(index_elements=["matter"], set_=now, where=move)
        if self._connection.execute(pointer).rowcount == 0:
            return False
        self._record(matter.id, matter.hash, "published", id, at, by)
        return True

    def withdraw(self, matter: str, *, id: str, at: str, by: str) -> bool:
        query = (
            sa.update(matter_current)
            .where(matter_current.c.matter == matter, matter_current.c.state == "published")
            .values(state="withdrawn", since=at, by=by)
            .returning(matter_current.c.hash)
        )
        hash = self._connection.execute(query).scalar()
        if hash is None:
            return False
        self._record(matter, hash, "withdrawn", id, at, by)
        return True

    def history(self, matter: str) -> tuple[HistoryLine, ...]:
        query = (
            sa.select(matter_history)
            .where(matter_history.c.matter == matter)
            .order_by(matter_history.c.at.desc(), matter_history.c.id.desc())
        )
        return tuple(
            HistoryLine(matter=row.matter, hash=row.hash, action=row.action, at=row.at, by=row.by, id=row.id)
            for row in self._connection.execute(query)
        )

    def touch(self) -> None:
        self._grow()

    def reference(self, name: str) -> bytes | None:
        query = sa.select(references.c.document).where(references.c.name == name)
        document = self._connection.execute(query).scalar()
        return None if document is None else str(document).encode("utf-8")

    def keep_reference(self, name: str, document: bytes, at: str) -> bool:
        text = document.decode("utf-8")
        change = {"document": text, "at": at}
        query = insert(self._connection, references).values(name=name, **change)
        query = query.on_conflict_do_update(
            index_elements=["name"], set_=change, where=references.c.document != text
        )
        changed = self._connection.execute(query).rowcount > 0
        if changed:
            self._grow()
        return changed

    def _record(self, matter: str, hash: str, action: str, id: str, at: str, by: str) -> None:
        line = {"id": id, "matter": matter, "hash": hash, "action": action, "at": at, "by": by}
        self._connection.execute(sa.insert(matter_history).values(**line))
        self._grow()

    def _grow(self) -> None:
        query = insert(self._connection, counters).values(key=_REVISION, value=1)
        query = query.on_conflict_do_update(index_elements=["key"], set_={"value": counters.c.value + 1})
        self._connection.execute(query)


def _pointer(row: sa.Row[tuple[object, ...]]) -> Current:
    return Current(matter=row.matter, hash=row.hash, state=row.state, since=row.since, by=row.by)
