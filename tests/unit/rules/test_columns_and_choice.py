"""不重复, columns against columns, 如果 and 加工作日: what they say in three values, and what is a fault."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.rules.compiler import compile_rule
from engine.rules.evaluator import UNKNOWN, evaluate
from engine.rules.guards import guarded
from engine.rules.independent import second_opinion
from engine.rules.scope import Name, Scope
from tests.unit.rules.vocabulary import AWAY, EMPTY, ENV, PENDING, SCOPE, rule


def said(text: str, **given: Any) -> Any:
    return evaluate(rule(text), {**ENV, **given}).value


def rows(*names: Any) -> tuple[dict[str, Any], ...]:
    return tuple({"name": name} for name in names)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((), True), (("锅",), True), (("锅", "碗"), True), (("锅", "碗", "锅"), False), ((EMPTY, EMPTY, "锅"), True),
        (("锅", PENDING), UNKNOWN), (("锅", AWAY, "锅"), False),
    ],
)  # fmt: skip
def test_no_two_rows_are_alike_in_three_values(names: tuple[Any, ...], wanted: Any) -> None:
    assert said("不重复(清单.品名)", items=rows(*names)) == wanted


def test_equal_numbers_spelt_differently_are_alike() -> None:
    assert said("不重复(清单.单价)", items=({"price": Decimal("1.10")}, {"price": Decimal("1.1")})) is False


@pytest.mark.parametrize(("hvac", "wanted"), [(True, True), (False, False), (EMPTY, UNKNOWN), (AWAY, UNKNOWN)])
def test_a_choice_is_unknown_where_its_condition_is(hvac: Any, wanted: Any) -> None:
    assert said("床位数 ≤ 如果(集中空调 = 是, 12, 11)", hvac=hvac) == wanted


def test_only_the_chosen_value_is_needed() -> None:
    assert said("如果(集中空调 = 是, 床位数, 层高) = 12", height=AWAY) is True
    made = rule("如果(集中空调 = 是, 床位数, 层高) = 12")
    assert second_opinion(made, {**ENV, "height": AWAY}) is True


def test_working_days_follow_the_calendar() -> None:
    assert said("加工作日(今天, 4) = 2025-01-24", today=date(2025, 1, 20)) is True
    assert said("加工作日(2025-01-24, 3) = 2025-01-29") is True  # the 26th is worked, the 28th is off
    assert said("加工作日(2025-01-27, -1) = 2025-01-26") is True
    assert said("加工作日(2025-01-25, 0) = 2025-01-25") is True
    assert said("加工作日(今天, 99999) > 今天") == UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("不重复(清单)", "R104"), ("不重复(床位数)", "R104"), ("如果(集中空调 = 是, 12, 经营地址) = 12", "R104"),
        ("如果(集中空调 = 是, 经营面积, 层高) > 1", "R106"), ("如果(集中空调, 1, 2) = 1", "R117"),
        ("如果(集中空调 = 是, 清单, 清单) 为空", "R104"), ("如果(集中空调 = 是, 1) = 1", "R108"),
        ("清单.数量 有交集 清单.品名", "R104"), ("加工作日(床位数, 1) = 今天", "R104"),
    ],
)  # fmt: skip
def test_a_word_put_to_the_wrong_thing_is_told(text: str, code: str) -> None:
    _, problems = compile_rule(text, SCOPE)
    assert code in {one.code for one in problems}


def test_a_choice_guards_what_it_chooses() -> None:
    shown = Rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, ("hvac",))
    names = [Name("hvac", "集中空调", Type("bool")), Name("vents", "风口数", Type("number"), guard=shown),
             Name("list", "表", Type("rows", parts={"n": Part("数", Type("number"))}))]  # fmt: skip
    scope = Scope(names)

    def faults(text: str) -> list[str]:
        made, problems = compile_rule(text, scope)
        assert made is not None, problems
        return [one.code for one in guarded(made, scope)]

    assert faults("如果(集中空调 = 是, 风口数, 0) > 1") == []
    assert faults("如果(集中空调 = 是, 1, 风口数) > 1") == ["R115"]
    assert faults("如果(非 (集中空调 = 是), 1, 风口数) > 1") == []
