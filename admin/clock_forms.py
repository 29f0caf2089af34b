"""What an officer fills in about the clocks of a case and about a hearing: fields, checks, commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import msgspec
from werkzeug.datastructures import MultiDict

from admin import filling
from admin.filling import LONGEST, Filled
from engine.model.clock_commands import (
    AskHearing,
    CallHearing,
    EndHearing,
    Extend,
    ProposeExtension,
    RecordHearing,
    RefuseExtension,
    Resume,
    Suspend,
    TellHearing,
)
from engine.model.commands import Command
from engine.model.hearing import APPLICANT, SIGNED, THIRD, WOULD_NOT, Party
from engine.services.clock_actions import TITLES
from engine.services.desk_views import DeskView

_PREFIX = "c-"
_LONGEST_RECORD = 20000
_OWN, _OF_RIGHT = "本机关决定举行听证", "告知申请人、利害关系人有要求听证的权利"
_PUBLIC, _CLOSED = "公开举行", "不公开举行"


class Asked(msgspec.Struct, frozen=True):
    """A field of the form. `kind`: text | area | days | date | moment | choice."""

    key: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = True
    options: tuple[str, ...] = ()
    rows: int = 4


class ClockFilled(Filled, frozen=True):
    """The contents of such a form as typed, by field."""

    values: dict[str, str] = {}

    def asked(self, seen: DeskView) -> tuple[Asked, ...]:
        """The fields of the action, as they fit the case."""
        return tuple(_FIELDS[self.name](seen))

    def value(self, key: str) -> str:
        """What was typed."""
        return self.values.get(key, "").strip()

    def errors(self, seen: DeskView) -> dict[str, str]:
        """What is wrong, by form field."""
        found = {}
        for field in self.asked(seen):
            value = self.value(field.key)
            if not value:
                if field.required:
                    found[_PREFIX + field.key] = f"请{'选择' if field.kind == 'choice' else '填写'}{field.label}。"
            elif wrong := _wrong(field, value):
                found[_PREFIX + field.key] = wrong
        return found

    def command(self, seen: DeskView) -> Command:
        """The command of the action."""
        return _COMMANDS[self.name](self, seen)


def filled_in(name: str, seen: DeskView) -> Filled:
    """A form drawn up from what is known; one of another kind of action by `filling`."""
    if name not in TITLES:
        return filling.filled_in(name, seen)
    case, proposal = seen.view.case, seen.view.case.timing.proposal
    known: dict[str, str] = {}
    if name == "extend" and proposal is not None and not proposal.refused:
        known = {"days": str(proposal.days), "reason": proposal.reason}
    elif name in ("extend", "propose_extension"):
        known = {"days": str(seen.view.matter.limits.extend_days)}
    elif name == "suspend" and len(seen.view.matter.limits.stops) == 1:
        known = {"ground": seen.view.matter.limits.stops[0]}
    elif name == "tell_hearing":
        known = {"how": _OF_RIGHT}
    elif name == "ask_hearing":
        known = {"by": case.subjects[0].name}
    elif name == "call_hearing":
        hearing = case.hearing
        known = {"public": _PUBLIC}
        if hearing is not None and hearing.called_at:
            known = {"at": hearing.at, "place": hearing.place, "presider": hearing.presider, "public": _PUBLIC}
    return ClockFilled(name, values=known)


def read(name: str, form: MultiDict[str, str]) -> Filled:
    """What was typed; for another kind of action by `filling`."""
    if name not in TITLES:
        return filling.read(name, form)
    typed = ((key, text) for key, text in form.items() if key.startswith(_PREFIX))
    values = {key.removeprefix(_PREFIX): text[:_LONGEST_RECORD] for key, text in typed}
    return ClockFilled(name, values=values)


def _wrong(field: Asked, value: str) -> str:
    if field.kind == "days" and not (value.isascii() and value.isdigit() and 0 < int(value) <= 999):
        return f"{field.label}要写成整数，例如 10。"
    if field.kind == "choice" and value not in field.options:
        return f"请选择{field.label}。"
    if len(value) > (_LONGEST_RECORD if field.rows > 8 else LONGEST):
        return f"{field.label}过长，请控制在 {LONGEST} 字以内。"
    try:
        if field.kind == "date":
            date.fromisoformat(value)
        if field.kind == "moment":
            datetime.fromisoformat(value)
    except ValueError:
        return f"请重新填写{field.label}。"
    return ""


_REASON = Asked("reason", "原因", "area", "申请人会在办件页面和告知书上看到。")
_NOTICE = Asked(
    "notice", "告知书编号", required=False,
    hint="不填的，由系统编号并出具中止计时告知书；已经另行出具书面告知的，填写它的文号。",
)  # fmt: skip


def _suspend(seen: DeskView) -> list[Asked]:
    return [
        Asked("ground", "停表事由", "choice", "只能是本事项列明的法定情形（行政许可法第四十五条）。",
              options=seen.view.matter.limits.stops),
        Asked("days", "预计需要的工作日", "days", "告知申请人这段时间大约多长。"),
        _NOTICE, _REASON,
    ]  # fmt: skip


def _extension(seen: DeskView) -> list[Asked]:
    limits = seen.view.matter.limits
    most = f"最多 {limits.extend_days} 天，只能延长一次；须经{limits.extend_by or '机关负责人'}批准。"
    return [Asked("days", "延长的天数", "days", most), Asked("reason", "理由", "area", "批准后告知申请人。")]


def _because(label: str, hint: str = "") -> list[Asked]:
    return [Asked("reason", label, "area", hint)]


def _tell(seen: DeskView) -> list[Asked]:
    return [
        Asked("how", "听证的方式", "choice", options=(_OF_RIGHT, _OWN)),
        Asked("reason", "为什么听证", "area", "例如：许可直接涉及申请人与相邻住户之间的重大利益关系。"),
        Asked(
            "third", "利害关系人", "area", "每行一人或一个单位；没有的不填，申请人不用填。", required=False, rows=3
        ),
    ]


def _ask(seen: DeskView) -> list[Asked]:
    hearing = seen.view.case.hearing
    last = f"应在 {hearing.ask_by} 前提出。" if hearing else ""
    return [
        Asked("by", "由谁提出"), Asked("on", "提出的日期", "date", last),
        Asked("words", "要求和理由", "area", required=False), _NOTICE,
    ]  # fmt: skip


def _call(seen: DeskView) -> list[Asked]:
    hearing = seen.view.case.hearing
    until = f"至少在举行的 7 个工作日前通知；应在 {hearing.hold_by} 前举行。" if hearing else ""
    return [
        Asked("at", "时间", "moment", until),
        Asked("place", "地点"),
        Asked("presider", "主持人", hint="不能是审查过本申请的工作人员。"),
        Asked("public", "是否公开", "choice", options=(_PUBLIC, _CLOSED)),
        Asked(
            "closed_because", "不公开的理由", hint="写明涉及国家秘密、商业秘密或者个人隐私。", required=False
        ),
    ]


def _record(seen: DeskView) -> list[Asked]:
    hearing = seen.view.case.hearing
    fields = [Asked("record", "听证笔录", "area", "写明各方的理由、证据和申辩、质证的情况。", rows=14)]
    for place, party in enumerate(hearing.parties if hearing else ()):
        who = f"{party.name}（{party.role}）"
        fields.append(Asked(f"signed-{place}", f"{who}是否签字", "choice", options=(SIGNED, WOULD_NOT)))
        fields.append(Asked(f"note-{place}", f"{who}的备注", hint="拒绝签字的，写明理由和见证人。", required=False))
    return fields


_FIELDS: dict[str, Callable[[DeskView], list[Asked]]] = {
    "suspend": _suspend,
    "resume": lambda seen: _because("恢复计时的原因", "例如：专家评审意见已经收到。"),
    "propose_extension": _extension,
    "extend": _extension,
    "refuse_extension": lambda seen: _because("不批准的理由"),
    "tell_hearing": _tell,
    "ask_hearing": _ask,
    "call_hearing": _call,
    "record_hearing": _record,
    "end_hearing": lambda seen: _because("结束的原因", "例如：期满没有人提出听证申请；申请人书面撤回听证申请。"),
}


def _number(filled: ClockFilled) -> int:
    return int(filled.value("days") or 0)


def _told(filled: ClockFilled, seen: DeskView) -> Command:
    third = (line.strip() for line in filled.value("third").splitlines())
    applicants = (Party(subject.name, APPLICANT) for subject in seen.view.case.subjects)
    parties = (*applicants, *(Party(line, THIRD) for line in third if line))
    return TellHearing(filled.value("reason"), parties, filled.value("how") == _OWN)


def _recorded(filled: ClockFilled, seen: DeskView) -> Command:
    hearing = seen.view.case.hearing
    parties = tuple(
        msgspec.structs.replace(one, signed=filled.value(f"signed-{place}"), note=filled.value(f"note-{place}"))
        for place, one in enumerate(hearing.parties if hearing else ())
    )
    return RecordHearing(filled.value("record"), parties)


_COMMANDS: dict[str, Callable[[ClockFilled, DeskView], Command]] = {
    "suspend": lambda one, seen: Suspend(one.value("ground"), one.value("notice"), _number(one), one.value("reason")),
    "resume": lambda one, seen: Resume(one.value("reason")),
    "propose_extension": lambda one, seen: ProposeExtension(_number(one), one.value("reason")),
    "extend": lambda one, seen: Extend(_number(one), one.value("reason")),
    "refuse_extension": lambda one, seen: RefuseExtension(one.value("reason")),
    "tell_hearing": _told,
    "ask_hearing": lambda one, seen: AskHearing(
        one.value("by"), one.value("on"), one.value("words"), one.value("notice")
    ),
    "call_hearing": lambda one, seen: CallHearing(
        one.value("at"), one.value("place"), one.value("presider"), one.value("public") == _PUBLIC,
        one.value("closed_because"),
    ),
    "record_hearing": _recorded,
    "end_hearing": lambda one, seen: EndHearing(one.value("reason")),
}  # fmt: skip
