"""Work on a received case: 受理 and the steps between acceptance and decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, Reply, Status, StepRecord
from engine.model.commands import Accept, FinishStep, KeepRecord
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.route import Step as RouteStep
from engine.model.values import Answers
from engine.pipeline.context import Context, Step
from engine.pipeline.joint import take_stand
from engine.pipeline.panels import require_panel
from engine.pipeline.periods import require_period_over, require_result_fits
from engine.pipeline.progress import (
    accepted,
    expect,
    finish_open,
    names_for,
    open_next,
    require_may_act,
    require_open_step,
    stamp,
)
from engine.pipeline.records import require_record
from engine.stages.push import notices
from engine.stages.workflow import ACCEPT_ROLE, DECIDE_ROLE, open_record, step_of


def accept(matter: Matter, case: Case, command: Accept, facts: Mapping[str, Fact], context: Context) -> Step:
    """受理 at the accepting step; the next step opens."""
    expect(case, Status.RECEIVED)
    record = require_open_step(matter, case, ACCEPT_ROLE, context)
    names = names_for(matter, case, facts, context)
    case, closed = finish_open(case, context, "受理", command.opinion)
    case, started = accepted(matter, case, context, "转人工")
    case, opened = open_next(matter, case, names, context, record.step)
    return Step(case, (*closed, *started, *opened))


def finish_step(matter: Matter, case: Case, command: FinishStep, facts: Mapping[str, Fact], context: Context) -> Step:
    """Finish the open step with a result, or sign it when it takes more than one person.

    Accepting and deciding steps have commands of their own. People who sign one step must agree on the result, and on
    the record where the step has one: who changes a signed record begins the signing anew. A004 with every problem of
    a record that is not in order.
    """
    record, step = _at_work(matter, case, command.step, context)
    require_period_over(matter, case, context)
    if step.results and command.result not in step.results:
        raise ZhunyuError("C004", "没有填写结论。", f"请选择：{'、'.join(step.results)}。", status=422)
    require_result_fits(case, record, command.result)
    require_panel(case, record, step, command.result)
    if step.outside:
        case, record = _with_reply(case, record, command.reply, context)
    case, record, again = _with_record(matter, case, record, step, command.record, facts, context)
    if step.sign:
        case, told, result = take_stand(case, record, step, command, context)
        if not result:
            return Step(case, (*again, *told))
        command = msgspec.structs.replace(command, result=result)
        record = _standing(case)
    elif record.signed and command.result != record.result:
        raise ZhunyuError(
            "C004", f"与另一名工作人员的结论“{record.result}”不一致。", "请先商定一致的结论再签署。", status=409
        )
    if not step.sign and len(record.signed) + 1 < step.staff:
        signed = _sign(case, command, context)
        return Step(signed.case, (*again, *signed.events))
    done = _finish(matter, case, command, facts, context, step.title)
    return Step(done.case, (*again, *done.events))


def keep_record(matter: Matter, case: Case, command: KeepRecord, facts: Mapping[str, Fact], context: Context) -> Step:
    """Keep a record that is still being filled in. C004 once somebody has signed it: it then changes with a signature
    only."""
    record, step = _at_work(matter, case, command.step, context)
    if step.form is None or step.experts is not None:
        raise ZhunyuError("C001", "这一环节没有要填写的记录表。", status=409)
    if record.signed:
        raise ZhunyuError(
            "C004", "记录表已有人签署，不能只暂存。", "需要改动的，请改好后签署；改动后其他人要重新签署。", status=409
        )
    known = {field.id for field in step.form.fields}
    kept = msgspec.structs.replace(record, answers={k: v for k, v in command.record.items() if k in known})
    if kept == record:
        return Step(case, ())
    words = f"{context.actor.name}暂存了“{step.title}”的{step.form.title}。"
    return Step(_put(case, record, kept), (Noted("记录表", words),))


def _at_work(matter: Matter, case: Case, id: str, context: Context) -> tuple[StepRecord, RouteStep]:
    """The open step, if it is the one meant and the actor may do it."""
    expect(case, *UNDER_WAY)
    record = open_record(case)
    if record is None or record.step != id or record.role in (ACCEPT_ROLE, DECIDE_ROLE):
        raise ZhunyuError("C001", "这一环节不在待办状态。", "请刷新后查看最新状态。", status=409)
    require_may_act(matter, case, record, context)
    step = step_of(matter, record.step)
    if step is None:
        raise ZhunyuError("C001", "事项的办理流程里没有这一环节。", status=409)
    return record, step


def _with_record(
    matter: Matter, case: Case, record: StepRecord, step: RouteStep, given: Answers | None, facts: Mapping[str, Fact],
    context: Context,
) -> tuple[Case, StepRecord, tuple[Event, ...]]:  # fmt: skip
    """The case with the step's record as it is to be signed, and what is told of signatures that end by that."""
    if step.form is None or step.experts is not None:
        return case, record, ()
    answers = record.answers if given is None else given
    names = names_for(matter, case, facts, context)
    kept = require_record(matter, step, answers, names, context.now.date())
    if kept == record.answers:
        return case, record, ()
    made = msgspec.structs.replace(record, answers=kept)
    again: tuple[Event, ...] = ()
    if record.signed:
        made = msgspec.structs.replace(made, signed=(), result="", opinion="")
        who = "、".join(one.name for one in record.signed)
        again = (Noted("记录表", f"{context.actor.name}改动了{step.form.title}，{who}此前的签署作废，须重新签署。"),)
    return _put(case, record, made), made, again


