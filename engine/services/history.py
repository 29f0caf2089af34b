"""The history as a whole: sealing what is new, and verifying what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.model.activity import activity_of
from engine.model.case import Case
from engine.ports.audit import Tally
from engine.ports.history import StoredEntry
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.committed import CASE, contents_of, is_destroyed, unrecorded_destruction
from engine.services.evidence import batches_of, bundle_of
from engine.trust import sm2
from engine.trust.history import (
    Checkpoint,
    Entry,
    Fault,
    Linked,
    broken_counters,
    disagreements,
    faults_of_batch,
    seal_batch,
)
from engine.trust.keys import Signer

BATCH = 500
_TRAILS_A_BATCH = 20  # trails are short: so many take about as long as a batch
_TRAILS = 100  # miscounted trails looked at one by one; more are only counted


class HistoryKeys(Protocol):
    """The keys of the history."""

    def signer(self) -> Signer:
        """Who signs checkpoints now."""
        ...

    def trusted(self) -> Mapping[str, sm2.PublicKey]:
        """Public keys of everything that ever signed checkpoints, by key id."""
        ...

    def tag(self, salt: bytes, content: bytes) -> str:
        """The keyed tag (hex) of an entry's content."""
        ...

    def entry_key(self, salt: bytes) -> bytes:
        """The key of one entry's tag, which a bundle discloses."""
        ...


