"""Whatever a hostile or careless person writes is refused by a named bound, and evaluating a rule never raises."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import CODES
from engine.model.values import Missing, Unavailable
from engine.rules import closures
from engine.rules.compiler import compile_rule
from engine.rules.evaluator import UNKNOWN, evaluate, test
from engine.rules.problems import MAX_DEPTH, MAX_DIGITS, MAX_LIST, MAX_NODES, MAX_TEXT
from engine.rules.words import explain
from tests.unit.rules import rich
from tests.unit.rules.rich import Rich
from tests.unit.rules.vocabulary import AWAY, ENV, SCOPE, rule

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nested(levels: int) -> Any:
    made: Any = {"==": [{"var": "beds"}, 1]}
    for _ in range(levels):
        made = {"some": [{"var": "items"}, made]}
    return made


DEEP_LIST: Any = 1
for _ in range(5000):
    DEEP_LIST = [DEEP_LIST]
HOSTILE: list[tuple[str, Any, str, str]] = [
    ("brackets", "(" * 1900 + "总是" + ")" * 1900, "", ""),
    ("open brackets", "(" * 3999, "R101", "没有写完"),
    ("not upon not", "非 " * 1900 + "总是", "R110", str(MAX_DEPTH)),
    ("minus upon minus", "床位数 > " + "-" * 2000 + "1", "R110", str(MAX_DEPTH)),
    ("long text", "床位数 = 1 或 " * 1000, "R110", str(MAX_TEXT)),
    ("many nodes", {"or": [{"==": [{"var": "beds"}, 1]}] * 600}, "R110", str(MAX_NODES)),
    ("huge number", "床位数 > " + "9" * 3000, "R109", str(MAX_DIGITS)),
    ("huge decimal", {">": [{"var": "beds"}, {"dec": "9" * 4000}]}, "R109", "小数"),
    ("huge integer", {">": [{"var": "beds"}, 10**4000]}, "R109", str(MAX_DIGITS)),
    ("exponent", {">": [{"var": "beds"}, {"dec": "1e999999999"}]}, "R109", "小数"),
    ("not a number", {">": [{"var": "beds"}, {"dec": "NaN"}]}, "R109", "小数"),
    ("infinity", {">": [{"var": "beds"}, float("inf")]}, "R109", "浮点"),
    ("long list", {"in": [{"var": "beds"}, list(range(100000))]}, "R110", str(MAX_LIST)),
    ("deep list", {"in": [{"var": "beds"}, DEEP_LIST]}, "R110", str(MAX_DEPTH)),
    ("nested quantifiers", nested(60), "R110", str(MAX_DEPTH)),
    ("pattern bomb", '联系电话 匹配 "(a+)+$"', "R111", "嵌套重复"),
    ("pattern of many stars", '联系电话 匹配 "' + "a*" * 50 + '"', "R111", "不限次数"),
    ("long pattern", '联系电话 匹配 "' + "a" * 300 + '"', "R111", "200"),
    ("method", {"method": [{"var": "site"}, "__class__"]}, "R113", "禁止"),
    ("log", {"log": "x"}, "R113", "禁止"),
    ("module", {"os.system": ["true"]}, "R113", "禁止"),
    ("dunder operator", {"__import__": ["os"]}, "R113", "禁止"),
    ("attribute of a name", "经营地址.__class__ = 1", "R102", "__class__"),
    ("attribute of a path", {"==": [{"var": "site.__class__.__mro__"}, 1]}, "R102", "__class__"),
    ("path out of the rows", {"==": [{"var": "^.^.^.beds"}, 1]}, "R119", "^"),
    ("empty path", {"==": [{"var": ""}, 1]}, "R102", ""),
    ("path of dots", {"==": [{"var": "...."}, 1]}, "R102", ""),
    ("default value", {"==": [{"var": ["beds", 1]}, 1]}, "R114", "var"),
    ("two operators", {"==": [1, 1], "or": []}, "R114", "2"),
    ("no operator", {}, "R114", "0"),
    ("null", {"==": [{"var": "beds"}, None]}, "R114", "None"),
    ("bytes", {"==": [{"var": "site"}, b"x"]}, "R114", "b'x'"),
    ("operator that is no text", {1: [1, 2]}, "R107", "1"),
    ("right-to-left mark", "床位数 \u202e= 1", "R101", "不认识"),
    ("zero-width space in a name", "床\u200b位数 = 1", "R101", "不认识"),
    ("null character", "床位数 = 1\x00", "R101", "不认识"),
    ("digits of another script", "床位数 = ٣", "R102", "٣"),
    ("mathematical letters", "𝐛𝐞𝐝𝐬 = 1", "R102", "𝐛𝐞𝐝𝐬"),
    ("lone surrogate", "床位数 = \ud800", "R101", "不认识"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "code", "said"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_rule_is_refused_by_a_named_bound(source: Any, code: str, said: str) -> None:
    started = time.perf_counter()
    made, problems = compile_rule(source, SCOPE)
    assert time.perf_counter() - started < 3
    assert (made is None) == bool(code)
    assert not code or (code in {one.code for one in problems} and said in "".join(one.what for one in problems))


def test_two_hundred_unknown_names_are_told_in_time() -> None:
    started = time.perf_counter()
    _, problems = compile_rule(" 且 ".join(f"经营面织{number}甲乙丙 > 1" for number in range(160)), SCOPE)
    assert (len(problems) > 20, time.perf_counter() - started < 3) == (True, True)


_leaf = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=4) | st.decimals()
    | st.dates() | st.sampled_from(["area", "items", "^.qty", "2024-13-01", "param.table"])
)  # fmt: skip
_keys = st.sampled_from(["==", "and", "some", "var", "in", "entry", "lookup", "matches", "age", "+", "dec", "date", "method", ""])
_any = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(_keys | st.integers(), inner, max_size=2),
    max_leaves=10,
)  # fmt: skip
_words = st.lists(
    st.sampled_from(["经营面积", "清单", "它", "外", ".", "(", ")", "[", "]", "且", "或", "非", ">", "=", "≤", "=>", "大于", "属于", "为空",
                     "所有", "满足", "1", "万元", "2024-02-30", '"', "「", "」", "，", " ", "\n", "满3年", "查表", "！", "%", "'", "-"]),
    max_size=14,
).map("".join)  # fmt: skip


@quick
@given(_words | st.text(max_size=40), st.sampled_from(["bool", "number", "text", "date", "any"]))
def test_any_text_gives_a_rule_or_known_problems(text: str, expect: str) -> None:
    made, problems = compile_rule(text, SCOPE, expect=expect)
    assert (made is None) == bool(problems)
    assert all(one.code in CODES and one.what for one in problems)


@quick
@given(_any)
def test_any_object_gives_a_rule_or_known_problems(source: Any) -> None:
    made, problems = compile_rule(source, SCOPE)
    assert (made is None) == bool(problems)
    assert all(one.code in CODES and one.what for one in problems)


_state = st.sampled_from([*Missing, AWAY, Unavailable("x", "", "")])
_odd = (
    _state | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.binary(max_size=2) | st.dates()
    | st.decimals() | st.sampled_from([date.min, date.max, 10**40, Decimal("1e400"), Decimal("sNaN"), Decimal("-Infinity")])
)  # fmt: skip
_value = st.recursive(
    _odd,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.sampled_from(["qty", "price", "grade", "tags", "name", "state", "list", "it", "甲", "start"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
_heads = ("money", "area", "count", "kg", "colour", "free", "both", "it_field", "out_field", "red", "legal", "agent", "shadow",
          "today", "born", "many", "rows", "fact", "param", "code", "calendar", "bracket", "dotted", "wide", "years3", "day1")  # fmt: skip


@quick
@given(st.integers(0, 10**6), st.dictionaries(st.sampled_from(_heads), _value))
def test_evaluating_any_rule_over_any_values_never_raises(seed: int, env: dict[str, Any]) -> None:
    made = rule(Rich(Random(seed)).rule(), scope=rich.SCOPE)
    fast, traced = test(made, env), evaluate(made, env, rich.SCOPE.titles)
    assert fast is traced.value
    assert all(isinstance(sentence, str) for sentence in explain(traced.trace))


REASONS: list[tuple[str, dict[str, Any], str]] = [
    ("床位数 ÷ 0 > 1", {}, "除数为零"), ("床位数 ÷ (床位数 - 12) > 1", {}, "除数为零"),
    ("999999999999999999 × 999999999999999999 > 1", {}, "超出"), ("最大(清单.单价) > 1", {"items": ()}, "没有行"),
    ("最小(清单.单价) > 1", {"items": Missing.EMPTY}, ""), ("加年(今天, 9000) > 今天", {}, "日期超出范围"),
    ("加天(今天, 4000000) > 今天", {}, "日期超出范围"), ("加月(今天, -99999) > 今天", {}, "日期超出范围"),
    ("加天(今天, 0.5) > 今天", {}, "日期超出范围"), ("年龄(2026-01-01) > 1", {}, "出生日期晚于"),
    ("工作日数(0001-01-01, 9999-12-31) > 1", {}, "日期超出范围"), ("查表(参数.面积表, \"浴室\") > 1", {}, "没有这个键"),
    ("代码.场所类型[旅店].起点面积 > 1", {}, "没有这个键"), ("出生日期(联系电话) > 今天", {}, "没有有效的出生日期"),
    ("经营面积 > 1", {"area": Decimal("NaN")}, "超出"), ("经营面积 > 1", {"area": 1.5}, "浮点"),
    ("经营面积 > 1", {"area": "1"}, "类型不同"), ("联系电话 匹配 \"1+\"", {"phone": "1" * 3000}, "过长"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "changed", "reason"), REASONS)
def test_what_cannot_be_computed_is_unknown_with_its_reason(text: str, changed: dict[str, Any], reason: str) -> None:
    made = evaluate(rule(text), ENV | changed, SCOPE.titles)
    assert made.value is UNKNOWN
    assert reason in "".join(explain(made.trace))


def test_quantifiers_in_quantifiers_stop_at_the_budget_in_time() -> None:
    text = "所有 清单 满足 (所有 外.清单 满足 (所有 外.外.清单 满足 (所有 外.外.外.清单 满足 (它.数量 > 0))))"
    started = time.perf_counter()
    assert test(rule(text), ENV | {"items": tuple({"qty": 1} for _ in range(300))}) is UNKNOWN
    assert time.perf_counter() - started < 1
    assert closures.BUDGET == 20000
