"""After every command: due days follow the clocks, and the case asks to be woken at the next level of one of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import OPEN, Case
from engine.model.clock import DELIVER, LATE, LEGAL, NORMAL, PROMISED, PROPOSED, STEP, WAKE, Reached, Running
from engine.model.days import Workdays
from engine.model.events import ClockReached, DueCleared, DueSet, Event, Noted, TaskClosed, TaskMoved
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.course import BY_HAND, RENEWED, SIGNED_FOR, spans_of
from engine.stages.clock import end_of, next_level, rank, readings
from engine.stages.workflow import task_id

UNDECIDED = "undecided"  # the reminder that the limit passes after which silence counts


def dated(matter: Matter, case: Case, context: Context, way: str = BY_HAND) -> Case:
    """The case with the due days its clocks show; a clock that stands has none."""
    spans = spans_of(matter, case, way)
    shown = {one.key: one.due for one in readings(spans, Workdays(context.calendar), context.now)}
    steps = tuple(
        record if record.finished_at else msgspec.structs.replace(
            record, due=shown.get(f"{STEP}:{task_id(record)}", record.due)
        )
        for record in case.steps
    )  # fmt: skip
    return msgspec.structs.replace(
        case, due_legal=shown.get(LEGAL, ""), due_promised=shown.get(PROMISED, ""), steps=steps
    )


def silent_at(case: Case) -> str:
    """The day or instant after which silence counts: the last of the certificate that is to be renewed, else that of
    the legal limit; "" where nothing follows or the clock stands."""
    if not case.undecided:
        return ""
    if case.undecided == RENEWED and case.acts_on:
        return case.timing.expires
    return case.due_legal


def timed(matter: Matter, before: Case | None, step: Step, context: Context) -> Step:
    """The step with what it means for the clocks: due days, tasks' due days, reminders."""
    case, events = step.case, list(step.events)
    if not events and case == before:
        return step
    still = case.status in OPEN and case.decision is None
    if not still and not case.timing.wake and case.timing.proposal is None and not _delivering(matter, case):
        return step
    if still:
        case = dated(matter, case, context)
        events += _moved(before, case)
        if before is not None and before.undecided == case.undecided and silent_at(before) != silent_at(case):
            at = silent_at(case)
            events.append(DueSet(UNDECIDED, end_of(at, context.now)) if at else DueCleared(UNDECIDED))
    elif case.timing.proposal is not None and not case.timing.proposal.refused:
        events.append(TaskClosed(PROPOSED, "办件已经办结"))
        case = _with(case, proposal=None)
    case, woken = _woken(matter, case, context)
    return Step(case, (*events, *woken))


def reach(matter: Matter, case: Case, facts: Mapping[str, Fact], context: Context) -> Step:
    """A clock has come to its next level: it is told once, for the staff."""
    spans = spans_of(matter, case)
    new = [one for one in readings(spans, Workdays(context.calendar), context.now) if _unreached(case, one)]
    at = context.now.isoformat(timespec="seconds")
    events: list[Event] = [DueCleared(WAKE)]  # set again below, where there is a next level
    for one in new:
        events += [ClockReached(one.key, one.title, one.level, one.due), Noted("时限", reached_words(one))]
    kept = tuple(old for old in case.timing.reached if old.clock not in {one.key for one in new})
    reached = (*kept, *(Reached(one.key, one.level, at) for one in new))
    return Step(_with(case, reached=reached, wake=""), tuple(events))


def reached_words(one: Running) -> str:
    """What is said of a clock that has reached a level."""
    if one.level == LATE:
        return f"“{one.title}”已经逾期，应于 {one.due[:16].replace('T', ' ')} 前办结。"
    used = f"“{one.title}”已用 {one.share}%，剩 {one.remaining} {_unit(one.unit)}"
    return f"{used}，到 {one.due[:16].replace('T', ' ')} 为止。{one.follows + '。' if one.follows else ''}"


def _unit(unit: str) -> str:
    return {"工作日": "个工作日", "自然日": "天", "小时": "小时"}[unit]


def _delivering(matter: Matter, case: Case) -> bool:
    """Whether the delivery needs watching: it waits for the applicant, for a person, or for a file that failed."""
    if case.decision is None or not case.certificates:
        return False
    waits = SIGNED_FOR in matter.sign and not case.delivered_at
    return waits or bool(case.unmade) or not (case.decision.automatic or case.closed_at)


def _unreached(case: Case, one: Running) -> bool:
    if one.ended or one.level == NORMAL:
        return False
    known = next((old.level for old in case.timing.reached if old.clock == one.key), NORMAL)
    return rank(one.level) > rank(known)


def _woken(matter: Matter, case: Case, context: Context) -> tuple[Case, tuple[Event, ...]]:
    workdays, now = Workdays(context.calendar), context.now
    watched = _delivering(matter, case)
    spans = [one for one in spans_of(matter, case) if not one.ended and (one.key != DELIVER or watched)]
    shown = {one.key: one for one in readings(spans, workdays, now)}
    case = _with(case, reached=tuple(old for old in case.timing.reached if _still(old, shown)))
    if any(_unreached(case, one) for one in shown.values()):
        wake = now.isoformat(timespec="seconds")
    else:
        wake = min(filter(None, (next_level(span, workdays, now) for span in spans)), default="")
    if wake == case.timing.wake:
        return case, ()
    event: Event = DueSet(WAKE, wake) if wake else DueCleared(WAKE)
    return _with(case, wake=wake), (event,)


def _still(old: Reached, shown: Mapping[str, Running]) -> bool:
    """A level that a clock has left again, because it stood or was extended, may be reached again."""
    return old.clock in shown and rank(shown[old.clock].level) >= rank(old.level)


def _moved(before: Case | None, case: Case) -> list[Event]:
    earlier = {task_id(one): one.due for one in before.steps if not one.finished_at} if before is not None else {}
    return [
        TaskMoved(task_id(one), one.due)
        for one in case.steps
        if not one.finished_at and earlier.get(task_id(one), one.due) != one.due
    ]


def _with(case: Case, **changes: object) -> Case:
    return msgspec.structs.replace(case, timing=msgspec.structs.replace(case.timing, **changes))
