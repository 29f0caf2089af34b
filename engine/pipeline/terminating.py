"""终止: a case ends without a decision on its substance, on a declared ground."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.events import Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.moves import Terminate
from engine.model.moving import GROUNDS, Termination
from engine.pipeline.context import Context, Step
from engine.pipeline.handing import require_words
from engine.pipeline.move_rules import at_of, require, why_not_terminate
from engine.pipeline.progress import close, stamp
from engine.stages.push import notices


def grounds_of(matter: Matter) -> tuple[str, ...]:
    """The grounds on which a case of the matter may be terminated."""
    return matter.terminations or GROUNDS


def terminate(matter: Matter, case: Case, command: Terminate, facts: Mapping[str, Fact], context: Context) -> Step:
    """终止 with ground, reason and basis; the applicant is told, and may apply again."""
    require(why_not_terminate(matter, case, context.actor))
    if command.ground not in grounds_of(matter):
        raise ZhunyuError("C004", "没有选择终止办理的情形。", f"请选择：{'、'.join(grounds_of(matter))}。", status=422)
    reason = require_words(command.reason, "终止办理的理由")
    basis = tuple(one.strip() for one in command.basis if one.strip())
    if not basis:
        raise ZhunyuError("C004", "没有填写依据。", "请写明所依据的法律条款。", status=422)
    made = Termination(command.ground, reason, basis, context.actor, at_of(context))
    case = msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, termination=made))
    step = close(case, context, Status.TERMINATED, command.ground, release=True)
    words = f"因{command.ground}，本机关终止办理，理由和救济途径见终止办理决定书。"
    told = notices(matter, step.case, "决定", stamp(context), words)
    return Step(step.case, (Happened("终止", words, reason), *told, *step.events))
