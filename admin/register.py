"""The certificate register."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import covered
from engine.services.unmasking import sees_names
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
    page = render_template("admin/register.html", text=text, found=found)
    names = [one.holder_name for one in found if len(one.holder_name) <= 4]
    return covered(page, names=() if sees_names(signed_in()) else names)
