"""The certificate register."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("register", __name__, url_prefix="/certificates")


@blueprint.get("")
@access("staff")
def search() -> ResponseReturnValue:
    """Certificates by number or holder."""
    text = request.args.get("text", "").strip()
    found = zhunyu().desk.certificates(signed_in(), text)
    return render_template("admin/register.html", text=text, found=found)
