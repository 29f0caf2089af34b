"""Acts beside the steps: fill in, confirm, done. Typed text survives when someone else was first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.move_forms import GRAVE, MEANING, MoveField, command_of, errors_of, fields_of, in_words, read
from engine.errors import ZhunyuError
from engine.services.desk_acting import require_seen
from engine.services.desk_moves import MOVES
from engine.services.desk_views import DeskView
from engine.services.moves import MoveChoices
from engine.services.signing import DEMO_PIN
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import note_refusal

blueprint = Blueprint("moves", __name__)


@blueprint.get("/cases/<case_id>/moves/<name>")
@access("staff")
def begin(case_id: str, name: str) -> ResponseReturnValue:
    """The form of an act."""
    seen, choices, fields = _seen(case_id, name)
    return _form(seen, name, choices, fields, {one.name: (one.value,) for one in fields})


@blueprint.post("/cases/<case_id>/moves/<name>")
@access("staff")
def act(case_id: str, name: str) -> ResponseReturnValue:
    """Check what was filled in, ask for confirmation, carry out."""
    seen, choices, fields = _seen(case_id, name)
    filled = read(fields, request.form)
    version, pin = request.form.get("version", type=int) or 0, request.form.get("pin", "")
    try:
        require_seen(seen.view.case, version)  # first: what may be chosen has changed, too
    except ZhunyuError as error:
        return _form(seen, name, choices, fields, filled, {}, error.status, error.told)
    errors = errors_of(name, fields, filled)
    if errors or request.form.get("back"):
        back = bool(request.form.get("back"))
        return _form(seen, name, choices, fields, filled, {} if back else errors, 200 if back else 422)
    page = _page(seen, name)
    if not request.form.get("confirmed"):
        return render_template("admin/moves/confirm.html", **page, lines=in_words(fields, filled), told="")
    try:
        command = command_of(name, _target(), seen.view.case, choices, filled)
        case = zhunyu().moves.desk.act(signed_in(), case_id, command, version, pin)
    except ZhunyuError as error:
        told = error.told
        if error.code == "K008":  # nothing but the signature is missing: ask for it again
            shown = render_template("admin/moves/confirm.html", **page, lines=in_words(fields, filled), told=told)
            return shown, error.status
        if error.code == "A003":
            raise
        note_refusal(error)
        again, choices, fields = _seen(case_id, name)
        return _form(again, name, choices, fields, filled, {}, error.status, told)
    flash(f"已办理“{page['title']}”，办件 {case.number} 现为“{case.status.value}”。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)


def _target() -> str:
    return request.values.get("target", "")[:60]


def _seen(case_id: str, name: str) -> tuple[DeskView, MoveChoices, tuple[MoveField, ...]]:
    if name not in MOVES:
        raise ZhunyuError("A003", "没有这种办理操作。", "请从办件页面重新选择。", status=404)
    seen = zhunyu().desk.case(signed_in(), case_id)
    case = seen.view.case
    known = {"", *(one.task for one in seen.tasks), *(one.id for one in case.moves.recusals), *case.certificates}
    if _target() not in known:
        raise ZhunyuError("A003", "本办件没有这项内容。", "请从办件页面重新进入。", status=404)
    choices = zhunyu().moves.desk.choices(signed_in(), seen.view, _target())
    return seen, choices, fields_of(name, _target(), seen.view.case, choices, signed_in().account.id)


def _page(seen: DeskView, name: str) -> dict[str, Any]:
    offered = [one for one in zhunyu().moves.desk.offered(signed_in(), seen.view) if one.name == name]
    move = next((one for one in offered if one.target in ("", _target())), None)
    return {
        "seen": seen, "case": seen.view.case, "name": name, "move": move, "target": _target(),
        "title": move.title if move is not None else MOVES[name], "meaning": MEANING[name], "grave": name in GRAVE,
        "signing": zhunyu().acting.signing(signed_in()) if name not in ("remind", "send_copy") else None,
        "demo_pin": DEMO_PIN if zhunyu().settings.demo else "",
    }  # fmt: skip


def _form(
    seen: DeskView, name: str, choices: MoveChoices, fields: tuple[MoveField, ...], filled: Any,
    errors: dict[str, str] | None = None, status: int = 200, told: str = "",
) -> ResponseReturnValue:  # fmt: skip
    record = seen.open_step
    step = record.step if record is not None else ""
    opinions = zhunyu().moves.opinions.fitting(signed_in(), seen.view.matter, step, name)
    page = render_template(
        "admin/moves/form.html", **_page(seen, name), fields=fields, filled=filled, errors=errors or {}, told=told,
        opinions=opinions,
    )  # fmt: skip
    return page, status
