"""新建依职权办件: choose the matter, find the certificate or name the subject, fill in the form, 立案."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.people import Subject
from engine.services.draft_views import Preview
from engine.web.access import access
from engine.web.forms.build import bind, without_dropped
from engine.web.forms.page import browser_rules, draw, summary
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import shown

blueprint = Blueprint("ex_officio", __name__, url_prefix="/ex-officio")
STARTERS = "role:窗口,审查,核查,审批"
_FILE = "file."


@blueprint.get("")
@access("staff")
def matters() -> ResponseReturnValue:
    """The matters officers start, and the forms begun before."""
    session, product = signed_in(), zhunyu()
    found = product.ex_officio.matters(session)
    return render_template("admin/ex_officio/matters.html", cards=found, begun=product.ex_officio.begun(session))


@blueprint.get("/start/<matter_id>")
@access(STARTERS)
def find(matter_id: str) -> ResponseReturnValue:
    """Find the certificate, or name the subject."""
    return _find(matter_id)


@blueprint.post("/start/<matter_id>")
@access(STARTERS)
@limited("60/minute", by="account")
def start(matter_id: str) -> ResponseReturnValue:
    """Begin the form."""
    code, name = (request.form.get(key, "").strip()[:100] for key in ("code", "name"))
    kind = "自然人" if request.form.get("kind") == "自然人" else "法人"
    subject = Subject(kind, code.upper(), name)
    try:
        draft = zhunyu().ex_officio.start(signed_in(), matter_id, request.form.get("certificate", ""), subject)
    except ZhunyuError as error:
        return _find(matter_id, shown(error, ("A002", "A003", "A004", "A010", "C003", "C005"))), error.status
    return redirect(url_for("ex_officio.form", draft_id=draft.id), 303)


@blueprint.get("/forms/<draft_id>")
@access(STARTERS)
def form(draft_id: str) -> ResponseReturnValue:
    """The form as it was left."""
    return _page(zhunyu().ex_officio.preview(signed_in(), draft_id))


@blueprint.post("/forms/<draft_id>")
@access(STARTERS)
def save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed and do what the pressed button says."""
    session, office = signed_in(), zhunyu().ex_officio
    did, _, argument = request.form.get("_do", "update").partition(":")
    answers = typed(draft_id)
    try:
        office.save(session, draft_id, answers, request.form.get("_revision", type=int), "")
    except ZhunyuError as error:
        if error.code != "A013":
            raise
        told = f"{error.what}下面是您在这个窗口填写的内容。"
        return _page(office.preview(session, draft_id, answers), told=told), error.status
    refused = keep_files(draft_id)
    if did == "remove-file":
        material, _, upload = argument.partition(":")
        office.remove_upload(session, draft_id, material, upload)
    if did == "save" and not refused:
        flash("已保存。可以随时从“依职权办理”继续填写。", "good")
        return redirect(url_for("ex_officio.matters"), 303)
    if did == "initiate" and not refused:
        return _initiate(draft_id)
    extra = {argument: 1} if did == "add-row" else {}
    return _page(office.preview(session, draft_id), refused=refused, extra_rows=extra), 422 if refused else 200


@blueprint.post("/forms/<draft_id>/delete")
@access(STARTERS)
def delete(draft_id: str) -> ResponseReturnValue:
    """Throw the form away."""
    zhunyu().ex_officio.delete(signed_in(), draft_id)
    flash("立案表已删除。", "info")
    return redirect(url_for("ex_officio.matters"), 303)


def _initiate(draft_id: str) -> ResponseReturnValue:
    session, office = signed_in(), zhunyu().ex_officio
    preview = office.preview(session, draft_id, complete=True)
    problems = dict(preview.errors)
    problems |= dict.fromkeys(preview.missing, "请填写这一项。")
    problems |= {f"m-{state.id}": f"请上传{state.title}。" for state in preview.materials if state.lacking}
    if problems:
        return _page(preview, problems), 422
    try:
        case = office.initiate(session, draft_id, f"{draft_id}.{preview.draft.revision}")
    except ZhunyuError as error:
        if error.code not in ("A004", "A009", "C003", "C004", "C005"):
            raise
        told = {problem.file: problem.what for problem in error.problems if problem.file}
        return _page(preview, told, told=error.told), error.status
    flash(f"已立案，办件编号 {case.number}。", "good")
    return redirect(url_for("case_page.show", case_id=case.id), 303)


def _find(matter_id: str, told: str = "") -> str:
    session, text = signed_in(), request.args.get("text", "").strip()[:100]
    matter = zhunyu().ex_officio.matter(session, matter_id)
    choices = zhunyu().ex_officio.find(session, matter_id, text)
    return render_template("admin/ex_officio/find.html", matter=matter, text=text, choices=choices, told=told)


def typed(draft_id: str) -> dict[str, object]:
    """The answers the browser sent."""
    draft = zhunyu().ex_officio.load(signed_in(), draft_id)
    return bind(zhunyu().shelf.version(draft.matter_hash), formdata=without_dropped(request.form)).answers()


def keep_files(draft_id: str) -> dict[str, str]:
    """Keep the files sent with the form; material id → why its file was not taken."""
    refused: dict[str, str] = {}
    for name, files in request.files.lists():
        for file in files:
            if name.startswith(_FILE) and file.filename:
                material = name.removeprefix(_FILE)
                try:
                    zhunyu().ex_officio.upload(signed_in(), draft_id, material, file.filename, file.read())
                except ZhunyuError as error:
                    if error.code != "A007":
                        raise
                    refused[f"m-{material}"] = f"{file.filename}：{error.told}"
    return refused


def _page(
    preview: Preview, problems: Mapping[str, str] | None = None, *, told: str = "",
    refused: Mapping[str, str] | None = None, extra_rows: Mapping[str, int] | None = None,
) -> str:  # fmt: skip
    matter = preview.matter
    messages = dict(preview.errors) if problems is None else dict(problems)
    bound = bind(matter, preview.draft.answers)
    bound.tell(messages)
    shown = {path: text for path, text in messages.items() if not path.startswith("m-")}
    lines = [(line.target, line.message) for line in summary(matter, shown)] if problems else []
    lines += [(path, text) for path, text in {**messages, **(refused or {})}.items() if path.startswith("m-")]
    doubtful = [one for one in preview.assessment.findings if one.result in ("failed", "unknown")]
    findings = [] if problems else doubtful  # first the form is put in order
    return render_template(
        "admin/ex_officio/form.html", preview=preview, matter=matter, draft=preview.draft, told=told, lines=lines,
        groups=draw(matter, bound, preview.visible, locked=preview.locked, extra_rows=extra_rows or {}),
        rules=browser_rules(matter, {"code": matter.codes}), findings=findings,
        materials=[state for state in preview.materials if state.shown],
        messages={**messages, **(refused or {})},
    )  # fmt: skip
