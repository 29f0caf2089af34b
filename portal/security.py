"""An applicant's own sign-ins and password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.app import remember
from engine.web.arriving import came
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("security", __name__, url_prefix="/security")


@blueprint.get("")
@access("applicant")
def overview() -> ResponseReturnValue:
    """The sign-ins of whoever is signed in, and where to change the password."""
    return _overview("", 200)


@blueprint.post("/sessions/<ref>/end")
@access("applicant")
def end(ref: str) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    zhunyu().accounts.sessions.end(signed_in(), ref)
    flash("那次登录已结束。", "good")
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/sessions/end-others")
@access("applicant")
def end_others() -> ResponseReturnValue:
    """End all sign-ins but this one."""
    count = zhunyu().accounts.sessions.end_others(signed_in())
    flash(f"已结束其他 {count} 次登录。" if count else "没有其他登录。", "good")
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/password")
@access("applicant")
@limited("10/minute", by="account")
def password() -> ResponseReturnValue:
    """Change one's own password."""
    old, new = request.form.get("old", "")[:200], request.form.get("new", "")[:200]
    try:
        if new != request.form.get("again", ""):
            raise ZhunyuError("A004", "两次输入的新口令不一致。", "", status=422)
        session = zhunyu().accounts.change_password(signed_in(), old, new, came())
    except ZhunyuError as error:
        return _overview(error.what, error.status)
    remember(session.token)
    flash("口令已修改，其他登录已退出。", "good")
    return redirect(url_for("security.overview"), 303)


def _overview(error: str, status: int) -> ResponseReturnValue:
    session, accounts = signed_in(), zhunyu().accounts
    page = render_template(
        "account/security.html", lines=accounts.sessions.list(session), local=accounts.gate.local(session.account),
        error=error,
    )  # fmt: skip
    return page, status
