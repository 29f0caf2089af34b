"""The guard over instant approval, as filings from several threads meet it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.events import Noted
from engine.model.guard import Guard
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from engine.ports.accounts import Account
from engine.ports.world import Answer
from engine.services import submission
from engine.services.accounts import Session
from tests.flow.world import World, located, session, together

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database makes no difference
AWAY = Answer("unavailable", reason="连接不上来源")


def staff(role: str, name: str = "钱示管", district: str = "黄浦区") -> Session:
    account = Account(id=f"S-{name}", login=name, kind="staff", name=name, roles=(role,), district=district)
    return Session(token="", account=account, subject=None, authority="", expires_at="")


def refused(act: Callable[..., object], *given: object) -> str:
    """The code under which it is refused."""
    with pytest.raises(ZhunyuError) as refusal:
        act(*given)
    return refusal.value.code


def granted(results: list[Case | ZhunyuError]) -> int:
    return sum(isinstance(one, Case) and one.status is Status.GRANTED for one in results)


def tripped(world: World) -> bool:
    return bool(world.guarding.tripped())


def test_the_hourly_limit_is_never_passed_when_eight_come_at_once(world: World) -> None:
    world.publish(located(guard=Guard(hourly=3)))
    drafts = [world.draft(session(number)) for number in range(8)]
    results = together(8, lambda place: world.cases.submit(session(place), drafts[place].id, ""))
    assert (granted(results), tripped(world)) == (3, True)
    assert sum(isinstance(one, Case) for one in results) == 8


@SQLITE
def test_what_comes_after_a_trip_goes_to_people(world: World) -> None:
    world.publish(located(guard=Guard(hourly=1)))
    world.filed(session(1)), world.filed(session(2))
    world.later(hours=3)
    case = world.filed(session(3))
    assert case.assessment is not None
    assert (case.status, case.assessment.by) == (Status.RECEIVED, "guard")


@SQLITE
def test_the_applicant_is_told_neutrally_and_staff_why(world: World) -> None:
    world.publish(located(guard=Guard(hourly=1)))
    world.filed(session(1))
    case = world.filed(session(2))
    said = "".join(moment.words for moment in world.cases.view(session(2), case.id).timeline)
    with world.store.read() as tx:
        noted = [one.event.words for one in tx.cases.events(case.id) if isinstance(one.event, Noted)]
    assert "守护" not in said and "上限" not in said
    assert len(noted) == 1 and "每小时上限 1 件" in noted[0]


def test_a_person_arms_the_guard_again_with_fresh_counters(world: World) -> None:
    world.publish(located(guard=Guard(hourly=1)))
    world.filed(session(1)), world.filed(session(2))
    world.guarding.arm(staff("审批"), "sample_new", 1, "核对了两件办件，均属正常。")
    assert (world.filed(session(3)).status, tripped(world)) == (Status.GRANTED, False)


@SQLITE
def test_tripping_and_arming_are_in_the_history_with_who_and_why(world: World) -> None:
    world.publish(located(guard=Guard(hourly=1)))
    world.filed(session(1)), world.filed(session(2))
    world.guarding.arm(staff("业务管理"), "sample_new", 1, "已核对")
    with world.store.read() as tx:
        trip, arming = tx.history.of_trail("guard:sample_new")
    assert trip.content is not None and "每小时上限 1 件" in trip.content.decode()
    assert arming.content is not None and "已核对" in arming.content.decode() and "钱示管" in arming.content.decode()


@SQLITE
def test_the_guard_is_not_armed_by_the_wrong_person_without_a_reason_or_twice(world: World) -> None:
    world.publish(located(guard=Guard(hourly=1)))
    world.filed(session(1)), world.filed(session(2))
    orders = [("窗口", 1, "好了"), ("审批", 1, " "), ("审批", 2, "好了"), ("审批", 1, "长" * 1001)]
    arm = world.guarding.arm
    codes = [refused(arm, staff(role), "sample_new", epoch, reason) for role, epoch, reason in orders]
    assert (codes, tripped(world)) == (["A002", "C004", "C001", "C004"], True)


@SQLITE
def test_missing_facts_stop_approvals_that_do_not_need_them(world: World) -> None:
    world.publish(located(guard=Guard(least=10, unknown=50)))
    world.registry.says = lambda _: AWAY
    for number in range(10):
        world.filed(session(number))
    world.registry.says = type(world.registry)().says
    assert world.filed(session(11)).status is Status.RECEIVED


def test_a_rise_against_the_matters_own_past_stops_approvals(world: World) -> None:
    with world.store.write() as tx:
        for day, instant in [(20, False)] * 40 + [(15, False)] * 30 + [(1, True)] * 60:
            now = world.clock.now() - timedelta(days=day)
            assert tx.guards.count("sample_new", 1, now, instant=instant, unknown=False, hourly=None)
    case = world.filed(session(1))
    assert case.assessment is not None and case.assessment.by == "guard"
    assert world.guarding.tripped()[0][1].cause == "准予比例突升"


def test_the_counters_tell_what_was_filed(world: World) -> None:
    world.filed(session(1))
    world.registry.says = lambda _: AWAY
    world.filed(session(2))
    with world.store.read() as tx:
        reading = tx.guards.reading("sample_new", world.clock.now())
    assert (reading.day.filed, reading.day.instant, reading.day.unknown) == (2, 1, 1)
    assert reading.hour == reading.day == reading.recent


def test_a_filing_that_is_refused_counts_nothing(world: World) -> None:
    world.filed(session(1))
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session(1))
    with world.store.read() as tx:
        assert tx.guards.reading("sample_new", world.clock.now()).day.filed == 1


def test_nothing_is_granted_at_once_on_a_frozen_basis(world: World) -> None:
    bases = [("row", "sample_new", "instant"), ("check", "sample_new", "alive"), ("source", "", "registry.business")]
    found = []
    for number, (kind, matter, key) in enumerate(bases):
        freeze = world.guarding.freeze("钱示管", "S1", kind, matter, key, "规则写错了")
        found.append(world.filed(session(number)).status)
        world.guarding.lift("钱示管", "S1", freeze.id, "已改正")
    assert (found, world.filed(session(9)).status) == ([Status.RECEIVED] * 3, Status.GRANTED)


@SQLITE
def test_a_frozen_version_stops_and_another_version_goes_on(world: World) -> None:
    world.guarding.freeze("钱示管", "S1", "version", "sample_new", located().hash, "发布有误")
    stopped = world.filed(session(1))
    world.publish(located(title="示例许可（改正版）"))
    assert (stopped.status, world.filed(session(2)).status) == (Status.RECEIVED, Status.GRANTED)


def test_a_freeze_between_judging_and_committing_is_not_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen = list[str]()

    def judged(*given: Any) -> Step:
        step = advance(*given)
        if not frozen:
            frozen.append(world.guarding.freeze("钱", "S1", "row", "sample_new", "instant", "有误").id)
        return step

    monkeypatch.setattr(submission, "advance", judged)
    case = world.filed(session(1))
    assert case.assessment is not None and (case.assessment.by, len(frozen)) == ("frozen", 1)


@SQLITE
def test_only_what_exists_is_frozen(world: World) -> None:
    freeze = world.guarding.freeze
    bases = [("row", "", "instant"), ("row", "sample_new", "nothing"), ("mood", "", "x"), ("source", "", "")]
    codes = [refused(freeze, "钱示管", "S1", kind, matter, key, "有误") for kind, matter, key in bases]
    assert codes == ["A004"] * 4


def test_the_same_basis_is_frozen_once(world: World) -> None:
    world.guarding.freeze("钱示管", "S1", "row", "sample_new", "instant", "有误")
    with pytest.raises(ZhunyuError, match="C001"):
        world.guarding.freeze("孙示管", "S2", "row", "sample_new", "instant", "也发现了")
