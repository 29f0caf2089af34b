"""One act on many tasks: confirm, carry out in portions, a result for each, undo where it can be undone."""

from __future__ import annotations

import time

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.model.bulk import BulkRun
from engine.services.bulk import ACTIONS
from engine.services.signing import DEMO_PIN
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import note_refusal, shown

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")
_PORTION = 0.8  # seconds of work between two tidings of how far it is


@blueprint.post("")
@access("staff")
def begin() -> ResponseReturnValue:
    """Draw up a run over the tasks that were chosen, and ask for confirmation."""
    given = (value.partition("|") for value in request.form.getlist("task"))
    chosen = [(case, task) for case, _, task in given if task]
    try:
        run = zhunyu().bulk.draw_up(signed_in(), request.form.get("action", ""), chosen)
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        flash(error.told, "bad")
        return redirect(_back(), 303)
    return redirect(url_for(".show", run_id=run.id), 303)


@blueprint.get("/<run_id>")
@access("staff")
def show(run_id: str) -> ResponseReturnValue:
    """The run before it is confirmed, or what came of it."""
    return _page(zhunyu().bulk.show(signed_in(), run_id))


@blueprint.post("/<run_id>")
@access("staff")
def carry_on(run_id: str) -> ResponseReturnValue:
    """Do what is left. A page that asks by script is told after each portion; a plain form when all is done."""
    by_script = request.headers.get("X-Portion") == "1"
    until = time.monotonic() + _PORTION
    words, pin, to = (request.form.get(name, "") for name in ("words", "pin", "to"))
    bulk, session = zhunyu().bulk, signed_in()
    try:
        run = bulk.carry_on(session, run_id, words, pin, lambda: not by_script or time.monotonic() < until, to)
    except ZhunyuError as error:
        told = shown(error, ("K007", "K008", "C004"))
        return _page(bulk.show(session, run_id), told, error.status)
    if by_script:
        return {"done": len(run.items) - run.left, "all": len(run.items), "left": run.left}
    return redirect(url_for(".show", run_id=run_id), 303)


@blueprint.post("/<run_id>/undo/<int:place>")
@access("staff")
def undo(run_id: str, place: int) -> ResponseReturnValue:
    """Undo one item."""
    try:
        zhunyu().bulk.undo(signed_in(), run_id, place)
        flash("已撤销这一项。", "good")
    except ZhunyuError as error:
        note_refusal(error)
        flash(error.told, "bad")
    return redirect(url_for(".show", run_id=run_id), 303)


def _page(run: BulkRun, told: str = "", status: int = 200) -> ResponseReturnValue:
    host, session = zhunyu(), signed_in()
    template = "admin/worklist/bulk_result.html" if run.begun and not run.left else "admin/worklist/bulk.html"
    page = listed(
        template, (item.subject for item in run.items), run=run, action=ACTIONS[run.action], told=told,
        people=host.bulk.people(session, run), signing=host.bulk.signing(session, run),
        demo_pin=DEMO_PIN if host.settings.demo else "",
    )  # fmt: skip
    return page, status


def _back() -> str:
    """The list the tasks were chosen in, where the form names a page of ours."""
    back = request.form.get("back", "")
    own = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return request.script_root + back if own else url_for("workbench.work")
