"""The letters of a case: 受理通知书 or 收件凭证, the decision, 补正告知书. Rendered when first asked for, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Decision
from engine.model.matter import Matter
from engine.model.people import called
from engine.model.values import Json
from engine.model.wording import waived_by
from engine.pipeline.correcting import corrected_kind, corrections_of, letter_kind
from engine.ports.world import FileStore, Renderer
from engine.services.accounts import Session
from engine.services.clock_letters import clock_letter
from engine.services.letter_corrections import (
    Sheet,
    corrected_page,
    review_body,
    service_page,
    termination_page,
    texts_of,
)
from engine.services.letter_rows import annex_rows, answer_rows, subject_rows
from engine.services.letter_series import letter_series
from engine.services.letters import Letters
from engine.services.sealing import shown_apart
from engine.services.signing import INSTANT
from engine.services.signing_review import ActLine
from engine.services.views import CaseView

FORMER = "former-"  # and the place of a decision that was annulled: its letter
_UNTOLD = {"终止": "逾期未补正的，终止办理本次申请，申请人可以重新提出申请。"}


class CaseViews(Protocol):
    """Where a case is seen by someone who may: the applicant's side or the desk. A003 otherwise."""

    def __call__(self, session: Session, case_id: str) -> CaseView: ...


class DocumentSettings(Protocol):
    """The setting that matters here."""

    @property
    def public_url(self) -> str: ...


