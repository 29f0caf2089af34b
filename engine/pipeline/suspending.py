"""中止计时, 恢复计时 and 延期: each under its legal conditions, told to the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case
from engine.model.clock import (
    LATE,
    LEGAL,
    PROPOSED,
    Extension,
    Proposal,
    Stop,
    Timing,
    approving_role,
    standing,
)
from engine.model.clock_commands import Extend, ProposeExtension, RefuseExtension, Resume, Suspend
from engine.model.events import Event, Happened, Noted, TaskClosed, TaskOpened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.course import clocks
from engine.pipeline.progress import expect, stamp
from engine.stages.push import notices

LONGEST, MOST_DAYS = 2000, 250


def suspend(matter: Matter, case: Case, command: Suspend, facts: Mapping[str, Fact], context: Context) -> Step:
    """Stop the clocks (行政许可法第四十五条): C004 without a ground the matter lists, a notice number and a reason."""
    expect(case, *UNDER_WAY)
    _words(command.reason, "中止计时的原因")
    _days(command.days, "预计需要的工作日")
    if why := why_no_stop(matter, case, context.now, context.calendar):
        raise ZhunyuError("C004", why, status=409)
    case, events = stopped(
        matter, case, context, command.ground, command.notice, command.days, command.reason, command.own
    )
    return Step(case, events)


def stopped(
    matter: Matter, case: Case, context: Context, ground: str, notice: str, days: int, reason: str, own: bool
) -> tuple[Case, tuple[Event, ...]]:
    """The case with its clocks standing, and what the applicant is told."""
    if ground not in matter.limits.stops:
        raise ZhunyuError(
            "C004", f"“{ground}”不是本事项列明的停表事由，时限照常计算。", "请在列明的事由中选择。", status=422
        )
    if not notice.strip():
        raise ZhunyuError(
            "C004", "没有告知书编号，时限照常计算。", "请先书面告知申请人所需时间，再填写告知书编号。", status=422
        )
    stop = Stop(ground, notice.strip(), stamp(context), days, reason.strip(), context.actor, own=own)
    case = _timing(case, stops=(*case.timing.stops, stop))
    words = f"因{ground}，自今日起中止计算办理时限，预计 {days} 个工作日（告知书编号：{stop.notice}）。"
    told = notices(matter, case, "进展", stamp(context), words)
    return case, (Happened("中止计时", words, stop.reason), *told)


def resume(matter: Matter, case: Case, command: Resume, facts: Mapping[str, Fact], context: Context) -> Step:
    """The clocks run on; C001 when they do."""
    expect(case, *UNDER_WAY)
    _words(command.reason, "恢复计时的原因")
    if standing(case.timing) is None:
        raise ZhunyuError("C001", "办件没有中止计时。", "请刷新后查看最新状态。", status=409)
    case, events = resumed(matter, case, context, command.reason.strip())
    return Step(case, events)


def resumed(matter: Matter, case: Case, context: Context, reason: str) -> tuple[Case, tuple[Event, ...]]:
    """The case with its clocks running again, and what the applicant is told."""
    stop = standing(case.timing)
    assert stop is not None
    over = msgspec.structs.replace(stop, resumed_at=stamp(context), resumed_by=context.actor, why=reason)
    case = _timing(case, stops=tuple(over if one is stop else one for one in case.timing.stops))
    legal = next((one for one in clocks(matter, case, context.calendar, context.now) if one.key == LEGAL), None)
    until = f"，法定期限至 {legal.due[:16].replace('T', ' ')}" if legal is not None else ""
    words = f"{stop.ground}已结束，自今日起继续计算办理时限{until}。"
    return case, (Happened("恢复计时", words, reason), *notices(matter, case, "进展", stamp(context), words))


def propose_extension(
    matter: Matter, case: Case, command: ProposeExtension, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Ask the head for an extension; a task of theirs opens."""
    _require_extendable(matter, case, command.days, command.reason, context)
    if case.timing.proposal is not None and not case.timing.proposal.refused:
        raise ZhunyuError("C004", "延长办理期限已经报批，正在等待批准。", status=409)
    proposal = Proposal(command.days, command.reason.strip(), context.actor, stamp(context))
    case = _timing(case, proposal=proposal)
    role = approving_role(matter.limits.extend_by)
    task = TaskOpened(PROPOSED, PROPOSED, "批准延长办理期限", role, case.due_legal)
    words = f"{context.actor.name}报请延长办理期限 {command.days} {unit_of(matter)}：{proposal.reason}"
    return Step(case, (Noted("延长期限", words), task))


