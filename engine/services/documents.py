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
from engine.ports.world import FileStore, Renderer
from engine.services.accounts import Session
from engine.services.letter_rows import annex_rows, answer_rows, subject_rows
from engine.services.letters import Letters
from engine.services.sealing import shown_apart
from engine.services.signing import INSTANT
from engine.services.signing_review import ActLine
from engine.services.views import CaseView

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
    ) -> None:
        self._files, self._renderer, self._settings = files, renderer, settings
        self._letters, self._acts = letters, acts
        self._views = {"applicant": applicant_view, "staff": staff_view}

    def letter(self, session: Session, case_id: str, kind: str) -> tuple[str, bytes]:
        """The letter of a kind: receipt | decision | supplement | notice; A003 for any other."""
        return self.made(self._view(session, case_id), kind)

    def made(self, view: CaseView, kind: str) -> tuple[str, bytes]:
        """The letter of a kind of a case that has been looked up already; A003 for any other kind."""
        ways = {"receipt": self._receipt, "decision": self._decision, "supplement": self._supplement,
                "notice": self._notice}  # fmt: skip
        if kind not in ways:
            raise ZhunyuError("A003", "没有这种文书。", "请从办件页面重新打开。", status=404)
        return ways[kind](view)

    def receipt(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """收件凭证, or 受理通知书 once the case is accepted."""
        return self._receipt(self._view(session, case_id))

    def _receipt(self, view: CaseView) -> tuple[str, bytes]:
        case = view.case
        if view.matter.ex_officio:
            raise ZhunyuError("A003", "依职权的办件没有收件凭证。", "请从办件页面重新打开。", status=404)
        title, kind = ("受理通知书", "accepted") if case.accepted_at else ("收件凭证", "received")
        page = {
            **self._letter(view, "受" if case.accepted_at else "收", case.accepted_at or case.received_at),
            "accepted_at": case.accepted_at,
            "rows": _receipt_rows(case),
            "materials": _materials(view.matter, case),
            "qr": f"{self._settings.public_url}/cases/{case.id}",
            "qr_label": "扫码查询进度",
        }
        return self._kept(case, kind, title, "receipt", page)

    def decision(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """准予 or 不予行政许可决定书, or 不予受理决定书; A003 while nothing is decided."""
        return self._decision(self._view(session, case_id))

    def _decision(self, view: CaseView) -> tuple[str, bytes]:
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

    def _notice(self, view: CaseView) -> tuple[str, bytes]:
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

    def _determination(self, view: CaseView) -> tuple[str, bytes]:
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
        return self._supplement(self._view(session, case_id))

    def _supplement(self, view: CaseView) -> tuple[str, bytes]:
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
        }

    def _kept(self, case: Case, kind: str, title: str, layout: str, page: Mapping[str, Json]) -> tuple[str, bytes]:
        name, key = f"{title}-{case.number}.pdf", f"documents/{case.id.lower()}/{kind}.pdf"
        try:
            return name, self._files.get(key)
        except KeyError:
            pass  # letters made before they were numbered without a gap and sealed stay as they are
        made = self._letters.kept(case.id, kind)
        if made is None:
            series, day, seal = (str(page[one]) for one in ("series", "date", "seal"))

            def draw(number: str) -> bytes:
                return self._renderer.render(layout, {**page, "number": number})

            made = self._letters.make(case, kind, title, series, day, seal, draw)
        return name, made


def _of_who_decided(case: Case) -> Case:
    """The case as one of the office that decided: its letter bears that office's name, number and seal."""
    office = case.decision.office if case.decision is not None else None
    if office is None:
        return case
    return msgspec.structs.replace(
        case, authority=office.code, authority_name=office.name, district=office.district or case.district
    )


def letter_series(matter: Matter, case: Case, word: str) -> str:
    """What stands before the year in a letter's number (文号): the prefix with the office's short names, the kind."""
    known = (*matter.authorities, *(office for step in matter.route for office in step.offices))
    office = next((one for one in known if (one.code, one.name) == (case.authority, case.authority_name)), None)
    prefix = matter.document_prefix
    for name, value in (
        ("机关简称", office.short if office else ""),
        ("区简称", office.district_short if office else ""),
    ):
        prefix = prefix.replace("{" + name + "}", value)
    return f"{prefix}{word}"


def _receipt_rows(case: Case) -> list[list[str]]:
    subject = case.subjects[0]
    rows = [["办件编号", case.number], ["申请人", subject.name]]
    if subject.kind == "法人":
        rows.append(["统一社会信用代码", subject.code])
    rows.append(["申请方式", case.origin])
    if case.due_legal:
        rows.append(["法定办结期限", _limit(case.due_legal)])
    if case.due_promised:
        rows.append(["承诺办结期限", _day(case.due_promised)])
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
    lines = []
    for need in matter.materials:
        count = len(case.uploads.get(need.id, ()))
        if count:
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