class Verification(msgspec.Struct, frozen=True):
    """What a verification looked at and what it found: nothing in `faults` means that nothing was altered.

    `unsealed` entries are younger than the last checkpoint: their counters and contents were checked, not their links.
    `destroyed` entries are of cases whose key was destroyed by the rules: their links were checked, and that the
    destruction is recorded; what they said cannot be known any more.
    """

    entries: int
    checkpoints: int
    contents: int
    unsealed: int
    faults: tuple[Fault, ...]
    destroyed: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A piece of a verification: where the next one begins, what was looked at and found, whether it was the last."""

    position: int
    after: str
    entries: int
    contents: int
    faults: tuple[str, ...]
    done: bool


Progress = Callable[[int], None]
ActFaults = Callable[[Transaction, Case], Iterable[Fault]]


class History:
    """Seals and verifies. One sealer at a time; a verification reads one consistent view."""

    def __init__(
        self, *, store: Store, clock: Clock, keys: HistoryKeys, acts: ActFaults = lambda _tx, _case: ()
    ) -> None:
        """`acts` tells what is wrong with the signed acts of a case."""
        self._store, self._clock, self._keys, self._acts = store, clock, keys, acts

    def seal_pending(self, limit: int = BATCH) -> int:
        """Seal the next batch; how many entries. 0 when there is nothing new or another process is at it."""
        with self._store.read() as tx:
            if not tx.history.unsealed(1):
                return 0
        with self._store.write() as tx:
            if not tx.history.take_turn():
                return 0
            entries = tx.history.unsealed(limit)
            if not entries:
                return 0
            at = self._clock.now().isoformat(timespec="milliseconds")
            linked, checkpoint = seal_batch(tx.history.last(), entries, at, self._keys.signer())
            tx.history.seal(linked, checkpoint)
            tx.activity.count(tallies_of(entries))
        return len(entries)

    def verify(
        self,
        *,
        since: int = 0,
        contents: bool = True,
        custodian: tuple[Checkpoint, ...] = (),
        progress: Progress = lambda _: None,
    ) -> Verification:
        """Verify everything, or the batches after the one that holds number `since` (which is believed).

        `contents` compares every case's events with what its entries committed to, too. `custodian` are the checkpoints
        kept elsewhere: what was cut off at the end shows only against them. `progress` is told of entries done.
        """
        with self._store.read() as tx:
            walk = _Walk(tx, self._keys.trusted(), since, progress)
            faults = list(walk.faults())
            faults += disagreements(walk.checkpoints, (one for one in custodian if one.last > since))
            trails = tx.history.miscounted(_TRAILS)
            for trail in trails:
                faults += self._counters(tx, trail)
            checked = destroyed = 0
            for trail in self._trails(tx) if contents else ():
                entries = tx.history.of_trail(trail)
                found, gone = self._kept(tx, trail, entries)
                faults += found
                checked, destroyed = checked + len(entries) - gone, destroyed + gone
                progress(len(entries) - gone)
            pending = tx.history.unsealed(BATCH * 1000)
        return Verification(walk.entries, len(walk.checkpoints), checked, len(pending), tuple(faults), destroyed)

    def verify_piece(self, batch: int, trail: str, limit: int) -> Piece:
        """Verify the next `limit` batches after a batch or, where there are none, the next trails after a trail: for a
        verification that goes on for a while and holds nothing up. Faults are told in sentences."""
        with self._store.read() as tx:
            page = tx.history.checkpoints(batch, limit) if not trail else ()
            if page:
                trusted, faults, count = self._keys.trusted(), list[Fault](), 0
                for checkpoint in page:
                    linked = tx.history.between(checkpoint.first, checkpoint.last)
                    count += len(linked)
                    faults += _of_batch(tx, checkpoint, linked, trusted)
                for number in tx.history.misfiled(page[0].first, page[-1].last):
                    faults.append(Fault("改动", number, f"{number} 号条目的日志分类被改动过。"))
                return Piece(page[-1].batch, "", count, 0, _sentences(faults), False)
            trails = tx.history.trails(trail, limit * _TRAILS_A_BATCH)
            faults, count = [], 0
            for one in trails:
                entries = tx.history.of_trail(one)
                found, gone = self._kept(tx, one, entries)
                faults += [*self._counters(tx, one), *found]
                count += len(entries) - gone
            if trails:
                return Piece(batch, trails[-1], 0, count, _sentences(faults), False)
            for one in tx.history.miscounted(_TRAILS):
                faults += self._counters(tx, one)
            last = tx.history.last()
            faults += [_unstated(one) for one in tx.history.sealed(last.last if last else 0, BATCH)]
        return Piece(batch, trail, 0, 0, _sentences(faults), True)

    def against(self, custodian: tuple[Checkpoint, ...]) -> tuple[str, ...]:
        """Where checkpoints kept elsewhere disagree with ours, in sentences; they are in order and without a gap."""
        with self._store.read() as tx:
            ours = {one.batch: one for one in tx.history.checkpoints(custodian[0].batch - 1, len(custodian))}
        return _sentences(disagreements(ours, custodian))

    def verify_case(self, case: str) -> Verification:
        """Verify one case: its counters, that every entry's content is what the case's events say, and its batches."""
        with self._store.read() as tx:
            if not tx.cases.version(case):
                raise ZhunyuError("A003", "没有这一办件。", status=404)
            entries = tx.history.of_trail(CASE + case)
            told, gone = self._kept(tx, CASE + case, entries)
            faults = [*self._counters(tx, CASE + case), *told]
            loaded = None if gone else tx.cases.load(case)
            faults += self._acts(tx, loaded) if loaded is not None else ()
            batches = batches_of(tx, entries)
            trusted = self._keys.trusted()
            for checkpoint, linked in batches:
                faults += _of_batch(tx, checkpoint, linked, trusted)
        sealed = sum(len(linked) for _, linked in batches)
        pending = sum(one.link is None for one in entries)
        faults = list(dict.fromkeys(faults))
        return Verification(sealed, len(batches), len(entries) - gone, pending, tuple(faults), gone)

    def bundle(self, case: str) -> bytes:
        """The evidence of a case as a file (see `engine.trust.bundle`); seals what is new first.

        A003 when there is no such case; K001 when its history was altered, so that nothing false is ever handed out.
        """
        while self.seal_pending():
            pass
        found = self.verify_case(case)
        if found.faults or found.unsealed:
            words = found.faults[0].text if found.faults else "还有没有封存的记录。"
            raise ZhunyuError("K001", f"办件的历史核验未通过：{words}", "请先用 zhunyu audit verify 查明。", status=409)
        at = self._clock.now().isoformat(timespec="seconds")
        with self._store.read() as tx:
            return bundle_of(tx, case, self._keys, at)

    def _trails(self, tx: Transaction) -> Iterator[str]:
        after = ""
        while page := tx.history.trails(after, BATCH):
            yield from page
            after = page[-1]

    def _counters(self, tx: Transaction, trail: str) -> Iterator[Fault]:
        entries = tx.history.of_trail(trail)
        last = None
        if trail.startswith(CASE):
            last = {trail: tx.cases.version(trail.removeprefix(CASE))}
        yield from broken_counters([(trail, one.entry.counter) for one in entries], last)

    def _kept(self, tx: Transaction, trail: str, entries: tuple[StoredEntry, ...]) -> tuple[tuple[Fault, ...], int]:
        """Faults of what a trail's entries committed to, and how many of them can no longer be compared because the
        case was destroyed."""
        if is_destroyed(tx, trail):
            return tuple(unrecorded_destruction(tx, trail)), len(entries)
        return tuple(self._contents(tx, trail, entries)), 0

    def _contents(self, tx: Transaction, trail: str, entries: tuple[StoredEntry, ...]) -> Iterator[Fault]:
        """Whether what lies with the entries, or the events of the case, is what the entries committed to."""
        told = contents_of(tx, trail.removeprefix(CASE)) if trail.startswith(CASE) else {}
        for one in entries:
            entry = one.entry
            content = one.content if one.kept else told.get(entry.counter)
            if content is None:
                yield Fault("内容", entry.number, f"{trail} 第 {entry.counter} 条的内容没有了，或无法解开。")
            elif not self._committed(entry, content):
                yield Fault("内容", entry.number, f"{trail} 第 {entry.counter} 条的内容被改动过。")

    def _committed(self, entry: Entry, content: bytes) -> bool:
        try:
            salt = bytes.fromhex(entry.salt)
        except ValueError:
            return False
        return self._keys.tag(salt, content) == entry.tag


def _sentences(faults: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{fault.kind}：{fault.text}" for fault in faults))


def tallies_of(entries: Iterable[Entry]) -> tuple[Tally, ...]:
    """How often each actor did what in which hour, of entries that are sealed together: each is counted once."""
    counted = Counter((one.at[:13], one.actor, activity_of(one.trail, one.what)) for one in entries)
    return tuple(Tally(*key, times) for key, times in counted.items())


def _of_batch(
    tx: Transaction, checkpoint: Checkpoint, linked: tuple[Linked, ...], trusted: Mapping[str, sm2.PublicKey]
) -> Iterator[Fault]:
    before = tx.history.covering(checkpoint.first - 1) if checkpoint.first > 1 else None
    yield from faults_of_batch(before, checkpoint, linked, trusted)


def _unstated(linked: Linked) -> Fault:
    return Fault("次序", linked.entry.number, f"{linked.entry.number} 号条目没有检查点。")


class _Walk:
    """One pass over checkpoints and entries, batch by batch, in bounded memory."""

    def __init__(
        self, tx: Transaction, trusted: Mapping[str, sm2.PublicKey], since: int, progress: Progress
    ) -> None:
        self._tx, self._trusted, self._since, self._progress = tx, trusted, since, progress
        self.entries = 0
        self.checkpoints: dict[int, Checkpoint] = {}

    def faults(self) -> Iterator[Fault]:
        before = self._tx.history.covering(self._since) if self._since else None
        last = before.last if before else 0
        while page := self._tx.history.checkpoints(before.batch if before else 0, BATCH):
            for checkpoint in page:
                self.checkpoints[checkpoint.batch] = checkpoint
                linked = self._tx.history.between(checkpoint.first, checkpoint.last)
                self.entries += len(linked)
                yield from faults_of_batch(before, checkpoint, linked, self._trusted)
                before, last = checkpoint, max(last, checkpoint.last)
                self._progress(len(linked))
        for one in self._tx.history.sealed(last, BATCH):
            yield _unstated(one)
