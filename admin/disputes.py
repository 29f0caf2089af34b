"""复议, 诉讼, 投诉 and findings of false materials: the list, and what is done about those of one case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.model.disputes import (
    PROCEEDINGS,
    REMANDED,
    AfterCommand,
    AnswerDispute,
    CloseDispute,
    DecideFalsehood,
    OpenDispute,
    Reopen,
    ReportFalsehood,
    StayDecision,
)
from engine.services.disputes import STATES
from engine.services.signing import DEMO_PIN
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import note_refusal

blueprint = Blueprint("disputes", __name__)
WHO = "role:审查,审批,监督"
_LONGEST = 4000
DONE = {
    "open": "已登记", "answer": "已登记答复", "stay": "已登记停止执行", "unstay": "已登记恢复执行",
    "close": "已登记结果",
    "reopen": "已重新办理", "report": "已提出认定，等待另一名审批人员决定", "decide": "已决定",
}  # fmt: skip


@blueprint.get("/disputes")
@access(WHO)
def listing() -> ResponseReturnValue:
    """Disputes in one state, those due first."""
    chosen = {name: request.args.get(name, "").strip() for name in ("state", "kind", "text")}
    state = chosen["state"] if chosen["state"] in STATES else STATES[0]
    page = zhunyu().disputes.page(signed_in(), state, chosen["kind"], chosen["text"], request.args.get("after", ""))
    searched("争议与投诉", chosen["text"], len(page.rows))
    here: dict[str, Any] = {"kind": chosen["kind"] or None, "text": chosen["text"] or None}
    tabs = [(one, url_for("disputes.listing", state=one, **here), one == state, page.counts[one]) for one in STATES]
    return listed(
        "admin/disputes/list.html", (row.subject_name for row in page.rows), page=page, state=state, chosen=chosen,
        tabs=tabs, kinds=tuple(PROCEEDINGS),
        next=url_for("disputes.listing", state=state, after=page.next, **here) if page.next else "",
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/disputes")
@access(WHO)
def show(case_id: str) -> ResponseReturnValue:
    """The disputes and findings of a case."""
    return _page(case_id)


@blueprint.post("/cases/<case_id>/disputes/<move>")
@access(WHO)
def act(case_id: str, move: str) -> ResponseReturnValue:
    """Register, answer, stay, close, reopen, report, decide; what was typed survives a refusal."""
    command = _command(move)
    version = request.form.get("version", 0, type=int)
    try:
        case = zhunyu().disputes.act(signed_in(), case_id, command, version, request.form.get("pin", ""))
    except ZhunyuError as error:
        if error.code == "A003":
            raise
        note_refusal(error)
        return _page(case_id, move, error.told, error.status)
    flash(f"{DONE[move]}。", "good")
    if move == "reopen":
        return redirect(url_for("case_page.show", case_id=case.id), 303)
    return redirect(url_for("disputes.show", case_id=case.id), 303)


def _command(move: str) -> AfterCommand:
    made: dict[str, Any] = {
        "open": lambda: OpenDispute(*_said("kind", "number", "party", "claim", "received_on")),
        "answer": lambda: AnswerDispute(*_said("dispute", "answer")),
        "stay": lambda: StayDecision(_said("dispute")[0], True, _said("basis")[0]),
        "unstay": lambda: StayDecision(_said("dispute")[0], False, _said("basis")[0]),
        "close": lambda: CloseDispute(*_said("dispute", "outcome", "outcome_number")),
        "reopen": lambda: Reopen(*_said("dispute", "reason")),
        "report": lambda: ReportFalsehood(*_said("facts", "evidence")),
        "decide": lambda: DecideFalsehood(
            _said("falsehood")[0], _said("found")[0] == "1", bool(_said("ban")[0]), *_said("statement", "reason")
        ),
    }
    if move not in made:
        raise ZhunyuError("A003", "没有这种操作。", "请从办件页面重新打开。", status=404)
    command: AfterCommand = made[move]()
    return command


def _said(*names: str) -> tuple[str, ...]:
    return tuple(request.form.get(name, "").strip()[:_LONGEST] for name in names)


def _page(case_id: str, move: str = "", told: str = "", status: int = 200) -> ResponseReturnValue:
    host, session = zhunyu(), signed_in()
    case = host.disputes.case(session, case_id)
    page = render_template(
        "admin/disputes/case.html", case=case, move=move, told=told, typed=request.form, proceedings=PROCEEDINGS,
        remanded=REMANDED, decides="审批" in session.account.roles, me=session.account.id,
        signing=host.disputes.signing(session), demo_pin=DEMO_PIN if host.settings.demo else "",
        annulled=case.status.value in ("不予许可", "不予受理", "已终止"),
    )  # fmt: skip
    return page, status
