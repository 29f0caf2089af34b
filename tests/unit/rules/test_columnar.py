"""Rules over columns give in every case what they give case by case; nothing wraps, nothing is guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.model.rule import Rule
from engine.model.values import Missing, Unavailable
from engine.rules import evaluator
from engine.rules.columnar import Columnar
from engine.rules.columnar_table import paths_of, table_of
from tests.unit.rules.generator import Generator
from tests.unit.rules.test_agreement import generated
from tests.unit.rules.test_compiled import ODD, OPERANDS

AWAY = Unavailable("registry", "停机", "2026-01-01")


def in_columns(logic: Any, envs: list[dict[str, Any]]) -> list[bool | None]:
    """The truth in each environment, computed in columns."""
    columnar = Columnar(table_of(envs, sorted(paths_of(logic)) or ["无"]))
    truth = columnar.truth(logic)
    found: list[bool | None] = columnar.table.frame.select(truth.alias("truth"))["truth"].to_list()
    return found * len(envs) if len(found) == 1 else found


def one_by_one(logic: Any, envs: list[dict[str, Any]]) -> list[bool | None]:
    """The truth in each environment, by the walker."""
    made = [evaluator.test(Rule("", logic), env) for env in envs]
    return [one if one is True or one is False else None for one in made]


def test_generated_rules_give_the_same_in_columns() -> None:
    made = Generator(11)
    for _ in range(200):
        rule = generated(made)
        envs = [made.env() for _ in range(40)]
        assert in_columns(rule.logic, envs) == one_by_one(rule.logic, envs), rule.text


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">=", "in"])
def test_every_pair_of_odd_values_gives_the_same_in_columns(operator: str) -> None:
    for left in OPERANDS:
        for right in (*OPERANDS, ["甲", "乙"]):
            if operator == "in" and not isinstance(right, (dict, list)):
                continue
            if isinstance(right, list) and operator != "in":
                continue
            logic = {operator: [left, right]}
            envs = [{"a": a, "c": c} for a in ODD for c in ODD[::4]]
            assert in_columns(logic, envs) == one_by_one(logic, envs), logic


@pytest.mark.parametrize("value", ODD, ids=str)
def test_a_column_of_one_class_gives_the_same(value: Any) -> None:
    envs: list[dict[str, Any]] = [
        {"a": value, "c": value},
        {"a": Missing.EMPTY, "c": value},
        {"a": AWAY, "c": value},
        {},
    ]
    for logic in (
        {"==": [{"var": "a"}, {"var": "c"}]}, {"empty": [{"var": "a"}]}, {"unavailable": [{"var": "a"}]},
        {"or": [{"empty": [{"var": "a"}]}, {"==": [{"var": "c"}, "甲"]}]}, {"!": [{"in": [{"var": "a"}, ["甲"]]}]},
        {"in": [{"var": "a"}, {"var": "c"}]}, {"in": [{"var": "a"}, []]},
    ):  # fmt: skip
        assert in_columns(logic, envs) == one_by_one(logic, envs), logic


def test_numbers_near_the_end_of_64_bits_are_never_wrapped() -> None:
    big = 2**62 - 1
    envs = [
        {"a": big, "c": 4},
        {"a": -big, "c": 4},
        {"a": 10**20, "c": 1},
        {"a": Decimal("0.000000000000000001"), "c": 9},
    ]
    for operator in ("+", "-", "*"):
        for pair in (envs[:1], envs[:2], envs):
            logic = {">": [{operator: [{"var": "a"}, {"var": "c"}]}, 0]}
            assert in_columns(logic, pair) == one_by_one(logic, pair)


def test_decimals_of_different_places_are_compared_exactly() -> None:
    envs = [
        {"a": Decimal("0.30"), "c": Decimal("0.1")},
        {"a": Decimal("0.3"), "c": Decimal("0.10000001")},
        {"a": 1, "c": 3},
    ]
    logic = {"==": [{"*": [{"var": "c"}, 3]}, {"var": "a"}]}
    assert in_columns(logic, envs) == one_by_one(logic, envs) == [True, False, False]
