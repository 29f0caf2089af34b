"""Shadow runs: a draft is judged at each filing, decides nothing, and ends when it should."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.matter import Check, FactNeed, Matter
from engine.model.types import Part, Type
from engine.ports.shadows import Shadow
from engine.ports.world import Answer
from engine.services.effects import Effects
from engine.services.shadow import KIND, Report, Shadowing, percent
from tests.flow.world import World, hashed, located, session, together
from tests.unit.pipeline import sample

ALL_MANUAL = located(decide=sample.matter().decide[1:])
TODAY = sample.NOW.date()
ONCE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what no database decides


@pytest.fixture
def shadows(world: World) -> Shadowing:
    return Shadowing(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf)


def effects(world: World, shadows: Shadowing) -> Effects:
    return Effects(
        store=world.store, clock=world.clock, ids=world.ids, waker=world.waker, wake_case=world.cases.run_due,
        handlers={KIND: shadows.run}, give_up={KIND: shadows.give_up},
    )  # fmt: skip


def carried_out(world: World, shadows: Shadowing) -> None:
    effects(world, shadows).work((KIND,), 10, lambda: False)


def run(world: World, shadows: Shadowing, draft: Matter, filings: int = 1) -> tuple[Report, list[Case]]:
    """Start, file, judge; the report."""
    shadow = shadows.start(draft, "王业务")
    cases = [world.filed(session(number), site=f"示例路{number}号") for number in range(filings)]
    carried_out(world, shadows)
    return shadows.report(shadow.id), cases


def with_fact() -> Matter:
    """A draft that asks a source the live version does not ask."""
    known = Type("record", parts={"clean": Part("未失信", Type("bool"))})
    clean = sample.rule("信用.未失信 = 是", {"==": [{"var": "credit.clean"}, True]}, "credit.clean")
    made = located()
    need = FactNeed("credit", "信用", "registry.credit", {"code": "applicant.code"}, known)
    check = Check("clean", clean, "有失信记录。", "转人工")
    return hashed(msgspec.structs.replace(made, facts=(*made.facts, need), precheck=(*made.precheck, check)))


@ONCE
def test_a_draft_that_changes_nothing_in_effect_agrees(world: World, shadows: Shadowing) -> None:
    report, _ = run(world, shadows, located(title="只改名称"), filings=2)
    assert (report.agreed, report.differed, report.agreement) == (2, 0, 100.0)


def test_a_flip_names_both_rules_and_the_case(world: World, shadows: Shadowing) -> None:
    world.registry.says = lambda _: _alive_at("示例路0号")
    report, cases = run(world, shadows, ALL_MANUAL)
    (flip,) = report.flips
    assert (flip.live.outcome, flip.live.by, flip.draft.outcome, flip.draft.by) == (
        "秒批", "instant", "转人工", "otherwise"
    )  # fmt: skip
    assert flip.examples == (cases[0].number,)


@ONCE
def test_a_case_comes_out_as_the_live_version_says(world: World, shadows: Shadowing) -> None:
    world.registry.says = lambda _: _alive_at("示例路0号")
    _, (case,) = run(world, shadows, ALL_MANUAL)
    now = world.load(case.id)
    assert (now.matter_hash, now.decision is not None and now.decision.automatic) == (located().hash, True)
    assert now.version == case.version


@ONCE
def test_a_draft_that_breaks_is_recorded_and_the_case_goes_on(
    world: World, shadows: Shadowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("示例路0号 的申请")

    monkeypatch.setattr("engine.services.shadow.judged_twice", broken)
    report, (case,) = run(world, shadows, ALL_MANUAL)
    assert [(one.number, one.error) for one in report.failed] == [(case.number, "程序错误 RuntimeError")]
    assert effects(world, shadows).counts().get("dead") is None


@ONCE
def test_what_the_effects_process_gave_up_is_recorded(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务")
    case = world.filed(session())
    with world.store.read() as tx:
        (job,) = [one for one in tx.effects.of_case(case.id) if one.kind == KIND]
    shadows.give_up(job, "多次中断，未能完成")
    assert [one.number for one in shadows.report(shadow.id).failed] == [case.number]


def test_carrying_a_job_out_twice_counts_once(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务")
    case = world.filed(session())
    with world.store.read() as tx:
        (job,) = [one for one in tx.effects.of_case(case.id) if one.kind == KIND]
    shadows.run(job)
    shadows.run(job)
    assert sum(shadows.counts(shadow.id).values()) == 1


@ONCE
def test_what_only_the_draft_asks_for_is_named(world: World, shadows: Shadowing) -> None:
    report, _ = run(world, shadows, with_fact())
    assert [one.lacking for one in report.differing] == [("信用",)]
    assert not [asked for asked in world.registry.asked if "registry.credit" in str(asked)]


@ONCE
def test_a_filing_without_a_shadow_makes_no_job(world: World) -> None:
    case = world.filed(session())
    with world.store.read() as tx:
        assert [one for one in tx.effects.of_case(case.id) if one.kind == KIND] == []


@ONCE
def test_after_its_last_day_a_shadow_judges_nothing(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务", TODAY.isoformat())
    world.later(days=1)
    world.filed(session())
    carried_out(world, shadows)
    assert (shadows.counts(shadow.id), shadows.list()[0].state) == ({}, "expired")


@ONCE
def test_on_its_last_day_a_shadow_still_judges(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务", TODAY.isoformat())
    world.filed(session())
    world.later(days=1)  # the effects process was away over night
    carried_out(world, shadows)
    assert sum(shadows.counts(shadow.id).values()) == 1


def test_an_expired_shadow_makes_room_for_the_next(world: World, shadows: Shadowing) -> None:
    shadows.start(ALL_MANUAL, "王业务", TODAY.isoformat())
    world.later(days=2)
    shadows.start(located(title="另一草案"), "王业务")
    assert [one.state for one in shadows.list("sample_new")] == ["running", "expired"]


def test_publishing_the_draft_ends_its_shadow(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务")
    world.publish(ALL_MANUAL)
    assert _state(shadows, shadow) == "published"


@ONCE
def test_publishing_another_version_lets_the_shadow_go_on(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务")
    world.publish(located(title="二版"))
    assert _state(shadows, shadow) == "running"


@ONCE
def test_a_stopped_shadow_keeps_its_report_and_judges_no_more(world: World, shadows: Shadowing) -> None:
    report, _ = run(world, shadows, ALL_MANUAL)
    shadows.stop(report.shadow.id, "王业务")
    world.filed(session(7), site="示例路7号")
    carried_out(world, shadows)
    assert sum(shadows.counts(report.shadow.id).values()) == 1


@ONCE
def test_a_shadow_is_stopped_once(world: World, shadows: Shadowing) -> None:
    shadow = shadows.start(ALL_MANUAL, "王业务")
    shadows.stop(shadow.id, "王业务")
    with pytest.raises(ZhunyuError, match="C001"):
        shadows.stop(shadow.id, "王业务")


def test_of_two_that_start_a_shadow_one_is_told(world: World, shadows: Shadowing) -> None:
    drafts = [located(title=f"草案{place}") for place in range(2)]
    ended = together(2, lambda place: shadows.start(drafts[place], "王业务"))
    assert [one.code for one in ended if isinstance(one, ZhunyuError)] == ["A015"]


@ONCE
def test_a_last_day_that_is_past_or_none_is_refused(shadows: Shadowing) -> None:
    for until in ("2026-02-09", "明天", "2026-13-01"):
        with pytest.raises(ZhunyuError, match="A004"):
            shadows.start(ALL_MANUAL, "王业务", until)


@ONCE
def test_a_draft_that_is_the_live_version_is_refused(shadows: Shadowing) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        shadows.start(located(), "王业务")


@ONCE
def test_no_answer_of_an_applicant_is_kept_with_the_results(world: World, shadows: Shadowing) -> None:
    report, (case,) = run(world, shadows, ALL_MANUAL)
    kept = msgspec.json.encode(shadows.report(report.shadow.id)).decode()
    assert not [value for value in case.answers.values() if isinstance(value, str) and value and value in kept]


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert [percent(one) for one in (None, 0.0, 99.97, 100.0)] == ["—", "0.0%", "99.9%", "100.0%"]


def _state(shadows: Shadowing, shadow: Shadow) -> str:
    return next(one.state for one in shadows.list() if one.id == shadow.id)


def _alive_at(address: str) -> Answer:
    return Answer("value", {"status": "存续", "address": address})
