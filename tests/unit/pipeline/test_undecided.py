"""The legal limit passes without a decision; and a limit in hours, which runs through nights and days off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept, FinishStep, Grant, Lapse, Refuse
from engine.model.events import CertificateOrdered, DueCleared, DueSet, Happened, TaskClosed, TaskOpened
from engine.model.matter import Duration, Limits, Matter
from engine.model.people import Actor
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from engine.stages.clock import due_of
from tests.unit.pipeline import sample

BASIS = "《行政许可法》第五十条"
RENEWAL = Limits(legal=Duration(20), promised={"转人工": 8}, undecided="视为准予延续", undecided_basis=BASIS)
URGENT = Limits(legal=Duration(2, "小时", "收到"), undecided="可先行开展", undecided_basis="示例办法第九条")
PASSED = Lapse("undecided")


def of(limits: Limits) -> Matter:
    return sample.matter(limits=limits)


def filed(matter: Matter) -> Step:
    return advance(matter, None, sample.filing(), sample.licence_fact(address="别处2号"), sample.context())


def act(matter: Matter, case: Case, command: object, actor: Actor = sample.CLERK, **changes: object) -> Step:
    return advance(matter, case, command, {}, sample.context(actor, **changes))  # type: ignore[arg-type]


def events(step: Step, kind: type) -> list[object]:
    return [event for event in step.events if isinstance(event, kind)]


def test_acceptance_sets_a_reminder_of_what_the_law_says_of_silence() -> None:
    matter = of(RENEWAL)
    step = act(matter, filed(matter).case, Accept())
    assert step.case.undecided == "视为准予延续"
    assert DueSet("undecided", "2026-03-16T23:59:59+08:00") in step.events


def test_a_renewal_nobody_decided_is_deemed_granted_and_left_to_a_person_to_confirm() -> None:
    matter = of(RENEWAL)
    case = act(matter, filed(matter).case, Accept()).case
    step = act(matter, case, PASSED)
    told = next(event for event in events(step, Happened) if event.kind == "视为准予延续")  # type: ignore[attr-defined]
    assert BASIS in told.words and DueCleared("undecided") in step.events  # type: ignore[attr-defined]
    assert [task.task for task in events(step, TaskClosed)] == ["inspect-1"]  # type: ignore[attr-defined]
    assert [(task.title, task.role) for task in events(step, TaskOpened)] == [("确认视为准予延续", "审批")]  # type: ignore[attr-defined]
    with pytest.raises(ZhunyuError, match="已经视为准予延续"):
        act(matter, step.case, Refuse("不符合", ("示例条例第一条",)), sample.APPROVER)
    granted = act(matter, step.case, Grant("确认"), sample.APPROVER)
    assert granted.case.status is Status.GRANTED and events(granted, CertificateOrdered)


def test_a_decision_in_time_clears_the_reminder_and_a_late_reminder_changes_nothing() -> None:
    matter = of(RENEWAL)
    case = act(matter, filed(matter).case, Accept()).case
    for person in (sample.INSPECTOR, sample.SECOND_INSPECTOR):
        case = act(matter, case, FinishStep("inspect", "符合"), person).case
    step = act(matter, case, Grant("符合"), sample.APPROVER)
    assert DueCleared("undecided") in step.events
    assert act(matter, step.case, PASSED).case == step.case


def test_a_limit_in_hours_from_receipt_is_due_at_an_hour_and_tells_the_applicant() -> None:
    matter = of(URGENT)
    step = filed(matter)
    assert step.case.due_legal == "2026-02-10T11:30:00+08:00"
    assert DueSet("undecided", "2026-02-10T11:30:00+08:00") in step.events
    late = act(matter, step.case, PASSED, now=sample.NOW + timedelta(hours=2))
    told = next(event for event in events(late, Happened) if event.kind == "可先行开展")  # type: ignore[attr-defined]
    assert "您可以先行开展" in told.words and "示例办法第九条" in told.words  # type: ignore[attr-defined]
    assert late.case.status is Status.RECEIVED and late.case.deemed_at
    assert act(matter, late.case, Accept()).case.due_legal == "2026-02-10T11:30:00+08:00"


def test_hours_run_through_nights_and_days_off() -> None:
    friday_night = sample.NOW.replace(month=2, day=13, hour=23, minute=30)
    calendar = {"2026-02-16": "休"}
    assert due_of(Duration(72, "小时", "收到"), friday_night, calendar) == "2026-02-16T23:30:00+08:00"
    assert due_of(Duration(2, "自然日"), friday_night, calendar) == "2026-02-15"
    assert due_of(Duration(1), friday_night, calendar) == "2026-02-17"


def test_a_matter_without_such_a_consequence_has_no_reminder() -> None:
    matter = of(Limits(legal=Duration(20)))
    step = act(matter, filed(matter).case, Accept())
    assert not [event for event in events(step, DueSet) if event.what == "undecided"]  # type: ignore[attr-defined]
