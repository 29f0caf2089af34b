"""立案: a case that the agency starts by itself, about a certificate's holder or another subject."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Status
from engine.model.commands import Initiate
from engine.model.events import CertificateLocked, Event, Happened, Noted, Reserved
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.filing import BY_HAND, received_by_hand
from engine.pipeline.progress import open_next, precheck_passed, stamp
from engine.stages.clock import due_of, promised_day
from engine.stages.push import notices


def initiate(matter: Matter, command: Initiate, facts: Mapping[str, Fact], context: Context) -> Step:
    """Start an ex-officio case: judged like an application, never decided by itself.

    Raises A002 unless staff start it, A004 with every problem when the form or a 当场更正 check is not in order, C004
    where the pre-check says that there is nothing to start, C005 when the matter needs a certificate.
    """
    if context.actor.kind != "staff" or not matter.ex_officio:
        raise ZhunyuError("A002", f"“{matter.title}”不能这样立案。", "依职权的事项由工作人员在工作台立案。", status=403)
    if matter.acts_on is not None and context.original is None:
        raise ZhunyuError("C005", "没有选择要办理的证照。", "请先查找证照。", status=409)
    case, assessment, names = received_by_hand(
        matter, command, facts, context, ("立案表还有内容需要更正。", "请按提示逐项更正后再立案。"),
        "没有对应的办理机关。",
    )  # fmt: skip
    case = msgspec.structs.replace(
        case, status=Status.OPENED, accepted_at=stamp(context),
        due_legal=due_of(matter.limits.legal, context.now, context.calendar),
        due_promised=promised_day(matter.limits, BY_HAND, context.now.date(), context.calendar), parent=command.parent,
    )  # fmt: skip
    words = f"本机关已依职权立案，办件编号 {case.number}。"
    events: list[Event] = [Happened("立案", words, assessment.reason), *(Reserved(key) for key in case.reservations)]
    if matter.acts_on is not None and matter.acts_on.lock and context.original is not None:
        events.append(CertificateLocked(context.original.id, context.original.version))
    events += notices(matter, case, "受理", stamp(context), words)
    names["precheck_passed"] = precheck_passed(assessment)
    if command.parent and precheck_passed(assessment):
        return Step(case, (*events, Noted("随批次办理", "核对全部通过，随批次一并办理。")))
    if command.parent:
        events.append(Noted("逐户复核", "核对发现需要核实的内容，不随批次办理。"))
    case, opened = open_next(matter, case, names, context, "")
    return Step(case, (*events, *opened))
