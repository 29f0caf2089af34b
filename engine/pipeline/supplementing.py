"""一次补正 before acceptance, its answer, what happens when it is not told or not answered, and withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case, Status, Supplement
from engine.model.commands import AnswerSupplement, AskSupplement, Lapse, Withdraw
from engine.model.events import DueCleared, DueSet, Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.assess import form_and_names, judge
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import (
    accepted,
    application_of,
    close,
    expect,
    finish_open,
    names_for,
    open_next,
    require_form,
    require_open_step,
    stamp,
)
from engine.pipeline.timing import UNDECIDED
from engine.pipeline.undecided import passed
from engine.stages.clock import end_of, supplement_answer_day
from engine.stages.push import notices
from engine.stages.workflow import ACCEPT_ROLE, open_record


def ask_supplement(
    matter: Matter, case: Case, command: AskSupplement, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Tell the applicant all that is missing, once, before acceptance (行政许可法第三十二条第一款第四项)."""
    expect(case, Status.RECEIVED)
    require_open_step(matter, case, ACCEPT_ROLE, context)
    if case.supplement is not None:
        raise ZhunyuError(
            "C004", "本办件已经告知过一次补正。", "依法应当一次告知，请受理、不予受理或与申请人联系。", status=409
        )
    if not command.items or not all(item.what.strip() for item in command.items):
        raise ZhunyuError("C004", "没有写明要补正的内容。", "请逐项写明补正什么、依据什么。", status=422)
    due = supplement_answer_day(matter.limits, context.now.date())
    supplement = Supplement(stamp(context), due, context.actor, command.items)
    case = msgspec.structs.replace(case, status=Status.SUPPLEMENT, supplement=supplement)
    words = f"请在 {due} 前补正 {len(command.items)} 项内容。"
    events: tuple[Event, ...] = (
        Happened("补正告知", words, "；".join(item.what for item in command.items)),
        *notices(matter, case, "进展", stamp(context), words),
        DueCleared("untold_supplement"),
        DueSet("unanswered_supplement", end_of(due, context.now)),
    )
    return Step(case, events)


def answer_supplement(
    matter: Matter, case: Case, command: AnswerSupplement, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Take the applicant's answer for the asked items only, and judge the case again for the staff."""
    expect(case, Status.SUPPLEMENT)
    supplement = case.supplement
    assert supplement is not None
    fields = {field for item in supplement.items for field in item.fields}
    materials = {material for item in supplement.items for material in item.materials}
    closed_fields = sorted(set(command.answers) - fields)
    closed_files = sorted(set(command.uploads) - materials)
    if closed_fields or closed_files:
        raise ZhunyuError("A004", "只能修改要求补正的内容。", "请只填写列出的项目。", status=422)
    case = msgspec.structs.replace(
        case, answers={**case.answers, **command.answers}, uploads={**case.uploads, **command.uploads}
    )
    case = _judged_again(matter, case, facts, context)
    answered = msgspec.structs.replace(supplement, answered_at=stamp(context))
    case = msgspec.structs.replace(case, status=Status.RECEIVED, supplement=answered)
    words = "已收到您的补正。"
    events: list[Event] = [
        Happened("补正提交", words),
        *notices(matter, case, "进展", stamp(context), words),
        DueCleared("unanswered_supplement"),
    ]
    if open_record(case) is None:
        case, opened = open_next(matter, case, names_for(matter, case, facts, context), context, "")
        events += opened
    return Step(case, tuple(events))


def _judged_again(matter: Matter, case: Case, facts: Mapping[str, Fact], context: Context) -> Case:
    application = application_of(case, facts, context)
    today = context.now.date()
    reading, names = form_and_names(matter, application, case.initiator, today, context.calendar)
    require_form(matter, reading, "补正的内容还需要更正。", "请按提示更正。")
    assessment = judge(matter, application, case.initiator, names, today)
    if assessment.outcome == "秒批":
        # The case is with a person already; what the rules now think is advice to that person.
        assessment = msgspec.structs.replace(
            assessment, outcome="转人工", suggest=assessment.suggest or "补正后符合条件"
        )
    return msgspec.structs.replace(case, answers=reading.answers, facts=dict(application.facts), assessment=assessment)


def lapse(matter: Matter, case: Case, command: Lapse, facts: Mapping[str, Fact], context: Context) -> Step:
    """A reminder fell due. One that no longer applies changes nothing."""
    if command.what == "untold_supplement" and case.status is Status.RECEIVED and case.supplement is None:
        return _deemed_accepted(matter, case, facts, context)
    if command.what == "unanswered_supplement" and case.status is Status.SUPPLEMENT:
        words = "逾期未补正，办件已终止。您可以重新申请。"
        step = close(case, context, Status.TERMINATED, "逾期未补正", release=True)
        told = notices(matter, step.case, "进展", stamp(context), words)
        return Step(step.case, (Happened("终止", words), *told, *step.events))
    if command.what == UNDECIDED:
        return passed(matter, case, facts, context)
    return Step(case, (DueCleared(command.what),))


def _deemed_accepted(matter: Matter, case: Case, facts: Mapping[str, Fact], context: Context) -> Step:
    """Not told within the limit: accepted from the day the application was received (行政许可法第三十二条)."""
    names = names_for(matter, case, facts, context)
    record = open_record(case)
    received = datetime.fromisoformat(case.received_at)
    case, closed = finish_open(case, context, "视为受理")
    words = "逾期未告知补正，自收到之日起视为受理。"
    case, started = accepted(matter, case, msgspec.structs.replace(context, now=received), "转人工", words)
    case, opened = open_next(matter, case, names, context, record.step if record else "")
    return Step(case, (*closed, *started, *opened))


def withdraw(matter: Matter, case: Case, command: Withdraw, facts: Mapping[str, Fact], context: Context) -> Step:
    """撤回 by the applicant before a decision."""
    expect(case, *OPEN)
    if matter.ex_officio:
        raise ZhunyuError("C001", "依职权办理的办件不能由当事人撤回。", "有意见请陈述申辩。", status=409)
    if matter.batch is not None:
        raise ZhunyuError("C001", "清单已经分成逐行的办件，不能整体撤回。", "请逐件撤回还没有决定的办件。", status=409)
    step = close(case, context, Status.WITHDRAWN, "申请人撤回", release=True)
    words = "您已撤回申请。"
    told = notices(matter, step.case, "进展", stamp(context), words)
    return Step(step.case, (Happened("撤回", words, command.reason), *told, *step.events))
