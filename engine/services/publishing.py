"""Publishing: matters go on the shelf, come off it, and keep their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import ZhunyuError
from engine.matters.compare import compare
from engine.ports.store import Store
from engine.ports.versions import HistoryLine
from engine.ports.world import Clock, Ids
from engine.services.pinyin import spellings
from engine.services.shelf import CALENDAR, CERTIFICATES, PINYIN, SOURCES, Spellings

if TYPE_CHECKING:  # reading matters takes a parser and a schema checker, which a web process never needs
    from engine.matters.catalogue import Catalogue


class Published(msgspec.Struct, frozen=True):
    """What a publication did to one matter: whether it changed, and in words how it differs from the version before."""

    matter: str
    hash: str
    changed: bool
    differences: tuple[str, ...] = ()


class Publishing:
    """Versions are immutable; publishing moves a pointer."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    def publish(self, catalogue: Catalogue, by: str) -> tuple[Published, ...]:
        """Put every matter of the catalogue on the shelf with its reference data, in one transaction."""
        at = self._clock.now().isoformat(timespec="seconds")
        reference = catalogue.reference
        spelled = spellings(catalogue.matters.values())
        shared = {CALENDAR: reference.calendar, SOURCES: reference.sources, CERTIFICATES: reference.certificates}
        done = []
        with self._store.write() as tx:
            before = {pointer.matter: pointer for pointer in tx.versions.current()}
            known = tx.versions.reference(PINYIN)
            earlier = msgspec.json.decode(known, type=Spellings) if known else {}
            for name, content in {**shared, PINYIN: {**earlier, **spelled}}.items():
                tx.versions.keep_reference(name, msgspec.json.encode(content, order="deterministic"), at)
            for matter in catalogue.matters.values():
                pointer = before.get(matter.id)
                old = tx.versions.load(pointer.hash) if pointer and pointer.hash != matter.hash else None
                changed = tx.versions.publish(matter, id=self._ids.new(), at=at, by=by)
                done.append(Published(matter.id, matter.hash, changed, compare(old, matter) if old else ()))
        return tuple(done)

    def withdraw(self, matter_id: str, by: str = "system") -> None:
        """Take a matter off the shelf; cases under way go on. A003 when it is not on it."""
        at = self._clock.now().isoformat(timespec="seconds")
        with self._store.write() as tx:
            if not tx.versions.withdraw(matter_id, id=self._ids.new(), at=at, by=by):
                raise ZhunyuError("A003", f"事项 {matter_id} 不在架上。", status=404)

    def restore(self, matter_id: str, hash: str, by: str) -> Published:
        """Put an earlier version back on the shelf; A003 when the matter never had it."""
        at = self._clock.now().isoformat(timespec="seconds")
        with self._store.write() as tx:
            matter = tx.versions.load(hash)
            if matter is None or matter.id != matter_id:
                raise ZhunyuError("A003", "没有这一版本的事项。", status=404)
            pointer = tx.versions.pointer(matter_id)
            old = tx.versions.load(pointer.hash) if pointer else None
            changed = tx.versions.publish(matter, id=self._ids.new(), at=at, by=by)
        return Published(matter_id, hash, changed, compare(old, matter) if old else ())

    def history(self, matter_id: str) -> tuple[HistoryLine, ...]:
        """Publications and withdrawals, newest first."""
        with self._store.read() as tx:
            return tx.versions.history(matter_id)
