"""A decision table becomes ordinary decide rows; what is wrong in it is told where it stands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.table import block, read_table
from engine.matters.table_rows import table_of_rows
from engine.matters.yaml_reader import Mark
from engine.model.matter import Row
from engine.model.rule import ALWAYS
from tests.unit.matters.tables import item, linked, project, scope

ROWS = """\
  - id: small
    when: 经营面积 < 100 且 类别 属于 [宾馆, 旅店] 且 营业执照.状态 = 存续
    outcome: 秒批
    commitment: true
    reason: 面积 {经营面积}，不到起点。
  - {id: middle, when: 经营面积 ≥ 100 且 经营面积 < 200, outcome: 转人工, suggest: 现场核查后准予}
  - {id: otherwise, when: 总是, outcome: 转人工}
"""
TABLE = """\
  - table: |
      | 编号 | 经营面积 | 类别 | 营业执照.状态 | 结果 | 凭承诺 | 理由 | 建议 |
      |---|---|---|---|---|---|---|---|
      # 住宿类的小店
      | small | < 100 | 宾馆, 旅店 | 存续 | 秒批 | 是 | 面积 {经营面积}，不到起点。 | - |
      | middle | [100..200) | - | - | 转人工 | 否 |  | 现场核查后准予 |
      | otherwise | - | - | - | 转人工 | - | - | - |
