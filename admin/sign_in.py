"""The steps of a sign-in after the first: second factor, its enrolment, a due password; and coming from outside."""

from __future__ import annotations

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.sign_in import OIDC, TICKET
from engine.ports.identity import Challenge
from engine.services.password_gate import SOON
from engine.services.second_factor import CERTIFICATE, RECOVERY, TOTP
from engine.services.sessions import Session
from engine.services.sign_in import ENROL, FACTOR, RENEW, SignIn, UnderWay
from engine.services.signing import DEMO_PIN
from engine.services.staff_entry import SSO
from engine.web.access import access, safe_next
from engine.web.app import forget, remember
from engine.web.arriving import came, keep_waiting, waiting_next, waiting_token
from engine.web.limiting import limited
from engine.web.qr import qr_svg

blueprint = Blueprint("sign_in", __name__, url_prefix="/login")
_UNDER_WAY = "sso"
_PAGES = {FACTOR: "sign_in.second", ENROL: "sign_in.enrol", RENEW: "sign_in.renew"}


def arrived(outcome: Session | UnderWay, next: str) -> ResponseReturnValue:
    """Go where the visitor wanted to go, or to the next step."""
    if isinstance(outcome, UnderWay):
        keep_waiting(outcome.token, next)
        return redirect(url_for(_PAGES[outcome.step]), 303)
    remember(outcome.token)
    accounts = zhunyu().accounts
    if accounts.password_standing(outcome) == SOON:
        flash("您的口令一周内到期，请尽早在“登录与安全”里修改。", "warn")
    return redirect(next or url_for("workbench.work"), 303)


@blueprint.get("/second")
@access("public")
def second() -> ResponseReturnValue:
    """The page of the second factor."""
    return _second("", 200)


@blueprint.post("/second")
@access("public")
@limited("30/minute")
def prove() -> ResponseReturnValue:
    """Take the second factor; a wrong one shows the page again."""
    signing_in, token, next = _steps(), waiting_token(), waiting_next()
    given, way = request.form.get("given", "")[:200], request.form.get("way", "")
    takes = {CERTIFICATE: signing_in.with_pin, TOTP: signing_in.with_code, RECOVERY: signing_in.with_recovery}
    try:
        if way not in takes:
            raise ZhunyuError("A004", "没有这种第二因素。", "请重新选择。", status=422)
        return arrived(takes[way](token, given), next)
    except ZhunyuError as error:
        if error.code == "A001":
            return _again(error)
        return _second(error.told, error.status)


@blueprint.route("/enrol", methods=["GET", "POST"])
@access("public")
@limited("30/minute", methods=("POST",))
def enrol() -> ResponseReturnValue:
    """Enrol a generator of codes where a second factor is required and there is none."""
    try:
        token, error, status = waiting_token(), "", 200
        if request.method == "POST":
            try:
                return _enrolled(token)
            except ZhunyuError as refused:
                if refused.code == "A001":
                    raise
                error, status = refused.told, refused.status
        told = _steps().enrolment(token)
    except ZhunyuError as refused:
        if refused.code != "A001":
            raise
        return _again(refused)
    page = render_template("admin/sign_in/enrol.html", told=told, picture=qr_svg(told.address), error=error)
    return page, status


@blueprint.route("/renew", methods=["GET", "POST"])
@access("public")
@limited("30/minute", methods=("POST",))
def renew() -> ResponseReturnValue:
    """Set another password in place of one that somebody else chose or whose time is up."""
    try:
        token, error, status = waiting_token(), "", 200
        if _steps().under_way(token).step != RENEW:
            return redirect(url_for("account.login"), 303)
        if request.method == "POST":
            new, next = request.form.get("new", ""), waiting_next()
            if new == request.form.get("again", ""):
                try:
                    return arrived(_steps().renew(token, new), next)
                except ZhunyuError as refused:
                    if refused.code == "A001":
                        raise
                    error, status = refused.what, refused.status
            else:
                error, status = "两次输入的新口令不一致。", 422
    except ZhunyuError as refused:
        if refused.code != "A001":
            raise
        return _again(refused)
    return render_template("admin/sign_in/renew.html", error=error), status


