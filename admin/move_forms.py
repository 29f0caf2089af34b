"""The forms of the acts beside the steps: which fields each has, what was filled in, and the command it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec
from werkzeug.datastructures import MultiDict

from engine.model.case import Case
from engine.model.moves import (
    AskCosign,
    AskRecusal,
    CorrectCertificate,
    CorrectLetter,
    DecideRecusal,
    DropCosign,
    GiveBack,
    HandOver,
    Move,
    RecordService,
    Remind,
    SendBack,
    SendCopy,
    StateCosign,
    TakeBack,
    Terminate,
)
from engine.model.moving import ASSIGN, HAND_OVER, LEFT, WAYS, Person
from engine.pipeline.move_rules import main_task, place_of
from engine.services.moves import MoveChoices
from engine.stages.workflow import open_record, task_roles

LONGEST = 4000
ASKED_ROLES = ("窗口", "审查", "核查", "专家", "审批", "业务管理")
MEANING = {
    "send_back": "本环节关闭，所选环节重新办理一轮，由原经办人办理；办理时限照常计算，不能退回到受理。",
    "hand_over": "任务交给本机关同一岗位的同事，对方在“我领取的”里看到，可以写明理由退还。",
    "assign": "任务指定由一名工作人员办理，对方在“我领取的”里看到，可以写明理由退还。",
    "give_back": "任务退还本岗，由其他人领取。",
    "ask_cosign": "请其他人或岗位就本环节表态。全部表态或者撤销以前，本环节不能办结。",
    "state_cosign": "您的意见和签名记入办件，本环节的办理人会看到。",
    "drop_cosign": "不再等待这一项意见，理由记入办件。",
    "send_copy": "只供查看，对方不能因此办理。打开即记为已读。",
    "remind": "提醒正在办理的人或岗位，计入催办次数；每人一小时内只能催办一次。",
    "take_back": "撤回您刚才的操作，办件回到操作之前，撤回记入办理过程。",
    "terminate": "不再作出许可决定，出具终止办理决定书并告知救济途径，办件随即办结，不能撤回。",
    "correct_letter": "只更正笔误。重新制作一份标明“更正”的文书，原文书保留并标明已被更正。",
    "correct_certificate": "只更正照面的笔误。证照出新的一版，编号不变；原版本保留并随即失效。",
    "ask_recusal": "写明与本办件的利害关系。批准以后，其任务退回本岗，不能再办理本办件；决定以前照常办理。",
    "decide_recusal": "批准以后，其任务退回本岗，并且不能再领取本办件的任何任务。",
    "record_service": "登记以后出具送达回证。受送达人拒收的，按留置送达，须有见证人。",
}
GRAVE = frozenset({"terminate"})


class MoveField(msgspec.Struct, frozen=True):
    """A field of a form: `kind` area | text | date | select | radio | checks, `choices` values with their words."""

    name: str
    label: str
    kind: str = "area"
    hint: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    templates: bool = False


Filled = Mapping[str, tuple[str, ...]]


def fields_of(name: str, target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    """The fields of an act, with what may be chosen."""
    return _FIELDS[name](target, case, choices, me)


def read(fields: tuple[MoveField, ...], form: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """What was typed or chosen, by field; a choice that is none of the field's is left out."""
    made = {}
    for one in fields:
        texts = tuple(text.strip() for text in form.getlist(one.name))
        known = {value for value, _ in one.choices}
        chosen = one.kind in ("select", "radio", "checks")
        made[one.name] = tuple(text for text in texts if text in known) if chosen else texts[:1]
    return made


def errors_of(name: str, fields: tuple[MoveField, ...], filled: Filled) -> dict[str, str]:
    """What is wrong, by field."""
    found = {}
    for one in fields:
        texts = tuple(filter(None, filled.get(one.name, ())))
        if one.required and not texts:
            verb = "填写" if one.kind in ("area", "text", "date") else "选择"
            found[one.name] = f"请{verb}{one.label}。"
        elif any(len(text) > LONGEST for text in texts):
            found[one.name] = f"{one.label}过长，请控制在 {LONGEST} 字以内。"
        elif one.kind == "date" and texts and not _is_day(texts[0]):
            found[one.name] = f"{one.label}不对，请写成 2026-12-31。"
    if name in ("ask_cosign", "send_copy") and not (filled["people"] or filled["roles"]):
        found["people"] = "请至少选择一人或一个岗位。"
    return found