"""


def rows(root: Path, decide: str) -> tuple[Row, ...]:
    """The rows of a matter that has no problems."""
    catalogue, problems = linked(root, decide)
    assert problems == ()
    return catalogue.matters["sample"].decide


def faults(root: Path, decide: str) -> list[tuple[str, int, int]]:
    """Code, line within `decide` (from 1) and column of each problem."""
    problems = linked(root, decide)[1]
    text = (root / "matters" / "x" / "sample.yaml").read_text(encoding="utf-8")
    begin = text[: text.index("decide:")].count("\n") + 1
    return [(one.code, one.line - begin, one.column) for one in problems]


def test_a_table_gives_the_rows_that_the_same_list_gives(tmp_path: Path) -> None:
    assert rows(tmp_path / "a", TABLE) == rows(tmp_path / "b", ROWS)


def test_a_table_may_stand_among_rows(tmp_path: Path) -> None:
    first = "  - {id: first, when: 集中空调 = 是, outcome: 转人工}\n"
    assert [one.id for one in rows(tmp_path, first + TABLE)] == ["first", "small", "middle", "otherwise"]


def test_a_table_may_stand_in_a_fragment_and_takes_its_parameters_and_prefix(tmp_path: Path) -> None:
    root = project(tmp_path, "  - {use: deciding.size, as: site, with: {most: 50}}\n"
                   "  - {id: otherwise, when: 总是, outcome: 转人工}\n")  # fmt: skip
    (root / "rules" / "fragments" / "deciding.yaml").write_text(
        "size:\n  gives: decide\n  params: {most: {kind: 整数}}\n  body:\n    - table: |\n"
        "        | 编号  | 经营面积      | 结果   |\n        | small | < {param:most} | 转人工 |\n",
        encoding="utf-8",
    )
    catalogue, problems = load_catalogue(root, "sample")
    assert [one for one in problems if not one.code.startswith("W")] == []
    assert [(one.id, one.when.text) for one in catalogue.matters["sample"].decide] == [
        ("site_small", "经营面积 < 50"), ("otherwise", "总是"),
    ]  # fmt: skip


def test_only_rows_with_conditions_are_judged_as_one(tmp_path: Path) -> None:
    found = rows(tmp_path, item("经营面积 | 类别", "< 100 | 宾馆", "≥ 100 | 宾馆", hit="唯一"))
    assert [one.unique for one in found] == ["r1", "r1", ""]
    assert found[-1].when == ALWAYS


def test_two_rows_that_may_hold_together_in_different_columns_are_left_to_the_run(tmp_path: Path) -> None:
    decide = item("经营面积 | 经营面积 ÷ 使用面积", "< 100 | -", "- | > 0.5", hit="唯一")
    assert [one.unique for one in rows(tmp_path, decide)] == ["r1", "r1", ""]


@pytest.mark.parametrize(
    ("heads", "one", "two"),
    [
        ("经营面积 | 类别", "< 100 | -", "- | 宾馆"),
        ("经营面积 | 类别", "[50..100] | 宾馆, 旅店", "[100..150) | 旅店, 足浴"),
        ("类别", "为空, 宾馆", "为空"),
        ("开业日期", "≥ 2025-01-01", "< 2025-06-30"),
        ("集中空调", "是", "是"),
        ("营业执照.状态", "非 注销", "存续"),
        ("「层数（地上）」", "(1..3)", "2"),
    ],
)
def test_two_rows_that_surely_hold_together_are_refused(tmp_path: Path, heads: str, one: str, two: str) -> None:
    assert [code for code, _, _ in faults(tmp_path, item(heads, one, two, hit="唯一"))] == ["M193"]


@pytest.mark.parametrize(
    ("heads", "one", "two"),
    [
        ("经营面积", "< 100", "≥ 100"),
        ("经营面积", "[50..100)", "100"),
        ("经营面积", "非 50..100", "50..100"),
        ("经营面积", "≠ 3", "3"),
        ("经营面积 | 类别", "- | 宾馆", "- | 旅店, 足浴"),
        ("类别", "非 宾馆", "宾馆"),
        ("类别", "为空", "不为空"),
        ("营业执照.状态", "未取到", "存续"),
        ("营业执照.状态", "未取到", "为空"),
        ("集中空调", "是", "否"),
        ("开业日期", "< 2025-01-01", "2025-01-01..2025-12-31"),
        ("经营面积 ≤ 使用面积", "是", "否"),
        ("经营面积", "(1..2)", "(2..3)"),
    ],
)
def test_two_rows_that_cannot_hold_together_pass(tmp_path: Path, heads: str, one: str, two: str) -> None:
    assert faults(tmp_path, item(heads, one, two, hit="唯一")) == []


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("| 经营面积 | 结果 |\n| - | 转人工 |", [("M190", 2, 7)]),
        ("| 编号 | 经营面积 |\n| a | - |", [("M190", 2, 7)]),
        ("| 编号 | 结果 | 编号 |\n| a | 转人工 | b |", [("M190", 2, 19)]),
        ("| 编号 |  | 结果 |\n| a | - | 转人工 |", [("M190", 2, 15)]),
        ("| 编号 | 面只 | 结果 |\n| a | < 5 | 转人工 |\n| b | - | 转人工 |", [("R102", 2, 14)]),
        ("| 编号 | 结果 |", [("M190", 2, 7)]),
        ("编号, 结果", [("M190", 2, 7)]),
        ("| 编号 | 结果 |\n| A-1 | 转人工 |", [("M114", 3, 9)]),
        ("| 编号 | 结果 |\n| a | 准予 |", [("M152", 3, 9), ("M113", 3, 13)]),
        ("| 编号 | 结果 | 凭承诺 |\n| a | 转人工 | 好 |", [("M113", 3, 19)]),
        ("| 编号 | 经营面积 | 结果 |\n| a | 5 | 转人工 |", [("M152", 3, 9)]),
        ("| 编号 | 经营面积 | 结果 |\n| a | - | 转人工 |\n| b | - | 转人工 |", [("M152", 3, 9)]),
        ("| 编号 | 经营面积 | 结果 |\n| a | < 5 | 转人工 |\n| a | - | 转人工 |", [("M130", 4, 9)]),
        ("| 编号 | 经营面积 | 结果 | 理由 |\n| a | - | 转人工 | 见 {面只} |", [("M104", 3, 23)]),
    ],
)
def test_a_fault_of_a_table_is_told_at_its_cell(tmp_path: Path, table: str, wanted: list[tuple[str, int, int]]) -> None:
    decide = "  - table: |\n" + "".join(f"      {line}\n" for line in table.splitlines())
    assert faults(tmp_path, decide) == wanted


def test_a_table_of_too_many_rows_or_columns_is_refused() -> None:
    rows = "| a | 转人工 |\n" * 1001
    assert [one.code for one in read_table("| 编号 | 结果 |\n" + rows, Mark())[1]] == ["M190"]
    heads = "".join(f"| h{number} " for number in range(50))
    assert "上限" in read_table(f"| 编号 | 结果 {heads}|\n", Mark())[1][0].what


def test_full_width_bars_and_an_escaped_bar_are_understood() -> None:
    table, problems = read_table("｜ 编号 ｜ 结果 ｜ 理由 ｜\n| a | 转人工 | 甲\\|乙 |", Mark("x", 1, 1))
    assert problems == () and table is not None
    assert [one.text for one in table.rows[0]] == ["a", "转人工", "甲|乙"]
    assert read_table(block(table), Mark())[0] is not None
    again = read_table(block(table), Mark())[0]
    assert again is not None and [one.text for one in again.rows[0]] == ["a", "转人工", "甲|乙"]


def test_a_table_of_rows_written_without_one_links_to_the_same_rows(tmp_path: Path) -> None:
    catalogue, problems = linked(tmp_path / "a", ROWS)
    assert problems == ()
    made = table_of_rows(catalogue.matters["sample"].decide, scope(catalogue))
    text = "  - table: |\n" + "".join(f"      {line}\n" for line in block(made).splitlines())
    assert rows(tmp_path / "b", text) == catalogue.matters["sample"].decide


def test_five_hundred_rows_link_in_well_under_a_second(tmp_path: Path) -> None:
    many = [f"[{10 * one}..{10 * one + 10}) | 宾馆, 旅店" for one in range(500)]
    root = project(tmp_path, item("经营面积 | 类别", *many, hit="唯一"))
    load_catalogue(root, "sample")  # imports and schemas are ready
    begin = time.process_time()
    catalogue, problems = load_catalogue(root, "sample")
    assert time.process_time() - begin < 1.5
    assert [one for one in problems if not one.code.startswith("W")] == []
    assert len(catalogue.matters["sample"].decide) == 501
