"""The security officer helps people who cannot sign in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import shown

blueprint = Blueprint("credentials", __name__, url_prefix="/credentials")


@blueprint.get("")
@access("role:安全")
def people() -> ResponseReturnValue:
    """Search the staff."""
    text = request.args.get("q", "").strip()[:50]
    found, count = zhunyu().entrances.credentials.people(signed_in(), text)
    return render_template("admin/security/people.html", people=found, count=count, text=text)


@blueprint.get("/<id>")
@access("role:安全")
def person(id: str) -> ResponseReturnValue:
    """How a person stands, and what can be done."""
    return render_template("admin/security/person.html", one=zhunyu().entrances.credentials.person(signed_in(), id))


@blueprint.post("/<id>/reset")
@access("role:安全")
@limited("30/minute", by="account")
def reset(id: str) -> ResponseReturnValue:
    """A new password, shown once."""
    try:
        drawn = zhunyu().entrances.credentials.reset(signed_in(), id)
    except ZhunyuError as error:
        return _refused(id, error)
    one = zhunyu().entrances.credentials.person(signed_in(), id)
    return render_template("admin/security/given.html", one=one, drawn=drawn)


@blueprint.post("/<id>/unlock")
@access("role:安全")
def unlock(id: str) -> ResponseReturnValue:
    """Undo the locks."""
    zhunyu().entrances.credentials.unlock(signed_in(), id)
    return _done(id, "已解除锁定。")


@blueprint.post("/<id>/remove-factor")
@access("role:安全")
def remove_factor(id: str) -> ResponseReturnValue:
    """Remove the generator of codes."""
    try:
        zhunyu().entrances.credentials.remove_factor(signed_in(), id)
    except ZhunyuError as error:
        return _refused(id, error)
    return _done(id, "已取消动态口令和备用码。")


@blueprint.post("/<id>/end-sessions")
@access("role:安全")
def end_sessions(id: str) -> ResponseReturnValue:
    """End every sign-in of the person."""
    zhunyu().entrances.credentials.end_sessions(signed_in(), id)
    return _done(id, "已结束其全部登录。")


def _done(id: str, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("credentials.person", id=id), 303)


def _refused(id: str, error: ZhunyuError) -> ResponseReturnValue:
    told = shown(error, ("A002", "A004"))
    one = zhunyu().entrances.credentials.person(signed_in(), id)
    return render_template("admin/security/person.html", one=one, told=told), error.status
