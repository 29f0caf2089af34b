"""Checks after the decision: 抽查, the matter's `after:` duties, 自我纠错 in a recall, and the measures that follow.

They never change the decision or the certificate by themselves: a person records what was found, and what follows is
again a task for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.case import AfterCheck, Case
from engine.model.commands import DropRecall, OpenRecall, RecordCheck
from engine.model.events import Checked, Event, Noted, TaskClosed, TaskOpened
from engine.model.facts import Fact
from engine.model.matter import Duty, Matter
from engine.model.values import Value
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import stamp
from engine.rules.evaluator import test
from engine.stages.clock import due_of
from engine.stages.sampling import drawn

CHECK_ROLE, DECIDE_ROLE = "核查", "审批"
SAMPLE, DUTY, MEASURE, RECALL = "抽查", "后续核查", "后续措施", "自我纠错"
STEPS = {SAMPLE: "after.sample", DUTY: "after.duty", MEASURE: "after.measure", RECALL: "after.recall"}
END = "结束"
KEEP, REVOKE = "维持", "撤销"
_WITHIN = 20  # working days for what the matter sets no limit for
_RECORDED = {"相符": END, "不符": "提请自我纠错"}


def is_drawn(matter: Matter, case: Case, context: Context, automatic: bool) -> bool:
    """Whether this grant is drawn for 抽查; only instant approvals are."""
    share = matter.sample
    return automatic and bool(share) and bool(context.seed) and drawn(context.seed, case.id, share)


def opened_by_grant(
    matter: Matter, case: Case, names: Mapping[str, Value], context: Context, draw: bool
) -> tuple[Case, tuple[Event, ...]]:
    """The checks that a grant entails: the duties whose `when` is not certainly false, and 抽查 when drawn."""
    checks = [
        _duty(number, duty, case, context)
        for number, duty in enumerate(matter.after, 1)
        if test(duty.when, names) is not False
    ]
    if draw:
        due = add_workdays(context.now.date(), _WITHIN, context.calendar).isoformat()
        checks.append(
            AfterCheck("sample", SAMPLE, "秒批抽查", CHECK_ROLE, stamp(context), due, dict(_RECORDED))
        )  # fmt: skip
    return _opened(case, tuple(checks))


def _duty(number: int, duty: Duty, case: Case, context: Context) -> AfterCheck:
    starts = {"收到": case.received_at, "受理": case.accepted_at}
    start = datetime.fromisoformat(starts.get(duty.within.start) or stamp(context))
    return AfterCheck(
        id=f"duty-{number}", kind=DUTY, title=duty.title, role=CHECK_ROLE, opened_at=stamp(context),
        due=due_of(duty.within, start, context.calendar), results=duty.results or {"相符": END, "不符": "依法处理"},
        staff=duty.staff,
    )  # fmt: skip


def _opened(case: Case, checks: tuple[AfterCheck, ...], held: bool = False) -> tuple[Case, tuple[Event, ...]]:
    events = tuple(
        TaskOpened(
            task=one.id, step=STEPS[one.kind], title=one.title, role=one.role, due=one.due, people=one.staff,
            barred=one.barred, held=held,
        )
        for one in checks
    )  # fmt: skip
    return msgspec.structs.replace(case, checks=(*case.checks, *checks)), events


def record_check(
    matter: Matter, case: Case, command: RecordCheck, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Record a result, or sign it when the check takes more than one person; they must agree.

    Raises C001 when the check is not open, C004 for an unknown result, a missing opinion, a second signature of one
    person, a person who is barred, or a result other than the first one's.
    """
    check = next((one for one in case.checks if one.id == command.check and not one.finished_at), None)
    if check is None:
        raise ZhunyuError("C001", "这项核查不在待办状态。", "请刷新后查看最新状态。", status=409)
    _require_recordable(check, command, context)
    signed = msgspec.structs.replace(
        check, result=command.result, signed=(*check.signed, context.actor),
        opinion="\n".join(filter(None, (check.opinion, command.opinion.strip()))),
    )  # fmt: skip
    if len(signed.signed) < check.staff:
        left = check.staff - len(signed.signed)
        words = f"“{check.title}”：{context.actor.name}已签署“{command.result}”，还需 {left} 人。"
        return Step(_with(case, signed), (Noted(check.kind, words),))
    return _finished(_with(case, msgspec.structs.replace(signed, finished_at=stamp(context))), check, command, context)


