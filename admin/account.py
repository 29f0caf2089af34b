"""Sign-in by password, sign-out and one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.sign_in import arrived
from engine.errors import ZhunyuError
from engine.model.sign_in import OIDC
from engine.services.signing import DEMO_PIN
from engine.web.access import access, safe_next
from engine.web.app import forget, remember
from engine.web.arriving import came
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("account", __name__)


@blueprint.get("/login")
@access("public")
def login() -> ResponseReturnValue:
    """The sign-in page."""
    return _page("", "", 200)


@blueprint.post("/login")
@access("public")
@limited("30/minute")
def enter() -> ResponseReturnValue:
    """The first step; a wrong password shows the page again."""
    name, password = request.form.get("login", "").strip()[:100], request.form.get("password", "")[:200]
    try:
        outcome = zhunyu().accounts.signing_in.by_password("staff", name, password, came())
    except ZhunyuError as error:
        return _page(name, error.told, error.status)
    return arrived(outcome, safe_next(url_for("workbench.work")))


@blueprint.post("/logout")
@access("staff")
def logout() -> ResponseReturnValue:
    """Sign out."""
    session = signed_in()
    zhunyu().accounts.sign_out(session.token)
    forget()
    left = "1" if session.how == OIDC and zhunyu().entrances.provider else None
    return redirect(url_for("account.login", left=left), 303)


@blueprint.route("/password", methods=["GET", "POST"])
@access("staff")
@limited("10/minute", by="account", methods=("POST",))
def password() -> ResponseReturnValue:
    """Change one's own password."""
    if request.method == "GET":
        return render_template("admin/password.html", error="")
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        if new != request.form.get("again", ""):
            raise ZhunyuError("A004", "两次输入的新口令不一致。", "", status=422)
        session = zhunyu().accounts.change_password(signed_in(), old, new, came())
    except ZhunyuError as error:
        return render_template("admin/password.html", error=error.what), error.status
    remember(session.token)
    flash("口令已修改，其他登录已退出。", "good")
    return redirect(url_for("workbench.work"), 303)


def _page(login: str, error: str, status: int) -> ResponseReturnValue:
    ways, settings, provider = zhunyu().entrances, zhunyu().settings, None
    if "left" in request.args and ways.provider is not None:
        provider = ways.provider.leave_url(url_for("account.login", _external=True))
    page = render_template(
        "admin/login.html", next=safe_next(""), login=login, error=error, sso=ways.provider is not None,
        leave=provider, demo=settings.demo, demo_pin=DEMO_PIN, rules=zhunyu().accounts.rules,
    )  # fmt: skip
    return page, status
