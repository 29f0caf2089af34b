"""A case on one page, its files and its letters."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.explanation import STAFF
from engine.web.access import access
from engine.web.headers import SHOWN_INLINE, file_answer
from engine.web.host import signed_in

blueprint = Blueprint("case_page", __name__)


@blueprint.get("/cases/<case_id>")
@access("staff")
def show(case_id: str) -> ResponseReturnValue:
    """The case with everything needed to decide it."""
    seen = zhunyu().desk.case(signed_in(), case_id)
    files = [upload for material in seen.materials for upload in material.uploads if upload.media in SHOWN_INLINE]
    findings = seen.view.case.assessment.findings if seen.view.case.assessment else ()
    open_findings = [one for one in findings if one.result in ("failed", "unknown")]
    view = seen.view
    return render_template(
        "admin/case.html", seen=seen, view=seen.view, case=seen.view.case, matter=seen.view.matter,
        first_file=files[0] if files else None, open_findings=open_findings,
        passed=[one for one in findings if one not in open_findings],
        explanation=zhunyu().explaining.of_case(view.case, view.matter, view.original, STAFF),
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/files/<upload_id>")
@access("staff")
def file(case_id: str, upload_id: str) -> Response:
    """A file handed in for the case, shown in the viewer."""
    upload, data = zhunyu().desk.upload(signed_in(), case_id, upload_id)
    return file_answer(upload.name, upload.media, data, inline=True)


@blueprint.get("/cases/<case_id>/letters/<letter>")
@access("staff")
def letter(case_id: str, letter: str) -> Response:
    """受理通知书, 补正告知书 or the decision as PDF."""
    name, data = zhunyu().documents.letter(signed_in(), case_id, letter)
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/cases/<case_id>/decision-receipt")
@access("staff")
def decision_receipt(case_id: str) -> Response:
    """The signed receipt of the decision, with everything needed to replay it."""
    name, data = zhunyu().receipts.of(signed_in(), case_id)
    return file_answer(name, "application/json", data)


@blueprint.get("/cases/<case_id>/certificates/<certificate_id>")
@access("staff")
def certificate(case_id: str, certificate_id: str) -> Response:
    """The sealed file of a certificate of the case."""
    case = zhunyu().desk.view(signed_in(), case_id).case
    if certificate_id not in case.certificates:
        raise ZhunyuError("A003", "本办件没有这份证照。", "请从办件页面重新打开。", status=404)
    name, data = zhunyu().certificates.file(signed_in(), certificate_id)
    return file_answer(name, "application/pdf", data, inline=True)
