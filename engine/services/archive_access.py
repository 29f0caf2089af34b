"""Who may see which archives, and reading a package from the store."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ZhunyuError
from engine.model.archive import Description
from engine.ports.archives import DESTROYED, Archive
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Session
from engine.services.desk_access import district_for, refuse
from engine.services.permission import Relation, permits
from engine.services.recording import record

ROLE, READERS = "档案", ("档案", "审计")


class ArchiveAccess:
    """Staff see the archives of their own district; those of the city see all. Every reading of content is recorded."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, files: FileStore) -> None:
        self.store, self.clock, self.ids, self.files = store, clock, ids, files

    def own(self, tx: Transaction, session: Session, archive_id: str) -> Archive:
        """The archive; A003 when there is none, A002 when it is another district's."""
        archive = loaded(tx, archive_id)
        district_of(session)
        if permits(session.account, "archive.open", Relation(place=archive.district)).why_not:
            raise ZhunyuError("A002", "这份档案属于其他区，您没有查看权限。", "如需利用，请联系该区。", status=403)
        return archive

    def described(self, session: Session, archive_id: str) -> tuple[Archive, Description]:
        """The archive with its description; C008 when it was destroyed."""
        with self.store.read() as tx:
            archive, told = self.own(tx, session, archive_id), tx.archives.description(archive_id)
        if told is None or archive.state == DESTROYED:
            raise ZhunyuError("C008", "这份电子档案已经销毁。", "销毁清单仍可查阅。", status=409)
        return archive, told

    def package(self, archive: Archive) -> bytes:
        """The package as it lies in the store; S006 when it is not there, K004 when it was altered."""
        try:
            return self.files.get(archive.file_key)
        except KeyError as error:
            raise ZhunyuError("S006", "归档信息包暂时取不到。", "请联系系统管理员检查存储。", status=503) from error

    def told(self, session: Session, archive: Archive, what: str, content: Mapping[str, object]) -> None:
        """Record that someone read content."""
        with self.store.write() as tx:
            record(
                tx, self.ids, trail=f"archive:{archive.case}", at=self.at(), actor=session.account.id, what=what,
                content={"archive": archive.code, "version": archive.version, **content},
            )  # fmt: skip

    def at(self) -> str:
        """Now, to the second."""
        return self.clock.now().isoformat(timespec="seconds")


def loaded(tx: Transaction, archive_id: str) -> Archive:
    """The archive; A003 when there is none."""
    archive = tx.archives.load(archive_id)
    if archive is None:
        raise ZhunyuError("A003", "没有这份电子档案。", "请从归档清单重新打开。", status=404)
    return archive


def district_of(session: Session) -> str:
    """The district a member of staff is confined to, "" for those of the city; A002 for anyone who may not read."""
    refuse(permits(session.account, "archive.read").why_not, "请联系系统管理员。")
    return district_for(session.account, READERS)


def require_archivist(session: Session) -> None:
    """A002 for anyone who may only read."""
    refuse(permits(session.account, "archive.keep").why_not, "请联系档案人员。")
