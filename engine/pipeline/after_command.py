"""What holds for every command on a case: who may act at all, what must be said first, what is left to take back."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, Command, Decline, FinishStep, Grant, Refuse
from engine.model.matter import Matter
from engine.model.moves import Remind, SendBack, SendCopy
from engine.pipeline.context import Context, Step
from engine.pipeline.move_rules import KEPT_AWAY, require, still_asked
from engine.pipeline.taking_back import last_act
from engine.stages.workflow import recused

FINISHING = (Accept, Decline, FinishStep, Grant, Refuse, SendBack)
QUIET = (Remind, SendCopy)  # they change nothing that somebody else would act on


def require_free(case: Case, command: Command, context: Context) -> None:
    """C004 for somebody who is to keep away from the case, and for a step whose further opinions are awaited."""
    if context.actor.kind == "staff" and context.actor.id in recused(case):
        raise ZhunyuError("C004", KEPT_AWAY, "请由其他工作人员办理。", status=403)
    if isinstance(command, FINISHING):
        require(still_asked(case))


def why_held_back(name: str, case: Case, person: str) -> str:
    """The same in words for an action of the desk by its name."""
    if person in recused(case):
        return KEPT_AWAY
    return still_asked(case) if name in ("accept", "decline", "finish_step", "grant", "refuse") else ""


def settled(matter: Matter, before: Case, command: Command, step: Step, context: Context) -> Step:
    """The step with what is left to take back of it."""
    moves = step.case.moves
    if isinstance(command, QUIET):
        made = msgspec.structs.replace(moves, quiet=moves.quiet + 1)
    elif step.case == before:
        return step
    else:
        last = last_act(matter, before, command, step.case, step.events, context)
        made = msgspec.structs.replace(moves, quiet=0, last=last)
    if made == moves:
        return step
    return msgspec.structs.replace(step, case=msgspec.structs.replace(step.case, moves=made))
