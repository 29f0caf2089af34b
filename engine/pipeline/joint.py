"""会签 and 或签: a step that several people sign, each saying whether they agree."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, StepRecord
from engine.model.commands import FinishStep
from engine.model.events import Event, Happened, TaskClosed
from engine.model.moving import AGREED, DISAGREED, FIRST_SIGNS, Stand
from engine.model.route import Step as RouteStep
from engine.pipeline.context import Context
from engine.pipeline.move_rules import at_of
from engine.stages.workflow import task_roles, waiting_roles


def take_stand(
    case: Case, record: StepRecord, step: RouteStep, command: FinishStep, context: Context
) -> tuple[Case, tuple[Event, ...], str]:
    """The case with what the actor says, and the result of the step: "" while it waits for others.

    或签 is over with the first signature. 会签 is over when all have signed: 不同意 as soon as one does not agree and
    the step does not simply go on then.
    """
    if command.result not in (AGREED, DISAGREED):
        raise ZhunyuError("C004", "没有填写结论。", f"请选择：{AGREED}、{DISAGREED}。", status=422)
    roles = [role for role in waiting_roles(record) if role in context.actor.roles]
    if not roles:
        raise ZhunyuError("C004", "您的岗位已经签署，或者不在本环节签署。", "请由其他岗位签署。", status=403)
    agrees = command.result == AGREED
    said = Stand(roles[0], agrees, command.opinion, context.actor, at_of(context))
    stands = (*record.stands, said)
    made = msgspec.structs.replace(record, stands=stands)
    ends_early = not agrees and bool(step.results.get(DISAGREED))
    waiting = len(waiting_roles(made)) if record.signers else step.staff - len(stands)
    if step.sign == FIRST_SIGNS or ends_early or waiting <= 0:
        result = AGREED if all(one.agrees for one in stands) else DISAGREED
        return _put(case, record, made), (), result
    made = msgspec.structs.replace(
        made, opinion="\n".join(filter(None, (record.opinion, command.opinion))), signed=(*record.signed, context.actor)
    )
    told = Happened("环节", f"“{record.title}”正在进行。", f"{context.actor.name}已签署：{command.result}")
    own = [task for task, role in task_roles(record).items() if role == said.role] if record.signers else []
    return _put(case, record, made), (told, *(TaskClosed(task, command.result) for task in own)), ""


def _put(case: Case, record: StepRecord, other: StepRecord) -> Case:
    return msgspec.structs.replace(case, steps=tuple(other if one is record else one for one in case.steps))
