"""The function made of a rule gives exactly what the closure gives, the reason of an unknown included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.values import Missing, Unavailable
from engine.rules import closures
from engine.rules.compiled import compiled, together
from tests.unit.rules.generator import Generator
from tests.unit.rules.test_agreement import generated

ROOT = Path(__file__).resolve().parents[3]
AWAY = Unavailable("registry", "停机", "2026-01-01")
ODD: tuple[Any, ...] = (
    Missing.EMPTY, Missing.PENDING, Missing.NOT_APPLICABLE, AWAY, "", "甲", "乙", None, 0, 1, -7, 10**31, True, False, 1.5,
    Decimal("1.50"), Decimal("NaN"), Decimal(10) ** 31, date(2024, 2, 29), (), ("甲", "乙"), ("甲", Missing.EMPTY), ["甲"],
    {"b": "甲"}, {"b": 1}, {"b": Missing.EMPTY}, {"b": None}, {"b": ""}, {"b": {"c": 1}}, ({"b": "甲"}, {"b": 2}),
)  # fmt: skip
OPERANDS: tuple[Any, ...] = (
    {"var": "a"}, {"var": "a.b"}, {"var": "c"}, {"var": "a.b.c"}, "甲", "", 0, 1, True, {"dec": "1.5"}, {"date": "2024-02-29"},
)  # fmt: skip


def same(logic: Any, env: dict[str, Any]) -> bool:
    """Whether both give the same thing: the same truth, the same state, the same reason."""
    one, other = compiled(logic)(env), closures.build(logic)(env)
    return one is other or (one.__class__ is other.__class__ and repr(one) == repr(other))


def test_eight_thousand_generated_cases_give_the_same() -> None:
    made, wrong = Generator(7), []
    envs = [made.env() for _ in range(100)]
    for _ in range(80):
        rule = generated(made)
        function, closure = compiled(rule.logic), closures.build(rule.logic)
        for env in envs:
            one, other = function(env), closure(env)
            if one is not other and repr(one) != repr(other):
                wrong.append((rule.text, env, one, other))
    assert not wrong, wrong[0]


def test_many_rules_in_one_function_give_the_same() -> None:
    made = Generator(8)
    rules = [generated(made).logic for _ in range(60)]
    under = [-1 if place % 3 else place - 1 for place in range(60)]
    function = together(list(zip(rules, under, strict=True)))
    runs = [closures.build(logic) for logic in rules]
    for env in [made.env() for _ in range(20)]:
        alone = [run(env) for run in runs]
        told: list[Any] = []
        for result, above in zip(alone, under, strict=True):
            told.append(None if above >= 0 and told[above] is False else result)
        for one, other in zip(function(env), told, strict=True):
            assert one is other or repr(one) == repr(other)


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_every_pair_of_odd_values_compares_the_same(operator: str) -> None:
    for left in OPERANDS:
        for right in OPERANDS:
            logic = {operator: [left, right]}
            function, closure = compiled(logic), closures.build(logic)
            for a in ODD:
                for c in (*ODD, "不在"):
                    env = {"a": a} if c == "不在" else {"a": a, "c": c}
                    one, other = function(env), closure(env)
                    assert one is other or repr(one) == repr(other), (logic, env, one, other)


def test_every_odd_value_in_a_list_or_empty_gives_the_same() -> None:
    for left in OPERANDS[:4]:
        for logic in ({"in": [left, ["甲", "乙"]]}, {"in": [left, []]}, {"in": ["甲", left]}, {"empty": [left]}):
            for a in ODD:
                assert same(logic, {"a": a, "c": a}) and same(logic, {}), (logic, a)


ATOMS = st.sampled_from(
    [{"==": [{"var": "a"}, "甲"]}, {">": [{"var": "c"}, 0]}, {"empty": [{"var": "a"}]}, True, False]
)
TREES = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=5).map(lambda given: {"and": given}),
        st.lists(parts, min_size=2, max_size=5).map(lambda given: {"or": given}),
        parts.map(lambda given: {"!": [given]}),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(TREES, st.sampled_from(ODD), st.sampled_from(ODD))
def test_chains_keep_the_first_doubt(logic: Any, a: Any, c: Any) -> None:
    assert same(logic, {"a": a, "c": c})


def test_text_of_a_rule_is_never_run() -> None:
    hostile = '"); __import__("os") or ("x'
    assert compiled({"==": [{"var": "a"}, hostile]})({"a": hostile}) is True
    assert compiled({"==": [{"var": f"a.{hostile}"}, "甲"]})({"a": {hostile: "甲"}}) is True


def test_a_chain_of_a_thousand_parts_is_still_one_function() -> None:
    logic = {"and": [{"==": [{"var": "a"}, "甲"]}] * 1000}
    assert compiled(logic)({"a": "甲"}) is True
    assert compiled(logic)({"a": AWAY}) is AWAY
