"""Electronic archives in SQL: the register of packages with their checks, transfers and destruction lists."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, contains, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.archives import (
    archive_checks,
    archive_queue,
    archive_transfers,
    archives,
    destructions,
)
from engine.model.archive import CheckItem, Description
from engine.ports.archives import (
    DESTROYED,
    Archive,
    ArchiveQuery,
    Check,
    Destruction,
    Doomed,
    Transfer,
    Waiting,
)
from engine.ports.cases import Sealer

_SEALED, _LIST = "archives.sealed", "destructions.sealed"
_NAMES = Archive.__struct_fields__


class SqlArchives:
    """Fulfils `ArchiveStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def expect(self, case: str, version: int, at: str) -> None:
        change = {"version": version, "at": at}
        query = insert(self._connection, archive_queue).values(case=case, counter="", item=0, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case"], set_=change))

    def waiting(self, now: str, limit: int) -> tuple[Waiting, ...]:
        query = sa.select(archive_queue).where(archive_queue.c.at <= now).order_by(archive_queue.c.at).limit(limit)
        return tuple(Waiting(row.case, row.version, row.at) for row in self._connection.execute(query))

    def reserved(self, case: str, counter: str) -> int:
        query = sa.select(archive_queue.c.item).where(archive_queue.c.case == case, archive_queue.c.counter == counter)
        return int(self._connection.execute(query).scalar() or 0)

    def reserve(self, case: str, counter: str, item: int) -> None:
        query = sa.update(archive_queue).where(archive_queue.c.case == case)
        self._connection.execute(query.values(counter=counter, item=item))

    def delay(self, case: str, version: int, at: str) -> None:
        self._connection.execute(sa.update(archive_queue).where(*_expected(case, version)).values(at=at))

    def taken(self, case: str, version: int) -> None:
        self._connection.execute(sa.delete(archive_queue).where(*_expected(case, version)))

    def add(self, archive: Archive, told: Description) -> bool:
        row = msgspec.to_builtins(archive)
        row["sealed"] = self._sealer.seal(_SEALED, archive.id, pack(told).encode())
        if not add_once(self._connection, archives, row):
            return False
        older = sa.update(archives).where(archives.c.case == archive.case, archives.c.version < archive.version)
        self._connection.execute(older.values(latest=False, check_due=""))
        return True

    def load(self, archive: str) -> Archive | None:
        row = self._connection.execute(sa.select(archives).where(archives.c.id == archive)).first()
        return None if row is None else _archive(row)

    def of_case(self, case: str) -> tuple[Archive, ...]:
        query = sa.select(archives).where(archives.c.case == case).order_by(archives.c.version)
        return tuple(_archive(row) for row in self._connection.execute(query))

    def description(self, archive: str) -> Description | None:
        token = self._connection.execute(sa.select(archives.c.sealed).where(archives.c.id == archive)).scalar()
        return unpack(self._sealer.open(_SEALED, archive, token), Description) if token else None

    def find(self, query: ArchiveQuery) -> tuple[Archive, ...]:
        wanted: list[sa.ColumnElement[bool]] = [archives.c.latest]
        for name in ("state", "checked", "district", "klass"):
            if value := getattr(query, name):
                wanted.append(archives.c[name] == value)
        if query.text:
            text = query.text
            wanted.append(
                sa.or_(archives.c.code == text, archives.c.case_number == text, contains(archives.c.holder, text))
            )
        if query.expired:
            wanted += [archives.c.expires != "", archives.c.expires < query.expired]
        if query.after:
            wanted.append(archives.c.id < query.after)
        found = sa.select(archives).where(*wanted).order_by(archives.c.id.desc()).limit(query.limit)
        return tuple(_archive(row) for row in self._connection.execute(found))

    def counts(self, district: str) -> dict[str, int]:
        wanted = [archives.c.latest, *((archives.c.district == district,) if district else ())]
        query = sa.select(archives.c.state, archives.c.checked, sa.func.count()).where(*wanted)
        found: dict[str, int] = {}
        for state, checked, count in self._connection.execute(query.group_by("state", "checked")):
            found[state] = found.get(state, 0) + count
            if state != DESTROYED:
                found[checked] = found.get(checked, 0) + count
        return found

    def move(self, archive: str, before: tuple[str, ...], after: str) -> bool:
        query = sa.update(archives).where(archives.c.id == archive, archives.c.state.in_(before))
        change = {"state": after, **({"check_due": "", "file_key": "", "sealed": ""} if after == DESTROYED else {})}
        return bool(self._connection.execute(query.values(change)).rowcount)

    def check(self, check: Check, verdict: str, due: str = "") -> None:
        row = {**msgspec.structs.asdict(check), "items": pack(check.items)}
        self._connection.execute(sa.insert(archive_checks), row)
        change = {"checked": verdict, **({"check_due": due} if due else {})}
        self._connection.execute(sa.update(archives).where(archives.c.id == check.archive).values(change))

    def checks(self, archive: str) -> tuple[Check, ...]:
        query = sa.select(archive_checks).where(archive_checks.c.archive == archive)
        rows = self._connection.execute(query.order_by(archive_checks.c.id.desc()))
        return tuple(Check(**{**row._mapping, "items": unpack(row.items, tuple[CheckItem, ...])}) for row in rows)

    def due_checks(self, day: str, limit: int) -> tuple[Archive, ...]:
        query = sa.select(archives).where(archives.c.check_due != "", archives.c.check_due <= day)
        rows = self._connection.execute(query.order_by(archives.c.check_due, archives.c.id).limit(limit))
        return tuple(_archive(row) for row in rows)

    def put_off(self, archive: str, due: str) -> None:
        self._connection.execute(sa.update(archives).where(archives.c.id == archive).values(check_due=due))

    def transfer(self, transfer: Transfer) -> None:
        row = msgspec.structs.asdict(transfer)
        change = {name: row[name] for name in ("state", "settled_at", "reason", "receipt")}
        query = insert(self._connection, archive_transfers).values(row)
        self._connection.execute(query.on_conflict_do_update(index_elements=["id"], set_=change))

    def transfers(self, archive: str) -> tuple[Transfer, ...]:
        query = sa.select(archive_transfers).where(archive_transfers.c.archive == archive)
        rows = self._connection.execute(query.order_by(archive_transfers.c.id.desc()))
        return tuple(Transfer(**row._mapping) for row in rows)

    def recent_transfers(self, district: str, limit: int) -> tuple[tuple[Transfer, Archive], ...]:
        mine = [archive_transfers.c[name].label(f"transfer_{name}") for name in Transfer.__struct_fields__]
        query = sa.select(*mine, *(archives.c[name] for name in _NAMES)).join(
            archives, archives.c.id == archive_transfers.c.archive
        )
        if district:
            query = query.where(archives.c.district == district)
        found = []
        for row in self._connection.execute(query.order_by(archive_transfers.c.id.desc()).limit(limit)):
            told = {name: row._mapping[f"transfer_{name}"] for name in Transfer.__struct_fields__}
            found.append((Transfer(**told), _archive(row)))
        return tuple(found)

    def propose(self, destruction: Destruction) -> None:
        row = {name: value for name, value in msgspec.structs.asdict(destruction).items() if name != "items"}
        row["sealed"] = self._sealer.seal(_LIST, destruction.id, pack(destruction.items).encode())
        self._connection.execute(sa.insert(destructions), row)

    def destruction(self, id: str) -> Destruction | None:
        row = self._connection.execute(sa.select(destructions).where(destructions.c.id == id)).first()
        return None if row is None else self._destruction(row)

    def destructions(self, district: str, limit: int) -> tuple[Destruction, ...]:
        query = sa.select(destructions).order_by(destructions.c.id.desc()).limit(limit)
        if district:
            query = query.where(destructions.c.district == district)
        return tuple(self._destruction(row) for row in self._connection.execute(query))

    def settle(self, destruction: Destruction) -> bool:
        names = ("state", "settled_at", "settled_by", "settled_by_id", "settled_reason")
        change = {name: getattr(destruction, name) for name in names}
        query = sa.update(destructions).where(destructions.c.id == destruction.id, destructions.c.state == "proposed")
        return bool(self._connection.execute(query.values(change)).rowcount)

    def _destruction(self, row: sa.Row[Any]) -> Destruction:
        told = dict(row._mapping)
        items = unpack(self._sealer.open(_LIST, row.id, told.pop("sealed")), tuple[Doomed, ...])
        return Destruction(**told, items=items)


def _expected(case: str, version: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (archive_queue.c.case == case, archive_queue.c.version == version)


def _archive(row: sa.Row[Any]) -> Archive:
    return Archive(**{name: row._mapping[name] for name in _NAMES})
