"""The guard over instant approval: what it reads, arming it again, what is frozen, and the daily draws."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.services.guarding import ARMING, FREEZING, KINDS
from engine.services.sampling import Draw
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("safeguards", __name__, url_prefix="/safeguards")


@blueprint.get("")
@access("role:审批,业务管理,监督,审计")
def overview() -> ResponseReturnValue:
    """Every guard with its numbers, the tripped ones first, and what is frozen."""
    return _overview()


def _overview(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    guarding, roles = zhunyu().guarding, set(signed_in().account.roles)
    lines = guarding.lines()
    page = render_template(
        "admin/safeguards.html", lines=lines, freezes=guarding.freezes(), kinds=KINDS,
        titles={line.matter: line.title for line in lines},
        may_arm=bool(roles & set(ARMING)), may_freeze=bool(roles & set(FREEZING)), errors=errors or {},
        typed=request.form.get("reason", ""),
    )  # fmt: skip
    return page, status


@blueprint.post("/<matter>/arm")
@access("role:审批,业务管理")
def arm(matter: str) -> ResponseReturnValue:
    """Arm a tripped guard again."""
    epoch = request.form.get("epoch", 0, type=int)
    try:
        zhunyu().guarding.arm(signed_in(), matter, epoch, request.form.get("reason", ""))
    except ZhunyuError as error:
        return _overview({f"arm-{matter}": error.told}, error.status)
    flash("秒批已恢复，计数从现在重新开始。", "good")
    return redirect(url_for("safeguards.overview"), 303)


@blueprint.post("/freezes/<freeze>/lift")
@access("role:业务管理")
def lift(freeze: str) -> ResponseReturnValue:
    """Lift a freeze."""
    account = signed_in().account
    try:
        zhunyu().guarding.lift(account.name, account.id, freeze, request.form.get("reason", ""))
    except ZhunyuError as error:
        return _overview({f"lift-{freeze}": error.told}, error.status)
    flash("已解除冻结。", "good")
    return redirect(url_for("safeguards.overview"), 303)


@blueprint.get("/draws")
@access("role:审批,业务管理,监督,审计")
def draws() -> ResponseReturnValue:
    """The daily draws, and one of them repeated."""
    sampling, day = zhunyu().sampling, request.args.get("day", "")
    found: Draw | None = None
    told = ""
    if day:
        try:
            found = sampling.verify(day)
        except ZhunyuError as error:
            told = error.told
    return render_template("admin/draws.html", days=sampling.days(), day=day, found=found, told=told)
