"""退回, 转办, 委派, 退还, 抄送, 催办: who has a case to do, and who is told of it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case, StepRecord
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.move_events import Copied, Reminded, TaskHanded
from engine.model.moves import GiveBack, HandOver, Remind, SendBack, SendCopy
from engine.model.moving import GIVE_BACK, SENT_BACK, Handing, Person, Reminder
from engine.pipeline.context import Context, Step
from engine.pipeline.move_rules import (
    at_of,
    earlier_steps,
    main_task,
    require,
    why_not_give_back,
    why_not_hand,
    why_not_remind,
    why_not_send_back,
)
from engine.pipeline.progress import expect, finish_open
from engine.stages.workflow import barred_people, open_record, opening, recused, task_id

LONGEST = 4000


def require_words(text: str, what: str) -> str:
    """The text without blanks around it; C004 when there is none or far too much of it."""
    if not text.strip() or len(text) > LONGEST:
        raise ZhunyuError("C004", f"请写明{what}，不超过 {LONGEST} 字。", status=422)
    return text.strip()


def send_back(matter: Matter, case: Case, command: SendBack, facts: Mapping[str, Fact], context: Context) -> Step:
    """退回: an earlier step is done again, by who did it; the clock goes on."""
    require(why_not_send_back(matter, case, context.actor))
    reason = require_words(command.reason, "退回的理由")
    target = next((step for step in earlier_steps(matter, case) if step.id == command.step), None)
    if target is None:
        raise ZhunyuError("C004", "不能退回到这一环节。", "请选择本办件办过的、受理以后的环节。", status=422)
    last = next(one for one in reversed(case.steps) if one.step == target.id)
    left = open_record(case)
    assert left is not None
    case, closed = finish_open(case, context, SENT_BACK, _joined(left, reason))
    turn = opening(matter, case, target, {}, at_of(context), context.now.date(), context.calendar)
    record = msgspec.structs.replace(turn.record, answers=last.answers)
    case = msgspec.structs.replace(case, steps=(*case.steps, record))
    to = command.to if _did(last, command.to) and turn.task.people == 1 and not turn.more else None
    if to is not None and to.id in (*recused(case), *barred_people(case, target)):
        to = None
    words = f"“{left.title}”退回“{target.title}”重新办理，办理时限照常计算。"
    events: list[Event] = [*closed, Happened("环节", words, f"{context.actor.name}：{reason}"), turn.task, *turn.more]
    if to is not None:
        case = _handed(case, Handing(task_id(record), SENT_BACK, context.actor, to, reason, at_of(context)))
        events.append(TaskHanded(task_id(record), to.id, SENT_BACK))
    return Step(case, tuple(events))


def _joined(record: StepRecord, words: str) -> str:
    return "\n".join(filter(None, (record.opinion, words)))


def _did(record: StepRecord, person: Person | None) -> bool:
    return person is not None and any(one.id == person.id for one in record.signed)


def hand_over(matter: Matter, case: Case, command: HandOver, facts: Mapping[str, Fact], context: Context) -> Step:
    """转办, 委派, or to a deputy."""
    expect(case, *OPEN)
    require(why_not_hand(matter, case, command.task, command.way, context.actor, command.to))
    reason = require_words(command.reason, f"{command.way}的理由")
    made = Handing(command.task, command.way, context.actor, command.to, reason, at_of(context))
    words = f"{context.actor.name}将任务{command.way}给{command.to.name}：{reason}"
    return Step(_handed(case, made), (Noted(command.way, words), TaskHanded(command.task, command.to.id, command.way)))


def give_back(matter: Matter, case: Case, command: GiveBack, facts: Mapping[str, Fact], context: Context) -> Step:
    """退还 a task that was given to the actor; its group has it again."""
    expect(case, *OPEN)
    require(why_not_give_back(case, command.task, context.actor))
    reason = require_words(command.reason, "退还的理由")
    made = Handing(command.task, GIVE_BACK, context.actor, None, reason, at_of(context))
    words = f"{context.actor.name}退还了任务：{reason}"
    return Step(_handed(case, made), (Noted(GIVE_BACK, words), TaskHanded(command.task, "", GIVE_BACK)))


def _handed(case: Case, made: Handing) -> Case:
    moves = msgspec.structs.replace(case.moves, handings=(*case.moves.handings, made))
    return msgspec.structs.replace(case, moves=moves)


def send_copy(matter: Matter, case: Case, command: SendCopy, facts: Mapping[str, Fact], context: Context) -> Step:
    """抄送 to people and roles, for reading only."""
    if case.confidential:
        raise ZhunyuError("C004", "重特事项只有经办人可以查看，不能抄送。", status=409)
    whom: list[Person | str] = [*command.people, *command.roles]
    if not whom or len(whom) != len(command.copies):
        raise ZhunyuError("C004", "没有选择抄送给谁。", "请至少选择一人或一个岗位。", status=422)
    note = command.note.strip()[:LONGEST]
    sent: list[Event] = [
        Copied(copy, one.id, "", case.district, note) if isinstance(one, Person)
        else Copied(copy, "", one, case.district, note)
        for copy, one in zip(command.copies, whom, strict=True)
    ]  # fmt: skip
    names = "、".join(one.name if isinstance(one, Person) else f"“{one}”岗位" for one in whom)
    words = f"{context.actor.name}抄送给{names}" + (f"：{note}" if note else "。")
    return Step(case, (Noted("抄送", words), *sent))


def remind(matter: Matter, case: Case, command: Remind, facts: Mapping[str, Fact], context: Context) -> Step:
    """催办, by staff or by the applicant; counted, once an hour by each."""
    require(why_not_remind(case, context.actor, context.now))
    if command.task != main_task(case):
        raise ZhunyuError("C001", "这项任务不在待办状态。", "请刷新后查看最新状态。", status=409)
    made = (*case.moves.reminders, Reminder(command.task, context.actor, at_of(context)))
    case = msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, reminders=made))
    record = open_record(case)
    assert record is not None
    count = f"第 {len(made)} 次催办“{record.title}”"
    event: Event = Noted("催办", f"{context.actor.name}{count}。")
    if context.actor.kind == "applicant":
        event = Happened("催办", "您已催办，已提醒办理人员。", count)
    return Step(case, (event, Reminded(command.task, context.actor.kind, len(made))))
