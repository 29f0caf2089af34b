"""中止计时, 恢复计时, 延期: their conditions, and what they do to due days and reminders."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.clock import EXPIRY, LEGAL, STEP
from engine.model.clock_commands import Extend, ProposeExtension, RefuseExtension, Resume, Suspend
from engine.model.commands import Accept, FinishStep, Grant, Lapse, Withdraw
from engine.model.events import ClockReached, DueCleared, DueSet, Event, Happened, TaskClosed, TaskMoved, TaskOpened
from engine.model.matter import ActsOn, CertificateDef, Duration, Limits, Matter
from engine.model.people import Actor
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from engine.pipeline.course import clocks
from tests.unit.pipeline import sample

LIMITS = Limits(
    legal=Duration(20), promised={"秒批": 0, "转人工": 8}, extend_days=10, extend_by="机关负责人",
    stops=("专家评审", "听证"),
)  # fmt: skip
HEAD = Actor("staff", "st-9", "马负责", roles=("负责人",), district="黄浦区")
STOP = Suspend("专家评审", "黄卫健告〔2026〕3号", 15, "需要专家评审")
MATTER = sample.matter(limits=LIMITS)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def go(case: Case | None, command: object, day: str, actor: Actor = sample.CLERK, made: Matter = MATTER) -> Step:
    facts = sample.licence_fact(address="别处2号") if case is None else {}
    context = sample.context(actor, now=at(day), original=sample.original() if made.acts_on else None)
    return advance(made, case, command, facts, context)  # type: ignore[arg-type]


def accepted(made: Matter = MATTER) -> Case:
    case = go(None, sample.filing(acts_on="cert-0" if made.acts_on else ""), "2026-03-02", sample.APPLICANT, made).case
    return go(case, Accept(), "2026-03-02", made=made).case


def of(step: Step, kind: type) -> list[Event]:
    return [event for event in step.events if isinstance(event, kind)]


def refusal(case: Case, command: object, day: str, actor: Actor = sample.CLERK, made: Matter = MATTER) -> str:
    with pytest.raises(ZhunyuError) as caught:
        go(case, command, day, actor, made)
    return f"{caught.value.code} {caught.value.what}"


def test_a_stopped_case_has_no_due_day_until_it_is_resumed_and_loses_no_day() -> None:
    case = accepted()
    assert (case.due_legal, case.due_promised, case.steps[-1].due) == ("2026-03-30", "2026-03-12", "2026-03-06")
    step = go(case, STOP, "2026-03-04")
    assert (step.case.due_legal, step.case.due_promised, step.case.steps[-1].due) == ("", "", "")
    assert of(step, TaskMoved) == [TaskMoved("inspect-1", "")] and DueCleared("clock") in step.events
    told = of(step, Happened)[0]
    assert told.kind == "中止计时" and "专家评审" in told.words and STOP.notice in told.words  # type: ignore[union-attr]
    back = go(step.case, Resume("评审结论已出"), "2026-03-18")
    assert (back.case.due_legal, back.case.due_promised) == ("2026-04-13", "2026-03-26")
    assert of(back, TaskMoved) == [TaskMoved("inspect-1", "2026-03-20")]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (msgspec.structs.replace(STOP, notice=" "), "没有告知书编号，时限照常计算"),
        (msgspec.structs.replace(STOP, ground="现场核查"), "不是本事项列明的停表事由"),
        (msgspec.structs.replace(STOP, reason=""), "中止计时的原因"),
        (msgspec.structs.replace(STOP, days=0), "预计需要的工作日"),
    ],
)
def test_a_stop_needs_a_listed_ground_a_notice_number_days_and_a_reason(command: Suspend, why: str) -> None:
    assert why in refusal(accepted(), command, "2026-03-04")


def test_a_clock_is_not_stopped_twice_nor_when_late_nor_before_acceptance() -> None:
    case = go(accepted(), STOP, "2026-03-04").case
    assert "不能重复中止" in refusal(case, STOP, "2026-03-05")
    assert "法定期限已过" in refusal(accepted(), STOP, "2026-04-01")
    filed = go(None, sample.filing(), "2026-03-02", sample.APPLICANT).case
    assert refusal(filed, STOP, "2026-03-03").startswith("C001")
    assert refusal(accepted(), Resume("x"), "2026-03-03").startswith("C001")


def test_an_inspection_never_stops_a_clock() -> None:
    case = accepted()
    assert case.steps[-1].step == "inspect" and case.due_legal == "2026-03-30"
    assert sample.matter().limits.stops == () and "没有列明" in refusal(accepted(sample.matter()), STOP, "2026-03-04",
                                                                    made=sample.matter())  # fmt: skip


def test_a_stop_recorded_without_a_number_does_not_count() -> None:
    stopped = go(accepted(), STOP, "2026-03-04").case
    bare = msgspec.structs.replace(stopped.timing.stops[0], notice="")
    other = msgspec.structs.replace(stopped, timing=msgspec.structs.replace(stopped.timing, stops=(bare,)))
    shown = {one.key: one for one in clocks(MATTER, other, sample.CALENDAR, at("2026-03-10"))}
    assert shown[LEGAL].due == "2026-03-30" and not shown[LEGAL].stopped_since


def test_nothing_is_decided_while_the_clock_stands() -> None:
    case = accepted()
    for person in (sample.INSPECTOR, sample.SECOND_INSPECTOR):
        case = go(case, FinishStep("inspect", "符合"), "2026-03-03", person).case
    case = go(case, STOP, "2026-03-04").case
    assert "正在中止计时" in refusal(case, Grant(), "2026-03-05", sample.APPROVER)
    case = go(case, Resume("评审结束"), "2026-03-06").case
    assert go(case, Grant(), "2026-03-06", sample.APPROVER).case.status is Status.GRANTED


def test_an_extension_is_proposed_approved_by_the_head_once_and_told() -> None:
    case = go(accepted(), ProposeExtension(10, "案情复杂"), "2026-03-20").case
    assert "正在等待批准" in refusal(case, ProposeExtension(5, "又报"), "2026-03-20")
    assert refusal(case, Extend(10, "案情复杂"), "2026-03-23", sample.APPROVER).startswith("A002")
    step = go(case, Extend(10, "案情复杂"), "2026-03-23", HEAD)
    assert (step.case.due_legal, step.case.due_promised) == ("2026-04-13", "2026-03-26")
    assert of(step, TaskClosed) == [TaskClosed("extend", "已批准")]
    told = of(step, Happened)[0]
    assert "经机关负责人批准" in told.words and "2026-04-13" in told.words and "案情复杂" in told.words  # type: ignore[union-attr]
    assert "已经延长过一次" in refusal(step.case, Extend(1, "再延"), "2026-03-24", HEAD)
    extension = step.case.timing.extension
    assert extension is not None and extension.proposed == sample.CLERK and extension.by == HEAD


def test_an_extension_is_within_what_the_matter_allows_and_before_the_limit_passes() -> None:
    assert "1 至 10" in refusal(accepted(), Extend(11, "案情复杂"), "2026-03-20", HEAD)
    assert "法定期限已过" in refusal(accepted(), Extend(5, "案情复杂"), "2026-03-31", HEAD)
    made = sample.matter()
    assert "没有可以延长" in refusal(accepted(made), Extend(5, "案情复杂"), "2026-03-20", HEAD, made)


def test_the_head_may_refuse_and_the_end_of_the_case_closes_the_task() -> None:
    asked = go(accepted(), ProposeExtension(10, "案情复杂"), "2026-03-20")
    task = of(asked, TaskOpened)[0]
    assert (task.task, task.role, task.due) == ("extend", "负责人", "2026-03-30")  # type: ignore[union-attr]
    no = go(asked.case, RefuseExtension("理由不充分"), "2026-03-23", HEAD)
    assert no.case.timing.proposal is not None and no.case.timing.proposal.refused == "理由不充分"
    assert go(no.case, ProposeExtension(5, "补充理由"), "2026-03-24").case.timing.proposal is not None
    gone = go(asked.case, Withdraw(), "2026-03-24", sample.APPLICANT)
    assert TaskClosed("extend", "办件已经办结") in gone.events


def test_the_levels_of_a_clock_are_told_once_each_by_one_reminder() -> None:
    case = accepted()
    told: list[tuple[str, str, str]] = []
    for _ in range(30):
        wake = case.timing.wake
        if not wake:
            break
        step = advance(MATTER, case, Lapse("clock"), {}, sample.context(now=datetime.fromisoformat(wake)))
        told += [(event.clock, event.level, wake[:10]) for event in step.events if isinstance(event, ClockReached)]
        case = step.case
    assert [one for one in told if one[0] == LEGAL] == [
        (LEGAL, "提醒", "2026-03-20"), (LEGAL, "预警", "2026-03-26"), (LEGAL, "逾期", "2026-03-31"),
    ]  # fmt: skip
    assert [one[1] for one in told if one[0] == f"{STEP}:inspect-1"] == ["提醒", "预警", "逾期"]
    assert case.timing.wake == ""


def test_a_case_from_before_its_clocks_asked_to_be_woken_asks_from_its_first_reminder_on() -> None:
    case = accepted()
    old = msgspec.structs.replace(case, timing=msgspec.structs.replace(case.timing, wake=""))
    step = advance(MATTER, old, Lapse("clock"), {}, sample.context(now=at("2026-03-03")))
    assert step.case.timing.wake == case.timing.wake
    assert [type(one) for one in step.events] == [DueCleared, DueSet]
    again = advance(MATTER, step.case, Lapse("clock"), {}, sample.context(now=at("2026-03-03")))
    assert again.case == step.case and DueSet("clock", case.timing.wake) in again.events


def test_a_level_left_by_an_extension_may_be_reached_again() -> None:
    case = advance(MATTER, accepted(), Lapse("clock"), {}, sample.context(now=at("2026-03-27"))).case
    assert [one.level for one in case.timing.reached if one.clock == LEGAL] == ["预警"]
    case = go(case, Extend(10, "案情复杂"), "2026-03-27", HEAD).case
    assert not [one for one in case.timing.reached if one.clock == LEGAL]
    step = advance(MATTER, case, Lapse("clock"), {}, sample.context(now=at("2026-04-09")))
    assert (LEGAL, "预警") in [(one.clock, one.level) for one in of(step, ClockReached)]  # type: ignore[union-attr]


def test_what_is_not_told_of_a_supplement_is_red_on_the_fourth_day() -> None:
    case = go(None, sample.filing(), "2026-03-02", sample.APPLICANT).case
    for day, red in (("2026-03-05", False), ("2026-03-06", True)):
        tell = next(one for one in clocks(MATTER, case, sample.CALENDAR, at(day)) if one.key == "tell")
        assert (tell.red, tell.due, "视为受理" in tell.follows) == (red, "2026-03-09", True)
    assert tell.level == "预警" and tell.remaining == 1


def renewing() -> Matter:
    basis = "《行政许可法》第五十条"
    limits = msgspec.structs.replace(LIMITS, undecided="视为准予延续", undecided_basis=basis)
    return sample.matter(
        limits=limits,
        acts_on=ActsOn("sample"),
        unique=(),
        certificates=(CertificateDef("sample", "示例许可证", "延续"),),
    )


def test_a_renewal_is_deemed_granted_when_the_certificate_expires_whatever_stops_the_clock() -> None:
    made = renewing()
    expiring = sample.original(valid_to="2026-04-10")
    context = sample.context(sample.APPLICANT, now=at("2026-03-02"), original=expiring)
    filed = advance(made, None, sample.filing(acts_on="cert-0"), sample.licence_fact(address="别处2号"), context).case
    step = go(filed, Accept(), "2026-03-02", made=made)
    assert DueSet("undecided", "2026-04-10T23:59:59+08:00") in step.events
    case = go(step.case, STOP, "2026-03-04", made=made)
    assert DueCleared("undecided") not in case.events
    shown = {one.key: one for one in clocks(made, case.case, sample.CALENDAR, at("2026-04-03"))}
    assert (shown[EXPIRY].due, shown[EXPIRY].red, shown[EXPIRY].remaining) == ("2026-04-10", True, 5)
    before = {one.key: one for one in clocks(made, case.case, sample.CALENDAR, at("2026-04-02"))}
    assert not before[EXPIRY].red and before[LEGAL].stopped_since
    late = advance(made, case.case, Lapse("undecided"), {}, sample.context(now=at("2026-04-10") + timedelta(days=1)))
    assert late.case.deemed_at


def test_the_reminder_of_silence_follows_a_stop() -> None:
    limits = msgspec.structs.replace(LIMITS, undecided="视为准予", undecided_basis="示例条例第五条")
    made = sample.matter(limits=limits)
    case = accepted(made)
    stopped = go(case, STOP, "2026-03-04", made=made)
    assert DueCleared("undecided") in stopped.events
    back = go(stopped.case, Resume("评审结束"), "2026-03-06", made=made)
    assert DueSet("undecided", "2026-04-01T23:59:59+08:00") in back.events


def test_a_grant_by_a_person_is_watched_until_it_is_delivered() -> None:
    case = accepted()
    for person in (sample.INSPECTOR, sample.SECOND_INSPECTOR):
        case = go(case, FinishStep("inspect", "符合"), "2026-03-03", person).case
    case = go(case, Grant(), "2026-03-04", sample.APPROVER).case
    shown = {one.key: one for one in clocks(MATTER, case, sample.CALENDAR, at("2026-03-05"))}
    assert (shown["deliver"].due, shown[LEGAL].ended) == ("2026-03-18", case.decision.at if case.decision else "")
    assert case.timing.wake == "2026-03-13T00:00:00+08:00"
