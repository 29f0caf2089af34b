"""The history in SQL."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.tables.cases import cases
from engine.adapters.sql.tables.certificates import counters
from engine.adapters.sql.tables.history import audit_entries, checkpoints
from engine.errors import ZhunyuError
from engine.model.activity import activity_of, log_of
from engine.ports.cases import Sealer
from engine.ports.history import HistoryQuery, NewEntry, StoredEntry
from engine.trust.history import Checkpoint, Entry, Linked

CASE = "case:"
_DETAIL = "audit_entries.detail"
_SEALING = 0x7A687365  # the advisory lock of the one sealer
_ADD = sa.insert(audit_entries)
_ENTRY = [audit_entries.c[name] for name in Entry.__struct_fields__ if name != "number"]
_NUMBER = sa.func.coalesce(audit_entries.c.number, 0).label("number")
_SEAL = (
    sa.update(audit_entries)
    .where(audit_entries.c.id == sa.bindparam("this"), audit_entries.c.number.is_(None))
    .values(number=sa.bindparam("new_number"), link=sa.bindparam("new_link"))
)
_LINKED = sa.select(*_ENTRY, audit_entries.c.number, audit_entries.c.link).order_by(audit_entries.c.number)
_UNSEALED = sa.select(*_ENTRY).where(audit_entries.c.number.is_(None)).order_by(audit_entries.c.id)


class SqlHistory:
    """Fulfils `HistoryStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def add(self, entry: NewEntry) -> None:
        detail = self._sealer.seal(_DETAIL, entry.id, entry.content) if entry.keep else ""
        activity = activity_of(entry.trail, entry.what)
        row = {
            "log": log_of(activity), "activity": activity,
            "id": entry.id, "trail": entry.trail, "counter": entry.counter or self._next(entry.trail), "at": entry.at,
            "actor": entry.actor, "what": entry.what, "salt": entry.salt.hex(), "detail": detail,
            "tag": self._sealer.tag(entry.salt, entry.content),
        }  # fmt: skip
        self._connection.execute(_ADD, row)

    def take_turn(self) -> bool:
        if self._connection.dialect.name != "postgresql":
            return True  # SQLite has one writer
        turn = self._connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_SEALING)))
        return bool(turn.scalar_one())

    def unsealed(self, limit: int) -> tuple[Entry, ...]:
        rows = self._connection.execute(_UNSEALED.limit(limit))
        return tuple(Entry(**row._mapping) for row in rows)

    def seal(self, linked: tuple[Linked, ...], checkpoint: Checkpoint) -> None:
        rows = [
            {"this": one.entry.id, "new_number": one.entry.number, "new_link": one.link} for one in linked
        ]
        self._connection.execute(_SEAL, rows)
        self._connection.execute(sa.insert(checkpoints), msgspec.structs.asdict(checkpoint))

    def last(self) -> Checkpoint | None:
        found = self._connection.execute(sa.select(checkpoints).order_by(checkpoints.c.batch.desc()).limit(1)).first()
        return Checkpoint(**found._mapping) if found else None

    def checkpoints(self, after: int, limit: int) -> tuple[Checkpoint, ...]:
        query = sa.select(checkpoints).where(checkpoints.c.batch > after).order_by(checkpoints.c.batch).limit(limit)
        return tuple(Checkpoint(**row._mapping) for row in self._connection.execute(query))

    def covering(self, number: int) -> Checkpoint | None:
        query = sa.select(checkpoints).where(checkpoints.c.last >= number).order_by(checkpoints.c.last).limit(1)
        found = self._connection.execute(query).first()
        return Checkpoint(**found._mapping) if found and found.first <= number else None

    def between(self, first: int, last: int) -> tuple[Linked, ...]:
        return self._linked(_LINKED.where(audit_entries.c.number.between(first, last)))

    def sealed(self, after: int, limit: int) -> tuple[Linked, ...]:
        return self._linked(_LINKED.where(audit_entries.c.number > after).limit(limit))

    def _linked(self, query: sa.Select[Any]) -> tuple[Linked, ...]:
        return tuple(Linked(Entry(*row[:9]), row.link or "") for row in self._connection.execute(query))

    def of_trail(self, trail: str) -> tuple[StoredEntry, ...]:
        return self._stored(_STORED.where(audit_entries.c.trail == trail).order_by(audit_entries.c.counter))

    def trails(self, after: str, limit: int) -> tuple[str, ...]:
        trail = audit_entries.c.trail
        query = sa.select(trail).distinct().where(trail > after)
        return tuple(self._connection.execute(query.order_by(trail).limit(limit)).scalars())

    def search(self, query: HistoryQuery) -> tuple[StoredEntry, ...]:
        return self._stored(searched(query))

    def lines(self, query: HistoryQuery) -> tuple[StoredEntry, ...]:
        rows = self._connection.execute(searched(query))
        return tuple(StoredEntry(Entry(*row[:9]), row.link, bool(row.detail), None) for row in rows)

    def entry(self, id: str) -> StoredEntry | None:
        return next(iter(self._stored(_STORED.where(audit_entries.c.id == id))), None)

    def misfiled(self, first: int, last: int) -> tuple[int, ...]:
        table = audit_entries.c
        rows = self._connection.execute(
            sa.select(table.number, table.trail, table.what, table.log, table.activity)
            .where(table.number.between(first, last)).order_by(table.number)
        )  # fmt: skip
        return tuple(row.number for row in rows if not _filed(row.trail, row.what, row.log, row.activity))

    def pending(self) -> int:
        query = sa.select(sa.func.count()).select_from(audit_entries).where(audit_entries.c.number.is_(None))
        return int(self._connection.execute(query).scalar_one())

    def miscounted(self, limit: int) -> tuple[str, ...]:
        table = audit_entries.c
        last = sa.func.max(table.counter)
        by_trail = (
            sa.select(table.trail, sa.func.count().label("entries"), last.label("last"),
                      sa.func.min(table.counter).label("first"))
            .group_by(table.trail).subquery()
        )  # fmt: skip
        gaps = sa.select(by_trail.c.trail).where(
            sa.or_(by_trail.c.first != 1, by_trail.c.last != by_trail.c.entries)
        ).limit(limit)  # fmt: skip
        of_case = sa.literal(CASE) + cases.c.id
        short = (
            sa.select(of_case)
            .outerjoin(by_trail, by_trail.c.trail == of_case)
            .where(sa.func.coalesce(by_trail.c.last, 0) != cases.c.version)
            .limit(limit)
        )
        found = [*self._connection.execute(gaps).scalars(), *self._connection.execute(short).scalars()]
        return tuple(dict.fromkeys(found))[:limit]

    def _next(self, trail: str) -> int:
        query = insert(self._connection, counters).values(key=f"trail|{trail}", value=1)
        query = query.on_conflict_do_update(index_elements=["key"], set_={"value": counters.c.value + 1})
        return int(self._connection.execute(query.returning(counters.c.value)).scalar_one())

    def _stored(self, query: sa.Select[Any]) -> tuple[StoredEntry, ...]:
        return tuple(
            StoredEntry(
                Entry(*row[:9]),
                row.link,
                bool(row.detail),
                self._opened(row.id, row.detail) if row.detail else None,
            )
            for row in self._connection.execute(query)
        )

    def _opened(self, id: str, detail: str) -> bytes | None:
        """The content; None when the token was altered or moved, which a verification tells."""
        try:
            return self._sealer.open(_DETAIL, id, detail)
        except ZhunyuError as error:
            if error.code != "K004":
                raise
            return None


_STORED = sa.select(*_ENTRY, _NUMBER, audit_entries.c.detail, audit_entries.c.link)


def searched(query: HistoryQuery) -> sa.Select[Any]:
    """The statement of a search, newest first."""
    table = audit_entries.c
    found = _STORED.order_by(table.at.desc(), table.id.desc()).limit(query.limit)
    if query.trail:
        found = found.where(table.trail == query.trail)
    if query.kind:
        found = found.where(table.trail.startswith(f"{query.kind}:", autoescape=True))
    if query.log:
        found = found.where(table.log == query.log)
    if query.activity:
        found = found.where(table.activity == query.activity)
    if query.actor:
        found = found.where(table.actor == query.actor)
    if query.text:
        found = found.where(table.what.contains(query.text, autoescape=True))
    if query.since:
        found = found.where(table.at >= query.since)
    if query.until:
        found = found.where(table.at < query.until)
    if query.after:
        at, _, id = query.after.partition("|")
        found = found.where(table.at <= at, sa.or_(table.at < at, table.id < id))
    return found


def _filed(trail: str, what: str, log: str, activity: str) -> bool:
    right = activity_of(trail, what)
    return (log, activity) == (log_of(right), right)