def in_words(fields: tuple[MoveField, ...], filled: Filled) -> tuple[tuple[str, str], ...]:
    """What was filled in, for the page that asks for confirmation."""
    return tuple(
        (one.label, "、".join(dict(one.choices).get(text, text) for text in filled.get(one.name, ()) if text))
        for one in fields
    )


def command_of(name: str, target: str, case: Case, choices: MoveChoices, filled: Filled) -> Move:
    """The command of what was filled in."""
    def first(field: str) -> str:
        return next(iter(filled.get(field, ())), "")

    known = {one.id: one for one in choices.people}
    people = tuple(known[id] for id in filled.get("people", ()) if id in known)
    makers: dict[str, Callable[[], Move]] = {
        "send_back": lambda: SendBack(first("step"), first("reason")),
        "hand_over": lambda: HandOver(target, known[first("to")], first("reason"), HAND_OVER),
        "assign": lambda: HandOver(target, known[first("to")], first("reason"), ASSIGN),
        "give_back": lambda: GiveBack(target, first("reason")),
        "ask_cosign": lambda: AskCosign(main_task(case), first("question"), people, filled["roles"]),
        "state_cosign": lambda: StateCosign(target, first("agrees") == "同意", first("opinion")),
        "drop_cosign": lambda: DropCosign(target, first("reason")),
        "send_copy": lambda: SendCopy((), people, filled["roles"], first("note")),
        "remind": lambda: Remind(main_task(case)),
        "take_back": lambda: TakeBack(first("reason")),
        "terminate": lambda: Terminate(first("ground"), first("reason"), _clauses(filled)),
        "correct_letter": lambda: CorrectLetter(first("letter"), first("was"), first("now"), first("reason")),
        "correct_certificate": lambda: CorrectCertificate(target, first("line"), first("now"), first("reason")),
        "ask_recusal": lambda: AskRecusal(known[first("person")], first("reason")),
        "decide_recusal": lambda: DecideRecusal(target, first("approved") == "批准", first("opinion")),
        "record_service": lambda: RecordService(
            tuple(one for one in choices.servable if one.key in filled["items"]), first("to"), first("how"),
            first("day"), first("place"), first("taker"), first("refused"), first("witness"), first("note"),
        ),
    }  # fmt: skip
    return makers[name]()


def _clauses(filled: Filled) -> tuple[str, ...]:
    typed = tuple(line.strip() for text in filled.get("basis", ()) for line in text.splitlines())
    return tuple(dict.fromkeys(filter(None, typed)))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _named(people: tuple[Person, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, f"{one.name}（{one.district} · {'、'.join(one.roles)}）") for one in people)


def _reason(label: str = "理由", hint: str = "") -> MoveField:
    return MoveField("reason", label, hint=hint)


