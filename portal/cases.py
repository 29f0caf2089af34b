"""One's own cases: list, progress that stays alive, supplement, letters, withdrawal."""

from __future__ import annotations

from datetime import datetime

import msgspec
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.case import Status
from engine.model.explanation import APPLICANT
from engine.services.ratings import ratable
from engine.services.views import CaseView
from engine.web.access import access
from engine.web.applying import supplementing
from engine.web.headers import file_answer
from engine.web.limiting import limited
from engine.web.watching import shown
from portal.services import signed_in, zhunyu

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
_STAGES = ("提交", "受理", "审查", "决定", "领证")
_STAGE_OF = {Status.RECEIVED: 1, Status.SUPPLEMENT: 1, Status.ACCEPTED: 2, Status.GRANTED: 4, Status.ISSUED: 5}
_KINDS = {"收件": "提交", "预审": "系统核对", "环节": "办理进展", "发证": "领证"}
_SECONDS_SOON, _SECONDS_RECENT = 30, 600


@blueprint.get("")
@access("applicant")
def mine() -> ResponseReturnValue:
    """Drafts and cases of the account."""
    session, product = signed_in(), zhunyu()
    return render_template("cases/mine.html", drafts=product.drafts.list(session), lines=product.cases.mine(session),
                           waiting=product.confirming.waiting(session),
                           reports=product.reporting.mine(session))  # fmt: skip


@blueprint.get("/<case_id>")
@access("applicant")
def view(case_id: str) -> ResponseReturnValue:
    """Where the case stands, what happened, what to do."""
    return render_template("cases/view.html", **_context(zhunyu().cases.view(signed_in(), case_id)))


@blueprint.get("/<case_id>/status")
@access("applicant")
def status(case_id: str) -> ResponseReturnValue:
    """The live part of the case page; 304 while nothing has changed."""
    cases, response = zhunyu().cases, make_response("")
    response.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match:
        seen = cases.etag(signed_in(), case_id)
        if request.if_none_match.contains(seen):
            response.set_etag(seen)
            response.status_code = 304
            return response
    view_ = cases.view(signed_in(), case_id)
    response.set_etag(view_.etag)
    response.set_data(render_template("cases/live.html", **_context(view_)))
    return response


@blueprint.get("/<case_id>/documents/<kind>")
@access("applicant")
def document(case_id: str, kind: str) -> ResponseReturnValue:
    """A letter of the case as PDF."""
    name, data = zhunyu().documents.letter(signed_in(), case_id, kind)
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/<case_id>/decision-receipt")
@access("applicant")
@limited("30/minute", by="account")
def decision_receipt(case_id: str) -> ResponseReturnValue:
    """The signed receipt of the decision; sensitive inputs stand in it as commitments only."""
    name, data = zhunyu().receipts.of(signed_in(), case_id)
    return file_answer(name, "application/json", data)


@blueprint.get("/<case_id>/withdraw")
@access("applicant")
def ask_withdrawal(case_id: str) -> ResponseReturnValue:
    """Ask once more before withdrawing."""
    return render_template("cases/withdraw.html", view=zhunyu().cases.view(signed_in(), case_id))


@blueprint.post("/<case_id>/withdraw")
@access("applicant")
def withdraw(case_id: str) -> ResponseReturnValue:
    """撤回."""
    secret = request.form.get("secret", "")[:64]
    try:
        zhunyu().cases.withdraw(signed_in(), case_id, request.form.get("reason", "").strip()[:500], secret)
    except ZhunyuError as error:
        if error.code not in ("A010", "K007", "K008"):
            raise
        view = zhunyu().cases.view(signed_in(), case_id)
        return render_template("cases/withdraw.html", view=view, told=error.told), error.status
    flash("申请已撤回。", "info")
    return redirect(url_for("cases.view", case_id=case_id), 303)


@blueprint.get("/<case_id>/hearing")
@access("applicant")
def ask_hearing(case_id: str) -> ResponseReturnValue:
    """What to say in asking for the hearing one was told of."""
    return _hearing_page(case_id)


