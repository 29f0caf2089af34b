"""Tables out to .xlsx and .dmn and back give the same rows; what a file cannot say, or should not, is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from engine.errors import ZhunyuError
from engine.matters import spreadsheet
from engine.matters.catalogue import Catalogue
from engine.matters.dmn.bridge import from_dmn, to_dmn
from engine.matters.dmn.reading import read_dmn
from engine.matters.dmn.writing import write_dmn
from engine.matters.table import Table, item
from engine.matters.table_rows import table_of_rows
from engine.model.matter import Row
from tests.unit.matters import tables
from tests.unit.matters.tables import linked, scope

PLAIN = """\
  - hit: 先中
    table: |
      | 编号 | 经营面积 | 类别 | 集中空调 | 开业日期 | 营业执照.名称 | 说明 | 结果 | 凭承诺 | 理由 | 建议 | 依据 |
      | a | < 100 | 宾馆, 旅店 | 是 | - | - | - | 秒批 | 是 | 面积 {经营面积}。 | - | 第八条 |
      | b | [100..200) | 非 宾馆, 旅店 | 否 | ≥ 2025-01-20 | "甲, \\"乙\\" \\|" | 为空 | 转人工 | - | - | 核实 | - |
      | c | (1.5..20.5] | 非 足浴 | - | 2025-01-01..2025-12-31 | - | 不为空 | 转人工 | - | - | - | - |
      | d | 5, > 500 | - | - | - | - | - | 转人工 | - | - | - | - |
      | e | ≤ 使用面积 | - | - | - | - | - | 转人工 | - | - | - | - |
      | f | 非 1..5, 7 | ≠ 足浴 | - | - | - | - | 转人工 | - | - | - | - |
      | otherwise | - | - | - | - | - | - | 转人工 | - | 其他。 | - | - |
"""
RICH = """\
  - table: |
      | 编号 | 项目 | 经营面积 ≤ 使用面积 | 营业执照.状态 | 天数(开业日期, 今天) | 注册资本 | 结果 |
      | a | 宾馆, 旅店 | 是 | 存续 | > 30 | < 100 万元 | 转人工 |
      | b | 全部属于 宾馆 | 否 | 未取到 | 1..30 | 1..5 万元 | 转人工 |
      | c | 不包含 足浴 | - | 存续, 未取到 | - | - | 转人工 |
      | d | 有交集 代码.住宿类 | - | 非 为空 | - | - | 转人工 |
      | otherwise | - | - | - | - | - | 转人工 |
"""
UNIQUE = tables.item("经营面积 | 类别", "< 100 | 宾馆", "[100..200) | 宾馆", "- | 旅店", hit="唯一")
LISTED = """\
  - {id: a, when: (经营面积 > 5 或 集中空调 = 是) 且 非 (类别 = 足浴), outcome: 转人工}
  - {id: b, when: 经营面积 > 5 且 经营面积 ≠ 7 且 经营面积 + 使用面积 > 20, outcome: 转人工}
  - {id: c, when: 使用面积 > 经营面积 且 说明 匹配 "甲+", outcome: 转人工}
  - {id: d, when: 营业执照 未取到, outcome: 转人工}
  - {id: otherwise, when: 总是, outcome: 转人工}
