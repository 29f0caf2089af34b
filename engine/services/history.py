"""The history as a whole: sealing what is new, and verifying what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.model.events import CertificateOrdered
from engine.ports.cases import RecordedEvent
from engine.ports.history import StoredEntry
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.projection import told_of_commit
from engine.trust import sm2
from engine.trust.bundle import FORMAT, Bundle, item, sign_bundle, write_bundle
from engine.trust.canonical import canonical
from engine.trust.history import (
    Checkpoint,
    Entry,
    Fault,
    Linked,
    Signer,
    broken_batch,
    broken_counters,
    broken_links,
    disagreements,
    seal_batch,
    signed,
)

BATCH = 500
CASE = "case:"
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
    """

    entries: int
    checkpoints: int
    contents: int
    unsealed: int
    faults: tuple[Fault, ...]


Progress = Callable[[int], None]


class History:
    """Seals and verifies. One sealer at a time; a verification reads one consistent view."""

    def __init__(self, *, store: Store, clock: Clock, keys: HistoryKeys) -> None:
        self._store, self._clock, self._keys = store, clock, keys

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
            checked = 0
            for trail in self._trails(tx) if contents else ():
                entries = tx.history.of_trail(trail)
                faults += self._contents(tx, trail, entries)
                checked += len(entries)
                progress(len(entries))
            pending = tx.history.unsealed(BATCH * 1000)
        return Verification(walk.entries, len(walk.checkpoints), checked, len(pending), tuple(faults))

    def verify_case(self, case: str) -> Verification:
        """Verify one case: its counters, that every entry's content is what the case's events say, and its batches."""
        with self._store.read() as tx:
            loaded = tx.cases.load(case)
            if loaded is None:
                raise ZhunyuError("A003", "没有这一办件。", status=404)
            entries = tx.history.of_trail(CASE + case)
            faults = [*self._counters(tx, CASE + case), *self._contents(tx, CASE + case, entries)]
            batches = batches_of(tx, entries)
            trusted = self._keys.trusted()
            for checkpoint, linked in batches:
                faults += _of_batch(tx, checkpoint, linked, trusted)
        sealed = sum(len(linked) for _, linked in batches)
        pending = sum(one.link is None for one in entries)
        return Verification(sealed, len(batches), len(entries), pending, tuple(dict.fromkeys(faults)))

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
            loaded = tx.cases.load(case)
            assert loaded is not None  # verified just now, and cases are never deleted
            about = {"number": loaded.number, "title": loaded.matter_title, "matter": loaded.matter,
                     "version": loaded.matter_hash}  # fmt: skip
            entries, told = tx.history.of_trail(CASE + case), contents_of(tx, case)
            batches = batches_of(tx, entries)
            items = []
            for checkpoint, linked in batches:
                own = [one.entry for one in entries if checkpoint.first <= one.entry.number <= checkpoint.last]
                for entry in own:
                    key = self._keys.entry_key(bytes.fromhex(entry.salt))
                    items.append(item(entry, told[entry.counter], key, checkpoint, linked))
        signer, signs = self._keys.signer(), tuple(one for one, _ in batches)
        made = Bundle(FORMAT, at, CASE + case, about, tuple(items), signs, signer.key_id)
        return write_bundle(sign_bundle(made, signer))

    def _trails(self, tx: Transaction) -> Iterator[str]:
        after = ""
        while page := tx.history.trails(after, BATCH):
            yield from page
            after = page[-1]

    def _counters(self, tx: Transaction, trail: str) -> Iterator[Fault]:
        entries = tx.history.of_trail(trail)
        last = None
        if trail.startswith(CASE):
            case = tx.cases.load(trail.removeprefix(CASE))
            last = {trail: case.version if case else 0}
        yield from broken_counters([(trail, one.entry.counter) for one in entries], last)

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


def contents_of(tx: Transaction, case: str) -> dict[int, bytes]:
    """What each commit of a case told the history, made again from its events, by case version."""
    loaded = tx.cases.load(case)
    by_version: dict[int, list[RecordedEvent]] = {}
    for event in tx.cases.events(case):
        by_version.setdefault(event.version, []).append(event)
    made = {}
    for version, recorded in by_version.items():
        events = tuple(one.event for one in recorded)
        numbers = {
            event.certificate: found.number
            for event in events
            if isinstance(event, CertificateOrdered) and (found := tx.certificates.load(event.certificate)) is not None
        }
        number = loaded.number if loaded else ""
        first = recorded[0]
        made[version] = canonical(
            told_of_commit(case, number, version, first.at, first.actor.id, events, numbers)
        )
    return made


def batches_of(
    tx: Transaction, entries: tuple[StoredEntry, ...]
) -> tuple[tuple[Checkpoint, tuple[Linked, ...]], ...]:
    """The checkpoints over some entries, each with all entries of its batch."""
    numbers = sorted(one.entry.number for one in entries if one.entry.number)
    found: list[tuple[Checkpoint, tuple[Linked, ...]]] = []
    for number in numbers:
        if found and number <= found[-1][0].last:
            continue
        checkpoint = tx.history.covering(number)
        if checkpoint is None:
            continue
        found.append((checkpoint, tx.history.between(checkpoint.first, checkpoint.last)))
    return tuple(found)


def _of_batch(
    tx: Transaction, checkpoint: Checkpoint, linked: tuple[Linked, ...], trusted: Mapping[str, sm2.PublicKey]
) -> Iterator[Fault]:
    before = tx.history.covering(checkpoint.first - 1) if checkpoint.first > 1 else None
    yield from broken_batch(before, checkpoint, linked)
    yield from broken_links(before, linked)
    if not signed(checkpoint, trusted):
        yield _unsigned(checkpoint)


def _unsigned(checkpoint: Checkpoint) -> Fault:
    return Fault("签名", checkpoint.first, f"第 {checkpoint.batch} 批的检查点没有可信的签名。")


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
                yield from broken_batch(before, checkpoint, linked)
                yield from broken_links(before, linked)
                if not signed(checkpoint, self._trusted):
                    yield _unsigned(checkpoint)
                before, last = checkpoint, max(last, checkpoint.last)
                self._progress(len(linked))
        for one in self._tx.history.sealed(last, BATCH):
            yield Fault("次序", one.entry.number, f"{one.entry.number} 号条目没有检查点。")
