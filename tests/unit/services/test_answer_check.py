"""Answers of sources against what they declared."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.model.types import Part, Type
from engine.ports.world import Answer
from engine.services.answer_check import BROKEN, _value, checked

RECORD = Type(
    "record",
    parts={
        "name": Part("名称", Type("text")),
        "area": Part("面积", Type("number", places=2)),
        "count": Part("数量", Type("number")),
        "since": Part("起始日", Type("date")),
        "open": Part("开业", Type("bool")),
        "state": Part("状态", Type("enum", values=("存续", "注销"))),
        "kinds": Part("类别", Type("multi", values=("宾馆", "浴室"))),
    },
)



@pytest.mark.parametrize(
    ("part", "said", "stored"),
    [
        ("name", "某店", "某店"), ("area", 12.5, "12.50"), ("area", "12", "12.00"), ("count", 3, 3), ("count", "3", 3),
        ("since", "2026-01-02", "2026-01-02"), ("since", "2026-01-02T08:00:00+08:00", "2026-01-02"),
        ("open", False, False), ("state", "存续", "存续"),
        ("kinds", ["宾馆"], ["宾馆"]), ("name", "", None), ("name", None, None),
    ],
)  # fmt: skip
def test_a_part_is_stored_in_the_form_its_type_has(part: str, said: object, stored: object) -> None:
    answer = checked(Answer("value", {part: said}), RECORD)
    assert answer.value[part] == stored


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("name", 5), ("area", "十二"), ("area", 12.345), ("area", "NaN"), ("count", True), ("count", 1.5),
        ("since", "2026-02-30"), ("since", "20260102"), ("open", "是"), ("state", "吊销"), ("kinds", "宾馆"),
        ("kinds", ["影院"]), ("kinds", [1]), ("name", "长" * 10_001),
    ],
)  # fmt: skip
def test_a_part_of_another_form_makes_the_answer_unavailable(part: str, said: object) -> None:
    answer = checked(Answer("value", {part: said}), RECORD)
    assert (answer.state, answer.reason[: len(BROKEN)]) == ("unavailable", BROKEN)


def test_the_reason_names_the_part() -> None:
    assert checked(Answer("value", {"count": "x"}), RECORD).reason == f"{BROKEN}：数量应为数"


def test_rows_without_a_row_are_empty() -> None:
    assert checked(Answer("value", []), Type("rows", parts=RECORD.parts)).state == "empty"


def test_an_outage_stays_an_outage() -> None:
    assert checked(Answer("unavailable", reason="超时"), RECORD) == Answer("unavailable", reason="超时")


def test_what_does_not_fit_is_refused_by_its_code() -> None:
    with pytest.raises(ZhunyuError) as refused:
        _value(5, RECORD)
    assert refused.value.code == "F002"
