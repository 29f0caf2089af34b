from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.values import Missing
from engine.rules.closures import build
from engine.rules.conditions import Judgement, joined, take_apart

TITLES = {"a": "甲", "b": "乙", "c": "丙", "rows": "清单", "rows.x": "清单.列"}


def yes(name: str) -> dict[str, Any]:
    return {"==": [{"var": name}, True]}


A_AND_B_OR_C = {"and": [yes("a"), {"or": [yes("b"), yes("c")]}]}


def recorded(logic: Any, *scenes: dict[str, Any]) -> Judgement:
    judgement = take_apart(logic, TITLES)
    for number, env in enumerate(scenes, 1):
        judgement.record(env, str(number))
    return judgement


def scene(a: bool | None, b: bool | None, c: bool | None) -> dict[str, Any]:
    values = zip("abc", (a, b, c), strict=True)
    return {name: Missing.EMPTY if value is None else value for name, value in values}


def test_the_four_classic_scenes_show_each_of_three_conditions_alone() -> None:
    judgement = recorded(
        A_AND_B_OR_C,
        scene(True, True, False),
        scene(False, True, False),
        scene(True, False, True),
        scene(True, False, False),
    )
    assert [judgement.pair(place) for place in range(3)] == [("1", "2", True), ("1", "4", True), ("3", "4", True)]


def test_a_condition_hidden_behind_a_true_alternative_is_not_shown() -> None:
    judgement = recorded(A_AND_B_OR_C, scene(True, True, True), scene(True, False, True))
    assert judgement.pair(1) is None


def test_two_scenes_that_differ_elsewhere_are_a_pair_only_by_masking() -> None:
    judgement = recorded(A_AND_B_OR_C, scene(True, True, False), scene(False, False, True))
    assert judgement.pair(0) == ("1", "2", False)


def test_an_unknown_condition_that_decides_nothing_does_not_stand_in_the_way() -> None:
    judgement = recorded(A_AND_B_OR_C, scene(True, True, None), scene(False, True, None))
    assert judgement.pair(0) == ("1", "2", True)


def test_an_unknown_condition_that_leaves_the_rule_unknown_shows_nothing() -> None:
    judgement = recorded(A_AND_B_OR_C, scene(True, None, False), scene(False, None, False))
    assert judgement.pair(0) is None


def test_a_condition_behind_a_failed_one_is_recorded_all_the_same() -> None:
    judgement = recorded(A_AND_B_OR_C, scene(False, True, False))
    assert (judgement.first(1, True), judgement.first(2, False)) == ("1", "1")


def test_the_conditions_made_of_each_row_are_recorded_row_by_row() -> None:
    logic = {"some": [{"var": "rows"}, {"==": [{"var": "x"}, 1]}]}
    body = recorded(logic, {"rows": ({"x": 2}, {"x": 1})}).atoms[0].body
    assert body is not None and (body.first(0, True), body.first(0, False)) == ("1", "1")


def test_a_negated_list_test_is_one_condition_as_it_reads() -> None:
    judgement = take_apart({"!": [{"in": [{"var": "a"}, ["x", "y"]]}]}, TITLES)
    assert [atom.text for atom in judgement.atoms] == ["甲 不属于 [x, y]"]


_LOGIC = st.recursive(
    st.sampled_from([yes(name) for name in "abc"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"or": parts}),
        inner.filter(lambda part: "==" not in part).map(lambda part: {"!": [part]}),
    ),
    max_leaves=6,
)
_SCENES = st.lists(st.tuples(*[st.sampled_from([True, False, None])] * 3), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(_LOGIC, st.tuples(*[st.sampled_from([True, False, None])] * 3))
def test_taken_apart_and_joined_again_a_rule_gives_what_the_evaluator_gives(logic: Any, values: Any) -> None:
    env = scene(*values)
    result = build(logic)(env)
    assert take_apart(logic, TITLES).record(env, "1") is (result if isinstance(result, bool) else None)


@settings(max_examples=150, deadline=None)
@given(_LOGIC, _SCENES)
def test_both_scenes_of_a_pair_differ_in_the_condition_and_in_the_outcome(logic: Any, values: Any) -> None:
    judgement = recorded(logic, *(scene(*one) for one in values))
    named = {name: vector for vector, name in judgement.seen.items()}
    for place in range(len(judgement.atoms)):
        if (pair := judgement.pair(place)) is not None:
            high, low = named[pair[0]], named[pair[1]]
            outcomes = {joined(judgement.shape, high), joined(judgement.shape, low)}
            assert (high[place], low[place], outcomes) == (True, False, {True, False})


@settings(max_examples=30, deadline=None)
@given(st.permutations("abc"))
def test_every_scene_there_is_shows_every_condition_of_a_rule_that_names_each_once(order: list[str]) -> None:
    logic = {"and": [yes(order[0]), {"!": [{"or": [yes(order[1]), yes(order[2])]}]}]}
    judgement = recorded(logic, *(scene(*values) for values in product([True, False], repeat=3)))
    assert all(judgement.pair(place) for place in range(3))
