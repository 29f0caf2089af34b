"""The engine, the browser's evaluator and the independent one over awkward names, every operator, state and type."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.model.values import Missing, Unavailable
from engine.rules.browser import env_for_browser, for_browser
from engine.rules.compiler import compile_rule
from engine.rules.evaluator import UNKNOWN, test, value
from engine.rules.independent import second_opinion
from engine.rules.profile import OPERATORS
from engine.rules.scope import Name, Scope
from tests.unit.rules import rich
from tests.unit.rules.rich import Rich, Values
from tests.unit.rules.test_agreement import in_node, node
from tests.unit.rules.test_meaning import VECTORS
from tests.unit.rules.vocabulary import rule

CASES = int(os.environ.get("RULE_CASES", "1200"))


def cases(count: int = CASES) -> list[tuple[Rule, dict[str, Any]]]:
    """Typed rules over awkward names, each with an environment."""
    made = []
    for seed in range(count):
        random = Random(seed)
        made.append((rule(Rich(random).rule(), scope=rich.SCOPE), Values(random).env()))
    return made


def said(one: Rule, env: dict[str, Any]) -> Any:
    """The engine's answer as the browser gives it."""
    result = test(one, env)
    return "unknown" if result is UNKNOWN else result


@node
def test_the_browser_agrees_on_every_operator_state_and_type() -> None:
    drawn = cases()
    theirs = in_node([[for_browser(one), env_for_browser(env), {}] for one, env in drawn])
    wrong = [(one.text, env, a, b) for (one, env), b in zip(drawn, theirs, strict=True) if (a := said(one, env)) != b]
    assert not wrong, (len(wrong), wrong[0])


def test_the_independent_evaluator_never_contradicts_over_awkward_names() -> None:
    wrong = []
    for one, env in cases():
        theirs, ours = second_opinion(one, env), test(one, env)
        if theirs is not None and theirs is not ours:
            wrong.append((one.text, env, ours, theirs))
    assert not wrong, (len(wrong), wrong[0])


def test_the_drawn_cases_reach_every_operator_value_and_state() -> None:
    operators: Counter[str] = Counter()
    answers: Counter[Any] = Counter()
    states: Counter[Any] = Counter()

    def walk(logic: Any) -> None:
        for name, given in logic.items() if isinstance(logic, dict) else ():
            operators[name] += 1
            walk(given)
        for part in logic if isinstance(logic, list) else ():
            walk(part)

    for one, env in cases():
        walk(one.logic)
        answers[said(one, env)] += 1
        states.update(value if isinstance(value, Missing) else type(value).__name__ for value in env.values())
    assert set(operators) == set(OPERATORS)
    assert min(operators[name] for name in OPERATORS) > 2
    assert min(answers[value] for value in (True, False, "unknown")) > 100
    assert {*Missing, Unavailable.__name__, "bool", "int", "Decimal", "str", "date", "tuple", "dict"} <= set(states)


def _type(value: Any) -> Type | None:
    """The type of a datum of the official suite; None for what the profile has no type for."""
    if isinstance(value, dict):
        parts = {key: made for key, one in value.items() if (made := _type(one))}
        return Type("record", parts={key: Part(key, one) for key, one in parts.items()})
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            return Type("rows", parts=getattr(_type(value[0]), "parts", {}))
        return Type("multi") if all(isinstance(one, str) for one in value) else None
    kinds = {bool: "bool", int: "number", Decimal: "number", str: "text"}
    return Type(kinds[type(value)]) if type(value) in kinds else None


def _exact(value: Any) -> Any:
    """JSON whose decimals are spelled as the profile wants them."""
    if isinstance(value, dict):
        return {key: _exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_exact(one) for one in value]
    return {"dec": format(value, "f")} if isinstance(value, Decimal) else value


def _official() -> Iterator[tuple[Rule, dict[str, Any], Any]]:
    """Each rule of the official suite that the profile takes, compiled over the names of its data."""
    for case in json.loads(VECTORS.read_text("utf-8"), parse_float=Decimal) if VECTORS.exists() else ():
        data = case.get("data") or {} if isinstance(case, dict) else []
        if isinstance(data, dict) and not isinstance(case["rule"], list):
            types = {key: made for key, one in data.items() if (made := _type(one)) and key and "." not in key}
            scope = Scope(Name(key, key, one) for key, one in types.items())
            expect = "bool" if isinstance(case["result"], bool) else "any"
            made, _ = compile_rule(_exact(case["rule"]), scope, expect=expect)
            if made is not None:
                yield made, data, case["result"]


@pytest.mark.skipif(not VECTORS.exists(), reason="the official vectors are not beside this checkout")
def test_whatever_the_profile_takes_of_the_official_suite_gives_the_official_result() -> None:
    ran = list(_official())
    assert [(one.text, found, wanted) for one, data, wanted in ran if (found := value(one, data)) != wanted] == []
    seen = {name for one, _, _ in ran if isinstance(one.logic, dict) for name in one.logic}
    assert {"and", "or", "!", "in", "max", "min", ">", ">=", "<", "<=", "==", "!=", "+", "-", "*", "/", "all", "some"} <= seen
    assert len(ran) > 60
