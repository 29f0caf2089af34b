from __future__ import annotations

from typing import Any

import pytest

from engine.model.matter import Check, Parameter, ParameterEntry, Row
from engine.model.rule import Rule
from engine.model.types import Type
from engine.rules.mutation import mutants
from tests.unit.pipeline.sample import ALIVE, matter, rule

AREA, LEAST = {"var": "area"}, {"var": "param.least"}
METRES = Type("number", unit="平方米", places=2)


def slips(logic: Any) -> list[Any]:
    """The logic of every mutant of one check, those of the whole check left out."""
    one = matter(
        precheck=(Check("size", Rule("", logic, ("area",)), "", "当场更正"),),
        parameters=(Parameter("least", "起点面积", METRES, (ParameterEntry("2020-01-01", "1000"),)),),
    )
    return [it.after.logic for it in mutants(one) if it.id == "size" and it.kind == "核对" and it.after is not None]


def test_a_bound_is_opened_turned_and_moved_by_one_unit_of_the_field() -> None:
    assert slips({">=": [AREA, 1000]}) == [
        {">": [AREA, 1000]},
        {"<": [AREA, 1000]},
        {">=": [AREA, {"dec": "1000.01"}]},
        {">=": [AREA, {"dec": "999.99"}]},
    ]


def test_a_bound_kept_as_a_parameter_is_moved_too() -> None:
    assert {">=": [AREA, {"+": [LEAST, {"dec": "0.01"}]}]} in slips({">=": [AREA, LEAST]})


def test_a_number_of_days_is_moved_by_one_day() -> None:
    logic = {"<=": [{"days": [{"var": "today"}, {"var": "until"}]}, 90]}
    assert {"<=": [logic["<="][0], 91]} in slips(logic)


def test_each_part_of_a_conjunction_is_dropped_once() -> None:
    parts = [{"==": [AREA, 1]}, {"==": [AREA, 2]}, {"==": [AREA, 3]}]
    dropped = [one for one in slips({"and": parts}) if "and" in one and len(one["and"]) == 2]
    assert dropped == [{"and": [parts[1], parts[2]]}, {"and": [parts[0], parts[2]]}, {"and": [parts[0], parts[1]]}]


def test_a_conjunction_is_negated_as_a_whole() -> None:
    logic = {"and": [{"empty": [AREA]}, {"unavailable": [AREA]}]}
    assert {"!": [logic]} in slips(logic)


def test_a_list_test_is_negated() -> None:
    assert slips({"in": [AREA, ["甲", "乙"]]}) == [{"!": [{"in": [AREA, ["甲", "乙"]]}]}]


def test_a_negated_list_test_loses_its_negation() -> None:
    assert slips({"!": [{"in": [AREA, ["甲"]]}]}) == [{"in": [AREA, ["甲"]]}]


def test_a_quantifier_is_exchanged_and_its_body_changed() -> None:
    logic = {"all": [{"var": "rows"}, {"==": [{"var": "x"}, "甲"]}]}
    assert {"some": logic["all"]} in slips(logic) and {"all": [{"var": "rows"}, {"!=": [{"var": "x"}, "甲"]}]} in slips(
        logic
    )


def test_a_date_is_no_number_to_be_moved() -> None:
    logic = {">=": [{"var": "until"}, {"date": "2026-01-01"}]}
    assert slips(logic) == [{">": logic[">="]}, {"<": logic[">="]}]


@pytest.mark.parametrize("logic", [{">=": [AREA, 1000]}, {"and": [{"==": [AREA, 1]}, {"!=": [AREA, 1]}]}])
def test_no_slip_is_the_rule_itself_and_none_comes_twice(logic: Any) -> None:
    made = [str(one) for one in [logic, *slips(logic)]]
    assert len(made) == len(set(made))


def test_neighbouring_rows_are_exchanged_and_a_check_and_a_waiver_removed() -> None:
    changes = {it.change for it in mutants(matter()) if it.after is None}
    assert changes == {"与下一行 otherwise 对调", "删去这条核对", "删去免交方式 数据共享"}


def test_a_guard_is_removed() -> None:
    guarded = matter(
        precheck=(
            Check("size", ALIVE, "", "当场更正", when=rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, "hvac")),
        )
    )
    assert "去掉前提，总是核对" in {it.change for it in mutants(guarded) if it.kind == "核对前提"}


def test_a_slip_is_told_in_the_words_of_the_rule() -> None:
    one = matter(decide=(Row("instant", ALIVE, "秒批"),), precheck=())
    change = next(it.change for it in mutants(one) if it.kind == "裁决")
    assert change == "“营业执照.状态 = 存续”改成“营业执照.状态 ≠ 存续”"


def test_rows_of_which_only_one_may_hold_are_not_swapped() -> None:
    rows = tuple(Row(id, rule("", {"<": [AREA, most]}), "转人工", unique="a") for id, most in (("a", 1), ("b", 2)))
    changes = [one.change for one in mutants(matter(decide=(*rows, Row("last", rule("总是", True), "转人工"))))]
    assert "与下一行 last 对调" in changes and "与下一行 b 对调" not in changes
