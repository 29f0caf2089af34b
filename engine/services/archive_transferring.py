"""Transfer 移交 of archives to the archive that takes them over: checks first, one effect, and the receipt kept."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.archive import FAILED
from engine.ports.archives import KEPT, REFUSED, SENDING, SENT, Archive, ArchivePeer, Transfer
from engine.ports.effects import Job
from engine.ports.store import Transaction
from engine.ports.world import Waker
from engine.services.accounts import Session
from engine.services.archive_access import ArchiveAccess, loaded, require_archivist
from engine.services.archive_checking import ArchiveChecking
from engine.services.archiving import SEND, Archiving, standing
from engine.services.recording import record

TRANSFERRING = "移交"
_LONGEST = 1000


class ArchiveTransferring:
    """Orders transfers and carries them out."""

    def __init__(
        self, *, access: ArchiveAccess, archiving: Archiving, checking: ArchiveChecking, peer: ArchivePeer,
        waker: Waker,
    ) -> None:  # fmt: skip
        self._access, self._archiving, self._checking = access, archiving, checking
        self._peer, self._waker = peer, waker

    def order(self, session: Session, archive_id: str) -> Transfer:
        """Check an archive and order its transfer.

        C008 when a check fails, when it is not the latest version, or when it is on its way, accepted or gone.
        """
        require_archivist(session)
        with self._access.store.read() as tx:
            archive = self._access.own(tx, session, archive_id)
        standing(archive)
        if archive.state == SENT or not archive.latest:
            words = "已经移交" if archive.state == SENT else "有了新的版本"
            raise ZhunyuError("C008", f"这份电子档案{words}，不能再移交。", "请刷新后查看最新状态。", status=409)
        found = self._checking.check(archive_id, TRANSFERRING, session.account.name)
        if found.result == FAILED:
            items = "、".join(one.title for one in found.items if one.result == FAILED)
            raise ZhunyuError("C008", f"四性检测未通过，不能移交：{items}。", "请在档案页面查看并处理。", status=409)
        made = Transfer(self._access.ids.new(), archive_id, self._access.at(), session.account.name, "sent")
        with self._access.store.write() as tx:
            if not tx.archives.move(archive_id, (KEPT, REFUSED), SENDING):
                raise ZhunyuError("C008", "这份电子档案刚刚有了变化。", "请刷新后重试。", status=409)
            tx.archives.transfer(made)
            body = {"transfer": made.id, "archive": archive_id}
            self._archiving.enqueue(tx, SEND, made.id, body)
            self._record(tx, archive, session.account.id, "移交", {"transfer": made.id})
        self._waker.wake()
        return made

    def send(self, job: Job) -> str:
        """The effect: hand the package over once; "" when it was answered, else why to try again. Repeating is
        harmless: the transfer's id is the idempotency key."""
        archive_id, id = str(job.body["archive"]), str(job.body["transfer"])
        with self._access.store.read() as tx:
            archive = loaded(tx, archive_id)
            transfer = next((one for one in tx.archives.transfers(archive_id) if one.id == id), None)
        if transfer is None or transfer.state != "sent":
            return ""
        answer = self._peer.hand_over(archive.code, self._access.package(archive), id)
        if isinstance(answer, str):
            return answer
        accepted = answer.result == "接收"
        self._settle(
            archive, transfer, "accepted" if accepted else "refused", SENT if accepted else REFUSED,
            "；".join(answer.faults), answer.text,
        )  # fmt: skip
        return ""

    def give_up(self, job: Job, reason: str) -> None:
        """The transfer did not arrive: the archive stays here and may be transferred again."""
        archive_id, id = str(job.body["archive"]), str(job.body["transfer"])
        with self._access.store.read() as tx:
            archive = loaded(tx, archive_id)
            transfer = next((one for one in tx.archives.transfers(archive_id) if one.id == id), None)
        if transfer is not None and transfer.state == "sent":
            self._settle(archive, transfer, "failed", REFUSED, reason, "")

    def _settle(
        self, archive: Archive, transfer: Transfer, state: str, reached: str, reason: str, receipt: str
    ) -> None:
        done = msgspec.structs.replace(
            transfer, state=state, settled_at=self._access.at(), reason=reason[:_LONGEST], receipt=receipt
        )
        with self._access.store.write() as tx:
            if tx.archives.move(archive.id, (SENDING,), reached):
                tx.archives.transfer(done)
                words = {"accepted": "移交已接收", "refused": "移交被退", "failed": "移交未送达"}[state]
                self._record(tx, archive, "system", words, {"transfer": transfer.id, "reason": done.reason})

    def _record(self, tx: Transaction, archive: Archive, actor: str, what: str, content: dict[str, object]) -> None:
        record(
            tx, self._access.ids, trail=f"archive:{archive.case}", at=self._access.at(), actor=actor, what=what,
            content={"archive": archive.code, "version": archive.version, "digest": archive.digest, **content},
        )  # fmt: skip
