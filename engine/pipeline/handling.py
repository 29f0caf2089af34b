"""Work on a received case: 受理 and the steps between acceptance and decision."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, Status
from engine.model.commands import Accept, FinishStep
from engine.model.events import Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.periods import clock_after, require_period_over, require_result_fits
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

    Accepting and deciding steps have commands of their own. People who sign one step must agree on the result.
    """
    expect(case, *UNDER_WAY)
    record = open_record(case)
    if record is None or record.step != command.step or record.role in (ACCEPT_ROLE, DECIDE_ROLE):
        raise ZhunyuError("C001", "这一环节不在待办状态。", "请刷新后查看最新状态。", status=409)
    require_may_act(matter, case, record, context)
    step = step_of(matter, record.step)
    if step is None:
        raise ZhunyuError("C001", "事项的办理流程里没有这一环节。", status=409)
    require_period_over(matter, case, context)
    if step.results and command.result not in step.results:
        raise ZhunyuError("C004", "没有填写结论。", f"请选择：{'、'.join(step.results)}。", status=422)
    require_result_fits(case, record, command.result)
    if record.signed and command.result != record.result:
        raise ZhunyuError(
            "C004", f"与另一名工作人员的结论“{record.result}”不一致。", "请先商定一致的结论再签署。", status=409
        )
    if len(record.signed) + 1 < step.staff:
        return _sign(case, command, context)
    return _finish(matter, case, command, facts, context, step.title)


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
    names = names_for(matter, case, facts, context)
    opinion = "\n".join(filter(None, (record.opinion, command.opinion)))
    case, closed = finish_open(case, context, command.result, opinion)
    case = clock_after(matter, case, record, context)
    words = f"“{title}”已完成。"
    events: tuple[Event, ...] = (
        *closed,
        Happened("环节", words, command.result),
        *notices(matter, case, "进展", stamp(context), words),
    )
    case, opened = open_next(matter, case, names, context, command.step, command.result)
    return Step(case, (*events, *opened))
