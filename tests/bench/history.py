"""The history: sealing in batches, and verifying a long one over a real database, each against raw SM3 of its bytes."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa

from engine.adapters.clock import SystemClock
from engine.adapters.keys import RingHistoryKeys, RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.adapters.sql.tables.history import audit_entries, checkpoints
from engine.adapters.sql.transaction import SqlStore
from engine.services.history import BATCH, History
from engine.trust.history import Checkpoint, Entry, Linked, faults_of_batch, seal_batch
from engine.trust.keys import KeyRing, new_ring
from tests.bench.figures import Line, line

SECTION = "历史"
SEALED, SHORT, LONG = 50_000, 100_000, 1_000_000
_TRAIL = 40  # entries of one case: a number that divides those above
_AT = "2026-11-25T10:00:00+08:00"


def measure(long: bool) -> list[Line]:
    """Sealing and verifying in memory, then a verification over SQLite: of a million entries when `long`."""
    ring = new_ring(secrets.token_bytes)
    return [*_in_memory(ring), _over_database(ring, LONG if long else SHORT)]


def entries(count: int, after: int = 0) -> Iterator[Entry]:
    """Entries as cases leave them, 270 bytes each."""
    for place in range(after, after + count):
        yield Entry(
            f"01J{place:023d}", f"case:01K{place // _TRAIL:023d}", place % _TRAIL + 1, _AT,
            "01JACCOUNT0000000000000001", "CaseAccepted TaskOpened", f"{place:032x}", f"{place * 7919:064x}",
        )  # fmt: skip


def _in_memory(ring: KeyRing) -> list[Line]:
    given, signer, trusted = list(entries(SEALED)), ring.signer("audit"), ring.trusted("audit")
    contents = [one.content() for one in given]

    def batches() -> Iterator[tuple[tuple[Linked, ...], Checkpoint]]:
        before = None
        for at in range(0, SEALED, BATCH):
            linked, before = seal_batch(before, given[at : at + BATCH], _AT, signer)
            yield linked, before

    def seal() -> None:
        for _ in batches():  # as the sealer does, none is kept in memory
            pass

    sealed = list(batches())

    def verify() -> None:
        before = None
        for linked, checkpoint in sealed:
            assert not list(faults_of_batch(before, checkpoint, linked, trusted))
            before = checkpoint

    raw = _cpu(lambda: [hashlib.new("sm3", one).digest() for one in contents])
    sealing, verifying = _cpu(seal), _cpu(verify)
    words = f"同样字节只算 SM3 {SEALED / raw:,.0f} 条/秒"
    return [
        line(SECTION, "封存（每批 500 条，含签名）", SEALED / sealing, "条/秒", least=20_000,
             reference=f"{words}，{sealing / raw:.1f} 倍时间"),
        line(SECTION, "核验链、根和签名（内存中）", SEALED / verifying, "条/秒",
             reference=f"{words}，{verifying / raw:.1f} 倍时间"),
    ]  # fmt: skip


def _over_database(ring: KeyRing, count: int) -> Line:
    sealer = RingSealer(ring)
    with tempfile.TemporaryDirectory(prefix="zhunyu-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'history.db'}")
        migrate(database)
        size = _fill(database, ring, count)
        history = History(store=SqlStore(database, sealer), clock=SystemClock(), keys=RingHistoryKeys(ring, sealer))

        def verify() -> None:
            found = history.verify(contents=False)
            assert (found.entries, [one.kind for one in found.faults]) == (count, [])

        began = time.process_time()
        verify()
        taken = time.process_time() - began
        database.close()
    raw = _cpu(lambda: hashlib.new("sm3", b"\0" * size).digest(), 1)
    return line(
        SECTION, f"核验数据库中的 {count:,} 条（单核）", taken, "秒 CPU", most=30 if count == LONG else None,
        reference=f"{count / taken:,.0f} 条/秒；同样字节一次算完 SM3 {raw:.2g} 秒",
    )  # fmt: skip


def _fill(database: Database, ring: KeyRing, count: int) -> int:
    """A sealed history of `count` entries; the bytes of all of them."""
    before, size = None, 0
    for at in range(0, count, BATCH):
        linked, before = seal_batch(before, list(entries(BATCH, at)), _AT, ring.signer("audit"))
        rows = [{**msgspec.structs.asdict(one.entry), "link": one.link, "detail": ""} for one in linked]
        size += sum(len(one.entry.content()) for one in linked)
        with database.write() as connection:
            connection.execute(sa.insert(audit_entries), rows)
            connection.execute(sa.insert(checkpoints), msgspec.structs.asdict(before))
    return size


def _cpu(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of `work`: the best of some measurements."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best