@blueprint.post("/cancel")
@access("public")
def cancel() -> ResponseReturnValue:
    """Forget the sign-in under way."""
    try:
        _steps().give_up(waiting_token())
    except ZhunyuError as error:
        if error.code != "A001":
            raise
    forget()
    return redirect(url_for("account.login"), 303)


@blueprint.get("/sso")
@access("public")
@limited("20/minute")
def leave() -> ResponseReturnValue:
    """Send the visitor to the staff's identity provider."""
    provider = zhunyu().entrances.provider
    if provider is None:
        raise ZhunyuError("A003", "没有配置单点登录。", "请用账号口令登录。", status=404)
    challenge = provider.begin(url_for("sign_in.come_back", _external=True))
    session[_UNDER_WAY] = {**msgspec.structs.asdict(challenge), "next": safe_next("")}
    return redirect(challenge.url, 303)


@blueprint.get("/sso/return")
@access("public")
@limited("20/minute")
def come_back() -> ResponseReturnValue:
    """Take the provider's answer for the sign-in this browser began, once."""
    kept, entrances = session.pop(_UNDER_WAY, None), zhunyu().entrances
    if not isinstance(kept, dict) or entrances.provider is None:
        raise ZhunyuError("A011", "这次登录已经过期。", "请重新登录。", status=401)
    next, here = str(kept.pop("next", "")), came(OIDC)
    challenge = Challenge(**kept)
    zhunyu().accounts.use_once("oidc", challenge.state, here)
    identity = entrances.provider.finish(challenge, url_for("sign_in.come_back", _external=True), request.url)
    return arrived(entrances.staff.enter(SSO, identity, here), next)


@blueprint.get("/ticket")
@access("public")
@limited("30/minute")
def ticket() -> ResponseReturnValue:
    """Whom a ticket of the office platform would let in; nothing is used up before they confirm."""
    text = request.args.get("ticket", "")
    if not zhunyu().entrances.tickets:
        raise ZhunyuError("A003", "没有配置办公平台。", "请用账号口令登录。", status=404)
    found = zhunyu().entrances.staff.ticket(text, came(TICKET))
    return render_template("admin/sign_in/ticket.html", ticket=found, text=text, next=safe_next(""))


@blueprint.post("/ticket")
@access("public")
@limited("30/minute")
def use_ticket() -> ResponseReturnValue:
    """Sign in with a ticket, once."""
    if not zhunyu().entrances.tickets:
        raise ZhunyuError("A003", "没有配置办公平台。", "请用账号口令登录。", status=404)
    return arrived(zhunyu().entrances.staff.with_ticket(request.form.get("ticket", ""), came(TICKET)), safe_next(""))


def _enrolled(token: str) -> ResponseReturnValue:
    next = waiting_next()
    outcome, codes = _steps().enrol(token, request.form.get("code", ""))
    arrived(outcome, next)
    onward = url_for(_PAGES[outcome.step]) if isinstance(outcome, UnderWay) else next or url_for("workbench.work")
    return render_template("admin/sign_in/codes.html", codes=codes, onward=onward)


def _second(error: str, status: int) -> ResponseReturnValue:
    try:
        under_way = _steps().under_way(waiting_token())
    except ZhunyuError as refused:
        if refused.code != "A001":
            raise
        return _again(refused)
    if under_way.step != FACTOR:
        return redirect(url_for(_PAGES[under_way.step]), 303)
    wanted = request.values.get("way", "")
    page = render_template(
        "admin/sign_in/second.html", ways=under_way.ways, way=wanted if wanted in under_way.ways else under_way.ways[0],
        name=under_way.account.name, error=error, demo_pin=DEMO_PIN if zhunyu().settings.demo else "",
    )  # fmt: skip
    return page, status


def _again(error: ZhunyuError) -> ResponseReturnValue:
    forget()
    flash(error.told, "warn")
    return redirect(url_for("account.login"), 303)


def _steps() -> SignIn:
    return zhunyu().accounts.signing_in