def _finished(case: Case, check: AfterCheck, command: RecordCheck, context: Context) -> Step:
    to = check.results[command.result]
    follows = "" if to == END else f"转办《{command.lead or to[1:]}》" if to.startswith("→") else to
    if command.lead and not to.startswith("→"):
        follows += f"《{command.lead}》"
    words = f"“{check.title}”已完成：{command.result}。" + (f"随后：{follows}。" if follows else "")
    events: tuple[Event, ...] = (
        TaskClosed(check.id, command.result),
        Checked(check.id, check.kind, command.result, follows),
        Noted(check.kind, words),
    )
    if not follows:
        return Step(case, events)
    due = add_workdays(context.now.date(), _WITHIN, context.calendar).isoformat()
    role = DECIDE_ROLE if check.kind == RECALL or to.startswith("→") else check.role
    measure = AfterCheck(f"{check.id}-next", MEASURE, follows, role, stamp(context), due, {"已办理": END})
    case, opened = _opened(case, (measure,))
    return Step(case, (*events, *opened))


def _require_recordable(check: AfterCheck, command: RecordCheck, context: Context) -> None:
    if context.actor.id in check.barred:
        raise ZhunyuError("C004", "这份准予由您作出，依规定不得由您复核。", "请转由他人办理。", status=403)
    if any(actor.id == context.actor.id for actor in check.signed):
        raise ZhunyuError("C004", "您已签署这项核查，另一名工作人员签署后才能完成。", status=409)
    if command.result not in check.results:
        raise ZhunyuError("C004", "没有填写结论。", f"请选择：{'、'.join(check.results)}。", status=422)
    if not command.opinion.strip():
        raise ZhunyuError("C004", "没有填写核查情况。", "请写明查了什么、看到什么。", status=422)
    if check.signed and command.result != check.result:
        what = f"与另一名工作人员的结论“{check.result}”不一致。"
        raise ZhunyuError("C004", what, "请先商定一致的结论再签署。", status=409)


def open_recall(matter: Matter, case: Case, command: OpenRecall, facts: Mapping[str, Fact], context: Context) -> Step:
    """Open the self-correction of one grant within a recall; repeating changes nothing."""
    id = recall_check(command.recall)
    if any(one.id == id for one in case.checks):
        return Step(case, ())
    if case.decision is None or case.decision.outcome != "准予":
        raise ZhunyuError("C001", "只有准予的办件才能立案自我纠错。", status=409)
    due = add_workdays(context.now.date(), _WITHIN, context.calendar).isoformat()
    barred = (case.decision.by.id,) if case.decision.by.kind == "staff" else ()
    check = AfterCheck(
        id, RECALL, "自我纠错：复核准予决定", DECIDE_ROLE, stamp(context), due,
        {KEEP: END, REVOKE: "依法启动撤销程序"}, barred=barred, reason=command.reason,
    )  # fmt: skip
    return Step(*_opened(case, (check,), held=True))  # nothing that staff would see before it is confirmed


def drop_recall(matter: Matter, case: Case, command: DropRecall, facts: Mapping[str, Fact], context: Context) -> Step:
    """Take a self-correction back before its recall was confirmed; repeating changes nothing."""
    id = recall_check(command.recall)
    kept = tuple(one for one in case.checks if one.id != id)
    if len(kept) == len(case.checks):
        return Step(case, ())
    return Step(msgspec.structs.replace(case, checks=kept), (TaskClosed(id, "召回已撤回"),))


def recall_check(recall: str) -> str:
    """The id of the check, and of its task, that a recall opens in each of its cases."""
    return f"recall-{recall}"


def _with(case: Case, check: AfterCheck) -> Case:
    return msgspec.structs.replace(
        case, checks=tuple(check if one.id == check.id else one for one in case.checks)
    )
