"""集体办理: find certificates, tick them, fill in the shared form, 立案; the list of a batch on its case page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.ex_officio import STARTERS, keep_files, typed
from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.batch import ITEM_WORDS, ROW_WORDS
from engine.model.certificate import CertificateStatus
from engine.model.matter import Matter
from engine.services.desk_access import CITY
from engine.web.access import access
from engine.web.forms.build import bind
from engine.web.forms.page import draw, summary
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import shown

blueprint = Blueprint("batches", __name__, url_prefix="/ex-officio")
_TITLES = {"district": "区", "status": "状态", "valid_to": "有效期止（这一天或更早）"}
_OWN = "original."


@blueprint.get("/batch/<matter_id>")
@access(STARTERS)
def find(matter_id: str) -> ResponseReturnValue:
    """Filter the register, go through the list."""
    return _find(matter_id)


@blueprint.post("/batch/<matter_id>")
@access(STARTERS)
@limited("30/minute", by="account")
def start(matter_id: str) -> ResponseReturnValue:
    """Take what is ticked; every certificate left out needs a reason."""
    listed = request.form.getlist("listed")
    taken = tuple(one for one in listed if one in set(request.form.getlist("taken")))
    left = {one: request.form.get(f"reason-{one}", "")[:200] for one in listed if one not in taken}
    try:
        draft = zhunyu().batches.start(signed_in(), matter_id, taken, left)
    except ZhunyuError as error:
        return _find(matter_id, shown(error, ("A002", "A004"))), error.status
    return redirect(url_for("batches.form", draft_id=draft.id), 303)


@blueprint.get("/batch-forms/<draft_id>")
@access(STARTERS)
def form(draft_id: str) -> ResponseReturnValue:
    """The shared form as it was left."""
    return _page(draft_id, {})


@blueprint.post("/batch-forms/<draft_id>")
@access(STARTERS)
def save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; 立案 when asked for."""
    session, office = signed_in(), zhunyu().ex_officio
    did, _, argument = request.form.get("_do", "update").partition(":")
    try:
        office.save(session, draft_id, typed(draft_id), request.form.get("_revision", type=int), "")
    except ZhunyuError as error:
        if error.code != "A013":
            raise
        return _page(draft_id, {}, error.told), error.status
    refused = keep_files(draft_id)
    if did == "remove-file":
        material, _, upload = argument.partition(":")
        office.remove_upload(session, draft_id, material, upload)
    if refused:
        return _page(draft_id, refused), 422
    if did == "save":
        flash("已保存。可以随时从“依职权办理”继续填写。", "good")
        return redirect(url_for("ex_officio.matters"), 303)
    return _open(draft_id) if did == "initiate" else _page(draft_id, {})


@blueprint.post("/batches/<case_id>/apart")
@access("role:审查,审批")
def take_out(case_id: str) -> ResponseReturnValue:
    """逐户复核: one household leaves the batch."""
    try:
        reason, certificate = request.form.get("reason", "")[:500], request.form.get("certificate", "")
        zhunyu().batches.take_out(signed_in(), case_id, certificate, reason)
        flash("已转逐户复核，不随批次决定。", "good")
    except ZhunyuError as error:
        if error.code not in ("C001", "C002", "C004"):
            raise
        flash(error.told, "bad")
    return redirect(url_for("batches.items", case_id=case_id), 303)


@blueprint.get("/batches/<case_id>")
@access("staff")
def items(case_id: str) -> ResponseReturnValue:
    """The list of a batch: which child case each certificate became, and how far it is."""
    view = zhunyu().desk.view(signed_in(), case_id)
    case, rows = view.case, view.matter.batch is not None and view.matter.batch.of_rows
    after = request.args.get("after", -1, type=int)
    found, counts = zhunyu().batches.items(case_id, after)
    next_url = url_for("batches.items", case_id=case_id, after=found[-1].place) if len(found) == 50 else ""
    return render_template(
        "admin/ex_officio/items.html", case=case, items=found, counts=counts, rows=rows, next_url=next_url,
        words=ROW_WORDS if rows else ITEM_WORDS,
        first_url=url_for("batches.items", case_id=case_id) if after >= 0 else "",
    )  # fmt: skip


def _open(draft_id: str) -> ResponseReturnValue:
    session, product = signed_in(), zhunyu()
    draft = product.ex_officio.load(session, draft_id)
    reading = product.batches.reading(session, draft)
    problems = {**reading.errors, **dict.fromkeys(reading.missing, "请填写这一项。")}
    if problems:
        return _page(draft_id, problems), 422
    try:
        case = product.batches.open(session, draft_id)
    except ZhunyuError as error:
        if error.code not in ("A004", "C002"):
            raise
        return _page(draft_id, {}, error.told), error.status
    flash(f"已立案，办件编号 {case.number}。系统正在逐户核对。", "good")
    return redirect(url_for("batches.items", case_id=case.id), 303)


def _find(matter_id: str, told: str = "") -> str:
    session = signed_in()
    matter = zhunyu().batches.matter(session, matter_id)
    assert matter.batch is not None
    asked = {key: request.values.get(key, "").strip()[:100] for key in matter.batch.where}
    searched = bool(request.args) or bool(told)
    choices = zhunyu().batches.find(session, matter_id, asked) if searched else ()
    return render_template(
        "admin/ex_officio/find_batch.html", matter=matter, asked=asked, choices=choices, told=told, searched=searched,
        fields=_fields(matter, session.account.district), sent=request.form,
    )  # fmt: skip


def _fields(matter: Matter, district: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The filters: name, title, and the values to choose from (empty: typed)."""
    assert matter.batch is not None
    kind = zhunyu().shelf.certificate_types().get(matter.batch.type)
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for key in matter.batch.where:
        if key == "district":
            own = tuple(dict.fromkeys(one.district for one in matter.authorities if one.district))
            found.append((key, _TITLES[key], own if district == CITY else (district,)))
        elif key == "status":
            found.append((key, _TITLES[key], tuple(one.value for one in CertificateStatus)))
        elif key == "valid_to":
            found.append((key, _TITLES[key], ()))
        elif kind is not None and key in kind.item:
            found.append((key, kind.item[key].title, kind.item[key].type.values))
    return found


def _page(draft_id: str, problems: dict[str, str], told: str = "") -> str:
    draft = zhunyu().ex_officio.load(signed_in(), draft_id)
    matter = zhunyu().shelf.version(draft.matter_hash)
    reading = zhunyu().batches.reading(signed_in(), draft)
    bound = bind(matter, draft.answers)
    bound.tell(problems)
    only = [field.id for field in matter.fields() if not field.prefill.startswith(_OWN)]
    shown = {path: text for path, text in problems.items() if not path.startswith("m-")}
    lines = [(line.target, line.message) for line in summary(matter, shown)]
    lines += [(path, text) for path, text in problems.items() if path.startswith("m-")]
    return render_template(
        "admin/ex_officio/form_batch.html", matter=matter, draft=draft, told=told, lines=lines, messages=problems,
        groups=draw(matter, bound, reading.visible, only=only),
    )  # fmt: skip
