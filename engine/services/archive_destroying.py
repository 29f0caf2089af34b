"""Destruction 销毁 of archives whose retention has ended: one person lists them, another confirms; the list stays.

The confirmation is one transaction: with it the keys of the packages and of the cases are gone, so that nothing can be
read from then on, whatever happens to the process; the files, unreadable already, are removed by effects after it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.errors import ZhunyuError
from engine.ports.archives import DESTROYED, DOOMED, KEPT, REFUSED, SENT, Archive, Destruction, Doomed
from engine.ports.effects import Job
from engine.ports.store import Transaction
from engine.ports.world import Waker
from engine.services.accounts import Session
from engine.services.archive_access import ArchiveAccess, district_of, require_archivist
from engine.services.archiving import ERASE, Archiving, owner_of, standing
from engine.services.key_destroying import destroy_key
from engine.services.recording import record

_MOST, _LONGEST = 500, 1000
_MAY_GO = (KEPT, SENT, REFUSED)


class ArchiveDestroying:
    """Proposes, withdraws and confirms destruction lists."""

    def __init__(self, *, access: ArchiveAccess, archiving: Archiving, waker: Waker) -> None:
        self._access, self._archiving, self._waker = access, archiving, waker

    def today(self) -> str:
        """The ISO day retention is compared with."""
        return self._access.clock.now().date().isoformat()

    def propose(self, session: Session, archive_ids: Iterable[str], reason: str) -> Destruction:
        """List archives for destruction: all versions of each case go together.

        C004 without a reason, A004 for an empty list, C008 when the retention of one has not ended (永久 never ends)
        or when it is on its way elsewhere or listed already.
        """
        require_archivist(session)
        words, ids, today = _reason(reason), tuple(dict.fromkeys(archive_ids)), self.today()
        if not ids or len(ids) > _MOST:
            raise ZhunyuError("A004", "没有选择要销毁的档案，或者一次选得太多。", f"每次 1 至 {_MOST} 件。", status=422)
        account = session.account
        with self._access.store.write() as tx:
            items = []
            for id in ids:
                archive = self._access.own(tx, session, id)
                standing(archive)
                if not archive.expires or archive.expires >= today:
                    until = archive.expires or "永久"
                    raise ZhunyuError(
                        "C008", f"{archive.code} 的保管期限未满（{until}）。", "只能销毁到期的。", status=409
                    )
                for one in tx.archives.of_case(archive.case):
                    if not tx.archives.move(one.id, _MAY_GO, DOOMED):
                        raise ZhunyuError("C008", f"{one.code} 正在移交或已列入清单。", "请刷新后重试。", status=409)
                    items.append(_line(one))
            made = Destruction(
                self._access.ids.new(), account.district, self._access.at(), account.name, account.id, words,
                tuple(items),
            )  # fmt: skip
            tx.archives.propose(made)
            self._record(tx, made, account.id, "提出销毁", words)
        return made

    def confirm(self, session: Session, id: str, reason: str) -> Destruction:
        """Destroy what a list names, and the keys of those cases, by someone other than who proposed it, with a reason
        of their own. C001 when a case has been opened again, or something is still to be done for it."""
        require_archivist(session)
        words = _reason(reason)
        with self._access.store.write() as tx:
            found = self._own(tx, session, id)
            if session.account.id == found.by_id:
                raise ZhunyuError("A002", "提出销毁的人不能自己确认。", "请由另一名档案人员确认。", status=403)
            done = self._settled(tx, session, found, "confirmed", words)
            for case in dict.fromkeys(one.case for one in found.items):
                self._destroy_keys(tx, session, done, case)
            for one in found.items:
                archive = tx.archives.load(one.archive)
                assert archive is not None  # archives are never deleted
                tx.archives.move(one.archive, (DOOMED,), DESTROYED)
                self._archiving.enqueue(tx, ERASE, one.archive, {"key": archive.file_key})
            self._record(tx, done, session.account.id, "确认销毁", words)
        self._waker.wake()
        return done

    def withdraw(self, session: Session, id: str, reason: str) -> Destruction:
        """Take a list back that was not confirmed; by either of them."""
        require_archivist(session)
        words = _reason(reason)
        with self._access.store.write() as tx:
            found = self._own(tx, session, id)
            done = self._settled(tx, session, found, "withdrawn", words)
            for one in found.items:
                accepted = any(line.state == "accepted" for line in tx.archives.transfers(one.archive))
                tx.archives.move(one.archive, (DOOMED,), SENT if accepted else KEPT)
            self._record(tx, done, session.account.id, "撤回销毁", words)
        return done

    def erase(self, job: Job) -> str:
        """The effect: remove the package from the store; absent is fine."""
        self._access.files.delete(str(job.body["key"]))
        return ""

    def lists(self, session: Session, limit: int = 50) -> tuple[Destruction, ...]:
        """Destruction lists, newest first; they are kept for ever."""
        with self._access.store.read() as tx:
            return tx.archives.destructions(district_of(session), limit)

    def show(self, session: Session, id: str) -> Destruction:
        """One list; A003 when there is none, A002 when it is another district's."""
        with self._access.store.read() as tx:
            return self._own(tx, session, id)

    def holders(self, list_: Destruction) -> tuple[str, ...]:
        """Whose archives a list names."""
        with self._access.store.read() as tx:
            found = [tx.archives.load(one.archive) for one in list_.items]
        return tuple(dict.fromkeys(one.holder for one in found if one is not None))

    def _destroy_keys(self, tx: Transaction, session: Session, list_: Destruction, case: str) -> None:
        """The keys of a case and of its packages; the case's may have been destroyed before."""
        packages, at, first = owner_of(case), self._access.at(), tx.accounts.account(list_.by_id)
        reason = f"{list_.reason}；{list_.settled_reason}"
        gone = destroy_key(
            tx, self._access.ids, case, by=first.login if first else list_.by, second=session.account.login,
            actor=session.account.id, reason=reason, at=at, more=(packages,), about={"list": list_.id},
        )  # fmt: skip
        if not gone:
            tx.keys.destroy(packages, at, reason)

    def _settled(self, tx: Transaction, session: Session, found: Destruction, state: str, reason: str) -> Destruction:
        account = session.account
        done = msgspec.structs.replace(
            found, state=state, settled_at=self._access.at(), settled_by=account.name, settled_by_id=account.id,
            settled_reason=reason,
        )  # fmt: skip
        if not tx.archives.settle(done):
            raise ZhunyuError("C008", "这份销毁清单已经办结。", "请刷新后查看。", status=409)
        return done

    def _own(self, tx: Transaction, session: Session, id: str) -> Destruction:
        found, district = tx.archives.destruction(id), district_of(session)
        if found is None:
            raise ZhunyuError("A003", "没有这份销毁清单。", "请从到期与销毁重新打开。", status=404)
        if district and found.district != district:
            raise ZhunyuError("A002", "这份销毁清单属于其他区。", "如需查阅，请联系该区。", status=403)
        return found

    def _record(self, tx: Transaction, list_: Destruction, actor: str, what: str, reason: str) -> None:
        digests = [[one.code, one.version, one.digest] for one in list_.items]
        record(
            tx, self._access.ids, trail=f"destruction:{list_.id}", at=self._access.at(), actor=actor, what=what,
            content={"list": list_.id, "reason": reason, "items": digests},
        )  # fmt: skip


def _line(archive: Archive) -> Doomed:
    return Doomed(
        archive.id, archive.case, archive.code, f"{archive.holder}{archive.matter_title}（{archive.outcome}）",
        archive.case_number, archive.version, archive.digest, archive.retain, archive.expires, archive.files,
    )  # fmt: skip


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > _LONGEST:
        raise ZhunyuError("C004", "没有写明理由。", f"请在 {_LONGEST} 字以内写明。", status=422)
    return words
