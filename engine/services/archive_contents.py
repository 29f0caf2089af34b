"""Gathering what an ended case leaves: its form, files, records, letters, certificates and evidence, as pieces."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.archive import ATTACHED, EVIDENCE, FORM, PERMITS, PROCESS, Deed, Piece
from engine.model.case import Case, Upload
from engine.model.certificate import Certificate
from engine.model.events import CertificateChanged, Checked, Happened, Noted
from engine.model.matter import Matter
from engine.model.values import Json
from engine.pipeline.receipt import STAFF
from engine.ports.archives import FileOpener
from engine.ports.cases import RecordedEvent
from engine.ports.certificates import CertificateVersion
from engine.ports.effects import Job
from engine.ports.store import Store
from engine.ports.world import FileStore, Renderer
from engine.services.annex import annex_of
from engine.services.clock_letters import clock_letters
from engine.services.documents import FORMER, Documents
from engine.services.field_papers import FieldPapers
from engine.services.history import History
from engine.services.letter_corrections import earlier_letters
from engine.services.receipts import Receipts
from engine.services.upload_place import upload_key
from engine.services.views import CaseView
from engine.services.visit_views import visit_files
from engine.stages.archive import sheets
from engine.stages.archive.describing import APPROVAL, FORM_TITLE, ISSUING, LEGAL_FORM, MAKING
from engine.trust.package import file_name

RECEIPT, BUNDLE = "裁决回执", "办件存证包"
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "application/ofd": "ofd"}
_ROLES = {"staff": "工作人员", "system": "系统", "applicant": "申请人", "peer": "其他系统"}
_JOBS = {"waiting": "待推送", "leased": "推送中", "done": "已送达", "dead": "未送达"}


class Gathered(msgspec.Struct, frozen=True):
    """What the case leaves, and what of it could not be had (with the reason)."""

    pieces: tuple[Piece, ...]
    deeds: tuple[Deed, ...]
    certificates: tuple[Certificate, ...]
    lacking: tuple[str, ...]


class Contents:
    """Reads everything once; writes nothing but the letters that were never asked for."""

    def __init__(
        self, *, store: Store, files: FileStore, renderer: Renderer, documents: Documents, history: History,
        receipts: Receipts, opener: FileOpener, papers: FieldPapers,
    ) -> None:  # fmt: skip
        self._store, self._files, self._renderer, self._papers = store, files, renderer, papers
        self._documents, self._history, self._receipts, self._opener = documents, history, receipts, opener

    def of(self, matter: Matter, case: Case) -> Gathered:
        """Everything of the case as it stands now.

        KeyError is never raised for a file that is gone: it is told in `lacking`, and the completeness check fails.
        """
        with self._store.read() as tx:
            events = tx.cases.events(case.id)
            versions = tuple(
                one for id in case.certificates for one in tx.certificates.versions(id)
                if one.case == case.id and one.state == "sealed"
            )  # fmt: skip
            jobs = tx.effects.of_case(case.id)
            original = tx.certificates.load(case.acts_on) if case.acts_on else None
            annex = annex_of(tx, case)
        deeds = deeds_of(events)
        certificates = tuple(one.certificate for one in versions)
        view = CaseView(case, matter, (), certificates, True, original, "", (), annex)
        lacking: list[str] = []
        pieces = [self._sheet(FORM, FORM_TITLE, sheets.application(matter, case), case, case.subjects[0].name)]
        pieces += self._attached(matter, case, lacking)
        pieces += self._course(matter, case, deeds, versions, jobs)
        pieces += self._field(view, lacking)
        pieces += self._permits(view, versions, lacking)
        pieces += self._evidence(case, lacking)
        return Gathered(tuple(pieces), deeds, certificates, tuple(lacking))

    def _sheet(self, folder: str, title: str, page: sheets.Page, case: Case, maker: str) -> Piece:
        data = self._renderer.render("archive_sheet", page)
        return self._piece(folder, title, "pdf", data, case.closed_at, maker)

    def _attached(self, matter: Matter, case: Case, lacking: list[str]) -> list[Piece]:
        titles = {need.id: need.title for need in matter.materials}
        found = []
        pictures = {"现场照片和签名": visit_files(case)} if case.visits else {}
        kept: dict[str, tuple[Upload, ...]] = {**case.uploads, **_letters(case), **pictures}
        for material, uploads in kept.items():
            for place, upload in enumerate(uploads, 1):
                title = titles.get(material, material) + (f"（{place}）" if len(uploads) > 1 else "")
                data = self._file(upload_key(upload.id))
                if data is None:
                    lacking.append(f"{title} 的文件")
                    continue
                extension = _EXTENSIONS.get(upload.media, "bin")
                found.append(
                    Piece(ATTACHED, title, extension, data, case.received_at[:10], case.subjects[0].name,
                          upload.pages, upload.name)
                )  # fmt: skip
        return found

    def _course(
        self, matter: Matter, case: Case, deeds: tuple[Deed, ...], versions: tuple[CertificateVersion, ...],
        jobs: tuple[Job, ...],
    ) -> list[Piece]:  # fmt: skip
        office = case.authority_name
        found = [self._sheet(PROCESS, APPROVAL, sheets.approval(matter, case, deeds), case, office)]
        if versions:
            made = sheets.making(case, [_made(one) for one in versions])
            pushed = [(one.to, one.event, _JOBS[one.state], one.done_at[:16].replace("T", " "))
                      for one in jobs if one.kind == "push"]  # fmt: skip
            given = sheets.issuing(case, [one.certificate for one in versions], deeds, pushed)
            found.append(self._sheet(PROCESS, MAKING, made, case, office))
            found.append(self._sheet(PROCESS, ISSUING, given, case, office))
        return found

    def _field(self, view: CaseView, lacking: list[str]) -> list[Piece]:
        """The records of visits and the opinions of panels."""
        found = []
        for title, made in self._papers.of_case(view):
            try:
                found.append(self._piece(PROCESS, title, "pdf", made(), view.case.closed_at, view.case.authority_name))
            except KeyError:
                lacking.append(title)
        return found

    def _permits(self, view: CaseView, versions: tuple[CertificateVersion, ...], lacking: list[str]) -> list[Piece]:
        case, found = view.case, []
        told = view.matter.ex_officio and any(one.until and not one.public for one in case.steps)
        kinds = {
            "receipt": not view.matter.ex_officio, "notice": told, "supplement": case.supplement is not None,
            "decision": case.decision is not None, "termination": case.moves.termination is not None,
            **{one.id: True for one in case.moves.services}, **earlier_letters(view.matter, case),
            **{kind: True for kind, _ in clock_letters(case)},
            **{f"{FORMER}{n}": one.decision is not None for n, one in enumerate(case.remands)},
        }  # fmt: skip
        for kind in (kind for kind, there in kinds.items() if there):
            name, data = self._documents.made(view, kind)
            title = name.removesuffix(f"-{case.number}.pdf")
            found.append(self._piece(PERMITS, title, "pdf", data, case.closed_at, case.authority_name))
        for one in versions:
            title = one.certificate.title
            second = one.duplicate
            for key, name, extension in (
                (one.file_key, title, "pdf"), (one.legal.key, title + LEGAL_FORM, "ofd"),
                (second.key, f"{title}（副本）", "pdf"), (second.legal_key, f"{title}（副本）{LEGAL_FORM}", "ofd"),
            ):  # fmt: skip
                data_or_none = self._file(key) if key else None
                if data_or_none is not None:
                    found.append(
                        self._piece(PERMITS, name, extension, data_or_none, one.sealed_at, case.authority_name)
                    )
                elif key:
                    lacking.append(f"{name} {one.certificate.number}")
        return found

    def _evidence(self, case: Case, lacking: list[str]) -> list[Piece]:
        """The bundle of the history (K001 stops everything: an altered history is not archived), and the receipt."""
        day, office = case.closed_at[:10], case.authority_name
        found = [Piece(EVIDENCE, BUNDLE, "json", self._history.bundle(case.id), day, office)]
        if case.assessment is not None:
            try:
                _, receipt = self._receipts.by_number(case.id, STAFF)
                found.append(Piece(EVIDENCE, RECEIPT, "json", receipt, day, office))
            except ZhunyuError as error:
                if error.code not in ("K005", "A003"):
                    raise
                lacking.append(RECEIPT)
        return found

    def _piece(self, folder: str, title: str, extension: str, data: bytes, day: str, maker: str) -> Piece:
        try:
            pages = self._opener.pages(extension, data)
        except ValueError:
            pages = 0  # the check of readability tells
        return Piece(folder, file_name(title), extension, data, day[:10], maker, pages)

    def _file(self, key: str) -> bytes | None:
        try:
            return self._files.get(key)
        except KeyError:
            return None


def _letters(case: Case) -> dict[str, tuple[Upload, ...]]:
    """The letters of bodies outside, each under a title of its own."""
    return {
        f"{one.outside}来文 {one.reply.number}": (one.reply.upload,)
        for one in case.steps
        if one.reply is not None and one.reply.upload is not None
    }


def deeds_of(events: tuple[RecordedEvent, ...]) -> tuple[Deed, ...]:
    """What was done, in order, from the events of the case."""
    found = []
    for one in events:
        told = _told(one.event)
        if told:
            what, words = told
            found.append(Deed(one.at, what, one.actor.name, _ROLES.get(one.actor.kind, one.actor.kind), words))
    return tuple(found)


def _told(event: Json) -> tuple[str, str] | None:
    if isinstance(event, Happened):
        return event.kind, event.words + (f"（{event.detail}）" if event.detail else "")
    if isinstance(event, Noted):
        return event.kind, event.words
    if isinstance(event, Checked):
        return event.kind, event.result
    if isinstance(event, CertificateChanged):
        return "证照状态", f"{event.status.value}：{event.reason}"
    return None


def _made(version: CertificateVersion) -> dict[str, str]:
    certificate = version.certificate
    return {
        "证照": certificate.title, "编号": certificate.number, "动作": version.action, "版本": str(version.version),
        "下达制证": version.ordered_at[:16].replace("T", " "), "签章时间": version.sealed_at[:16].replace("T", " "),
        "印章": certificate.seal or "—", "文件摘要（SM3）": f"{version.digest[:32]}\n{version.digest[32:]}",
        "第二套算法复验": "已复验" if version.second else "未抽中",
    }  # fmt: skip
