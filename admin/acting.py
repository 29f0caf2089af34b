"""Acting on a case: fill in, confirm, done. Typed text survives when someone else was first."""

from __future__ import annotations

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.clock_forms import filled_in, read
from admin.filling import Filled
from admin.host import zhunyu
from admin.opinions import EX_OFFICIO_MEANING, EX_OFFICIO_OPINIONS, GRAVE, MEANING, OPINIONS
from admin.recording import drawn, keep, recorded
from engine.errors import ZhunyuError
from engine.services.desk_actions import ACTIONS
from engine.services.desk_views import DeskView
from engine.services.signing import DEMO_PIN
from engine.services.step_records import RecordView
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import note_refusal

blueprint = Blueprint("acting", __name__)


@blueprint.get("/cases/<case_id>/act/<name>")
@access("staff")
def begin(case_id: str, name: str) -> ResponseReturnValue:
    """The form of an action, drawn up from what is known."""
    seen = _seen(case_id, name)
    return _form(seen, name, filled_in(name, seen))


@blueprint.post("/cases/<case_id>/act/<name>")
@access("staff")
def act(case_id: str, name: str) -> ResponseReturnValue:
    """Change the list of items, check what was filled in, ask for confirmation, carry out."""
    seen = _seen(case_id, name)
    record = recorded(seen, name)
    filled = msgspec.structs.replace(read(name, request.form), record=record.record if record else None)
    filled, refused = _with_letter(case_id, filled)
    if request.form.get("change") or "-row" in request.form.get("_do", ""):
        return _form(seen, name, filled.changed(request.form.get("change", "")))
    version = request.form.get("version", type=int) or 0
    if request.form.get("_do") == "keep" and record is not None:
        return _kept(seen, name, filled, record, version)
    errors = filled.errors(seen) | refused
    if errors or (record and record.problems) or request.form.get("back"):
        back = bool(request.form.get("back"))
        return _form(seen, name, filled, {} if back else errors, 200 if back else 422)
    if not request.form.get("confirmed"):
        return render_template("admin/confirm.html", **_page(seen, name, filled), grave=name in GRAVE)
    try:
        pin = request.form.get("pin", "")
        case = zhunyu().acting.act(signed_in(), case_id, filled.command(seen), version, pin)
    except ZhunyuError as error:
        if error.code == "K008":  # nothing but the signature is missing: ask for it again
            asked = {**_page(seen, name, filled), "grave": name in GRAVE, "told": error.told}
            return render_template("admin/confirm.html", **asked), error.status
        note_refusal(error)
        again = zhunyu().desk.case(signed_in(), case_id)
        return _form(again, name, filled, {}, error.status, error.told)
    flash(f"已办理“{_page(seen, name, filled)['title']}”，办件 {case.number} 现为“{case.status.value}”。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)


def _seen(case_id: str, name: str) -> DeskView:
    if name not in ACTIONS:
        raise ZhunyuError("A003", "没有这种办理操作。", "请从办件页面重新选择。", status=404)
    return zhunyu().desk.case(signed_in(), case_id)


def _with_letter(case_id: str, filled: Filled) -> tuple[Filled, dict[str, str]]:
    """What was filled in with the letter that was handed in beside it, or why that was not taken."""
    file = request.files.get("reply_file")
    if file is None or not file.filename:
        return filled, {}
    try:
        taken = zhunyu().acting.take_reply(signed_in(), case_id, file.filename, file.read())
    except ZhunyuError as error:
        if error.code != "A007":
            raise
        return filled, {"reply_file": f"{file.filename}：{error.told}"}
    return msgspec.structs.replace(filled, reply_upload=taken), {}


def _kept(seen: DeskView, name: str, filled: Filled, record: RecordView, version: int) -> ResponseReturnValue:
    """Keep the record and go on filling in; what was typed survives a refusal."""
    try:
        keep(seen, record, version)
    except ZhunyuError as error:
        note_refusal(error)
        again = zhunyu().desk.case(signed_in(), seen.view.case.id)
        return _form(again, name, filled, {}, error.status, error.told)
    flash("记录表已暂存，本环节的其他人也能接着填写。结论和办理意见在签署时一并提交。", "good")
    return _form(zhunyu().desk.case(signed_in(), seen.view.case.id), name, filled)


def _page(seen: DeskView, name: str, filled: Filled, told: bool = False) -> dict[str, object]:
    action = next((one for one in seen.actions if one.name == name), None)
    own = seen.view.matter.ex_officio
    meaning = EX_OFFICIO_MEANING.get(name, "") if own else ""
    opinions = EX_OFFICIO_OPINIONS.get(name) if own else None
    return {
        "seen": seen, "case": seen.view.case, "matter": seen.view.matter, "name": name,
        "title": action.title if action else ACTIONS[name], "filled": filled, "meaning": meaning or MEANING[name],
        "opinions": (*_templates(seen, name), *(OPINIONS[name] if opinions is None else opinions)), "action": action,
        "signing": zhunyu().acting.signing(signed_in()),
        "demo_pin": DEMO_PIN if zhunyu().settings.demo else "", **drawn(recorded(seen, name), told),
    }  # fmt: skip


def _templates(seen: DeskView, name: str) -> tuple[str, ...]:
    step = seen.open_step.step if seen.open_step else ""
    return zhunyu().moves.opinions.fitting(signed_in(), seen.view.matter, step, name)


def _form(
    seen: DeskView, name: str, filled: Filled, errors: dict[str, str] | None = None, status: int = 200, told: str = ""
) -> ResponseReturnValue:
    shown = _page(seen, name, filled, told=status == 422)
    page = render_template("admin/act.html", **shown, errors=errors or {}, told=told)
    return page, status
