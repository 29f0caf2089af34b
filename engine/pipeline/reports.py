"""Reports the holder owes after the decision (后续报告): owed by the grant, settled by a filing, overdue by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from engine.model.calendar import add_months, add_workdays
from engine.model.case import AfterCheck, Case, OwedReport
from engine.model.certificate import CertificateStatus
from engine.model.commands import Lapse, RecordReport
from engine.model.events import DueCleared, DueSet, Event, Happened, Noted, ReportOwed, ReportSettled, TaskOpened
from engine.model.facts import Fact
from engine.model.matter import Matter, Report
from engine.model.values import Value
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import stamp
from engine.rules.evaluator import test
from engine.stages.clock import due_of, end_of

WAKE = "report:"
OVERDUE = "逾期未报告"
STEP_OF_OVERDUE = "after.report"
_ROLE = "核查"
_WITHIN = 20  # working days for the people who see to a report that is overdue
_RESULTS = {"已督促补报": "结束", "依法处理": "依法处理"}


def owed_by_grant(
    matter: Matter, case: Case, names: Mapping[str, Value], context: Context
) -> tuple[Case, tuple[Event, ...]]:
    """The reports that a grant entails: those whose `when` is not certainly false."""
    events: list[Event] = []
    for number, report in enumerate(matter.reports, 1):
        if test(report.when, names) is not False:
            starts = {"收到": case.received_at, "受理": case.accepted_at}
            start = datetime.fromisoformat(starts.get(report.within.start) or stamp(context))
            due = due_of(report.within, start, context.calendar)
            case, more = _owe(case, OwedReport(f"report-{number}", report.title, report.matter, due), context)
            events += more
    return case, tuple(events)


def _owe(case: Case, owed: OwedReport, context: Context) -> tuple[Case, tuple[Event, ...]]:
    words = f"请在 {owed.due} 前提交“{owed.title}”。"
    events: tuple[Event, ...] = (
        ReportOwed(owed.id, owed.title, owed.matter, owed.due),
        DueSet(f"{WAKE}{owed.id}", end_of(owed.due, context.now)),
        Happened("后续报告", words),
    )
    return msgspec.structs.replace(case, reports=(*case.reports, owed)), events


def record_report(
    matter: Matter, case: Case, command: RecordReport, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The matter that fulfils a report was filed; the next round begins where it repeats. Repeating is harmless."""
    owed = next((one for one in case.reports if one.id == command.report and not one.filed_at), None)
    if owed is None:
        return Step(case, ())
    done = msgspec.structs.replace(owed, filed_at=stamp(context), filed_as=command.number)
    case = msgspec.structs.replace(case, reports=tuple(done if one is owed else one for one in case.reports))
    events: tuple[Event, ...] = (
        ReportSettled(owed.id),
        DueCleared(f"{WAKE}{owed.id}"),
        Happened("后续报告", f"“{owed.title}”已提交，办件编号 {command.number}。"),
    )
    declared = _declared(matter, owed)
    if declared is None or not declared.every_months or not _holds(case, context):
        return Step(case, events)
    due = add_months(date.fromisoformat(owed.due[:10]), declared.every_months).isoformat()
    number = owed.round + 1
    following = OwedReport(f"{owed.id.partition('.')[0]}.{number}", owed.title, owed.matter, due, round=number)
    case, more = _owe(case, following, context)
    return Step(case, (*events, *more))


def report_overdue(matter: Matter, case: Case, command: Lapse, facts: Mapping[str, Fact], context: Context) -> Step:
    """The day of a report is over: a task for people, unless it was filed or the certificate has ended."""
    owed = next((one for one in case.reports if f"{WAKE}{one.id}" == command.what and not one.filed_at), None)
    if owed is None or owed.overdue_at:
        return Step(case, (DueCleared(command.what),))
    if not _holds(case, context):
        return Step(case, (ReportSettled(owed.id), DueCleared(command.what)))
    late = msgspec.structs.replace(owed, overdue_at=stamp(context))
    due = add_workdays(context.now.date(), _WITHIN, context.calendar).isoformat()
    check = AfterCheck(f"late-{owed.id}", OVERDUE, f"{OVERDUE}：{owed.title}", _ROLE, stamp(context), due, _RESULTS)
    made = msgspec.structs.replace(
        case, reports=tuple(late if one is owed else one for one in case.reports), checks=(*case.checks, check)
    )
    events: tuple[Event, ...] = (
        DueCleared(command.what),
        TaskOpened(task=check.id, step=STEP_OF_OVERDUE, title=check.title, role=_ROLE, due=due),
        Happened("后续报告", f"“{owed.title}”已超过 {owed.due} 的期限，请尽快提交。"),
        Noted(OVERDUE, f"“{owed.title}”到 {owed.due} 没有提交，已转工作人员处理。"),
    )
    return Step(made, events)


def _holds(case: Case, context: Context) -> bool:
    """Whether anything of what was granted still stands; a case without a certificate stands."""
    found = [context.certificates[id] for id in case.certificates if id in context.certificates]
    ended = (CertificateStatus.CANCELLED, CertificateStatus.REVOKED, CertificateStatus.VOIDED)
    return not found or any(one.status not in ended for one in found)


def _declared(matter: Matter, owed: OwedReport) -> Report | None:
    number = int(owed.id.partition(".")[0].removeprefix("report-"))
    return matter.reports[number - 1] if number <= len(matter.reports) else None
