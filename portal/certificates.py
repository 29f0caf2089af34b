"""One's own certificates and their files."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine.services.certificates import OFD, PDF
from engine.web.access import access
from engine.web.headers import file_answer
from portal.services import signed_in, zhunyu

blueprint = Blueprint("certificates", __name__, url_prefix="/certificates")


@blueprint.get("")
@access("applicant")
def mine() -> ResponseReturnValue:
    """The certificates of the subject, and what can be done with each."""
    session, product = signed_in(), zhunyu()
    actions: dict[str, list[tuple[str, str]]] = {}
    for card in product.shelf.offered():
        acts_on = product.shelf.current(card.id).acts_on
        if acts_on is not None:
            actions.setdefault(acts_on.type, []).append((card.id, card.title))
    held = product.certificates.mine(session)
    legal = product.certificates.legal_files(held)
    return render_template("certificates/mine.html", certificates=held, actions=actions, legal=legal,
                           reports=product.reporting.mine(session))  # fmt: skip


@blueprint.get("/<certificate_id>/legal")
@access("applicant")
def legal(certificate_id: str) -> ResponseReturnValue:
    """The legal form: the OFD under the authority's electronic seal."""
    name, data = zhunyu().certificates.file(signed_in(), certificate_id, OFD)
    return file_answer(name, "application/ofd", data)


@blueprint.get("/<certificate_id>/file")
@access("applicant")
def file(certificate_id: str) -> ResponseReturnValue:
    """The convenience copy as PDF."""
    name, data = zhunyu().certificates.file(signed_in(), certificate_id)
    return file_answer(name, "application/pdf", data)


@blueprint.get("/<certificate_id>/duplicate.<form>")
@access("applicant")
def duplicate(certificate_id: str, form: str) -> ResponseReturnValue:
    """The 副本 of a licence, as OFD or as PDF."""
    wanted = OFD if form == OFD else PDF
    name, data = zhunyu().certificates.file(signed_in(), certificate_id, wanted, duplicate=True)
    return file_answer(name, "application/ofd" if wanted == OFD else "application/pdf", data)
