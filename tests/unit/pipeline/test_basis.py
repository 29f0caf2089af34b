"""What a grant rested on, and which freeze stops it."""

from __future__ import annotations

from engine.model.events import Granted, GuardTripped
from engine.model.guard import Basis, Freeze, Guard, Reading, Tally
from engine.model.matter import Parameter, ParameterEntry
from engine.model.types import Type
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from tests.unit.pipeline import sample

LIMIT = sample.rule("经营面积 ≤ 参数.上限", {"<=": [{"var": "area"}, {"var": "param.limit"}]}, "area", "param.limit")


def file(**changes: object) -> Step:
    parameter = Parameter("limit", "上限", sample.NUMBER, (ParameterEntry("2020-01-01", "500"),))
    unread = Parameter("other", "别的", Type("number"), (ParameterEntry("2020-01-01", 1),))
    check = sample.Check("limit", LIMIT, "过大。", "转人工")
    base = sample.matter()
    matter = sample.matter(precheck=(*base.precheck, check), parameters=(parameter, unread), guard=Guard(hourly=5))
    return advance(matter, None, sample.filing(), sample.licence_fact(), sample.context(**changes))


def basis(step: Step) -> set[Basis]:
    (event,) = [event for event in step.events if isinstance(event, Granted)]
    return set(event.basis)


def test_a_grant_rests_on_rows_checks_parameters_sources_and_its_version() -> None:
    assert basis(file()) == {
        Basis("version", "0" * 64), Basis("row", "instant", "命中"), Basis("check", "area_logic", "通过"),
        Basis("check", "alive", "通过"), Basis("check", "limit", "通过"), Basis("parameter", "limit"),
        Basis("source", "registry.business", "已取到", "2026-02-10T09:00:00+08:00"),
    }  # fmt: skip


def stopped(freeze: Freeze) -> str:
    step = file(guard=Reading(freezes=(freeze,)))
    assert step.case.assessment is not None
    return step.case.assessment.by


def test_a_freeze_stops_what_rests_on_it_and_nothing_else() -> None:
    assert stopped(Freeze("F", "parameter", "", "limit", "数值有误")) == "frozen"
    assert stopped(Freeze("F", "parameter", "", "other", "数值有误")) == "instant"
    assert stopped(Freeze("F", "row", "another", "instant", "有误")) == "instant"
    assert stopped(Freeze("F", "row", "sample_new", "otherwise", "有误")) == "instant"


def test_a_trip_is_an_event_with_its_cause() -> None:
    step = file(guard=Reading(epoch=3, hour=Tally(6, 5)))
    (event,) = [event for event in step.events if isinstance(event, GuardTripped)]
    assert (event.epoch, event.cause) == (3, "每小时上限")


def test_a_guard_that_is_tripped_already_does_not_trip_again() -> None:
    step = file(guard=Reading(tripped="每小时上限", hour=Tally(6, 5)))
    assert not any(isinstance(event, (GuardTripped, Granted)) for event in step.events)
