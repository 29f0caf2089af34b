"""Moves shared by the commands: opening steps, closing tasks, closing a case, and its events in words."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Assessment, Case, Status, StepRecord
from engine.model.events import (
    CertificateUnlocked,
    DueCleared,
    DueSet,
    Event,
    Happened,
    PublicityClosed,
    PublicityOpened,
    Released,
    TaskClosed,
)
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.values import Value
from engine.pipeline.assess import names_of
from engine.pipeline.context import Application, Context, Step
from engine.pipeline.move_rules import drop_open
from engine.pipeline.records import with_records
from engine.pipeline.timing import UNDECIDED, dated, silent_at
from engine.stages.clock import end_of
from engine.stages.fieldwork import not_sent
from engine.stages.form.check import FormReading
from engine.stages.publicity import publicity_lines
from engine.stages.push import notices
from engine.stages.workflow import (
    ACCEPT_ROLE,
    Opening,
    barred_people,
    following,
    open_record,
    opening,
    step_of,
    task_id,
    task_roles,
)


def stamp(context: Context) -> str:
    """The instant of the command, ISO 8601 to the second."""
    return context.now.isoformat(timespec="seconds")


def expect(case: Case, *allowed: Status) -> None:
    """Refuse a command the case's status does not allow."""
    if case.status not in allowed:
        raise ZhunyuError(
            "C001", f"办件当前为“{case.status.value}”，不能进行此操作。", "请刷新后查看最新状态。", status=409
        )


def application_of(case: Case, facts: Mapping[str, Fact], context: Context) -> Application:
    """The case as an application to be judged, with newly gathered facts over its own."""
    return Application(
        answers=case.answers,
        uploads=case.uploads,
        subject=case.subjects[0],
        facts={**case.facts, **facts},
        original=context.original,
        authority=context.authority or authority_of(case),
        confirmations=case.confirmations,
    )


def authority_of(case: Case) -> Authority:
    """The office as the case recorded it."""
    return Authority(code=case.authority, name=case.authority_name, district=case.district)


def names_for(matter: Matter, case: Case, facts: Mapping[str, Fact], context: Context) -> dict[str, Value]:
    """All names for this case's rules today; `precheck_passed` says whether every check but hints passed."""
    application = application_of(case, facts, context)
    today = context.now.date()
    names = names_of(matter, application, case.initiator, today, context.calendar)
    names = with_records(matter, case.steps, names, today)
    names["precheck_passed"] = case.assessment is not None and precheck_passed(case.assessment)
    return names


def precheck_passed(assessment: Assessment) -> bool:
    """Whether nothing is missing and every check but hints passed."""
    return not assessment.missing and all(
        finding.result in ("passed", "not_applicable") or finding.action in ("", "提示")
        for finding in assessment.findings
    )


def require_form(matter: Matter, reading: FormReading, what: str, next: str) -> None:
    """A004 with every error and every blank of the form at once."""
    problems = [Problem("A004", message, file=path) for path, message in reading.errors.items()]
    problems += [Problem("A004", f"请填写{matter.titles.get(path, path)}。", file=path) for path in reading.missing]
    if problems:
        raise ZhunyuError("A004", what, next, status=422, problems=tuple(problems))


def accepted(
    matter: Matter, case: Case, context: Context, way: str, words: str = "您的申请已受理。"
) -> tuple[Case, tuple[Event, ...]]:
    """受理: the clock starts (or started at receipt, where the matter says so)."""
    case = msgspec.structs.replace(case, status=Status.ACCEPTED, accepted_at=stamp(context))
    case, clock = started(matter, case, context, way)
    events: tuple[Event, ...] = (
        Happened("受理", words, f"法定期限至 {case.due_legal or '无规定'}，承诺期限至 {case.due_promised or '—'}"),
        *notices(matter, case, "受理", stamp(context), words),
        DueCleared("untold_supplement"),
        *clock,
    )
    return case, events


def started(matter: Matter, case: Case, context: Context, way: str = "转人工") -> tuple[Case, tuple[Event, ...]]:
    """The limits run; where the law says what follows when one passes, a reminder is set."""
    case = dated(matter, msgspec.structs.replace(case, undecided=matter.limits.undecided), context, way)
    at = silent_at(case)
    case = case if at else msgspec.structs.replace(case, undecided="")
    return case, (DueSet(UNDECIDED, end_of(at, context.now)),) if at else ()


def open_next(
    matter: Matter, case: Case, names: Mapping[str, Value], context: Context, after: str, result: str = ""
) -> tuple[Case, tuple[Event, ...]]:
    """Open the step after `after`; steps that finish by themselves are passed through with a record."""
    events: list[Event] = []
    while True:
        step = following(matter, case, names, after, result)
        if step is None:
            return case, tuple(events)
        turn = opening(matter, case, step, names, stamp(context), context.now.date(), context.calendar)
        if not turn.auto:
            told = _handed_over(case, turn.record)
            case = msgspec.structs.replace(case, steps=(*case.steps, turn.record))
            return case, (*events, *told, turn.task, *turn.more, *_shown(matter, turn, names))
        case, more = _pass_through(matter, case, turn, context)
        events.extend(more)
        after, result = step.id, ""


