"""加签: further opinions that a step waits for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.events import Event, Noted, TaskClosed, TaskOpened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.move_events import TaskHanded
from engine.model.moves import AskCosign, DropCosign, StateCosign
from engine.model.moving import AGREED, DISAGREED, DROPPED, Cosign, Person
from engine.pipeline.context import Context, Step
from engine.pipeline.handing import require_words
from engine.pipeline.move_rules import at_of, may_state, open_cosigns, require, why_not_ask_cosign
from engine.pipeline.progress import expect
from engine.stages.workflow import open_record, recused, task_id

COSIGN = "cosign"  # what stands as step in the task of a further opinion
_MOST = 10


def ask_cosign(matter: Matter, case: Case, command: AskCosign, facts: Mapping[str, Fact], context: Context) -> Step:
    """加签: each person or role that is asked gets a task; the step waits for all of them."""
    expect(case, *OPEN)
    require(why_not_ask_cosign(matter, case, context.actor))
    record = open_record(case)
    if record is None or command.task != task_id(record):
        raise ZhunyuError("C001", "这项任务不在待办状态。", "请刷新后查看最新状态。", status=409)
    question = require_words(command.question, "要对方就什么表态")
    asked: list[tuple[str, Person | None]] = [(one.roles[0] if one.roles else "", one) for one in command.people]
    asked += [(role, None) for role in command.roles]
    if not asked or len(asked) + len(open_cosigns(case)) > _MOST:
        raise ZhunyuError("C004", "没有选择请谁加签，或者人数过多。", f"请选择，同时不超过 {_MOST} 项。", status=422)
    out = recused(case)
    for _, person in asked:
        if person is not None and (person.id in out or person.id == context.actor.id):
            raise ZhunyuError("C004", f"不能请{person.name}加签：本人或者应当回避的人。", "请另选一人。", status=422)
    first = 1 + len(case.moves.cosigns)
    made = tuple(
        Cosign(f"{COSIGN}-{place}", task_id(record), role, question, context.actor, at_of(context), person)
        for place, (role, person) in enumerate(asked, first)
    )
    case = _with(case, (*case.moves.cosigns, *made))
    events: list[Event] = []
    for one in made:
        events += reopened(case, one)
        if one.to is not None:
            events.append(TaskHanded(one.task, one.to.id, "加签"))
    names = "、".join(one.to.name if one.to is not None else f"“{one.role}”岗位" for one in made)
    told = Noted("加签", f"{context.actor.name}请{names}就“{record.title}”加签：{question}")
    return Step(case, (told, *events))


def reopened(case: Case, one: Cosign) -> tuple[TaskOpened, ...]:
    """The task of an awaited opinion."""
    record = open_record(case)
    title, due = (f"加签：{record.title}", record.due) if record is not None else ("加签", "")
    barred = tuple(sorted({*recused(case), one.asked.id}))
    return (TaskOpened(one.task, COSIGN, title, one.role, due, barred=barred),)


def state_cosign(matter: Matter, case: Case, command: StateCosign, facts: Mapping[str, Fact], context: Context) -> Step:
    """同意 or 不同意, with an opinion, by who was asked."""
    expect(case, *OPEN)
    one = _awaited(case, command.task)
    require("" if may_state(case, one, context.actor) else "这项加签不是请您表态的。", 403)
    words = require_words(command.opinion, "意见")
    state = AGREED if command.agrees else DISAGREED
    done = msgspec.structs.replace(one, state=state, by=context.actor, words=words, at=at_of(context))
    events = (TaskClosed(one.task, state), Noted("加签", f"{context.actor.name}表态：{state}。{words}"))
    return Step(_put(case, one, done), events)


def drop_cosign(matter: Matter, case: Case, command: DropCosign, facts: Mapping[str, Fact], context: Context) -> Step:
    """撤销加签 by who asked for it, with a reason."""
    expect(case, *OPEN)
    one = _awaited(case, command.task)
    require("" if one.asked.id == context.actor.id else "只有提出加签的人可以撤销加签。", 403)
    words = require_words(command.reason, "撤销加签的理由")
    done = msgspec.structs.replace(one, state=DROPPED, by=context.actor, words=words, at=at_of(context))
    whom = one.to.name if one.to is not None else f"“{one.role}”岗位"
    events = (TaskClosed(one.task, DROPPED), Noted("加签", f"{context.actor.name}撤销了请{whom}的加签：{words}"))
    return Step(_put(case, one, done), events)


def _awaited(case: Case, task: str) -> Cosign:
    found = next((one for one in open_cosigns(case) if one.task == task), None)
    if found is None:
        raise ZhunyuError("C001", "这项加签已经表态或者撤销。", "请刷新后查看最新状态。", status=409)
    return found


def _put(case: Case, one: Cosign, other: Cosign) -> Case:
    return _with(case, tuple(other if item is one else item for item in case.moves.cosigns))


def _with(case: Case, cosigns: tuple[Cosign, ...]) -> Case:
    return msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, cosigns=cosigns))