class Documents:
    """Letters as (file name, PDF)."""

    def __init__(
        self,
        *,
        files: FileStore,
        renderer: Renderer,
        applicant_view: CaseViews,
        staff_view: CaseViews,
        settings: DocumentSettings,
        letters: Letters,
        acts: Callable[[str], tuple[ActLine, ...]],
        enquiry: Callable[[str], str] = lambda number: "",
    ) -> None:
        self._files, self._renderer, self._settings = files, renderer, settings
        self._letters, self._acts, self._enquiry = letters, acts, enquiry
        self._views = {"applicant": applicant_view, "staff": staff_view}

    def letter(self, session: Session, case_id: str, kind: str) -> tuple[str, bytes]:
        """The letter of a kind: receipt | decision | supplement | notice | termination | service-N, or one of
        `clock_letters`; A003 for any other. "~" and a number ask for an earlier version of one that was corrected:
        decision~0."""
        return self.made(self._view(session, case_id), kind)

    def made(self, view: CaseView, kind: str) -> tuple[str, bytes]:
        """The letter of a kind of a case that has been looked up already; A003 for any other kind."""
        kind, _, version = kind.partition("~")
        return self._filed(self._sheet(view, kind), int(version) if version.isdecimal() and len(version) < 3 else None)

    def seen(self, session: Session, case_id: str) -> CaseView:
        """The case as the session sees it; A003 when it does not."""
        return self._view(session, case_id)

    def words(self, view: CaseView, kind: str) -> tuple[str, ...]:
        """The texts of a letter as it stands, in which a slip of the pen may be."""
        sheet = self._sheet(view, kind)
        page = corrected_page(sheet.page, corrections_of(view.case, sheet.kind))
        return tuple(texts_of(page))

    def _sheet(self, view: CaseView, kind: str) -> Sheet:
        ways = {"receipt": self._receipt, "decision": self._decision, "supplement": self._supplement,
                "notice": self._notice, "termination": self._termination}  # fmt: skip
        service = next((one for one in view.case.moves.services if one.id == kind), None)
        if service is not None:
            page = {**self._letter(view, "送", service.day), **service_page(service)}
            return self._kept(view.case, service.id, "送达回证", "service", page)
        if kind.startswith(FORMER):
            return self._former(view, kind.removeprefix(FORMER))
        if kind not in ways:
            found = clock_letter(view.matter, view.case, kind)
            if found is not None:
                page = {**self._letter(view, found.word, found.at), **found.page}
                return self._kept(view.case, found.kind, found.title, found.layout, page)
            raise ZhunyuError("A003", "没有这种文书。", "请从办件页面重新打开。", status=404)
        return ways[kind](view)

    def _former(self, view: CaseView, place: str) -> Sheet:
        """The letter of a decision that was annulled, by its place among them; A003 when there is none."""
        case, found = view.case, int(place) if place.isdecimal() and len(place) < 3 else -1
        if not 0 <= found < len(case.remands) or case.remands[found].decision is None:
            raise ZhunyuError("A003", "没有这份原决定书。", "请从办件页面重新打开。", status=404)
        before = msgspec.structs.replace(case, decision=case.remands[found].decision, remands=case.remands[:found])
        return self._decision(msgspec.structs.replace(view, case=before))

    def _termination(self, view: CaseView) -> Sheet:
        """终止办理决定书; A003 when the case was not terminated."""
        made = view.case.moves.termination
        if made is None:
            raise ZhunyuError("A003", "这一办件没有终止办理。", status=404)
        page: dict[str, Json] = {**self._letter(view, "终", made.at), **termination_page(view.case, made)}
        return self._kept(view.case, "terminated", "终止办理决定书", "termination", page)

    def receipt(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """收件凭证, or 受理通知书 once the case is accepted."""
        return self.made(self._view(session, case_id), "receipt")

    def _receipt(self, view: CaseView) -> Sheet:
        case = view.case
        if view.matter.ex_officio:
            raise ZhunyuError("A003", "依职权的办件没有收件凭证。", "请从办件页面重新打开。", status=404)
        title, kind = ("受理通知书", "accepted") if case.accepted_at else ("收件凭证", "received")
        page = {
            **self._letter(view, "受" if case.accepted_at else "收", case.accepted_at or case.received_at),
            "accepted_at": case.accepted_at,
            "rows": _receipt_rows(case, self._enquiry(case.number) if case.counter is not None else ""),
            "materials": _materials(view.matter, case),
            "qr": f"{self._settings.public_url}/{_followed_at(case)}",
            "qr_label": "扫码查询进度",
        }
        return self._kept(case, kind, title, "receipt", page)

    def decision(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """准予 or 不予行政许可决定书, or 不予受理决定书; A003 while nothing is decided."""
        return self.made(self._view(session, case_id), "decision")

    def _decision(self, view: CaseView) -> Sheet:
        case, decision = view.case, view.case.decision
        if decision is None:
            raise ZhunyuError("A003", "这一办件还没有决定。", status=404)
        if view.matter.ex_officio:
            return self._determination(view)
        case = _of_who_decided(case)
        view = msgspec.structs.replace(view, case=case)
        word = {"准予": "准", "不予许可": "不准", "不予受理": "不受"}[decision.outcome]
        page: dict[str, Json] = {
            **self._letter(view, word, decision.at),
            "accepted_at": case.accepted_at,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "basis": list(decision.basis),
            "entrusted": _entrusted(decision),
        }
        if decision.outcome == "不予受理":
            return self._kept(case, "not-accepted", "不予受理决定书", "not_accepted", page)
        if decision.outcome != "准予":
            return self._kept(case, "refused", "不予行政许可决定书", "decision", page)
        # The number is drawn with the order and stands in the register from then on.
        page["rows"] = [*_granted_rows(view), *_signed_rows(self._acts(case.id))]
        return self._kept(case, "granted", "准予行政许可决定书", "decision", page)

    def _notice(self, view: CaseView) -> Sheet:
        """事先告知书 of an ex-officio case; A003 before its period was opened."""
        case, matter = view.case, view.matter
        record = next((one for one in case.steps if one.until and not one.public), None)
        if record is None:
            raise ZhunyuError("A003", "这一办件还没有告知。", status=404)
        page: dict[str, Json] = {
            **self._letter(view, "告", record.opened_at),
            "action": matter.granting, "until": record.until, "basis": list(matter.basis),
            "rows": [*subject_rows(view), *answer_rows(matter, case)], "annex": annex_rows(view),
        }  # fmt: skip
        return self._kept(case, "notice", f"{matter.granting}事先告知书", "notice", page)

    def _determination(self, view: CaseView) -> Sheet:
        """What an ex-officio case was decided: the certificate is ended, or the case comes to nothing."""
        case, matter, decision = view.case, view.matter, view.case.decision
        assert decision is not None
        told = next((one for one in case.steps if one.until and not one.public), None)
        page: dict[str, Json] = {
            **self._letter(view, "决", decision.at),
            "action": matter.granting, "outcome": decision.outcome, "reason": decision.reason,
            "basis": list(decision.basis), "entrusted": _entrusted(decision), "told_at": told.opened_at if told else "",
            "heard": [[one.by, one.kind, one.words] for one in case.statements],
            "rows": [*subject_rows(view), *_signed_rows(self._acts(case.id))], "annex": annex_rows(view),
        }  # fmt: skip
        return self._kept(case, "determination", f"{decision.outcome}决定书", "determination", page)

    def supplement(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """补正告知书; A003 when none was sent."""
        return self.made(self._view(session, case_id), "supplement")

    def _supplement(self, view: CaseView) -> Sheet:
        case, asked = view.case, view.case.supplement
        if asked is None:
            raise ZhunyuError("A003", "这一办件没有补正告知。", status=404)
        page = {
            **self._letter(view, "补", asked.asked_at),
            "items": [[item.what, item.basis] for item in asked.items],
            "due": asked.due,
            "consequence": _UNTOLD.get(view.matter.limits.unanswered, ""),
        }
        return self._kept(case, "supplement", "补正告知书", "supplement", page)

    def _view(self, session: Session, case_id: str) -> CaseView:
        return self._views[session.account.kind](session, case_id)

    def _letter(self, view: CaseView, word: str, day: str) -> dict[str, Json]:
        case, matter = view.case, view.matter
        subject = case.subjects[0]
        return {
            "issuer": case.authority_name,
            "series": letter_series(matter, case, word),
            "to": subject.name,
            "received_at": case.received_at,
            "matter": case.matter_title,
            "case_number": case.number,
            "date": day[:10],
            "seal": matter.document_seal,
            **review_body(case.district),
        }

    def _kept(self, case: Case, kind: str, title: str, layout: str, page: Mapping[str, Json]) -> Sheet:
        return Sheet(case, kind, title, layout, page)

    def _filed(self, sheet: Sheet, version: int | None = None) -> tuple[str, bytes]:
        """The file of a letter, made when it was not yet: as last corrected, or an earlier version of it."""
        case, page, kind = sheet.case, dict(sheet.page), sheet.kind
        kind, corrections = letter_kind(case, kind), corrections_of(case, kind)
        count = len(corrections) if version is None else min(version, len(corrections))
        if not count:
            try:
                return sheet.name(), self._files.get(f"documents/{case.id.lower()}/{kind}.pdf")
            except KeyError:
                pass  # letters made before they were numbered without a gap and sealed stay as they are
        kind = corrected_kind(kind, count)
        made = self._letters.kept(case.id, kind)
        if made is None:
            if count:
                self._filed(sheet, count - 1)  # what is corrected is kept as it was
                before = self._letters.number(case.id, corrected_kind(letter_kind(case, sheet.kind), count - 1))
                page = corrected_page(page, corrections[:count], before)
            series, day, seal = (str(page[one]) for one in ("series", "date", "seal"))

            def draw(number: str) -> bytes:
                return self._renderer.render(sheet.layout, {**page, "number": number})

            made = self._letters.make(case, kind, sheet.title, series, day, seal, draw)
        return sheet.name("（更正）" if count else ""), made


def _of_who_decided(case: Case) -> Case:
    """The case as one of the office that decided: its letter bears that office's name, number and seal."""
    office = case.decision.office if case.decision is not None else None
    if office is None:
        return case
    return msgspec.structs.replace(
        case, authority=office.code, authority_name=office.name, district=office.district or case.district
    )


def _followed_at(case: Case) -> str:
    """Where the applicant follows the case: with the enquiry code, or signed in."""
    return f"enquiry?number={case.number}" if case.counter is not None else f"cases/{case.id}"


def _receipt_rows(case: Case, code: str) -> list[list[str]]:
    subject = case.subjects[0]
    rows = [["办件编号", case.number], ["申请人", subject.name]]
    if subject.kind == "法人":
        rows.append(["统一社会信用代码", subject.code])
    rows.append(["申请方式", case.origin])
    if case.due_legal:
        rows.append(["法定办结期限", _limit(case.due_legal)])
    if case.due_promised:
        rows.append(["承诺办结期限", _day(case.due_promised)])
    if case.counter is not None:
        agent = case.counter.agent
        rows += [["经办人", f"{agent.name}（{agent.right}）"], ["收件人", case.initiator.name], ["查询码", code]]
        return [*rows, ["进度查询", "扫描二维码，或在办事门户“进度查询”输入办件编号和查询码"]]
    return [*rows, ["进度查询", "登录办事门户，在“我的办件”中查看"]]


def _granted_rows(view: CaseView) -> list[list[str]]:
    rows: list[list[str]] = []
    for certificate in view.certificates:
        rows += [["许可证件", certificate.title], ["证照编号", certificate.number]]
        shown = (title for title in certificate.face if title not in shown_apart(certificate))
        rows += [[title, certificate.face[title]] for title in shown]
    return rows or [["办理事项", view.case.matter_title]]


def _entrusted(decision: Decision) -> str:
    """By whose authority the decision was made where that was not the officer's own; "" where it was."""
    by = decision.by
    return f"本决定由{called(by)}作出。" if by.kind == "staff" and by.authority else ""


def _signed_rows(acts: tuple[ActLine, ...]) -> list[list[str]]:
    """Whose electronic signature the grant bears, and who answers for the rules of an automatic one."""
    made = next((one for one in reversed(acts) if one.act in (INSTANT, "准予", "依职权决定")), None)
    if made is None:
        return []
    rows = [["电子签名", f"{made.signer}　证书 {made.serial}"]]
    if made.published:
        rows.insert(0, ["作出方式", f"由系统依照事项规则自动作出；规则由 {made.published} 发布"])
    return rows


def _materials(matter: Matter, case: Case) -> list[str]:
    waived = case.assessment.waived if case.assessment is not None else {}
    papers = {one.material: one for one in case.counter.papers} if case.counter is not None else {}
    lines = []
    for need in matter.materials:
        count = len(case.uploads.get(need.id, ()))
        if need.id in papers:
            paper = papers[need.id]
            lines.append(f"{need.title}（纸质{paper.seen}，{paper.pages} 页{'' if paper.kept else '，已退还'}）")
        elif count:
            lines.append(f"{need.title}（{count} 份）")
        elif need.id in waived:
            lines.append(f"{need.title}（{waived_by(need, waived[need.id])}）")
    return lines


def _limit(due: str) -> str:
    """A limit: its day, and for one in hours its time of day."""
    return f"{_day(due)} {due[11:16]}" if "T" in due else _day(due)


def _day(instant: str) -> str:
    year, month, day = instant[:10].split("-")
    return f"{year}年{int(month)}月{int(day)}日"
