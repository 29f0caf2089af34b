"""What a commit tells the staff's lists of a case: its urgency, its marks, the words it is found by."""

from __future__ import annotations

from engine.model.case import Case, Status
from engine.model.clock import WARN
from engine.model.events import Event, TaskOpened
from engine.model.grams import BREAK, plain
from engine.ports.store import Transaction
from engine.ports.work import Standing
from engine.services.desk_views import risk_of
from engine.stages.workflow import open_record

GUARDED = ("guard", "frozen")  # what kept an instant approval back


def listed(tx: Transaction, case: Case, events: tuple[Event, ...], before: int | None) -> None:
    """Bring the lists up to date with a case as it was just written; a new one without a task has nothing to sort."""
    tasks = before is not None or any(isinstance(one, TaskOpened) for one in events)
    tx.work.refresh(standing_of(case), tasks=tasks)


def standing_of(case: Case) -> Standing:
    """A case as the lists need it. Of a confidential one they tell neither name nor what was found."""
    subject = case.subjects[0] if case.subjects and not case.confidential else None
    words = (subject.name if subject else "", "" if case.confidential else case.summary)
    return Standing(
        case=case.id, matter=case.matter, district=case.district, status=case.status.value, channel=case.origin,
        due=min(filter(None, (case.due_promised, case.due_legal)), default="") if not case.closed_at else "",
        risk=0 if case.confidential else risk_of(case), marks=marks_of(case),
        text=plain(BREAK.join((*words, case.matter_title, case.district))), number=case.number,
        received_at=case.received_at, closed=bool(case.closed_at),
    )  # fmt: skip


def marks_of(case: Case) -> tuple[str, ...]:
    """The marks that hold of a case now."""
    found = {
        "stopped": clock_stands(case),
        "returned": case.supplement is not None and bool(case.supplement.answered_at)
        and case.status is Status.RECEIVED,
        "alert": bool(case.unmade) or warned(case)
        or (case.assessment is not None and case.assessment.by in GUARDED),
        "reminded": any(one.at >= _opened_at(case) for one in case.moves.reminders),
    }  # fmt: skip
    return tuple(mark for mark, holds in found.items() if holds)


def warned(case: Case) -> bool:
    """Whether a clock of the case that runs has reached its warning, as its matter declares it."""
    return not case.closed_at and any(one.level == WARN for one in case.timing.reached)


def clock_stands(case: Case) -> bool:
    """Whether the clock of the case is stopped."""
    return any(not one.resumed_at for one in case.timing.stops)


def _opened_at(case: Case) -> str:
    """When the open step was opened; behind every instant when none is."""
    record = open_record(case)
    return record.opened_at if record is not None else "~"
