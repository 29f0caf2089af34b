"""Signing in at the desk with the phone: the desk shows and asks, the phone confirms."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.sign_in import arrived
from engine.errors import ZhunyuError
from engine.model.sign_in import QR
from engine.services.qr_sign_in import LASTS
from engine.web.access import access, safe_next
from engine.web.arriving import came
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.qr import qr_svg

blueprint = Blueprint("qr", __name__, url_prefix="/login/qr")
_KEPT = "qr"


@blueprint.get("")
@access("public")
@limited("20/minute")
def show() -> ResponseReturnValue:
    """A new code for this browser."""
    shown = zhunyu().entrances.qr.begin(came(QR))
    session[_KEPT] = shown.secret
    address = url_for("qr.asked", code=shown.code, _external=True)
    return render_template(
        "admin/sign_in/qr.html", picture=qr_svg(address), check=shown.check, next=safe_next(""),
        seconds=int(LASTS.total_seconds()), address=address if zhunyu().settings.demo else "",
    )  # fmt: skip


@blueprint.get("/state")
@access("public")
@limited("120/minute")
def state() -> ResponseReturnValue:
    """How far it has come; 304 while nothing changes."""
    found = zhunyu().entrances.qr.state(str(session.get(_KEPT, "")))
    response = jsonify({"state": found})
    response.set_etag(found)
    return response.make_conditional(request)


@blueprint.post("/enter")
@access("public")
@limited("30/minute")
def enter() -> ResponseReturnValue:
    """Go in after the phone has confirmed."""
    return arrived(zhunyu().entrances.qr.enter(str(session.get(_KEPT, "")), came(QR)), safe_next(""))


@blueprint.get("/c/<code>")
@access("staff")
@limited("30/minute")
def asked(code: str) -> ResponseReturnValue:
    """On the phone: who would get in, from where, on which device."""
    try:
        told = zhunyu().entrances.qr.look(signed_in(), code)
    except ZhunyuError as error:
        if error.code != "A011":
            raise
        return render_template("admin/sign_in/answered.html", good=False, title=error.what, text=error.next), 403
    return render_template("admin/sign_in/asked.html", told=told)


@blueprint.post("/c/<code>")
@access("staff")
@limited("30/minute")
def answer(code: str) -> ResponseReturnValue:
    """On the phone: let the desk in, or not; once."""
    yes = request.form.get("answer") == "yes"
    qr = zhunyu().entrances.qr
    try:
        (qr.confirm if yes else qr.refuse)(signed_in(), code)
    except ZhunyuError as error:
        if error.code != "A011":
            raise
        return render_template("admin/sign_in/answered.html", good=False, title=error.what, text=error.next), 403
    return redirect(url_for("qr.answered", how="yes" if yes else "no"), 303)


@blueprint.get("/answered/<how>")
@access("staff")
def answered(how: str) -> ResponseReturnValue:
    """On the phone: what was answered."""
    yes = how == "yes"
    title, text = (
        ("已同意电脑登录", "电脑会自动进入工作台。不是您本人操作的，请立即结束那次登录。") if yes
        else ("已拒绝电脑登录", "电脑没有进入。如不是您本人扫码，请修改口令。")
    )  # fmt: skip
    return render_template("admin/sign_in/answered.html", good=yes, title=title, text=text)
