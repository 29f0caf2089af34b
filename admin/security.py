"""One's own sign-ins and second factors."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.services.second_factor import SecondFactor
from engine.web.access import access
from engine.web.app import remember
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.qr import qr_svg

blueprint = Blueprint("security", __name__, url_prefix="/security")


@blueprint.get("")
@access("staff")
def overview() -> ResponseReturnValue:
    """The sign-ins and second factors of whoever is signed in."""
    return _overview("", 200)


@blueprint.post("/sessions/<ref>/end")
@access("staff")
def end(ref: str) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    zhunyu().accounts.sessions.end(signed_in(), ref)
    flash("那次登录已结束。", "good")
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/sessions/end-others")
@access("staff")
def end_others() -> ResponseReturnValue:
    """End all sign-ins but this one."""
    count = zhunyu().accounts.sessions.end_others(signed_in())
    flash(f"已结束其他 {count} 次登录。" if count else "没有其他登录。", "good")
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/totp")
@access("staff")
@limited("10/minute", by="account")
def begin() -> ResponseReturnValue:
    """Begin to enrol a generator of codes, after the password was given once more."""
    try:
        _confirm()
    except ZhunyuError as error:
        return _overview(error.told, error.status)
    _factor().begin(signed_in().account, signed_in().ref)
    remember(zhunyu().accounts.sessions.rotate(signed_in()).token)
    return redirect(url_for("security.enrol"), 303)


@blueprint.route("/totp/enrol", methods=["GET", "POST"])
@access("staff")
@limited("20/minute", by="account", methods=("POST",))
def enrol() -> ResponseReturnValue:
    """Scan, and give the first code."""
    session, error, status = signed_in(), "", 200
    told = _factor().pending(session.account, session.ref)
    if told is None:
        flash("这次开启已经过期，请重新开启。", "warn")
        return redirect(url_for("security.overview"), 303)
    if request.method == "POST":
        try:
            codes = _factor().enrol(session.account, session.ref, request.form.get("code", ""))
        except ZhunyuError as refused:
            error, status = refused.told, refused.status
        else:
            remember(zhunyu().accounts.sessions.rotate(session, strong=True).token)
            return render_template("admin/sign_in/codes.html", codes=codes, onward=url_for("security.overview"))
    page = render_template("admin/security/enrol.html", told=told, picture=qr_svg(told.address), error=error)
    return page, status


@blueprint.post("/totp/stop")
@access("staff")
@limited("10/minute", by="account")
def stop() -> ResponseReturnValue:
    """No generator any more, after the password was given once more."""
    try:
        _confirm()
        _factor().stop(signed_in().account)
    except ZhunyuError as error:
        return _overview(error.told, error.status)
    remember(zhunyu().accounts.sessions.rotate(signed_in()).token)
    flash("动态口令已停用。", "good")
    return redirect(url_for("security.overview"), 303)


@blueprint.post("/codes")
@access("staff")
@limited("10/minute", by="account")
def codes() -> ResponseReturnValue:
    """New recovery codes, shown once, after the password was given once more."""
    try:
        _confirm()
        drawn = _factor().renew_codes(signed_in().account)
    except ZhunyuError as error:
        return _overview(error.told, error.status)
    return render_template("admin/sign_in/codes.html", codes=drawn, onward=url_for("security.overview"))


@blueprint.post("/certificate")
@access("staff")
@limited("10/minute", by="account")
def certificate() -> ResponseReturnValue:
    """Ask for the certificate at each sign-in, or no longer."""
    on = request.form.get("on") == "1"
    try:
        _confirm()
        _factor().choose(signed_in().account, on)
    except ZhunyuError as error:
        return _overview(error.told, error.status)
    flash("以后登录时核验签名证书。" if on else "以后登录时不再核验签名证书。", "good")
    return redirect(url_for("security.overview"), 303)


def _overview(error: str, status: int) -> ResponseReturnValue:
    session, accounts = signed_in(), zhunyu().accounts
    page = render_template(
        "admin/security/overview.html", lines=accounts.sessions.list(session), factors=_factor().factors(session),
        error=error, local=accounts.gate.local(session.account), rules=accounts.rules,
    )  # fmt: skip
    return page, status


def _confirm() -> None:
    """The password once more, where the account has one here."""
    account, gate = signed_in().account, zhunyu().accounts.gate
    if gate.local(account):
        gate.verify(account, request.form.get("password", "")[:200], request.remote_addr or "")


def _factor() -> SecondFactor:
    return zhunyu().accounts.factor
