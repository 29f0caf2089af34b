"""Two cells said to be apart never both hold; two cells said to meet do for some value. Against the evaluator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Any

import pytest

from engine.matters.table_cells import Column, cell, column
from engine.matters.table_regions import region
from engine.matters.yaml_reader import Mark
from engine.model.rule import Rule
from engine.model.values import Json, Missing, Unavailable
from engine.rules.evaluator import evaluate
from engine.rules.scope import Scope
from tests.unit.matters.tables import item, linked
from tests.unit.matters.tables import scope as scope_of

GONE = Unavailable("registry", "超时", "2025-01-20T08:00:00+08:00")
COLUMNS: dict[str, tuple[str, tuple[str, ...], tuple[Any, ...]]] = {
    "经营面积": (
        "area",
        ("< 5", "≤ 5", "5", "> 5", "≥ 5", "[5..9)", "(5..9]", "(4..5)", "1, 9", "≠ 5", "非 1, 9", "非 5..9",
         "< 1, > 9", "非 < 1, > 9", "为空", "不为空", "5, 为空", "非 为空"),
        (*(Decimal(one) / 2 for one in range(22)), Missing.EMPTY),
    ),
    "类别": (
        "type",
        ("宾馆", "宾馆, 旅店", "非 宾馆", "非 宾馆, 旅店", "足浴", "为空", "不为空", "足浴, 为空", "非 足浴, 为空"),
        ("宾馆", "旅店", "足浴", Missing.EMPTY),
    ),
    "营业执照.状态": (
        "licence", ("存续", "注销, 未取到", "未取到", "为空", "不为空", "非 存续", "非 未取到"),
        ({"status": "存续"}, {"status": "注销"}, {"status": Missing.EMPTY}, GONE),
    ),
    "集中空调": ("hvac", ("是", "否", "为空", "非 是"), (True, False, Missing.EMPTY)),
    "开业日期": (
        "opened", ("< 2025-01-01", "2025-01-01", "2025-01-01..2025-12-31", "> 2025-12-31", "非 2025-06-01"),
        (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 1), date(2025, 12, 31), date(2026, 1, 1)),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    catalogue, problems = linked(tmp_path_factory.mktemp("project"), item("营业执照.状态", "存续"))
    assert problems == ()
    return scope_of(catalogue)


def holds(logic: Json, head: Column, path: str, value: Any) -> bool:
    return evaluate(Rule("", logic, head.reads), {path: value}, {}, frozenset()).value is True


@pytest.mark.parametrize("name", COLUMNS)
def test_regions_agree_with_the_evaluator(scope: Scope, name: str) -> None:
    path, cells, values = COLUMNS[name]
    head, _ = column(name, scope, Mark())
    assert head is not None
    logics = {one: cell(one, head, scope).logic for one in cells}
    held = {one: {at for at, v in enumerate(values) if holds(logic, head, path, v)} for one, logic in logics.items()}
    known = 0
    for one, two in combinations_with_replacement(cells, 2):
        both = held[one] & held[two]
        here, there = region(logics[one], head.logic), region(logics[two], head.logic)
        if here is None or there is None:
            continue
        known += 1
        assert not (here.apart(there) and both), f"{one} and {two} hold of {both}"
        assert both or not here.meets(there), f"{one} and {two} are said to meet"
    assert known > len(cells)


def test_a_cell_that_compares_with_a_name_has_no_region(scope: Scope) -> None:
    head, _ = column("经营面积", scope, Mark())
    assert head is not None
    assert region(cell("≤ 使用面积", head, scope).logic, head.logic) is None
