"""A holder's decisions about the use of a certificate by other departments, and who looked at it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.services.consents import LONGEST_DAYS
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import signed_in, whole_number, zhunyu

blueprint = Blueprint("consents", __name__, url_prefix="/certificates/<certificate_id>")
TERMS = (("1", "仅今天"), ("7", "7 天"), ("30", "30 天"), ("90", "90 天"), ("365", "一年"))
USES = (("1", "一件事"), ("5", "至多五件事"), ("0", "期限内不限"))


@blueprint.get("/consents")
@access("applicant")
def consents(certificate_id: str) -> ResponseReturnValue:
    """The consents, and a form for another."""
    return _page(certificate_id)


@blueprint.post("/consents")
@access("applicant")
@limited("20/minute", "account")
def give(certificate_id: str) -> ResponseReturnValue:
    """Give a consent."""
    department, _, matter = request.form.get("use", "").partition("|")
    days, uses = whole_number("days"), whole_number("uses")
    try:
        zhunyu().consents.give(
            signed_in(), certificate_id, department=department, matter=matter, days=-1 if days is None else days,
            uses=-1 if uses is None else uses,
        )  # fmt: skip
    except ZhunyuError as refused:
        if refused.code != "A004":
            raise
        return _page(certificate_id, error=refused.told), 422
    flash("授权已生效。请把授权码告诉对方，对方凭它取用证照。", "good")
    return redirect(url_for("consents.consents", certificate_id=certificate_id), 303)


@blueprint.post("/consents/<consent_id>/withdraw")
@access("applicant")
def withdraw(certificate_id: str, consent_id: str) -> ResponseReturnValue:
    """Withdraw a consent."""
    zhunyu().consents.withdraw(signed_in(), certificate_id, consent_id)
    flash("授权已撤回，授权码不再有效。", "good")
    return redirect(url_for("consents.consents", certificate_id=certificate_id), 303)


@blueprint.get("/uses")
@access("applicant")
def uses(certificate_id: str) -> ResponseReturnValue:
    """Who looked at the certificate, when and what for."""
    certificate, lines, after = zhunyu().consents.uses(
        signed_in(), certificate_id, request.args.get("after", "")[:100]
    )
    return render_template(
        "certificates/uses.html", certificate=certificate, lines=lines, after=after,
        further=bool(request.args.get("after")),
    )  # fmt: skip


def _page(certificate_id: str, error: str = "") -> str:
    product = zhunyu()
    certificate, lines = product.consents.of(signed_in(), certificate_id)
    offered = [
        (f"{one.id}|{matter}", f"{one.name}：{matter}")
        for one in product.departments.active()
        for matter in one.purposes
    ]
    return render_template(
        "certificates/consents.html", certificate=certificate, lines=lines, offered=offered, terms=TERMS, uses=USES,
        error=error, longest=LONGEST_DAYS,
    )  # fmt: skip
