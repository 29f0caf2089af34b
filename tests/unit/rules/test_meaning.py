"""Three values, their explanation, and the bounds of evaluation."""

from __future__ import annotations

import json
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.model.rule import Rule
from engine.model.values import Missing
from engine.rules import patterns
from engine.rules.evaluator import UNKNOWN, evaluate, test, value
from engine.rules.words import explain
from tests.unit.rules.vocabulary import AWAY, EMPTY, ENV, HIDDEN, PENDING, SCOPE, D, rule

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "jsonlogic-compatible.json"
STATES = {"T": True, "F": False, "U": PENDING}
RESULTS = {"T": True, "F": False, "U": UNKNOWN}
AND = {"TT": "T", "TF": "F", "TU": "U", "FT": "F", "FF": "F", "FU": "F", "UT": "U", "UF": "F", "UU": "U"}
OR = {"TT": "T", "TF": "T", "TU": "T", "FT": "T", "FF": "F", "FU": "U", "UT": "T", "UF": "U", "UU": "U"}
COMPARISONS = ("经营面积 = 5", "经营面积 ≠ 5", "经营面积 > 5", "经营面积 < 5", "经营面积 ≥ 5", "经营面积 ≤ 5", "经营面积 属于 [5]",
               "经营面积 不属于 [5]", "经营面积 + 1 > 5", "最大(经营面积, 5) > 1", "非 (经营面积 = 5)")  # fmt: skip


@pytest.mark.parametrize(("sign", "table"), [("且", AND), ("或", OR)])
@pytest.mark.parametrize("pair", list(AND))
def test_and_and_or_follow_kleene(sign: str, table: dict[str, str], pair: str) -> None:
    both = Rule("", {"and" if sign == "且" else "or": [{"==": [{"var": "a"}, True]}, {"==": [{"var": "b"}, True]}]})
    assert test(both, {"a": STATES[pair[0]], "b": STATES[pair[1]]}) is RESULTS[table[pair]]


@pytest.mark.parametrize(("given", "expected"), [(True, False), (False, True), (PENDING, UNKNOWN)])
def test_not_of_unknown_is_unknown(given: Any, expected: Any) -> None:
    assert test(Rule("", {"!": [{"==": [{"var": "a"}, True]}]}), {"a": given}) is expected


@pytest.mark.parametrize(("text", "state"), list(product(COMPARISONS, (EMPTY, HIDDEN, PENDING, AWAY))))
def test_a_comparison_with_anything_but_a_value_is_unknown(text: str, state: Any) -> None:
    assert test(rule(text), ENV | {"area": state}) is UNKNOWN


@pytest.mark.parametrize(("state", "empty", "unavailable"),
                         [(EMPTY, True, False), (HIDDEN, True, False), (PENDING, UNKNOWN, False), (AWAY, UNKNOWN, True), (5, False, False)])
def test_the_questions_about_states_answer_as_the_language_says(state: Any, empty: Any, unavailable: Any) -> None:
    env = ENV | {"area": state}
    assert (test(rule("经营面积 为空"), env), test(rule("经营面积 未取到"), env)) == (empty, unavailable)


def test_unknown_has_no_truth_of_its_own() -> None:
    with pytest.raises(TypeError, match="unknown"):
        bool(UNKNOWN)


def test_an_absent_head_is_pending_and_an_absent_part_is_empty() -> None:
    names = (value(rule("经营面积", "any"), {}), value(rule("营业执照.状态", "any"), {"licence": {}}))
    assert names == (Missing.PENDING, Missing.EMPTY)


def test_a_quantifier_stops_at_its_budget_with_unknown() -> None:
    env = ENV | {"items": tuple({"qty": 1} for _ in range(50))}
    assert evaluate(rule("所有 清单 满足 (它.数量 > 0)"), env, budget=10).value is UNKNOWN


def test_rows_times_rows_stay_within_the_budget() -> None:
    nested = "所有 清单 满足 (所有 外.清单 满足 (它.数量 > 0))"
    assert test(rule(nested), ENV | {"items": tuple({"qty": 1} for _ in range(200))}) is UNKNOWN


