"""Following a case without an account: by the number and the enquiry code on the receipt of the counter."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import zhunyu

blueprint = Blueprint("enquiry", __name__)


@blueprint.get("/enquiry")
@access("public")
def home() -> ResponseReturnValue:
    """Ask for number and code; the number may come from the receipt's QR code, the code never does."""
    return render_template("enquiry/home.html", number=request.args.get("number", "")[:40], told="", found=None)


@blueprint.post("/enquiry")
@access("public")
@limited("10/minute")
@limited("60/hour")
def look() -> ResponseReturnValue:
    """Where the case stands."""
    number = request.form.get("number", "")[:40]
    try:
        found = zhunyu().enquiries.look(number, request.form.get("code", ""))
    except ZhunyuError as error:
        if error.code not in ("A003", "K006"):
            raise
        return render_template("enquiry/home.html", number=number, told=error.told, found=None), 404
    return render_template("enquiry/home.html", number=number, told="", found=found)
