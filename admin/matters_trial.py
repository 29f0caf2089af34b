"""试算: an application made up by hand is judged, and the judgement explained. Nothing is stored."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.matters_studio import asked, page
from engine.errors import ZhunyuError
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.services.matter_trial import Attempt, FactInput, simple_parts, try_out
from engine.web.access import access
from engine.web.forms.build import bind, without_dropped
from engine.web.forms.page import draw
from engine.web.limiting import limited

blueprint = Blueprint("trial", __name__, url_prefix="/studio")
STATES = (("unavailable", "未取到"), ("empty", "没有记录"), ("value", "有记录"))
LEVELS = (("3", "实人核验"), ("2", "实名"), ("1", "仅口令"))
AUTHORITIES = (("法定代表人", "法定代表人"), ("本人", "本人"), ("授权", "授权"), ("", "没有授权"))
_CERTIFICATE = {
    "number": "证号", "status": "状态", "valid_from": "有效期起", "valid_to": "有效期止", "district": "所在区"
}  # fmt: skip
_LONGEST = 2000


@blueprint.get("/<matter_id>/trial")
@access("role:业务管理,监督")
def form(matter_id: str) -> ResponseReturnValue:
    """The empty form of the matter, every fact 未取到."""
    return _page(asked(matter_id), None)


@blueprint.post("/<matter_id>/trial")
@access("role:业务管理,监督")
@limited("60/minute", by="account")
def judged(matter_id: str) -> ResponseReturnValue:
    """The same form with what was typed, and what the rules say of it."""
    matter = asked(matter_id)
    return _page(matter, _attempt(matter))


def _page(matter: Matter, attempt: Attempt | None) -> str:
    today = zhunyu().clock.now().date()
    given = attempt or _blank(matter, today)
    tried = try_out(matter, given, zhunyu().shelf.reference_calendar())
    bound = bind(matter, given.answers)
    facts = [(need, simple_parts(need), given.facts.get(need.key, FactInput())) for need in matter.facts]
    original = dict(_CERTIFICATE)
    for definition in matter.certificates:
        original |= {key: matter.titles.get(key, key) for key in definition.item}
    extra = {}
    did, _, argument = request.form.get("_do", "").partition(":")
    if did == "add-row":
        extra[argument] = 1
    return page(
        "trial", matter, groups=draw(matter, bound, tried.reading.visible, extra_rows=extra), facts=facts,
        tried=tried if attempt is not None and did in ("", "judge") else None, given=given, today=today.isoformat(),
        states=STATES, levels=LEVELS, authorities=AUTHORITIES, original=original if matter.acts_on else {},
    )  # fmt: skip


def _blank(matter: Matter, today: date) -> Attempt:
    kind = matter.applicant[0] if matter.applicant else "法人"
    return Attempt({}, {}, Subject(kind, "91310101MADEM0011X", "试算单位"), 3, "法定代表人", today,
                   original={} if matter.acts_on else None)  # fmt: skip


def _attempt(matter: Matter) -> Attempt:
    """What was typed; A004 for a day that is none."""
    sent, blank = request.form, _blank(matter, zhunyu().clock.now().date())
    try:
        day = date.fromisoformat(sent.get("_day", "") or blank.day.isoformat())
    except ValueError:
        raise ZhunyuError("A004", "试算日期不对。", "请写成 2026-12-31。", status=422) from None
    facts = {
        need.key: FactInput(
            sent.get(f"_fact.{need.key}", "unavailable"),
            {part: sent.get(f"_fact.{need.key}.{part}", "")[:_LONGEST] for part in simple_parts(need)},
        )
        for need in matter.facts
    }
    level = sent.get("_level", "3")
    return Attempt(
        answers=bind(matter, formdata=without_dropped(request.form)).answers(),
        facts=facts,
        subject=Subject(blank.subject.kind, sent.get("_code", "")[:_LONGEST], sent.get("_name", "")[:_LONGEST]),
        level=int(level) if level in ("1", "2", "3") else 1,
        authority=sent.get("_authority", ""),
        day=day,
        materials=tuple(need.id for need in matter.materials if need.id in sent.getlist("_material")),
        original={key.removeprefix("_original."): value[:_LONGEST] for key, value in sent.items()
                  if key.startswith("_original.")} if matter.acts_on else None,
    )  # fmt: skip
