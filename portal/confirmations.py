"""What others ask one to confirm: the list, one request with what it shows, confirming and declining."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("confirmations", __name__, url_prefix="/confirmations")


@blueprint.get("")
@access("applicant")
def inbox() -> ResponseReturnValue:
    """待我确认: open requests first, then those answered."""
    return render_template("confirmations/inbox.html", requests=zhunyu().confirming.inbox(signed_in()))


@blueprint.get("/<request_id>")
@access("applicant")
def show(request_id: str) -> ResponseReturnValue:
    """One request: exactly what it shows, and the words to confirm."""
    return _page(request_id)


@blueprint.post("/<request_id>")
@access("applicant")
@limited("30/minute", by="account")
def answer(request_id: str) -> ResponseReturnValue:
    """Confirm or decline; what was typed survives a refusal."""
    agree = request.form.get("answer") == "agree"
    reason, secret = request.form.get("reason", ""), request.form.get("secret", "")[:64]
    try:
        zhunyu().confirming.answer(signed_in(), request_id, agree, "" if agree else reason, secret)
    except ZhunyuError as refused:
        if refused.code not in ("C001", "C004", "A010", "K007", "K008"):
            raise
        return _page(request_id, refused.told), refused.status
    flash("已确认，申请人可以提交了。" if agree else "已回复不同意，申请人会看到您的理由。", "good")
    return redirect(url_for("confirmations.inbox"), 303)


def _page(request_id: str, told: str = "") -> str:
    seen = zhunyu().confirming.view(signed_in(), request_id)
    return render_template("confirmations/show.html", seen=seen, told=told, reason=request.form.get("reason", ""))