"""


def rows(catalogue: Catalogue) -> tuple[Row, ...]:
    return catalogue.matters["sample"].decide


def exported(root: Path, decide: str) -> tuple[Catalogue, Table]:
    catalogue, problems = linked(root, decide)
    assert problems == ()
    return catalogue, table_of_rows(rows(catalogue), scope(catalogue))


def through_xlsx(made: Table, catalogue: Catalogue) -> Table:
    found, problems = spreadsheet.read_xlsx(spreadsheet.write_xlsx(made, {"经营面积": "平方米"}), "x.xlsx")
    assert problems == () and found is not None
    return found


def through_dmn(made: Table, catalogue: Catalogue) -> Table:
    read, problems = read_dmn(write_dmn(to_dmn(made, scope(catalogue), "示例"), "urn:x"), "x.dmn")
    assert problems == ()
    found, problems = from_dmn(read[0], scope(catalogue), "x.dmn")
    assert problems == () and found is not None
    return found


@pytest.mark.parametrize(
    ("decide", "way"),
    [
        (PLAIN, through_xlsx), (RICH, through_xlsx), (UNIQUE, through_xlsx), (LISTED, through_xlsx),
        (PLAIN, through_dmn), (UNIQUE, through_dmn),
    ],
)  # fmt: skip
def test_a_table_that_goes_out_and_comes_back_gives_the_same_rows(
    tmp_path: Path, decide: str, way: Callable[[Table, Catalogue], Table]
) -> None:
    before, made = exported(tmp_path / "a", decide)
    after, problems = linked(tmp_path / "b", item(way(made, before)))
    assert problems == ()
    assert rows(after) == rows(before)


@pytest.mark.parametrize(
    ("heads", "cell", "said"),
    [
        ("项目", "宾馆", "列“项目”"),
        ("天数(开业日期, 今天)", "> 5", "天数"),
        ("经营面积 ÷ 使用面积", "≤ 0.8", "÷"),
        ("营业执照.状态", "未取到", "未取到"),
        ("营业执照.名称", '包含 "公司"', "包含"),
        ("类别", "代码.住宿类", "代码"),
        ("经营面积", "< 使用面积 × 2", "×"),
    ],
)
def test_what_sfeel_cannot_say_is_refused_by_name(tmp_path: Path, heads: str, cell: str, said: str) -> None:
    catalogue, made = exported(tmp_path, tables.item(heads, cell))
    with pytest.raises(ZhunyuError) as caught:
        to_dmn(made, scope(catalogue), "示例")
    assert caught.value.code == "D104" and said in caught.value.problems[0].what


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('hitPolicy="FIRST"', 'hitPolicy="PRIORITY"', "PRIORITY"),
        ('hitPolicy="FIRST"', 'hitPolicy="COLLECT" aggregation="SUM"', "COLLECT SUM"),
        ('name="outcome" label="结果"', 'name="score" label="分数"', "score"),
    ],
)
def test_a_dmn_table_that_is_no_matters_table_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    catalogue, made = exported(tmp_path, tables.item("经营面积", "< 5"))
    data = write_dmn(to_dmn(made, scope(catalogue), "示例"), "urn:x").decode()
    assert before in data
    read, problems = read_dmn(data.replace(before, after).encode(), "x.dmn")
    assert problems == ()
    found, problems = from_dmn(read[0], scope(catalogue), "x.dmn")
    assert found is None and [one.code for one in problems] == ["D102"] and said in problems[0].what


def workbook(*lines: tuple[Any, ...], change: Callable[[Any], object] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


HEADS = ("编号", "经营面积", "集中空调", "开业日期", "结果", "理由")


def test_cells_that_excel_typed_are_read_as_they_are_meant() -> None:
    data = workbook(HEADS, ("a", 100, True, datetime(2025, 1, 20), "转人工", None), ("b", 0.5, "-", date(2025, 2, 1),
                    "转人工", "见 a"))  # fmt: skip
    table, problems = spreadsheet.read_xlsx(data, "x.xlsx")
    assert problems == () and table is not None and table.hit == "先中"
    assert [[one.text for one in row] for row in table.rows] == [
        ["a", "100", "是", "2025-01-20", "转人工", ""], ["b", "0.5", "-", "2025-02-01", "转人工", "见 a"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("a", "=1+1", "-", "-", "转人工", "-"), "B2 是公式"),
        (("a", "-", "-", "-", "转人工", '=HYPERLINK("http://x")'), "F2 是公式"),
        (("a", "-", "-", datetime(2025, 1, 20, 8, 30), "转人工", "-"), "D2 带有时刻"),
        (("a", None, "-", "-", "转人工", "-"), "第 2 行有空单元格"),
    ],
)
def test_a_cell_that_may_not_stand_in_a_table_is_named(line: tuple[Any, ...], said: str) -> None:
    table, problems = spreadsheet.read_xlsx(workbook(HEADS, line), "x.xlsx")
    assert table is None and [one.code for one in problems] == ["D105"] and said in problems[0].what


def test_a_hit_that_is_not_known_is_told() -> None:
    def change(book: Any) -> None:
        book.create_sheet(spreadsheet.NOTES).append((spreadsheet.HIT, "随意"))

    table, problems = spreadsheet.read_xlsx(workbook(HEADS, ("a", *"-----"), change=change), "x.xlsx")
    assert table is None and "随意" in problems[0].what


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"<xml/>", workbook()[:-400]])
def test_a_file_that_is_no_workbook_is_one_problem(data: bytes) -> None:
    table, problems = spreadsheet.read_xlsx(data, "x.xlsx")
    assert table is None and [one.code for one in problems] == ["D101"]


def test_an_empty_workbook_is_told() -> None:
    assert [one.code for one in spreadsheet.read_xlsx(workbook(), "x.xlsx")[1]] == ["D101"]


def test_a_text_that_begins_with_an_equals_sign_is_no_formula_in_the_file(tmp_path: Path) -> None:
    made = tables.item("经营面积 + 使用面积", "= 5")
    _, table = exported(tmp_path, made)
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet.write_xlsx(table, {}))).active
    assert [cell.data_type for row in sheet.iter_rows() for cell in row] == ["s"] * 9
