"""The guard at filing: what would be granted at once goes to a person when its basis is frozen or the guard trips."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import Assessment
from engine.model.events import Event, GuardTripped, Noted
from engine.model.facts import Fact
from engine.model.guard import Freeze
from engine.model.matter import Matter
from engine.pipeline.basis import basis_of
from engine.pipeline.context import Context
from engine.stages.guard import trip

NEUTRAL = "本件由工作人员核实后办理。"
CAPPED = "今日自动办理已达上限，由工作人员办理。"
_KINDS = {"row": "裁决", "check": "核对", "version": "事项版本", "parameter": "参数", "source": "来源"}


def guarded(
    matter: Matter, assessment: Assessment, facts: Mapping[str, Fact], context: Context
) -> tuple[Assessment, tuple[Event, ...]]:
    """The assessment as it may stand. The applicant is told neutrally that a person handles the case, staff why."""
    if assessment.outcome != "秒批":
        return assessment, ()
    if matter.daily_cap is not None and context.instant_today >= matter.daily_cap:
        return _to_a_person(assessment, "daily_cap", CAPPED), ()
    frozen = frozen_by(matter, assessment, facts, context.guard.freezes)
    if frozen is not None:
        words = f"规则判定可以秒批；所依据的{_KINDS[frozen.kind]} {frozen.key[:40]} 已冻结：{frozen.reason}"
        return _to_a_person(assessment, "frozen", NEUTRAL), (Noted("守护", words),)
    if context.guard.tripped:
        words = f"规则判定可以秒批；本事项的秒批已由守护停下：{context.guard.tripped}"
        return _to_a_person(assessment, "guard", NEUTRAL), (Noted("守护", words),)
    cause = trip(matter.guard, context.guard)
    if cause is None:
        return assessment, ()
    words = f"规则判定可以秒批；守护自本件起停下本事项的秒批。{cause.cause}：{cause.words}"
    events = (GuardTripped(context.guard.epoch, cause.cause, cause.words), Noted("守护", words))
    return _to_a_person(assessment, "guard", NEUTRAL), events


def frozen_by(
    matter: Matter, assessment: Assessment, facts: Mapping[str, Fact], freezes: tuple[Freeze, ...]
) -> Freeze | None:
    """The first freeze that something of the approval's basis falls under."""
    mine = [one for one in freezes if one.matter in ("", matter.id)]
    if not mine:
        return None
    rests_on = {(one.kind, one.key) for one in basis_of(matter, assessment, facts) if one.detail != "未命中"}
    return next((one for one in mine if (one.kind, one.key) in rests_on), None)


def _to_a_person(assessment: Assessment, by: str, reason: str) -> Assessment:
    return msgspec.structs.replace(assessment, outcome="转人工", by=by, reason=reason)
