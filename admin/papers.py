"""制发证台: the queue of paper certificates, printing, handing out, and the stock of blank forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import searched, taken
from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.model.papers import (
    AT_WINDOW,
    BY_POST,
    OPEN,
    RETURNED,
    ChangeWay,
    DropPaper,
    HandOver,
    PaperArrived,
    PaperBack,
    PaperCommand,
    PrintPaper,
    SendPaper,
    SpoilPaper,
)
from engine.pipeline.papers import RECEIVERS
from engine.web.access import access
from engine.web.headers import file_answer
from engine.web.host import signed_in
from engine.web.watching import note_refusal

blueprint = Blueprint("papers", __name__, url_prefix="/papers")
WHO = "role:制发证,窗口"
# What each form of the page sends, in the order of its command's fields.
MOVES: dict[str, tuple[type, tuple[str, ...]]] = {
    "print": (PrintPaper, ("blank",)), "spoil": (SpoilPaper, ("reason",)),
    "hand": (HandOver, ("receiver", "receiver_as", "document", "original")),
    "send": (SendPaper, ("courier", "tracking")), "arrived": (PaperArrived, ("receiver",)),
    "back": (PaperBack, ("reason",)), "way": (ChangeWay, ("way",)), "drop": (DropPaper, ("reason",)),
}  # fmt: skip
_LONGEST = 300


@blueprint.get("")
@access(WHO)
def queue() -> ResponseReturnValue:
    """The paper certificates in one state, those due first."""
    state, text = request.args.get("state", ""), request.args.get("text", "").strip()
    state = state if state in OPEN else OPEN[0]
    page = zhunyu().papers.page(signed_in(), state, text, request.args.get("after", ""))
    searched("制发证台", text, len(page.rows))
    tabs = [
        (one, url_for("papers.queue", state=one, text=text or None), one == state, page.counts[one]) for one in OPEN
    ]
    return listed(
        "admin/papers/queue.html", (row.holder for row in page.rows), page=page, state=state, text=text, tabs=tabs,
        next=url_for("papers.queue", state=state, text=text or None, after=page.next) if page.next else "",
    )  # fmt: skip


@blueprint.get("/<case_id>/<paper_id>")
@access(WHO)
def show(case_id: str, paper_id: str) -> ResponseReturnValue:
    """One paper certificate: print it, hand it over, send it."""
    return _page(case_id, paper_id)


@blueprint.post("/<case_id>/<paper_id>/<move>")
@access(WHO)
def act(case_id: str, paper_id: str, move: str) -> ResponseReturnValue:
    """Record a move; what was typed survives a refusal."""
    if move not in MOVES:
        raise ZhunyuError("A003", "没有这种操作。", "请从制发证台重新打开。", status=404)
    kind, names = MOVES[move]
    typed = {name: request.form.get(f"{move}_{name}", "").strip()[:_LONGEST] for name in names}
    command: PaperCommand = kind(paper_id, **typed)
    try:
        case = zhunyu().papers.act(signed_in(), case_id, command, request.form.get("version", 0, type=int))
    except ZhunyuError as error:
        if error.code == "A003":
            raise
        note_refusal(error)
        return _page(case_id, paper_id, move, typed, error.told, error.status)
    paper = next(one for one in case.papers if one.id == paper_id)
    flash(f"已登记，《{paper.title}》现在是“{paper.state}”。", "good")
    return redirect(url_for("papers.show", case_id=case_id, paper_id=paper_id), 303)


@blueprint.get("/<case_id>/<paper_id>/file")
@access("role:制发证")
def file(case_id: str, paper_id: str) -> Response:
    """What is sent to the printer."""
    right, down = (request.args.get(name, 0.0, type=float) for name in ("right", "down"))
    name, data = zhunyu().papers.print_file(signed_in(), case_id, paper_id, right, down)
    taken(case_id, "纸质证照")
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/<case_id>/<paper_id>/slip")
@access(WHO)
def slip(case_id: str, paper_id: str) -> Response:
    """领取登记单."""
    name, data = zhunyu().papers.slip(signed_in(), case_id, paper_id)
    taken(case_id, "领取登记单")
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/blanks")
@access(WHO)
def blanks() -> ResponseReturnValue:
    """The stock of blank forms."""
    return _blanks()


@blueprint.post("/blanks")
@access("role:制发证")
def receive() -> ResponseReturnValue:
    """Take blank forms into stock, or record that one was spoiled there."""
    names = ("type", "first", "last", "serial", "reason")
    typed = {name: request.form.get(name, "").strip()[:_LONGEST] for name in names}
    try:
        if request.form.get("do") == "spoil":
            zhunyu().papers.spoil(signed_in(), typed["type"], typed["serial"], typed["reason"])
            flash(f"空白证书 {typed['serial']} 已登记作废。", "good")
        else:
            count = zhunyu().papers.receive(signed_in(), typed["type"], typed["first"], typed["last"])
            flash(f"已入库 {count} 张。", "good")
    except ZhunyuError as error:
        return _blanks(typed, error.told, error.status)
    return redirect(url_for("papers.blanks", type=typed["type"]), 303)


def _blanks(typed: dict[str, str] | None = None, told: str = "", status: int = 200) -> ResponseReturnValue:
    chosen: dict[str, Any] = {name: request.args.get(name, "").strip() for name in ("type", "state", "text")}
    page = zhunyu().papers.blanks(signed_in(), **chosen, after=request.args.get("after", ""))
    next = url_for("papers.blanks", **chosen, after=page.next) if page.next else ""
    shown = render_template(
        "admin/papers/blanks.html", page=page, chosen=chosen, typed=typed or {}, told=told, next=next,
        may_change="制发证" in signed_in().account.roles,
    )  # fmt: skip
    return shown, status


def _page(
    case_id: str, paper_id: str, move: str = "", typed: dict[str, Any] | None = None, told: str = "", status: int = 200
) -> ResponseReturnValue:
    seen = zhunyu().papers.view(signed_in(), case_id, paper_id)
    page = render_template(
        "admin/papers/show.html", seen=seen, paper=seen.paper, case=seen.case, move=move, typed=typed or {}, told=told,
        receivers=RECEIVERS, returned=RETURNED, ways=(AT_WINDOW, BY_POST),
        may_print="制发证" in signed_in().account.roles,
    )  # fmt: skip
    return page, status
