"""Sign-in, sign-out and one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.web.access import access, safe_next
from engine.web.app import forget, remember
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("account", __name__)


@blueprint.get("/login")
@access("public")
def login() -> ResponseReturnValue:
    """The sign-in page."""
    return render_template("admin/login.html", next=safe_next(""), login="", error="")


@blueprint.post("/login")
@access("public")
@limited("30/minute")
def enter() -> ResponseReturnValue:
    """Sign in; a wrong password shows the page again."""
    name, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        session = zhunyu().accounts.sign_in("staff", name, password, request.remote_addr or "")
    except ZhunyuError as error:
        page = render_template("admin/login.html", next=safe_next(""), login=name, error=f"{error.what}{error.next}")
        return page, error.status
    remember(session.token)
    return redirect(safe_next(url_for("workbench.work")), 303)


@blueprint.post("/logout")
@access("staff")
def logout() -> ResponseReturnValue:
    """Sign out."""
    zhunyu().accounts.sign_out(signed_in().token)
    forget()
    return redirect(url_for("account.login"), 303)


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
        session = zhunyu().accounts.change_password(signed_in(), old, new)
    except ZhunyuError as error:
        return render_template("admin/password.html", error=error.what), error.status
    remember(session.token)
    flash("口令已修改，其他登录已退出。", "good")
    return redirect(url_for("workbench.work"), 303)
