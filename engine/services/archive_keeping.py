"""Archives as archivists read them: lists, one archive with its files and checks, export, and the whole in print."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.archive import FOLDERS, CheckItem, Description, Entry
from engine.ports.archives import Archive, ArchiveQuery, BasisFile, Binder, Check, Transfer
from engine.ports.world import Renderer
from engine.services.accounts import Session
from engine.services.archive_access import ArchiveAccess, district_of
from engine.services.archive_checking import by_kind, newest
from engine.stages.archive import sheets
from engine.trust import package
from engine.trust.sm3 import sm3_hex

_LEAVES = 1  # pages of the cover


class Page(msgspec.Struct, frozen=True):
    """One archive with everything a page shows: its files by folder, the newest result of every item, all versions."""

    archive: Archive
    told: Description | None
    folders: tuple[tuple[str, tuple[Entry, ...]], ...]
    items: tuple[tuple[str, tuple[CheckItem, ...]], ...]
    checks: tuple[Check, ...]
    versions: tuple[Archive, ...]
    transfers: tuple[Transfer, ...]
    basis: tuple[BasisFile, ...]


class ArchiveKeeping:
    """Reading and printing."""

    def __init__(self, *, access: ArchiveAccess, renderer: Renderer, binder: Binder) -> None:
        self._access, self._renderer, self._binder = access, renderer, binder

    def find(self, session: Session, query: ArchiveQuery) -> tuple[tuple[Archive, ...], str]:
        """A page of archives, and the cursor of the next or ""."""
        wanted = msgspec.structs.replace(query, district=district_of(session) or query.district, limit=query.limit + 1)
        with self._access.store.read() as tx:
            found = tx.archives.find(wanted)
        return found[: query.limit], found[query.limit - 1].id if len(found) > query.limit else ""

    def counts(self, session: Session) -> dict[str, int]:
        """How many archives are in each state and verdict."""
        with self._access.store.read() as tx:
            return tx.archives.counts(district_of(session))

    def page(self, session: Session, archive_id: str) -> Page:
        """One archive; A003 when there is none, A002 when it is another district's."""
        with self._access.store.read() as tx:
            archive = self._access.own(tx, session, archive_id)
            told, checks = tx.archives.description(archive_id), tx.archives.checks(archive_id)
            versions, transfers = tx.archives.of_case(archive.case), tx.archives.transfers(archive_id)
            basis = tx.basis_files.of_case(archive.case)
        entries = told.catalogue if told else ()
        folders = tuple((name, tuple(one for one in entries if one.folder == name)) for name in FOLDERS)
        return Page(archive, told, tuple(one for one in folders if one[1]), by_kind(newest(checks)), checks, versions,
                    transfers, basis)  # fmt: skip

    def file(self, session: Session, archive_id: str, place: int) -> tuple[Entry, bytes]:
        """One file of a package, read from the package and held against its digest; recorded in the history."""
        archive, told = self._access.described(session, archive_id)
        entry = next((one for one in told.catalogue if one.place == place), None)
        if entry is None:
            raise ZhunyuError("A003", "档案里没有这个文件。", "请从档案页面重新打开。", status=404)
        _, files = package.unpack(self._access.package(archive))
        data = files.get(entry.path, b"")
        if sm3_hex(data) != entry.digest:
            raise ZhunyuError("K010", f"{entry.title}与归档时的摘要不符。", "请重新检测这份档案。", status=409)
        self._access.told(session, archive, "查阅档案文件", {"file": entry.path})
        return entry, data

    def export(self, session: Session, archive_id: str) -> tuple[str, bytes]:
        """The package as it lies in the store, under the name it should have; recorded in the history."""
        archive, _ = self._access.described(session, archive_id)
        data = self._access.package(archive)
        self._access.told(session, archive, "导出归档信息包", {"digest": archive.digest})
        return f"{archive.code}_v{archive.version}.zip", data

    def printed(self, session: Session, archive_id: str) -> tuple[str, bytes]:
        """The whole file as one PDF: 封面, 卷内目录 with page numbers, every printable file in order, 备考表."""
        archive, told = self._access.described(session, archive_id)
        _, files = package.unpack(self._access.package(archive))
        parts, pages, unprinted, count = [], {}, [], 0
        for entry in told.catalogue:
            pdf = self._binder.as_pdf(entry.extension, files[entry.path])
            if pdf is None:
                unprinted.append(entry)
                pages[entry.path] = f"{entry.extension.upper()} 电子文件"
                continue
            pages[entry.path] = str(count + 1)
            parts.append(pdf)
            count += entry.pages
        with self._access.store.read() as tx:
            checks = tx.archives.checks(archive_id)
        listed = [(one.phase, one.at[:16].replace("T", " "), one.by, one.result) for one in reversed(checks)]
        cover = self._renderer.render("archive_cover", sheets.cover(told))
        index = self._renderer.render("archive_index", sheets.index(told, pages))
        day = self._access.clock.now().date().isoformat()
        last = self._renderer.render("archive_sheet", sheets.closing(told, count, unprinted, listed, day))
        numbers = self._renderer.render("archive_numbers", {"count": max(count, 1)})
        before = _LEAVES + self._binder.count(index)
        self._access.told(session, archive, "印制全卷", {"pages": count})
        bound = self._binder.bind((cover, index, *parts, last), numbers if count else b"", before)
        return f"{archive.code}.pdf", bound

    def transfers(self, session: Session, limit: int = 50) -> tuple[tuple[Transfer, Archive], ...]:
        """The newest transfers with their archives."""
        with self._access.store.read() as tx:
            return tx.archives.recent_transfers(district_of(session), limit)
