"""The declared messages: those of the project are sound, every event can be told, and events may come from anywhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.matters.messages import load_messages, load_ratings
from engine.model.events import GuardTripped, Happened, Noted, TaskOpened
from engine.model.messages import INNER, TRIGGERS, filled, masked, triggers_of
from engine.model.ratings import LEVELS
from engine.model.wording import places

PROJECT = Path(__file__).parents[3]


class Reminded(msgspec.Struct, frozen=True):
    """An event this module knows nothing of but its name."""

    task: str


class ClockReached(msgspec.Struct, frozen=True):
    """Another."""

    clock: str
    level: str


def names(event: object) -> list[str]:
    return [one.name for one in triggers_of(event)]


def test_the_messages_of_the_project_have_no_fault_and_tell_of_every_event_people_wait_for() -> None:
    rules, problems = load_messages(PROJECT)
    assert problems == ()
    untold = {"立案", "环节", "签收", "证照作废"}  # nobody has to do anything
    assert set(TRIGGERS) - {rule.on for rule in rules} == untold


def test_no_outward_text_of_the_project_has_a_word_that_may_name_people() -> None:
    rules, _ = load_messages(PROJECT)
    assert [rule.id for rule in rules if set(places(rule.outward)) & INNER] == []


def test_every_level_of_a_rating_has_reasons() -> None:
    rules, problems = load_ratings(PROJECT)
    assert problems == () and rules is not None and tuple(rules.labels) == LEVELS


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (TaskOpened("accept-1", "accept", "受理", "窗口", ""), ["任务产生"]),
        (TaskOpened("c-1", "after.duty", "后续核查", "监督", ""), ["后续核查产生"]),
        (TaskOpened("c-1", "accept", "受理", "窗口", "", held=True), []),
        (Happened("补正提交", ""), ["补正提交"]),
        (Noted("守护", ""), []),
        (GuardTripped(1, "误准", ""), ["秒批停止"]),
        (Reminded("accept-1"), ["催办"]),
        (ClockReached("legal", "预警"), ["时限过九成"]),
        (ClockReached("tell", "预警"), ["收件第四日"]),
        (ClockReached("legal", "正常"), []),
    ],
)
def test_an_event_sets_off_what_is_declared_for_its_name(event: object, told: list[str]) -> None:
    assert names(event) == told


def test_a_person_is_masked_and_an_organisation_is_not() -> None:
    assert (masked("自然人", "陈示安"), masked("法人", "上海示例酒店")) == ("陈＊＊", "上海示例酒店")


def test_a_text_is_filled_with_words_and_nothing_else() -> None:
    assert filled("{任务}{没有}{__class__}", {"任务": "受理"}) == "受理"
