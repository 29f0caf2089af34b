"""Answering a request for supplement: only what was asked for is open; for the applicant, and at the counter."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.case import Upload
from engine.services.accounts import Session
from engine.services.views import CaseView
from engine.web.applying.host import product
from engine.web.forms.build import bind
from engine.web.forms.page import draw, summary


def asked(session: Session, case_id: str, template: str) -> str:
    """The page with what was asked for."""
    return _page(product().cases.view(session, case_id), {}, {}, template)


def answered(session: Session, case_id: str, template: str) -> ResponseReturnValue | None:
    """Take files and answers; None when they were taken, else the page that says what is wrong."""
    view = product().cases.view(session, case_id)
    fields, materials = _opened(view)
    sent = bind(view.matter, formdata=request.form).answers()
    answers = {key: value for key, value in sent.items() if key in fields}
    uploads, refused = _taken_files(session, view, materials)
    if refused:
        return _page(view, refused, answers, template), 422
    try:
        product().cases.answer_supplement(session, case_id, answers, uploads)
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        told = {problem.file: problem.what for problem in error.problems if problem.file}
        return _page(view, told or {"": error.told}, answers, template), 422
    return None


def _taken_files(
    session: Session, view: CaseView, materials: frozenset[str]
) -> tuple[dict[str, tuple[Upload, ...]], dict[str, str]]:
    uploads: dict[str, tuple[Upload, ...]] = {}
    refused: dict[str, str] = {}
    for material in sorted(materials):
        for file in request.files.getlist(f"file.{material}"):
            if not file.filename:
                continue
            try:
                taken = product().cases.supplement_upload(session, view.case.id, material, file.filename, file.read())
                uploads[material] = (*uploads.get(material, ()), taken)
            except ZhunyuError as error:
                if error.code != "A007":
                    raise
                refused[f"m-{material}"] = f"{file.filename}：{error.told}"
    return uploads, refused


def _page(view: CaseView, told: dict[str, str], answers: dict[str, object], template: str) -> str:
    fields, materials = _opened(view)
    form = bind(view.matter, {**view.case.answers, **answers})
    form.tell(told)
    in_form = {path: text for path, text in told.items() if path and not path.startswith("m-")}
    lines = [(line.target, line.message) for line in summary(view.matter, in_form)]
    lines += [(path or "main", text) for path, text in told.items() if path.startswith("m-") or not path]
    return render_template(
        template,
        view=view,
        asked=view.case.supplement,
        groups=draw(view.matter, form, {}, only=fields),
        needs=[need for need in view.matter.materials if need.id in materials],
        told=told,
        lines=lines,
    )


def _opened(view: CaseView) -> tuple[frozenset[str], frozenset[str]]:
    """The fields and materials the request for supplement opens."""
    asked_for = view.case.supplement
    if asked_for is None or "answer_supplement" not in view.can:
        raise ZhunyuError("C001", "这件申请现在不需要补正。", "请到办件页面查看最新状态。", status=409)
    fields = frozenset(field for item in asked_for.items for field in item.fields)
    return fields, frozenset(material for item in asked_for.items for material in item.materials)
