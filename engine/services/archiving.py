"""Archiving ended cases: what has come due becomes a job, and a job makes the package, checks it and registers it.

Everything before the registration may be repeated: the number is kept with what waits, the package is stored under its
own digest, and archive, checks, basis file and history are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.model.archive import CheckItem, Description, Plan, verdict
from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.values import Json
from engine.ports.archives import DESTROYED, DOOMED, SENDING, Archive, BasisFile, Check, FileOpener
from engine.ports.effects import Job
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, Ids, SealCheck
from engine.services.archive_contents import Contents, Gathered
from engine.services.destroyed import readable
from engine.services.recording import record
from engine.services.shelf import Shelf
from engine.stages.archive import checking, describing, filing, writing
from engine.stages.archive.basis import basis_of
from engine.trust import package
from engine.trust.keys import Signer
from engine.trust.sm3 import sm3_hex

KIND, MAKE, CHECK, SEND, ERASE = "archive", "make", "check", "send", "erase"
ARCHIVING, KEEPING = "归档", "长期保存"
SYSTEM_NAME = "系统"
_AGAIN = timedelta(hours=1)
_AT_ONCE = 50


class ArchiveKeys(Protocol):
    """The keys of the archive."""

    def signer(self) -> Signer:
        """Who signs packages now."""
        ...

    def trusted(self) -> checking.Keys:
        """The public keys that what lies in packages is checked with."""
        ...


class LegalCheck(Protocol):
    """Checks the legal form (OFD) of a certificate."""

    def check(self, file: bytes, *, second: bool = False) -> SealCheck: ...


class Archiving:
    """The effect `archive`, and the look for what has come due."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, contents: Contents,
        keys: ArchiveKeys, plan: Callable[[], Plan], opener: FileOpener, legal: LegalCheck,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._shelf, self._contents, self._keys = shelf, contents, keys
        self._plan, self._opener, self._legal = plan, opener, legal

    def sweep(self, limit: int = _AT_ONCE) -> int:
        """Turn what has come due into jobs: ended cases, and checks of long-term preservation; how many."""
        now = self._clock.now()
        at, day = now.isoformat(timespec="milliseconds"), now.date().isoformat()
        with self._store.read() as tx:
            waiting, checks = tx.archives.waiting(at, limit), tx.archives.due_checks(day, limit)
            cases = {one.case: readable(tx, one.case) for one in waiting}
        if not waiting and not checks:
            return 0
        plan, made = self._plan(), 0
        with self._store.write() as tx:
            for one in waiting:
                case = cases[one.case]
                if case is None or not filing.ended(case):
                    tx.archives.taken(one.case, one.version)
                    continue
                ripe = filing.ripe_at(plan, case)
                tx.archives.delay(one.case, one.version, max(ripe, now + _AGAIN).isoformat(timespec="milliseconds"))
                if ripe <= now:
                    made += self.enqueue(tx, MAKE, f"{one.case}-{case.version}", {}, one.case, case.version)
            for archive in checks:
                tx.archives.put_off(archive.id, filing.next_check(plan, now.date()))
                if sampled(archive, plan, day):
                    body = {"archive": archive.id}
                    made += self.enqueue(tx, CHECK, f"{archive.id}-{archive.check_due}", body)
        return made

    def enqueue(
        self, tx: Transaction, what: str, key: str, body: Mapping[str, Json], case: str = "", seq: int = 0
    ) -> int:
        """Add a job of the archive to the outbox; 0 when it is there already.

        Only the making of a package is a `case`'s own: the others go on when the key of the case has been destroyed,
        and so must not lie under it.
        """
        at = self._clock.now().isoformat(timespec="milliseconds")
        job = Job(
            id=self._ids.new(), kind=KIND, case=case, seq=seq, to=what, event="归档", body=dict(body),
            key=f"{KIND}-{what}-{key}", created_at=at,
        )  # fmt: skip
        return int(tx.effects.enqueue(job))

    def make(self, case_id: str, by: str = SYSTEM_NAME) -> Archive | None:
        """Archive the case as it stands; the archive version of this state of the case, made now or before.

        None when the case is not over, or when its archive was destroyed. Repeating is harmless. ZhunyuError K001 when
        its history was altered, S001 when rules/archive.yaml does not know its class.
        """
        with self._store.read() as tx:
            if not tx.cases.version(case_id):
                raise ZhunyuError("A003", "没有这一办件。", "请核对办件编号。", status=404)
            case, versions = readable(tx, case_id), tx.archives.of_case(case_id)
        if case is None:
            return versions[-1] if versions else None
        done = next((one for one in versions if one.case_version == case.version), None)
        gone = any(one.state in (DOOMED, DESTROYED) for one in versions)
        if done is not None or gone or not filing.ended(case):
            with self._store.write() as tx:
                tx.archives.taken(case_id, case.version)
            if done is not None and not gone:
                self._tidy(done)
            return done
        plan, matter = self._plan(), self._shelf.version(case.matter_hash)
        gathered = self._contents.of(matter, case)
        item = self._item(plan, matter, case, versions)
        at = self._clock.now().isoformat(timespec="seconds")
        head = filing.heading(plan, matter, case, item)
        told = describing.describe(
            plan, matter, case, gathered.certificates, gathered.deeds, gathered.pieces, head,
            max((one.version for one in versions), default=0) + 1, at[:10],
        )  # fmt: skip
        told = msgspec.structs.replace(told, missing=tuple(dict.fromkeys((*told.missing, *gathered.lacking))))
        return self._register(plan, matter, case, told, gathered, at, by)

    def examine(self, data: bytes, archive: Archive, told: Description) -> tuple[CheckItem, ...]:
        """The four checks over a package as registered."""
        expected = checking.Expected(archive.digest, archive.code, archive.files, told.missing)

        def legal(file: bytes) -> tuple[str, str]:
            found = self._legal.check(file)
            return found.number, "" if found.state == "valid" else found.reason

        return checking.examine(data, expected, self._plan(), self._keys.trusted(), self._opener.pages, legal)

    def _item(self, plan: Plan, matter: Matter, case: Case, versions: tuple[Archive, ...]) -> int:
        """The 件号: that of the earlier version where it is filed the same way, else the next; never left out."""
        counter = filing.counter_of(plan, matter, case)
        _, klass, period = filing.class_of(plan, matter, case)
        same = [one.item for one in versions if (one.klass, one.retain, one.year, one.district) ==
                (klass.word, period.word, case.closed_at[:4], case.district)]  # fmt: skip
        if same:
            return same[-1]
        with self._store.write() as tx:
            item = tx.archives.reserved(case.id, counter)
            if not item:
                tx.archives.expect(case.id, case.version, self._clock.now().isoformat(timespec="milliseconds"))
                item = tx.certificates.draw(counter)
                tx.archives.reserve(case.id, counter, item)
        return item

    def _register(
        self, plan: Plan, matter: Matter, case: Case, told: Description, gathered: Gathered, at: str, by: str
    ) -> Archive:
        files = {**describing.contents(gathered.pieces, told.catalogue), **writing.described(told)}
        version, head = int(told.entity["归档版本"]), told.heading
        data = package.seal(f"{package.file_name(case.number)}_v{version}", files, self._keys.signer(), at)
        digest, subject = sm3_hex(data), case.subjects[0]
        archive = Archive(
            id=self._ids.new(), case=case.id, version=version, case_version=case.version, code=head.code,
            item=head.item, klass=head.klass.word, year=head.year, retain=head.period.word, expires=head.expires,
            district=case.district, authority_name=case.authority_name, matter=case.matter,
            matter_title=case.matter_title, case_number=case.number, holder=subject.name,
            outcome=filing.outcome_of(case), made_at=at, digest=digest, size=len(data), files=len(told.catalogue),
            missing=len(told.missing), check_due=filing.next_check(plan, self._clock.now().date()),
            file_key=f"archives/{case.id.lower()}/{version}-{digest[:16]}.zip",
        )  # fmt: skip
        items = self.examine(data, archive, told)
        self._files.put(archive.file_key, data, owner_of(case.id))
        with self._store.write() as tx:
            if not tx.archives.add(archive, told):  # another process was first
                kept = next(one for one in tx.archives.of_case(case.id) if one.case_version == case.version)
                if kept.file_key != archive.file_key:
                    self._files.delete(archive.file_key)
                return kept
            self._join_basis(tx, matter, case, at)
            result = verdict(items)
            tx.archives.check(Check(self._ids.new(), archive.id, at, by, ARCHIVING, result, items), result)
            tx.archives.taken(case.id, case.version)
            content = {"code": archive.code, "version": version, "digest": digest, "files": archive.files, "by": by}
            record(tx, self._ids, trail=f"archive:{case.id}", at=at, actor=by, what=f"归档 {result}", content=content)
        self._tidy(archive)
        return msgspec.structs.replace(archive, checked=result)

    def _tidy(self, archive: Archive) -> None:
        """Remove what processes stored of this version and did not live to register."""
        folder = archive.file_key.rpartition("/")[0]
        for key in self._files.under(folder):
            if key.startswith(f"{folder}/{archive.version}-") and key != archive.file_key:
                self._files.delete(key)

    def _join_basis(self, tx: Transaction, matter: Matter, case: Case, at: str) -> None:
        found = basis_of(matter, case, tx.certificates.load(case.acts_on) if case.acts_on else None)
        if found is None:
            return
        file = BasisFile(self._ids.new(), found.kind, matter.line, found.key, found.title, at, found.natural)
        tx.basis_files.put(file, case.id, at, case.district)


def owner_of(case: str) -> str:
    """Whose data key the packages of a case are sealed under: one of their own, destroyed with them."""
    return f"archive-{case}"


def sampled(archive: Archive, plan: Plan, day: str) -> bool:
    """Whether a check of long-term preservation draws this archive: the same on every machine, another every time."""
    return int(sm3_hex(f"{archive.id}|{day}".encode())[:8], 16) % 100 < plan.sample


def standing(archive: Archive) -> None:
    """ZhunyuError C008 for an archive that is gone or on its way out."""
    if archive.state == DESTROYED:
        raise ZhunyuError("C008", "这份电子档案已经销毁。", "销毁清单仍可查阅。", status=409)
    if archive.state == DOOMED:
        raise ZhunyuError("C008", "这份电子档案在待确认的销毁清单里。", "请先确认或撤回销毁清单。", status=409)
    if archive.state == SENDING:
        raise ZhunyuError("C008", "这份电子档案正在移交。", "请待对方答复后再办理。", status=409)