@blueprint.post("/<case_id>/hearing")
@access("applicant")
@limited("10/minute", by="account")
def file_hearing(case_id: str) -> ResponseReturnValue:
    """听证申请."""
    try:
        zhunyu().cases.ask_hearing(signed_in(), case_id, request.form.get("words", "").strip()[:5000])
    except ZhunyuError as error:
        return _hearing_page(case_id, shown(error, ("C001", "C002", "C004"))), error.status
    flash("听证申请已提交，时间、地点另行通知。", "good")
    return redirect(url_for("cases.view", case_id=case_id), 303)


def _hearing_page(case_id: str, told: str = "") -> str:
    view_, words = zhunyu().cases.view(signed_in(), case_id), request.form.get("words", "")
    return render_template("cases/hearing.html", view=view_, words=words, told=told)


@blueprint.get("/<case_id>/delivery")
@access("applicant")
def ask_delivery(case_id: str) -> ResponseReturnValue:
    """What there is to sign for."""
    return _delivery_page(case_id)


@blueprint.post("/<case_id>/delivery")
@access("applicant")
@limited("30/minute", by="account")
def sign_for(case_id: str) -> ResponseReturnValue:
    """签收."""
    try:
        zhunyu().delivering.sign(signed_in(), case_id, request.form.get("secret", "")[:64])
    except ZhunyuError as error:
        if error.code not in ("A010", "K007", "K008"):
            raise
        return _delivery_page(case_id, error.told), error.status
    flash("已签收。", "good")
    return redirect(url_for("cases.view", case_id=case_id), 303)


def _delivery_page(case_id: str, told: str = "") -> str:
    view_ = zhunyu().cases.view(signed_in(), case_id)
    items = zhunyu().delivering.items(signed_in(), case_id) if "sign_for" in view_.can else ()
    return render_template("cases/delivery.html", view=view_, items=items, told=told)


@blueprint.get("/<case_id>/supplement")
@access("applicant")
def supplement(case_id: str) -> ResponseReturnValue:
    """What was asked for, with only those fields and materials open."""
    return supplementing.asked(signed_in(), case_id, "cases/supplement.html")


@blueprint.post("/<case_id>/supplement")
@access("applicant")
@limited("30/minute", by="account")
def answer_supplement(case_id: str) -> ResponseReturnValue:
    """Take files and answers; what is not open is not taken."""
    refused = supplementing.answered(signed_in(), case_id, "cases/supplement.html")
    if refused is not None:
        return refused
    flash("补正内容已提交。", "good")
    return redirect(url_for("cases.view", case_id=case_id), 303)


def _context(view_: CaseView) -> dict[str, object]:
    case = view_.case
    reached = None if view_.matter.batch else _STAGE_OF.get(case.status)
    if case.status is Status.GRANTED and view_.sealed:
        reached = 5
    return {
        "view": view_,
        "case": case,
        "ratable": ratable(case),
        "stages": _STAGES,
        "reached": reached,
        "every": _every(view_),
        "legal": zhunyu().certificates.legal_files(view_.certificates),
        "rows": zhunyu().results.counts(case),
        "remind_why": zhunyu().moves.reminding.why_not(signed_in(), case),
        "explanation": None if view_.matter.ex_officio or view_.matter.batch else
        zhunyu().explaining.of_case(case, view_.matter, view_.original, APPLICANT),
        "moments": tuple(
            msgspec.structs.replace(one, kind=_KINDS.get(one.kind, one.kind), detail="", actor="")
            for one in view_.timeline
            if one.words
        ),
    }


def _every(view_: CaseView) -> int:
    """Seconds until the page asks again; 0 when nothing more will come by itself soon."""
    case = view_.case
    if case.status in (Status.REFUSED, Status.NOT_ACCEPTED, Status.WITHDRAWN, Status.TERMINATED, Status.ISSUED,
                       Status.DECIDED):  # fmt: skip
        return 0
    age = (zhunyu().clock.now() - datetime.fromisoformat(case.received_at)).total_seconds()
    if age < _SECONDS_SOON or (case.status is Status.GRANTED and not view_.sealed):
        return 1
    return 5 if age < _SECONDS_RECENT else 30
