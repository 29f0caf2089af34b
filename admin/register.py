"""The certificate register."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import listed
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("register", __name__, url_prefix="/certificates")


@blueprint.get("")
@access("staff")
def search() -> ResponseReturnValue:
    """Certificates by number or holder."""
    text = request.args.get("text", "").strip()
    found = zhunyu().desk.certificates(signed_in(), text)
    searched("证照库", text, len(found))
    return listed("admin/register.html", (one.holder_name for one in found), text=text, found=found)
