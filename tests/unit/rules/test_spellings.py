"""Rule text and JsonLogic are two spellings of one rule: each prints and reads back as the other."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.compiler import compile_rule, render
from engine.rules.profile import CALLS, DENIED, OPERATORS, WORDS, function, table
from engine.rules.scope import Found, Name, Scope
from tests.unit.rules.generator import Generator
from tests.unit.rules.test_expressions import JUDGED
from tests.unit.rules.vocabulary import NAMES, SCOPE, UNITLESS, rule


@pytest.mark.parametrize("text", [text for text, *_ in JUDGED])
def test_printing_and_reading_again_gives_the_same_rule(text: str) -> None:
    first = rule(text)
    assert rule(first.text) == first


@pytest.mark.parametrize("text", [text for text, *_ in JUDGED])
def test_the_stored_form_compiles_to_itself_after_a_trip_through_json(text: str) -> None:
    first = rule(text)
    assert rule(json.loads(json.dumps(first.logic)) if first.logic not in (True, False) else first.logic) == first


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_generated_rules_survive_text_logic_text(seed: int) -> None:
    first = rule(Generator(seed).rule(), scope=UNITLESS)
    again = rule(first.text, scope=UNITLESS)
    assert (again.logic, again.text) == (first.logic, first.text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_gives_a_rule_or_problems_and_never_an_exception(text: str) -> None:
    made, problems = compile_rule(text, SCOPE)
    assert (made is None) == bool(problems)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*OPERATORS, "method", "x"]), inner, max_size=2),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*OPERATORS]), _json, max_size=2))
def test_any_json_at_all_gives_a_rule_or_problems_and_never_an_exception(source: dict[str, Any]) -> None:
    made, problems = compile_rule(source, SCOPE)
    assert (made is None) == bool(problems)


@pytest.mark.parametrize(
    ("text", "logic"),
    [
        ("经营面积 ≤ 60.50", {"<=": [{"var": "area"}, {"dec": "60.5"}]}),
        ("注册资本 ≥ 100 万元", {">=": [{"var": "capital"}, 1000000]}),
        ("今天 > 2025-01-20", {">": [{"var": "today"}, {"date": "2025-01-20"}]}),
        ("场所类别 不属于 [宾馆]", {"!": [{"in": [{"var": "place"}, ["宾馆"]]}]}),
        ("营业执照.地址 包含 经营地址", {"in": [{"var": "site"}, {"var": "licence.address"}]}),
        ("存在 清单 满足 (它.数量 > 外.床位数)", {"some": [{"var": "items"}, {">": [{"var": "qty"}, {"var": "^.beds"}]}]}),
        ("年龄(出生日期) ≥ 18", {">=": [{"age": [{"var": "born"}, {"var": "today"}]}, 18]}),
    ],
)
def test_the_stored_form_uses_ids_and_exact_literals(text: str, logic: Any) -> None:
    assert rule(text).logic == logic


@pytest.mark.parametrize("text", ["场所类别 = 「宾馆」", "场所类别 属于 [「宾馆」, 旅店]"])
def test_an_option_written_in_brackets_is_stored_as_plain_text(text: str) -> None:
    assert msgspec.json.decode(msgspec.json.encode(rule(text).logic)) == rule(text).logic


def test_a_rule_names_every_path_it_reads() -> None:
    assert rule("存在 清单 满足 (它.数量 > 外.床位数) 且 年龄(出生日期) > 1").reads == ("beds", "born", "items", "items.qty", "today")


def test_a_true_in_yaml_is_the_rule_always() -> None:
    assert compile_rule(True, SCOPE)[0] == rule("总是")


def test_the_standard_spellings_of_json_logic_are_made_canonical() -> None:
    given = {"and": [{"and": [{"===": [{"var": ["beds"]}, 1]}, {"!": {"==": [{"var": "hvac"}, True]}}]}, {">": [2, 1]}]}
    assert render(rule(given).logic, SCOPE) == "床位数 = 1 且 非 (集中空调 = 是) 且 2 > 1"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_again_by_the_title_it_is_printed_with(name: Name) -> None:
    found = SCOPE.find(tuple(SCOPE.title_of(name.path).split(".")))
    assert isinstance(found, Found)
    assert found.path == name.path


def test_two_names_with_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        Scope([NAMES[0], NAMES[0]])


def test_an_operator_given_twice_is_a_defect() -> None:
    with pytest.raises(ValueError, match="taken"):
        function("days", "天数之二", ("date",), "number", "重复")(lambda day: day)


def test_a_spelling_given_twice_is_a_defect() -> None:
    with pytest.raises(ValueError, match="taken"):
        function("other_days", "天数", ("date",), "number", "重复")(lambda day: day)


def test_the_table_describes_every_operator_for_the_manual() -> None:
    assert all(operator.doc and operator.chinese for operator in table())


def test_no_denied_operator_is_in_the_table() -> None:
    assert not DENIED & set(OPERATORS)


def test_every_spelling_leads_to_an_operator_of_the_table() -> None:
    assert {*CALLS.values(), *(word.operator for word in WORDS)} <= set(OPERATORS)
