"""撤回 of one's own last act: a wrong click is recalled while nobody has gone on and nothing has gone out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case, StepRecord
from engine.model.commands import Accept, AskSupplement, Decline, FinishStep, Grant, MakeAgain, Refuse
from engine.model.events import (
    CertificateOrdered,
    Event,
    Granted,
    Happened,
    Noted,
    Notified,
    PublicityClosed,
    PublicityOpened,
    TaskClosed,
    TaskOpened,
)
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.move_events import TaskHanded
from engine.model.moves import (
    CorrectCertificate,
    CorrectLetter,
    HandOver,
    RecordService,
    SendBack,
    StateCosign,
    TakeBack,
    Terminate,
)
from engine.model.moving import AWAITED, Cosign, LastAct
from engine.model.people import Actor
from engine.model.route import Step as RouteStep
from engine.pipeline.context import Context, Step
from engine.pipeline.handing import require_words
from engine.pipeline.move_rules import at_of, main_task, require
from engine.pipeline.progress import expect
from engine.stages.workflow import barred_people, open_record, step_of, task_id, tasks_for, waiting_roles

TAKEN_BACK = "撤回办理"
NOTHING = "本办件没有您可以撤回的操作。"
_TOLD: dict[type, str] = {
    Accept: "受理已经通知申请人，办理时限已经起算，不能撤回。",
    AskSupplement: "补正告知已经发给申请人，依法应当一次告知，不能撤回。",
    Grant: "准予决定已经作出并送往制证，不能撤回。有笔误的办理更正，决定有错误的依法撤销。",
    Refuse: "决定已经作出并告知申请人，不能撤回。有笔误的办理更正，决定有错误的依法撤销。",
    Decline: "不予受理决定已经作出并告知申请人，不能撤回。",
    Terminate: "终止办理决定已经作出并告知申请人，不能撤回。",
    MakeAgain: "证照已经送往制证，不能撤回。",
    CorrectLetter: "更正后的文书已经盖章，不能撤回；仍有笔误的，再次更正。",
    CorrectCertificate: "更正后的证照已经送往制证，不能撤回；仍有笔误的，再次更正。",
    RecordService: "送达已经记录在案，不能撤回。",
}  # fmt: skip
_GONE_OUT: dict[type, str] = {
    Notified: "结果已经推送给申请人，不能撤回。",
    CertificateOrdered: "证照已经送往制证，不能撤回。",
    Granted: "准予决定已经作出，不能撤回。",
    PublicityOpened: "公示已经对外公开，不能撤回。",
    PublicityClosed: "公示已经结束，不能撤回。",
}


def last_act(
    matter: Matter, before: Case, command: object, after: Case, events: tuple[Event, ...], context: Context
) -> LastAct | None:
    """What a command leaves behind to be taken back, or why it cannot be; None when nobody of the staff acted."""
    actor = context.actor
    if actor.kind != "staff" or isinstance(command, TakeBack):
        return None
    made = LastAct(actor.id, actor.name, _title(before, command), at_of(context))
    why = _TOLD.get(type(command), "") or next((_GONE_OUT[type(one)] for one in events if type(one) in _GONE_OUT), "")
    if why:
        return msgspec.structs.replace(made, why_not=why)
    found = _way_back(before, command, after)
    return _marked(made, found) if found is not None else None


def _marked(made: LastAct, back: LastAct) -> LastAct:
    """The way back with who did what and when."""
    return msgspec.structs.replace(back, by=made.by, name=made.name, title=made.title, at=made.at)


def _title(before: Case, command: object) -> str:
    record = open_record(before)
    step = record.title if record is not None else ""
    if isinstance(command, FinishStep):
        return f"办理“{step}”"
    if isinstance(command, SendBack):
        return f"退回“{step}”"
    if isinstance(command, HandOver):
        return f"{command.way}“{step}”"
    return f"加签表态“{step}”" if isinstance(command, StateCosign) else step


def _way_back(before: Case, command: object, after: Case) -> LastAct | None:
    record, opened = open_record(before), open_record(after)
    blank = LastAct("", "", "", "")
    if isinstance(command, HandOver):
        return msgspec.structs.replace(blank, way="hand", task=command.task, opened=command.to.id)
    if isinstance(command, StateCosign):
        return msgspec.structs.replace(blank, way="stand", task=command.task)
    if record is None or not isinstance(command, FinishStep | SendBack):
        return None
    kept = msgspec.structs.replace(
        blank, task=task_id(record), result=record.result, opinion=record.opinion, steps=len(before.steps)
    )
    if opened is not None and task_id(opened) == task_id(record):
        return msgspec.structs.replace(kept, way="sign")
    if opened is not None and (opened.until or opened.outside):
        return msgspec.structs.replace(kept, why_not=f"“{opened.title}”已经开始计期或者报送外单位，不能撤回。")
    way = "send_back" if isinstance(command, SendBack) else "finish"
    return msgspec.structs.replace(kept, way=way, opened=task_id(opened) if opened is not None else "")


def why_not_take_back(case: Case, actor: Actor, held_by: str = "") -> str:
    """Why the actor may not take the last act back. `held_by` is the account that took the task which came of it."""
    last = case.moves.last
    if last is None or not (last.way or last.why_not):
        return NOTHING
    if last.by != actor.id:
        return f"最近一步由{last.name}办理，只能由本人撤回。"
    if last.why_not:
        return last.why_not
    if held_by and held_by != actor.id and last.way in ("finish", "send_back") and not _given(case, held_by):
        return "下一环节的办理人已经领取任务，不能撤回；请与其联系，由其退回。"
    return ""


def _given(case: Case, person: str) -> bool:
    """Whether the task came to the person with the act itself, and was not taken by them."""
    given = next(iter(reversed(case.moves.handings)), None)
    return given is not None and given.to is not None and given.to.id == person and given.task == main_task(case)


def take_back(matter: Matter, case: Case, command: TakeBack, facts: Mapping[str, Fact], context: Context) -> Step:
    """撤回办理: the case is as it was before the act, and what was done and recalled stays in its history."""
    expect(case, *OPEN)
    require(why_not_take_back(case, context.actor))
    reason = require_words(command.reason, "撤回的理由")
    last = case.moves.last
    assert last is not None
    ways = {"hand": _hand_back, "stand": _stand_back, "sign": _step_back, "finish": _step_back, "send_back": _step_back}
    case, events = ways[last.way](matter, case, last, context)
    case = msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, last=None))
    words = f"{context.actor.name}撤回了{last.title}：{reason}"
    if last.way in ("finish", "send_back"):
        record = open_record(case)
        shown = f"“{record.title if record is not None else ''}”重新办理。"
        return Step(case, (Happened(TAKEN_BACK, shown, words), *events))
    return Step(case, (Noted(TAKEN_BACK, words), *events))


def _hand_back(matter: Matter, case: Case, last: LastAct, context: Context) -> tuple[Case, tuple[Event, ...]]:
    handings = case.moves.handings[:-1]
    case = msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, handings=handings))
    return case, (TaskHanded(last.task, context.actor.id, TAKEN_BACK),)


def _stand_back(matter: Matter, case: Case, last: LastAct, context: Context) -> tuple[Case, tuple[Event, ...]]:
    from engine.pipeline.cosigning import reopened

    found = next((one for one in case.moves.cosigns if one.task == last.task), None)
    if found is None or open_record(case) is None or found.of != main_task(case):
        raise ZhunyuError("C001", NOTHING, "请刷新后查看最新状态。", status=409)
    awaited = msgspec.structs.replace(found, state=AWAITED, by=None, words="", at="")
    cosigns: tuple[Cosign, ...] = tuple(awaited if one is found else one for one in case.moves.cosigns)
    case = msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, cosigns=cosigns))
    return case, (*reopened(case, awaited), TaskHanded(found.task, context.actor.id, TAKEN_BACK))


def _step_back(matter: Matter, case: Case, last: LastAct, context: Context) -> tuple[Case, tuple[Event, ...]]:
    """The step is open again as it was; what it opened is gone, and its task is closed."""
    place = next((n for n, one in enumerate(case.steps) if task_id(one) == last.task), None)
    step = step_of(matter, case.steps[place].step) if place is not None else None
    if place is None or step is None or place >= last.steps:
        raise ZhunyuError("C001", NOTHING, "请刷新后查看最新状态。", status=409)
    record = _unsigned(case.steps[place], last, context.actor)
    events: list[Event] = []
    for one in case.steps[last.steps :]:
        if not one.finished_at:
            events += [TaskClosed(task.task, TAKEN_BACK) for task in tasks_for(step, one, ())]
    steps = (*case.steps[:place], record, *case.steps[place + 1 : last.steps])
    handings = tuple(one for one in case.moves.handings if one.task != last.opened or last.way != "send_back")
    moves = msgspec.structs.replace(case.moves, handings=handings)
    case = msgspec.structs.replace(case, steps=steps, moves=moves)
    own = _own_task(case, record, step, last, context.actor)
    if own is None:  # it takes several people, and is still open for the others
        return case, tuple(events)
    return case, (*events, own, TaskHanded(own.task, context.actor.id, TAKEN_BACK))


def _own_task(case: Case, record: StepRecord, step: RouteStep, last: LastAct, actor: Actor) -> TaskOpened | None:
    """The task that is the actor's again; of a step that roles sign together, that of their role."""
    if last.way == "sign" and not record.signers:
        return None
    waiting = set(waiting_roles(record)) & set(actor.roles) if record.signers else {record.role}
    tasks = tasks_for(step, record, barred_people(case, step))
    return next((one for one in tasks if one.role in waiting), None)


def _unsigned(record: StepRecord, last: LastAct, actor: Actor) -> StepRecord:
    """The record without the actor's signature."""
    return msgspec.structs.replace(
        record, finished_at="", by=None, result=last.result, opinion=last.opinion,
        signed=tuple(one for one in record.signed if one.id != actor.id),
        stands=tuple(one for one in record.stands if one.by.id != actor.id),
    )  # fmt: skip