def _colleagues(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[tuple[str, str], ...]:
    record = open_record(case)
    if record is None:
        return ()
    role, place = task_roles(record).get(target, ""), place_of(case, record)
    return _named(tuple(one for one in choices.people if role in one.roles and one.district == place))


def _send_back(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    value = choices.steps[-1][0] if choices.steps else ""
    step = MoveField("step", "退回到", "radio", choices=choices.steps, value=value)
    return step, _reason("退回的理由", "写明要改正或者补充什么。")


def _hand(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    people = tuple(one for one in _colleagues(target, case, choices, me) if one[0] != me)
    return MoveField("to", "交给谁", "select", choices=people), _reason()


def _assign(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return MoveField("to", "由谁办理", "select", choices=_colleagues(target, case, choices, me)), _reason("要求")


def _only_reason(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return (_reason(),)


def _whom(choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    people = _named(tuple(one for one in choices.people if one.id != me))
    roles = tuple((role, role) for role in ASKED_ROLES)
    return (
        MoveField("people", "人员", "checks", required=False, choices=people),
        MoveField("roles", "岗位", "checks", "岗位里任何一人办理即可。", required=False, choices=roles),
    )


def _ask_cosign(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return (*_whom(choices, me), MoveField("question", "请对方就什么表态"))


def _state_cosign(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    agrees = MoveField("agrees", "表态", "radio", choices=(("同意", "同意"), ("不同意", "不同意")))
    return agrees, MoveField("opinion", "意见", templates=True)


def _send_copy(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return (*_whom(choices, me), MoveField("note", "附言", required=False))


def _nothing(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return ()


def _terminate(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    grounds = tuple((one, one) for one in choices.grounds)
    return (
        MoveField("ground", "情形", "radio", choices=grounds),
        _reason(hint="写明事实，将原样载入决定书。"),
        MoveField("basis", "依据", hint="法律、法规、规章的条款，每行一条。"),
    )


def _correct_letter(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    value = choices.letters[-1][0] if choices.letters else ""
    hint = "照文书上的原文填写，只写有误的那几个字。"
    return (
        MoveField("letter", "文书", "radio", choices=choices.letters, value=value),
        MoveField("was", "原来的文字", "text", hint), MoveField("now", "更正后的文字", "text"), _reason("更正的理由"),
    )  # fmt: skip


def _correct_certificate(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    lines = tuple((line, f"{line}：{text}") for line, text in choices.lines)
    hint = "编号、机关、日期和期限不能更正；预审和裁决依据的内容，只能改成登记部门答复的内容。"
    return (
        MoveField("line", "哪一项有笔误", "radio", hint, choices=lines), MoveField("now", "更正后的文字", "text"),
        _reason("更正的理由"),
    )  # fmt: skip


def _ask_recusal(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    return MoveField("person", "应当回避的人", "select", choices=_named(choices.people), value=me), _reason()


def _decide_recusal(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    ways = (("批准", "批准回避"), ("不批准", "不需要回避"))
    return MoveField("approved", "决定", "radio", choices=ways), MoveField("opinion", "决定的理由")


def _record_service(target: str, case: Case, choices: MoveChoices, me: str) -> tuple[MoveField, ...]:
    items = tuple((one.key, f"{one.title}{'（' + one.number + '）' if one.number else ''}") for one in choices.servable)
    return (
        MoveField("items", "送达的文书、证照", "checks", choices=items),
        MoveField("to", "受送达人", "text", value=case.subjects[0].name if case.subjects else ""),
        MoveField("how", "送达方式", "radio", choices=tuple((one, one) for one in WAYS), value=WAYS[0]),
        MoveField("day", "送达日期", "date"),
        MoveField("place", "送达地点", "text", "邮寄、电子送达的写收件地址。"),
        MoveField("taker", "签收人", "text", "受送达人或者代收人的姓名；代收的注明与受送达人的关系。", required=False),
        MoveField("refused", "拒收的理由", "text", f"拒绝签收的，送达方式选择{LEFT}。", required=False),
        MoveField("witness", "见证人", "text", "姓名和单位、职务。", required=False),
        MoveField("note", "备注", "text", required=False),
    )  # fmt: skip


_FIELDS: dict[str, Callable[[str, Case, MoveChoices, str], tuple[MoveField, ...]]] = {
    "send_back": _send_back, "hand_over": _hand, "assign": _assign, "give_back": _only_reason,
    "ask_cosign": _ask_cosign, "state_cosign": _state_cosign, "drop_cosign": _only_reason, "send_copy": _send_copy,
    "remind": _nothing, "take_back": _only_reason, "terminate": _terminate, "correct_letter": _correct_letter,
    "correct_certificate": _correct_certificate, "ask_recusal": _ask_recusal, "decide_recusal": _decide_recusal,
    "record_service": _record_service,
}  # fmt: skip
