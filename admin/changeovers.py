"""交接: draw up the list of one's tasks for a colleague, sign, take over, print."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import taken
from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.model.changeover import STATES
from engine.services.signing import DEMO_PIN
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("changeovers", __name__, url_prefix="/changeovers")
_TOLD = ("A004", "C002", "C004", "K007", "K008")


@blueprint.get("")
@access("staff")
def lists() -> ResponseReturnValue:
    """The lists one gave or takes."""
    session = signed_in()
    found = zhunyu().changeovers.mine(session)
    return listed(
        "admin/worklist/changeovers.html", (), lists=found, states=STATES, me=session.account.id,
        awaiting=sum(one.taker == session.account.id and one.state == "proposed" for one in found),
    )  # fmt: skip


@blueprint.get("/new")
@access("staff")
def begin() -> ResponseReturnValue:
    """Choose the tasks and the colleague."""
    return _form()


@blueprint.post("/new")
@access("staff")
def propose() -> ResponseReturnValue:
    """Sign the list and hand it to the colleague."""
    form = request.form
    chosen = [(case, task) for case, _, task in (value.partition("|") for value in form.getlist("task")) if task]
    try:
        made = zhunyu().changeovers.propose(
            signed_in(), form.get("taker", ""), chosen, form.get("reason", ""), form.get("pin", "")
        )
    except ZhunyuError as error:
        return _form(shown(error, _TOLD), error.status)
    flash(f"清单 {made.number} 已交给{made.taker_name}，待其签收后任务转移。", "good")
    return redirect(url_for(".show", id=made.id), 303)


@blueprint.get("/<id>")
@access("staff")
def show(id: str) -> ResponseReturnValue:
    """A list with its signatures."""
    return _page(id)


@blueprint.post("/<id>/<way>")
@access("staff")
def settle(id: str, way: str) -> ResponseReturnValue:
    """Take over, decline or withdraw."""
    service, session, form = zhunyu().changeovers, signed_in(), request.form
    try:
        if way == "take":
            service.take(session, id, form.get("pin", ""))
            flash("已接收，任务已转到您名下。", "good")
        elif way == "decline":
            service.decline(session, id, form.get("reason", ""))
            flash("已拒收，任务仍归移交人。", "good")
        elif way == "withdraw":
            service.withdraw(session, id)
            flash("已撤回这份清单。", "good")
        else:
            raise ZhunyuError("A003", "没有这种操作。", "请从清单页面重新选择。", status=404)
    except ZhunyuError as error:
        return _page(id, shown(error, _TOLD), error.status)
    return redirect(url_for(".show", id=id), 303)


@blueprint.get("/<id>/paper")
@access("staff")
def paper(id: str) -> ResponseReturnValue:
    """The list to be printed."""
    name, data = zhunyu().changeovers.paper(signed_in(), id)
    taken(id, name)
    return send_file(io.BytesIO(data), mimetype="application/pdf", download_name=name)


def _form(told: str = "", status: int = 200) -> ResponseReturnValue:
    host, session = zhunyu(), signed_in()
    rows = host.changeovers.held(session)
    chosen = set(request.form.getlist("task")) if request.method == "POST" else None
    page = listed(
        "admin/worklist/changeover_new.html", (row.case.subject_name for row in rows), rows=rows, told=told,
        colleagues=host.changeovers.colleagues(session), chosen=chosen, typed=request.form,
        signing=host.changeovers.signing(session), demo_pin=DEMO_PIN if host.settings.demo else "",
    )  # fmt: skip
    return page, status


def _page(id: str, told: str = "", status: int = 200) -> ResponseReturnValue:
    host, session = zhunyu(), signed_in()
    seen = host.changeovers.view(session, id)
    page = listed(
        "admin/worklist/changeover.html", (line.subject for line in seen.changeover.lines), seen=seen,
        one=seen.changeover, states=STATES, told=told, signing=host.changeovers.signing(session),
        demo_pin=DEMO_PIN if host.settings.demo else "",
    )  # fmt: skip
    return page, status
