"""Publishing: matters go on the shelf, come off it, and keep their history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.matters.compare import compare
from engine.model.ratings import RatingRules
from engine.ports.publication import CheckLine, Publication
from engine.ports.store import Store, Transaction
from engine.ports.versions import Current, HistoryLine
from engine.ports.world import Clock, Ids
from engine.services.cards import SHAPE, CardFile, Spellings, card_of
from engine.services.message_rules import MESSAGES, RATINGS
from engine.services.pinyin import spellings
from engine.services.recording import record
from engine.services.shelf import CALENDAR, CARDS, CERTIFICATES, GUIDES, PINYIN, SOURCES, SYNONYMS

if TYPE_CHECKING:  # reading matters takes a parser and a schema checker, which a web process never needs
    from engine.matters.catalogue import Catalogue

FIRST, PASSED, OVERRULED, RESTORED, WITHDRAWN = "初装", "通过", "例外", "恢复", "撤下"


class Published(msgspec.Struct, frozen=True):
    """What a publication did to one matter: whether it changed, and in words how it differs from the version before."""

    matter: str
    hash: str
    changed: bool
    differences: tuple[str, ...] = ()


class Grounds(msgspec.Struct, frozen=True):
    """Why a version may go on the shelf: what was checked, and who answers for it.

    `before` is the hash the weighing compared with ("" for none): another current version means that somebody else
    was first. Otherwise as in `Publication`.
    """

    before: str
    how: str
    account: str = ""
    reason: str = ""
    checks: tuple[CheckLine, ...] = ()
    failures: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()


class Publishing:
    """Versions are immutable; publishing moves a pointer. Every move leaves a record that nobody changes."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    def publish(
        self, catalogue: Catalogue, by: str, grounds: Mapping[str, Grounds] | None = None
    ) -> tuple[Published, ...]:
        """Put every matter of the catalogue on the shelf with its reference data, in one transaction.

        `grounds` by matter id come from the weighing (see `publishing_review`); a matter without is put there as at a
        first installation. C002 and nothing published when somebody else published one of them meanwhile.
        """
        grounds = grounds or {}
        reference = catalogue.reference
        spelled = spellings(catalogue.matters.values())
        shared: dict[str, object] = {
            CALENDAR: reference.calendar, SOURCES: reference.sources, CERTIFICATES: reference.certificates,
        }  # fmt: skip
        if catalogue.guides is not None and catalogue.synonyms is not None:
            shared |= {GUIDES: catalogue.guides, SYNONYMS: catalogue.synonyms}
        if catalogue.messages is not None:
            shared |= {MESSAGES: catalogue.messages, RATINGS: catalogue.ratings or RatingRules()}
        done = []
        with self._store.write() as tx:
            before = {pointer.matter: pointer for pointer in tx.versions.current()}
            known = tx.versions.reference(PINYIN)
            earlier = decoded(known, Spellings) if known else {}
            shared |= {PINYIN: {**earlier, **spelled}, CARDS: _cards(tx, catalogue, before, spelled)}
            for name, content in shared.items():
                tx.versions.keep_reference(name, msgspec.json.encode(content, order="deterministic"), self._at())
            for _, matter in sorted(catalogue.matters.items()):  # one order of locks for all
                pointer = before.get(matter.id)
                old = tx.versions.load(pointer.hash) if pointer and pointer.hash != matter.hash else None
                given = grounds.get(matter.id) or Grounds(pointer.hash if pointer else "", FIRST)
                note = self._note(matter.id, matter.hash, by, given, compare(old, matter) if old else ())
                after = given.before if matter.id in grounds else None
                changed = tx.versions.publish(matter, id=note.id, at=note.at, by=by, after=after)
                if changed:
                    self._keep(tx, note)
                    self._end_shadow(tx, matter.id, matter.hash, by)
                elif after is not None:
                    _require_same(tx, matter.id, matter.hash)
                done.append(Published(matter.id, matter.hash, changed, note.differences))
        return tuple(done)

    def withdraw(self, matter_id: str, by: str = "system", account: str = "", reason: str = "") -> None:
        """Take a matter off the shelf; cases under way go on. A003 when it is not on it."""
        with self._store.write() as tx:
            pointer = tx.versions.pointer(matter_id)
            grounds = Grounds(pointer.hash if pointer else "", WITHDRAWN, account, reason)
            note = self._note(matter_id, grounds.before, by, grounds, ())
            if not tx.versions.withdraw(matter_id, id=note.id, at=note.at, by=by):
                raise ZhunyuError("A003", f"事项 {matter_id} 不在架上。", status=404)
            self._keep(tx, note)

    def restore(self, matter_id: str, hash: str, by: str, account: str = "", reason: str = "") -> Published:
        """Put a version that was on the shelf before back on it; A003 when the matter never had it there."""
        with self._store.write() as tx:
            matter = tx.versions.load(hash)
            published = any(line.hash == hash for line in tx.versions.history(matter_id))
            if matter is None or matter.id != matter_id or not published:
                raise ZhunyuError("A003", "没有这一版本的事项。", "请从版本列表选择发布过的版本。", status=404)
            pointer = tx.versions.pointer(matter_id)
            old = tx.versions.load(pointer.hash) if pointer else None
            grounds = Grounds(pointer.hash if pointer else "", RESTORED, account, reason)
            note = self._note(matter_id, hash, by, grounds, compare(old, matter) if old else ())
            changed = tx.versions.publish(matter, id=note.id, at=note.at, by=by)
            if changed:
                self._keep(tx, note)
                self._end_shadow(tx, matter_id, hash, by)
        return Published(matter_id, hash, changed, note.differences)

    def history(self, matter_id: str) -> tuple[HistoryLine, ...]:
        """Publications and withdrawals, newest first."""
        with self._store.read() as tx:
            return tx.versions.history(matter_id)

    def current(self) -> tuple[Current, ...]:
        """The current version of every matter ever published, by matter id."""
        with self._store.read() as tx:
            return tx.versions.current()

    def records(self, matter_id: str) -> dict[str, Publication]:
        """How each publication of a matter was weighed, by the id of its line of the history."""
        with self._store.read() as tx:
            return {one.id: one for one in tx.publications.of_matter(matter_id)}

    def checked(self, hashes: tuple[str, ...]) -> dict[str, Publication]:
        """How each of these versions was weighed when it was last published, by hash."""
        with self._store.read() as tx:
            return tx.publications.checked(hashes)

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")

    def _note(self, matter: str, hash: str, by: str, grounds: Grounds, differences: tuple[str, ...]) -> Publication:
        return Publication(
            id=self._ids.new(), matter=matter, hash=hash, at=self._at(), by=by, how=grounds.how,
            previous=grounds.before, account=grounds.account, reason=grounds.reason, checks=grounds.checks,
            failures=grounds.failures, differences=differences, impact=grounds.impact,
        )  # fmt: skip

    def _keep(self, tx: Transaction, note: Publication) -> None:
        tx.publications.add(note)
        record(
            tx, self._ids, trail=f"matter:{note.matter}", at=note.at, actor=note.account or note.by,
            what=f"发布 {note.how}" if note.how != WITHDRAWN else note.how, content=msgspec.to_builtins(note),
        )  # fmt: skip

    def _end_shadow(self, tx: Transaction, matter: str, hash: str, by: str) -> None:
        for one in tx.shadows.running():
            if (one.matter, one.hash) == (matter, hash):
                tx.shadows.end(one.id, "published", at=self._at(), by=by)


def _cards(
    tx: Transaction, catalogue: Catalogue, before: Mapping[str, Current], spelled: Spellings
) -> CardFile:
    """The cards of what is published and of what else stands on the shelf; the shelf makes those that are missing."""
    document = tx.versions.reference(CARDS)
    earlier = decoded(document, CardFile) if document else CardFile()
    hashes = {one.hash for one in before.values()}
    kept = {hash: card for hash, card in earlier.cards.items() if earlier.shape == SHAPE and hash in hashes}
    return CardFile(SHAPE, {**kept, **{one.hash: card_of(one, spelled) for one in catalogue.matters.values()}})


def _require_same(tx: Transaction, matter: str, hash: str) -> None:
    """C002 unless the very same version is on the shelf already: then both publishers wanted the same."""
    pointer = tx.versions.pointer(matter)
    if pointer is None or (pointer.hash, pointer.state) != (hash, "published"):
        raise ZhunyuError(
            "C002", f"事项 {matter} 刚刚由他人发布了新版本，本次没有发布。", "请核对新版本与差异后再发布。", status=409
        )