def _with_reply(
    case: Case, record: StepRecord, given: Reply | None, context: Context
) -> tuple[Case, StepRecord]:
    """The case with what the body outside answered; who signs after others may leave it as they wrote it."""
    reply = given or record.reply
    if reply is None or not reply.number.strip():
        raise ZhunyuError("C004", "没有填写来文字号。", f"请按{record.outside}的来文填写。", status=422)
    try:
        late = date.fromisoformat(reply.date) > context.now.date()
    except ValueError:
        raise ZhunyuError("C004", "来文日期不对。", "请写成 2026-12-31。", status=422) from None
    if late:
        raise ZhunyuError("C004", "来文日期在今天之后。", "请核对来文日期。", status=422)
    if record.signed and reply != record.reply:
        raise ZhunyuError("C004", "与另一名工作人员登记的来文不一致。", "请核对来文后再签署。", status=409)
    made = msgspec.structs.replace(record, reply=reply)
    return _put(case, record, made), made


def _put(case: Case, record: StepRecord, other: StepRecord) -> Case:
    return msgspec.structs.replace(case, steps=tuple(other if one is record else one for one in case.steps))


def _standing(case: Case) -> StepRecord:
    record = open_record(case)
    assert record is not None
    return record


def _sign(case: Case, command: FinishStep, context: Context) -> Step:
    record = open_record(case)
    assert record is not None
    signed = msgspec.structs.replace(
        record,
        result=command.result,
        opinion="\n".join(filter(None, (record.opinion, command.opinion))),
        signed=(*record.signed, context.actor),
    )
    steps = tuple(signed if item is record else item for item in case.steps)
    words = Happened("环节", f"“{record.title}”正在进行。", f"{context.actor.name}已签署：{command.result or '完成'}")
    return Step(msgspec.structs.replace(case, steps=steps), (words,))


def _finish(
    matter: Matter, case: Case, command: FinishStep, facts: Mapping[str, Fact], context: Context, title: str
) -> Step:
    record = open_record(case)
    assert record is not None
    opinion = "\n".join(filter(None, (record.opinion, command.opinion)))
    case, closed = finish_open(case, context, command.result, opinion)
    names = names_for(matter, case, facts, context)
    words = f"“{title}”已完成。"
    events: tuple[Event, ...] = (
        *closed,
        Happened("环节", words, command.result),
        *notices(matter, case, "进展", stamp(context), words),
    )
    case, opened = open_next(matter, case, names, context, command.step, command.result)
    return Step(case, (*events, *opened))
