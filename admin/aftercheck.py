"""Carrying a check after the decision out: what was promised and known, and what was found."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("aftercheck", __name__)
LONGEST = 4000


@blueprint.get("/cases/<case_id>/checks/<check_id>")
@access("staff")
def show(case_id: str, check_id: str) -> ResponseReturnValue:
    """The check with its case, and the form to record what was found."""
    return _page(case_id, check_id)


@blueprint.post("/cases/<case_id>/checks/<check_id>")
@access("staff")
def record(case_id: str, check_id: str) -> ResponseReturnValue:
    """Record a result; what was typed survives a refusal."""
    result, opinion = request.form.get("result", ""), request.form.get("opinion", "")
    version = request.form.get("version", 0, type=int)
    try:
        if len(opinion) > LONGEST:
            raise ZhunyuError("C004", "核查情况过长。", f"请控制在 {LONGEST} 字以内。", status=422)
        case = zhunyu().after_checks.record(signed_in(), case_id, check_id, result, opinion, version)
    except ZhunyuError as error:
        if error.code in ("A002", "A003"):
            raise
        return _page(case_id, check_id, error.told, error.status)
    check = next(one for one in case.checks if one.id == check_id)
    done = f"“{check.title}”已完成：{check.result}。" if check.finished_at else "已签署，等待另一名工作人员签署。"
    flash(done, "good")
    return redirect(url_for("workbench.work", view="checks"), 303)


def _page(case_id: str, check_id: str, told: str = "", status: int = 200) -> ResponseReturnValue:
    seen = zhunyu().after_checks.view(signed_in(), case_id, check_id)
    typed = {name: request.form.get(name, "") for name in ("result", "opinion")}
    page = render_template(
        "admin/aftercheck.html", seen=seen, case=seen.case, check=seen.check, matter=seen.matter, told=told,
        typed=typed,
    )
    return page, status