EXPLAINED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("经营面积 ≤ 60", {}, ("“经营面积 ≤ 60”不成立：实际为 72.5 平方米，要求 ≤ 60 平方米，多 12.5 平方米。",)),
    ("经营面积 ≤ 60 且 床位数 = 12 且 场所类别 = 旅店", {}, (
        "“经营面积 ≤ 60”不成立：实际为 72.5 平方米，要求 ≤ 60 平方米，多 12.5 平方米。", "“场所类别 = 旅店”不成立：实际为 宾馆，要求 = 旅店。")),
    ("今天 > 2025-02-01", {}, ("“今天 > 2025-02-01”不成立：实际为 2025-01-20，要求 > 2025-02-01，早 12 天。",)),
    ("营业执照.状态 = 存续", {"licence": AWAY}, (
        "无法核对“营业执照.状态 = 存续”：营业执照.状态（来源 registry.business）自 2025-01-20T08:00:00+08:00 起未取到：超时。",)),
    ("经营面积 > 5", {"area": PENDING}, ("无法核对“经营面积 > 5”：经营面积待填。",)),
    ("床位数 ÷ 0 > 5", {}, ("无法核对“床位数 ÷ 0 > 5”：除数为零。",)),
    ("床位数 = 12", {}, ("已满足：床位数 = 12。",)),
    ("所有 清单 满足 (它.数量 > 1)", {}, ("“第 2 行：它.数量 > 1”不成立：实际为 1，要求 > 1。",)),
    ("非 (场所类别 = 宾馆)", {}, ("不应出现“场所类别 = 宾馆”，但实际成立：实际为 宾馆，要求 = 宾馆。",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "changed", "sentences"), EXPLAINED)
def test_an_outcome_is_explained_in_plain_words(text: str, changed: dict[str, Any], sentences: tuple[str, ...]) -> None:
    assert explain(evaluate(rule(text), ENV | changed, SCOPE.titles).trace) == sentences


@pytest.mark.parametrize("text", ["经办人.证件号 = \"1\"", "经办人.证件号 包含 \"9\"", "身份证有效(经办人.证件号)", "经办人.证件号 为空"])
def test_a_trace_never_shows_a_sensitive_value(text: str) -> None:
    trace = evaluate(rule(text), ENV, SCOPE.titles, frozenset({"agent.id_no"})).trace
    assert "11010519491231002X" not in repr(trace)


def test_a_sensitive_record_protects_its_parts() -> None:
    trace = evaluate(rule("经办人.姓名 = \"王五\""), ENV, SCOPE.titles, frozenset({"agent"})).trace
    assert (trace.actual, "李四" in repr(trace)) == ("（已保护）", False)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*)*b", "(a|b+)*", "(?=a)", "(?P<n>a)", r"a\1", "a" * 201, "a{1,999}", "a*b*c*", "a**", "["])
def test_a_dangerous_pattern_is_refused(pattern: str) -> None:
    assert patterns.fault(pattern) != ""


@pytest.mark.parametrize("pattern", [r"1[3-9]\d{9}", "[A-Z]{2}-\\d+", "(?:南|北).*路", "^\\w+$", "沪卫公〔\\d{4}〕.+号"])
def test_a_plain_pattern_is_accepted(pattern: str) -> None:
    assert patterns.fault(pattern) == ""


def _official() -> list[Any]:
    if not VECTORS.exists():
        return []
    both = ("==", "!=", "===", "!==", ">", ">=", "<", "<=", "in", "and", "or", "!", "+", "-", "*", "/", "min", "max")
    kept = []
    for case in json.loads(VECTORS.read_text("utf-8")):
        if not isinstance(case, dict) or not isinstance(case["rule"], dict) or case.get("data") not in (None, {}, []):
            continue
        name, given = next(iter(case["rule"].items()))
        typed = isinstance(given, list) and len({_kind(item) for item in given}) == 1 and _kind(given[0]) != "other"
        arity = len(given) == 2 if isinstance(given, list) else False
        typed = typed and (name not in ("and", "or") or _kind(given[0]) == "bool")
        if name in both and typed and arity and not (_kind(given[0]) == "text" and name not in ("==", "!=", "in")):
            kept.append(case)
    return kept


def _kind(item: Any) -> str:
    if isinstance(item, bool):
        return "bool"
    return {int: "number", float: "number", str: "text"}.get(type(item), "other")


@pytest.mark.skipif(not VECTORS.exists(), reason="the official vectors are not beside this checkout")
@pytest.mark.parametrize("case", _official(), ids=lambda case: case["description"])
def test_the_official_vectors_hold_where_they_are_well_typed(case: Any) -> None:
    exact = json.loads(json.dumps(case["rule"]), parse_float=lambda text: {"dec": text})
    name = next(iter(exact))
    judged = isinstance(case["result"], bool)
    made = rule({"===": "==", "!==": "!="}.get(name, name) and exact, "bool" if judged else "number")
    found = value(made, {"today": date(2025, 1, 1)})
    assert (found if judged else D(str(found))) == (case["result"] if judged else D(str(case["result"])))