def extend(matter: Matter, case: Case, command: Extend, facts: Mapping[str, Fact], context: Context) -> Step:
    """Extend the limits, once, by the head (行政许可法第四十二条); A002 for anybody else."""
    _require_head(matter, context)
    _require_extendable(matter, case, command.days, command.reason, context)
    proposal = case.timing.proposal
    waiting = proposal is not None and not proposal.refused
    extension = Extension(
        command.days,
        command.reason.strip(),
        context.actor,
        stamp(context),
        proposal.by if proposal and waiting else None,
    )
    case = _timing(case, extension=extension, proposal=None)
    legal = next(one for one in clocks(matter, case, context.calendar, context.now) if one.key == LEGAL)
    until = f"，法定期限至 {legal.due[:16].replace('T', ' ')}" if legal.due else ""
    by = matter.limits.extend_by or "机关负责人"
    words = f"经{by}批准，办理期限延长 {command.days} {unit_of(matter)}{until}。理由：{extension.reason}"
    closed: tuple[Event, ...] = (TaskClosed(PROPOSED, "已批准"),) if waiting else ()
    told: tuple[Event, ...] = (Happened("延长期限", words), *notices(matter, case, "进展", stamp(context), words))
    return Step(case, (*closed, *told))


def refuse_extension(
    matter: Matter, case: Case, command: RefuseExtension, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The head does not approve what was asked for."""
    _require_head(matter, context)
    proposal = case.timing.proposal
    if proposal is None or proposal.refused:
        raise ZhunyuError("C001", "没有等待批准的延长申请。", "请刷新后查看最新状态。", status=409)
    _words(command.reason, "不批准的理由")
    case = _timing(case, proposal=msgspec.structs.replace(proposal, refused=command.reason.strip()))
    words = f"{context.actor.name}没有批准延长办理期限：{command.reason.strip()}"
    return Step(case, (Noted("延长期限", words), TaskClosed(PROPOSED, "不批准")))


def why_no_stop(matter: Matter, case: Case, now: datetime, calendar: Mapping[str, str]) -> str:
    """Why the clocks of the case may not be stopped now; "" when they may."""
    stop = standing(case.timing)
    if stop is not None:
        return f"已因{stop.ground}中止计时，不能重复中止。"
    if not matter.limits.stops:
        return "本事项没有列明可以停表的法定情形，时限照常计算。"
    if case.deemed_at:
        return f"法定时限已经届满（{case.undecided}），不能再中止计时。"
    return "法定期限已过，不能再中止计时。" if _overdue(matter, case, now, calendar) else ""


def why_no_extension(matter: Matter, case: Case, now: datetime, calendar: Mapping[str, str]) -> str:
    """Why the limits of the case may not be extended now; "" when they may."""
    if not matter.limits.extend_days:
        return "本事项没有可以延长的法定期限。"
    if case.timing.extension is not None:
        return "办理期限已经延长过一次，不能再延长。"
    if case.deemed_at:
        return f"法定时限已经届满（{case.undecided}），不能再延长。"
    return "法定期限已过，不能再延长。" if _overdue(matter, case, now, calendar) else ""


def require_running(case: Case) -> None:
    """C004 for a decision while the clocks stand."""
    stop = standing(case.timing)
    if stop is not None:
        raise ZhunyuError("C004", f"因{stop.ground}正在中止计时。", "请先恢复计时，再作出决定。", status=409)


def unit_of(matter: Matter) -> str:
    """The unit an extension is counted in, in words."""
    return {"工作日": "个工作日", "自然日": "日", "小时": "日"}[matter.limits.legal.unit]


def _overdue(matter: Matter, case: Case, now: datetime, calendar: Mapping[str, str]) -> bool:
    return any(one.key == LEGAL and one.level == LATE for one in clocks(matter, case, calendar, now))


def _require_extendable(matter: Matter, case: Case, days: int, reason: str, context: Context) -> None:
    expect(case, *UNDER_WAY)
    if why := why_no_extension(matter, case, context.now, context.calendar):
        raise ZhunyuError("C004", why, status=409)
    _words(reason, "延长的理由")
    if not 1 <= days <= matter.limits.extend_days:
        most = f"{matter.limits.extend_days} {unit_of(matter)}"
        raise ZhunyuError("C004", f"延长的天数应为 1 至 {most}。", "请改正天数。", status=422)


def _require_head(matter: Matter, context: Context) -> None:
    role = approving_role(matter.limits.extend_by)
    if role not in context.actor.roles:
        by = matter.limits.extend_by or "机关负责人"
        raise ZhunyuError("A002", f"延长办理期限须经{by}批准。", f"请报请有“{role}”岗位的人员批准。", status=403)


def _words(text: str, what: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise ZhunyuError("C004", f"请写明{what}，不超过 {LONGEST} 字。", status=422)


def _days(days: int, what: str) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise ZhunyuError("C004", f"{what}应为 1 至 {MOST_DAYS}。", "请改正天数。", status=422)


def _timing(case: Case, **changes: object) -> Case:
    made: Timing = msgspec.structs.replace(case.timing, **changes)
    return msgspec.structs.replace(case, timing=made)
