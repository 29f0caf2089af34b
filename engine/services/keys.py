"""The life of the keys: rotation, retirement, revocation, and the destruction of one case's key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.model.people import SYSTEM
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.keys import DESTROYED, DataKey, KeyLine, RootAdmin
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.committed import KEYS_TRAIL
from engine.services.key_destroying import destroy_key
from engine.services.recording import record
from engine.services.upload_place import upload_key

BATCH = 100
ROTATED, RETIRED, SIGNING, REVOKED = "轮换根密钥", "停用根密钥", "轮换签名密钥", "吊销签名密钥"
LATE = "补记：当时的进程在记下之前中断"
Progress = Callable[[int], None]


class Wrapping(Protocol):
    """Wraps a data key anew."""

    def rewrapped(self, key: DataKey) -> DataKey:
        """The same data key under the current root."""
        ...


class SealedStore(Protocol):
    """Files that earlier installations wrapped directly under a root."""

    def earlier(self) -> Iterator[str]:
        """Their keys."""
        ...

    def reseal(self, key: str, owner: str) -> None:
        """Seal one for its owner."""
        ...


class Rotation(msgspec.Struct, frozen=True):
    """What a rotation did: to which root version, whether it went on with an earlier one, how many data keys it
    rewrapped, how many fields and files of earlier installations it moved under data keys."""

    root: int
    resumed: bool
    keys: int
    fields: int
    files: int


class Keys:
    """Rotates, retires, revokes and destroys. All of it may be broken off at any moment and done again."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, admin: RootAdmin, wrapping: Wrapping, files: SealedStore,
        places: Iterable[str],
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._admin = store, clock, ids, admin
        self._wrapping, self._files, self._places = wrapping, files, tuple(places)

    @property
    def provider(self) -> str:
        """Who holds the root and signing keys."""
        return self._admin.provider()

    def lines(self) -> tuple[KeyLine, ...]:
        """The signing keys."""
        return self._admin.lines()

    def public_files(self) -> dict[str, str]:
        """What may be given to anyone: file names with public keys by purpose, and the list of those revoked."""
        return self._admin.public_files()

    def overview(self) -> tuple[dict[int, int], int, tuple[KeyLine, ...]]:
        """Root versions with how many data keys each wraps, how many were destroyed, and the signing keys."""
        with self._store.read() as tx:
            used, destroyed = tx.keys.by_root(), tx.keys.destroyed()
        return {root: used.get(root, 0) for root in self._admin.roots()}, destroyed, self._admin.lines()

    def rotate(
        self, *, actor: str, resume: bool = False, batch: int = BATCH, progress: Progress = lambda _: None
    ) -> Rotation:
        """Add a root version and rewrap every data key under it, in small transactions; bodies stay as they are.

        A rotation that was broken off is finished first, and then no version is added; `resume` never adds one.
        """
        self._catch_up()
        unfinished = resume or self._behind()
        root = self._admin.roots()[-1] if unfinished else self._admin.rotate()
        if not unfinished:
            self._tell(actor, ROTATED, root=root)
        keys = self._rewrap(root, batch, progress)
        fields, files = self._move_fields(batch, progress), self._move_files(progress)
        return Rotation(root, unfinished, keys, fields, files)

    def retire(self, *, actor: str) -> tuple[int, ...]:
        """Remove the root versions under which nothing is left; K002 while something of earlier installations is."""
        self._catch_up()
        with self._store.read() as tx:
            used = tx.keys.by_root()
            left = any(tx.keys.earlier(place, "", 1) for place in self._places)
        if left or next(self._files.earlier(), None) is not None:
            raise ZhunyuError("K002", "还有内容直接封在旧的根密钥之下。", "请先运行 zhunyu keys rotate --resume。")
        gone = self._admin.retire(used)
        if gone:
            self._tell(actor, RETIRED, roots=list(gone))
        return gone

    def rotate_signing(self, purpose: str, *, actor: str) -> str:
        """A new signing key for a purpose; what was signed before stays valid."""
        self._catch_up()
        made = self._admin.rotate_signing(purpose)
        self._tell(actor, SIGNING, purpose=purpose, key=made)
        return made

    def revoke(self, key_id: str, *, actor: str, reason: str) -> None:
        """Revoke a signing key from now on; the one that signs gets a successor."""
        self._catch_up()
        before = {one.key_id for one in self._admin.lines()}
        self._admin.revoke(key_id, self._at())
        made: list[Json] = [one.key_id for one in self._admin.lines() if one.key_id not in before]
        self._tell(actor, REVOKED, key=key_id, reason=reason, successors=made)

    def destroy(self, case: str, *, by: str, second: str, reason: str) -> tuple[str, ...]:
        """Destroy the key of a case, and of the drafts it was made from; the owners whose keys are gone.

        What was sealed for them can never be read again. `by` and `second` are two accounts of staff. A003 when there
        is no such case or account; C001 while the case is open or something is still to be done for it; A002 when it
        is one person; S001 without a reason. Destroying again changes nothing.
        """
        if not reason.strip():
            raise ZhunyuError("S001", "销毁须写明理由。", "请用 --reason 写明依据和批准文号。")
        with self._store.write() as tx:
            first, other = _staff(tx, by), _staff(tx, second)
            if first.id == other.id:
                raise ZhunyuError("A002", "销毁须由两个人办理。", "请由另一人作为 --second。", status=403)
            return destroy_key(
                tx, self._ids, case, by=by, second=second, actor=first.id, reason=reason.strip(), at=self._at()
            )

    def _catch_up(self) -> None:
        """Write into the history what a process did to the key store and did not live to tell: once."""
        with self._store.read() as tx:
            told = _told(tx)
        roots, lines = self._admin.roots(), self._admin.lines()
        firsts = {one.purpose: one.key_id for one in reversed(lines)}
        for root in roots:
            if root > 1 and f"root {root}" not in told:
                self._tell(SYSTEM.id, ROTATED, root=root, noted=LATE)
        missing: list[Json] = [
            one for one in range(1, roots[-1]) if one not in roots and f"retired {one}" not in told
        ]
        if missing:
            self._tell(SYSTEM.id, RETIRED, roots=missing, noted=LATE)
        for line in lines:
            if line.key_id != firsts[line.purpose] and f"key {line.key_id}" not in told:
                self._tell(SYSTEM.id, SIGNING, purpose=line.purpose, key=line.key_id, noted=LATE)
            if line.revoked_at and f"revoked {line.key_id}" not in told:
                self._tell(SYSTEM.id, REVOKED, key=line.key_id, reason="", noted=LATE)

    def _behind(self) -> bool:
        with self._store.read() as tx:
            return bool(tx.keys.behind(self._admin.roots()[-1], 1))

    def _rewrap(self, root: int, batch: int, progress: Progress) -> int:
        """Until nothing is behind. The keys are wrapped between transactions: a service may take its time."""
        done = 0
        while True:
            with self._store.read() as tx:
                behind = tx.keys.behind(root, batch)
            if not behind:
                return done
            pairs = [(key.token, self._wrapping.rewrapped(key)) for key in behind]
            with self._store.write() as tx:
                changed = sum(tx.keys.rewrap(before, key) for before, key in pairs)
            done += changed
            progress(len(behind))

    def _move_fields(self, batch: int, progress: Progress) -> int:
        done = 0
        for place in self._places:
            after = ""
            while True:
                with self._store.read() as tx:
                    found = tx.keys.earlier(place, after, batch)
                if not found:
                    break
                with self._store.write() as tx:
                    done += sum(tx.keys.reseal(place, cursor) for cursor, _ in found)
                after = found[-1][0]
                progress(len(found))
        return done

    def _move_files(self, progress: Progress) -> int:
        done, owners = 0, dict[str, str]()
        for key in list(self._files.earlier()):
            owners = owners or self._upload_owners()
            kind, _, rest = key.partition("/")
            owner = rest.partition("/")[0].upper() if kind == "documents" else owners.get(key, "")
            self._files.reseal(key, owner)
            done += 1
            progress(1)
        return done

    def _upload_owners(self) -> dict[str, str]:
        """Whose the uploads are: of each case."""
        found, after = {"": ""}, ""
        while True:
            with self._store.read() as tx:
                page = [trail.removeprefix("case:") for trail in tx.history.trails(after or "case:", BATCH)
                        if trail.startswith("case:")]  # fmt: skip
                for id in page:
                    kept = tx.keys.get(id)
                    case = tx.cases.load(id) if kept is None or kept.state != DESTROYED else None
                    for uploads in case.uploads.values() if case else ():
                        found |= {upload_key(upload.id): id for upload in uploads}
            if not page:
                return found
            after = f"case:{page[-1]}"

    def _tell(self, actor: str, what: str, **content: Json) -> None:
        with self._store.write() as tx:
            record(tx, self._ids, trail=KEYS_TRAIL, at=self._at(), actor=actor, what=what, content=content)

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def _told(tx: Transaction) -> frozenset[str]:
    """The key operations the history knows, each as one short text."""
    found = set()
    for one in tx.history.of_trail(KEYS_TRAIL):
        if one.content is None:  # a verification tells
            continue
        what, said = one.entry.what, msgspec.json.decode(one.content)
        if what == ROTATED:
            found.add(f"root {said['root']}")
        elif what == RETIRED:
            found |= {f"retired {root}" for root in said["roots"]}
        elif what == SIGNING:
            found.add(f"key {said['key']}")
        elif what == REVOKED:
            found |= {f"revoked {said['key']}", *(f"key {key}" for key in said.get("successors", ()))}
    return frozenset(found)


def _staff(tx: Transaction, login: str) -> Account:
    found = tx.accounts.by_login("staff", login)
    if found is None or not found[0].active:
        raise ZhunyuError("A003", f"没有在用的工作人员账号 {login}。", "请核对登录名。", status=404)
    return found[0]
