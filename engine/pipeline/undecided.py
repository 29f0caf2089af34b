"""The legal limit passes without a decision: what the law then says is recorded, and people are given what is left."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import Case, Status
from engine.model.events import DueCleared, Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.route import Step as RouteStep
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import accepted, finish_open, stamp
from engine.pipeline.timing import UNDECIDED
from engine.stages.push import notices
from engine.stages.workflow import DECIDE_ROLE, opening

AHEAD = "可先行开展"
_WAITING = (Status.RECEIVED, Status.ACCEPTED)


def passed(matter: Matter, case: Case, facts: Mapping[str, Fact], context: Context) -> Step:
    """The reminder fell due. 可先行开展 tells the applicant; what is deemed granted is left to a person to confirm."""
    if case.status not in _WAITING or case.decision is not None or not case.undecided or case.deemed_at:
        return Step(case, (DueCleared(UNDECIDED),))
    basis = matter.limits.undecided_basis
    case = msgspec.structs.replace(case, deemed_at=stamp(context))
    if case.undecided == AHEAD:
        words = f"法定时限届满没有作出决定，依照{basis}，您可以先行开展。"
        told: tuple[Event, ...] = (Happened(AHEAD, words, basis), *notices(matter, case, "进展", stamp(context), words))
        return Step(case, (*told, DueCleared(UNDECIDED)))
    case, closed = finish_open(case, context, case.undecided)
    begun: tuple[Event, ...] = ()
    if case.status is Status.RECEIVED:
        case, begun = accepted(matter, case, context, "转人工")
        begun = tuple(event for event in begun if not isinstance(event, DueCleared))
    words = f"法定时限届满没有作出决定，依照{basis}{case.undecided}，由工作人员确认后制发证照。"
    step = RouteStep(id="deemed", title=f"确认{case.undecided}", role=DECIDE_ROLE)
    turn = opening(matter, case, step, {}, stamp(context), context.now.date(), context.calendar)
    case = msgspec.structs.replace(case, steps=(*case.steps, turn.record))
    told = (Happened(case.undecided, words, basis), *notices(matter, case, "进展", stamp(context), words))
    return Step(case, (*closed, *begun, *told, turn.task, DueCleared(UNDECIDED)))
