"""A case on one page, its files and its letters."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.case_watching import shown, taken
from admin.host import zhunyu
from admin.masking import covered
from engine.errors import ZhunyuError
from engine.model.explanation import STAFF
from engine.services.certificates import OFD, PDF
from engine.services.desk_views import DeskView
from engine.services.dossier import Dossier
from engine.services.unmasking import hidden_words, sees_names, still_hidden
from engine.web.access import access, wants_fragment
from engine.web.headers import SHOWN_INLINE, file_answer
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("case_page", __name__)


@blueprint.get("/cases/<case_id>")
@access("staff")
def show(case_id: str) -> ResponseReturnValue:
    """The case with everything needed to decide it."""
    seen = zhunyu().desk.case(signed_in(), case_id)
    shown(seen)
    dossier = zhunyu().panels.dossiers.of(seen)
    return _covered(seen, dossier, _case(seen, dossier))


@blueprint.post("/cases/<case_id>/unmask")
@access("staff")
@limited("30/minute", by="account", methods=("POST",))
def unmask(case_id: str) -> ResponseReturnValue:
    """The same with personal data in full, once the reason is recorded."""
    seen, reason = zhunyu().desk.case(signed_in(), case_id), request.form.get("reason", "")
    dossier = zhunyu().panels.dossiers.of(seen)
    try:
        zhunyu().audit.unmasking.open(signed_in(), seen.view.case, seen.view.matter, reason, "办件页面")
    except ZhunyuError as error:
        if error.code != "C004":
            raise
        page = _case(seen, dossier, told=error.told, reason=reason)
        return _covered(seen, dossier, page), error.status
    page, hidden = _case(seen, dossier, unmasked=True), still_hidden(signed_in(), seen.view.case, seen.view.matter)
    return covered(page, hidden) if hidden else page


def _covered(seen: DeskView, dossier: Dossier, page: str) -> str:
    """The page with what is personal masked: in the case, in its answers of before, and of who came to the counter."""
    matter, stood = seen.view.matter, [seen.view.case, *([dossier.before] if dossier.before is not None else [])]
    names = [word for one in stood for word in hidden_words(one, matter, names=True)]
    names += [seen.view.case.counter.agent.name] if seen.view.case.counter is not None else []
    words = [word for one in stood for word in hidden_words(one, matter, names=False)]
    return covered(page, words, () if sees_names(signed_in()) else names)


def _case(seen: DeskView, dossier: Dossier, *, unmasked: bool = False, told: str = "", reason: str = "") -> str:
    files = [upload for material in seen.materials for upload in material.uploads if upload.media in SHOWN_INLINE]
    findings = seen.view.case.assessment.findings if seen.view.case.assessment else ()
    open_findings = [one for one in findings if one.result in ("failed", "unknown")]
    view = seen.view
    return render_template(
        "admin/case.html", seen=seen, view=seen.view, case=seen.view.case, matter=seen.view.matter, dossier=dossier,
        first_file=files[0] if files else None, open_findings=open_findings,
        passed=[one for one in findings if one not in open_findings],
        acts=dossier.acts, material_titles={need.id: need.title for need in seen.view.matter.materials},
        explanation=zhunyu().explaining.of_case(view.case, view.matter, view.original, STAFF),
        legal=zhunyu().certificates.legal_files(view.certificates), unmasked=unmasked, told=told, reason=reason,
        moves=zhunyu().moves.desk.offered(signed_in(), view), copies=zhunyu().moves.copies.of_case(view.case.id),
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/similar")
@access("staff")
@limited("30/minute", by="account")
def similar(case_id: str) -> ResponseReturnValue:
    """Decided cases that are like this one: a part of the page for scripts, else a page."""
    seen = zhunyu().desk.view(signed_in(), case_id)
    reference = zhunyu().panels.similar.of(signed_in(), case_id)
    taken(case_id, "相似案例")
    part = "admin/case/similar_list.html" if wants_fragment() else "admin/case/similar_page.html"
    names = () if sees_names(signed_in()) else hidden_words(seen.case, seen.matter, names=True)
    page = render_template(part, case=seen.case, matter=seen.matter, reference=reference)
    return covered(page, hidden_words(seen.case, seen.matter, names=False), names)


@blueprint.get("/cases/<case_id>/files/<upload_id>")
@access("staff")
def file(case_id: str, upload_id: str) -> Response:
    """A file handed in for the case, or one that its supplement replaced."""
    upload, data = zhunyu().panels.files.upload(signed_in(), case_id, upload_id)
    taken(case_id, "材料")
    return file_answer(upload.name, upload.media, data, inline=True)


@blueprint.get("/cases/<case_id>/files/<upload_id>/pages/<int:number>")
@access("staff")
@limited("600/minute", by="account")
def page(case_id: str, upload_id: str, number: int) -> Response:
    """A page of a file as a picture, for the viewer."""
    width = request.args.get("width", default=960, type=int)
    data = zhunyu().panels.files.page(signed_in(), case_id, upload_id, number, width)
    if number == 1:
        taken(case_id, "材料")
    return file_answer(f"{number}.jpg", "image/jpeg", data, inline=True)


@blueprint.get("/cases/<case_id>/letters/<letter>")
@access("staff")
def letter(case_id: str, letter: str) -> Response:
    """受理通知书, 补正告知书 or the decision as PDF."""
    name, data = zhunyu().documents.letter(signed_in(), case_id, letter)
    taken(case_id, "文书")
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/cases/<case_id>/decision-receipt")
@access("staff")
def decision_receipt(case_id: str) -> Response:
    """The signed receipt of the decision, with everything needed to replay it."""
    name, data = zhunyu().receipts.of(signed_in(), case_id)
    taken(case_id, "裁决回执")
    return file_answer(name, "application/json", data)


@blueprint.get("/cases/<case_id>/certificates/<certificate_id>")
@access("staff")
def certificate(case_id: str, certificate_id: str) -> Response:
    """The PDF of a certificate of the case."""
    name, data = _certificate(case_id, certificate_id, PDF)
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/cases/<case_id>/certificates/<certificate_id>/legal")
@access("staff")
def legal_certificate(case_id: str, certificate_id: str) -> Response:
    """The OFD of a certificate of the case."""
    name, data = _certificate(case_id, certificate_id, OFD)
    return file_answer(name, "application/ofd", data)


def _certificate(case_id: str, certificate_id: str, form: str) -> tuple[str, bytes]:
    case = zhunyu().desk.view(signed_in(), case_id).case
    if certificate_id not in case.certificates:
        raise ZhunyuError("A003", "本办件没有这份证照。", "请从办件页面重新打开。", status=404)
    taken(case_id, "证照")
    return zhunyu().certificates.file(signed_in(), certificate_id, form)