def _handed_over(case: Case, record: StepRecord) -> tuple[Event, ...]:
    """What the applicant is told when another office, or a body outside, has the case from now on."""
    holder = record.office.name if record.office is not None else case.authority_name
    last = next((one for one in reversed(case.steps) if one.result != "自动完成"), None)
    before = last.office.name if last is not None and last.office is not None else case.authority_name
    told: list[Event] = []
    if holder != before:
        again = "已转回" if holder == case.authority_name else "已报送"
        told.append(Happened("环节", f"{again}{holder}{'继续办理' if again == '已转回' else '审查'}。"))
    if record.outside:
        told.append(Happened("环节", f"已报送{record.outside}，正在等待答复。"))
    return tuple(told)


def _shown(matter: Matter, turn: Opening, names: Mapping[str, Value]) -> tuple[Event, ...]:
    publicity = turn.step.publicity
    if publicity is None:
        return ()
    lines = publicity_lines(matter, publicity, names)
    told = Happened("环节", f"“{turn.step.title}”已开始，到 {turn.record.until} 为止。")
    return PublicityOpened(turn.task.task, turn.step.title, turn.record.until, lines, publicity.basis), told


def _pass_through(matter: Matter, case: Case, turn: Opening, context: Context) -> tuple[Case, tuple[Event, ...]]:
    record = msgspec.structs.replace(turn.record, finished_at=stamp(context), result="自动完成")
    case = msgspec.structs.replace(case, steps=(*case.steps, record))
    events: tuple[Event, ...] = (Happened("环节", f"“{turn.step.title}”已自动完成。"),)
    if turn.step.role == ACCEPT_ROLE and case.status is Status.RECEIVED:
        case, more = accepted(matter, case, context, "转人工")
        events = (*events, *more)
    return case, events


def require_open_step(matter: Matter, case: Case, role: str, context: Context) -> StepRecord:
    """The open step, if it is one of this role and the actor may do it."""
    record = open_record(case)
    if record is None or record.role != role:
        raise ZhunyuError("C001", f"办件现在没有待办的“{role}”环节。", "请刷新后查看最新状态。", status=409)
    require_may_act(matter, case, record, context)
    return record


def require_may_act(matter: Matter, case: Case, record: StepRecord, context: Context) -> None:
    """Refuse an actor whom `not_same_as` bars, or who has signed this step already."""
    step = step_of(matter, record.step)
    if step is not None and context.actor.id in barred_people(case, step):
        raise ZhunyuError("C004", "您办理过本办件的前一环节，依规定不得再办本环节。", "请转由他人办理。", status=403)
    if any(actor.id == context.actor.id for actor in record.signed):
        raise ZhunyuError("C004", "您已在本环节签署，另一名工作人员签署后才能完成。", status=409)
    others = not_sent(case, task_id(record), context.actor.id)
    if others:
        raise ZhunyuError("A002", others, "需要改派的，请重新安排核查。", status=403)


def finish_open(case: Case, context: Context, result: str, opinion: str = "") -> tuple[Case, tuple[Event, ...]]:
    """Finish the open step, if any, in the actor's name and close its task."""
    record = open_record(case)
    if record is None:
        return case, ()
    done = msgspec.structs.replace(
        record,
        finished_at=stamp(context),
        by=context.actor,
        result=result,
        opinion=opinion,
        signed=(*record.signed, context.actor),
    )
    steps = tuple(done if item is record else item for item in case.steps)
    case, dropped = drop_open(case, context, record.title)
    events: tuple[Event, ...] = (*_closed(record, result), *_over(record, result), *dropped)
    return msgspec.structs.replace(case, steps=steps), events


def _closed(record: StepRecord, result: str) -> tuple[Event, ...]:
    return tuple(TaskClosed(task, result) for task in task_roles(record))


def _over(record: StepRecord, result: str) -> tuple[Event, ...]:
    return (PublicityClosed(task_id(record), result),) if record.public else ()


def close(case: Case, context: Context, status: Status, reason: str, *, release: bool) -> Step:
    """End a case: its tasks, reminders, the lock on the certificate acted on and, unless granted, its reservations."""
    events: list[Event] = []
    record = open_record(case)
    if record is not None:
        case, dropped = drop_open(case, context, reason)
        events += [*_closed(record, reason), *_over(record, reason), *dropped]
        gone = msgspec.structs.replace(record, finished_at=stamp(context), result=reason)
        case = msgspec.structs.replace(case, steps=tuple(gone if item is record else item for item in case.steps))
    events += [DueCleared("untold_supplement"), DueCleared("unanswered_supplement")]
    events += [DueCleared(UNDECIDED)] if case.undecided else []
    if release:
        events += [Released(key) for key in case.reservations]
        case = msgspec.structs.replace(case, reservations=())
        if case.acts_on:
            events.append(CertificateUnlocked(case.acts_on))
    closed = msgspec.structs.replace(case, status=status, closed_at=stamp(context), close_reason=reason)
    return Step(closed, tuple(events))
