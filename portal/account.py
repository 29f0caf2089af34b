"""Signing in and out, and choosing whom one acts for."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.sign_in import OIDC
from engine.services.sessions import Session
from engine.web.access import access, safe_next
from engine.web.app import forget, remember
from engine.web.arriving import came
from engine.web.city import leave_url
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("account", __name__)


@blueprint.get("/login")
@access("public")
def login() -> ResponseReturnValue:
    """The sign-in page."""
    back = safe_next(url_for("catalogue.home"))
    if g.session is not None:
        return redirect(back, 303)
    leave = leave_url(url_for("account.login", _external=True)) if "left" in request.args else ""
    return render_template("account/login.html", next=back, login="", error="", leave=leave)


@blueprint.post("/login")
@access("public")
@limited("20/minute")
def sign_in() -> ResponseReturnValue:
    """Check login and password, then go where the visitor wanted to go."""
    back, name = safe_next(url_for("catalogue.home")), request.form.get("login", "").strip()[:100]
    try:
        session = zhunyu().accounts.signing_in.by_password(
            "applicant", name, request.form.get("password", "")[:200], came()
        )
        assert isinstance(session, Session)  # applicants have no further step
    except ZhunyuError as refused:
        if refused.code != "A011":
            raise
        return render_template("account/login.html", next=back, login=name, error=refused.told), 422
    remember(session.token)
    if len(session.account.represents) > 1 and "restore=" not in back:
        return redirect(url_for("account.choose", next=back), 303)
    return redirect(back, 303)


@blueprint.post("/logout")
@access("applicant")
def logout() -> ResponseReturnValue:
    """Forget the session."""
    session = signed_in()
    zhunyu().accounts.sign_out(session.token)
    forget()
    flash("您已退出登录。", "info")
    if session.how == OIDC and zhunyu().identity is not None:
        return redirect(url_for("account.login", left=1), 303)
    return redirect(url_for("catalogue.home"), 303)


@blueprint.get("/act-for")
@access("applicant")
def choose() -> ResponseReturnValue:
    """Whom the account may act for."""
    return render_template("account/act_for.html", next=safe_next(url_for("catalogue.home")), session=signed_in())


@blueprint.post("/act-for")
@access("applicant")
def act_for() -> ResponseReturnValue:
    """Act for another subject from now on."""
    session = zhunyu().accounts.act_for(signed_in().token, request.form.get("subject", ""))
    if session.subject is not None:
        flash(f"现在为“{session.subject.name}”办理。", "good")
    return redirect(safe_next(url_for("catalogue.home")), 303)
