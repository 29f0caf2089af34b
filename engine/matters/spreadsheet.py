"""Decision tables in an .xlsx file: one sheet, one row of heads, one row a line. Nothing in the file is computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from engine.errors import Problem
from engine.matters.dmn import tables
from engine.matters.table import HITS, MOST_COLUMNS, MOST_ROWS, Table, Written, outcome
from engine.matters.yaml_reader import Mark

SHEET, NOTES, HIT = "决策表", "说明", "命中"
LARGEST = 4 * 1024 * 1024  # bytes, and ten times as many unpacked
_HELP = (
    ("-", "不限"),
    ("< 100、≥ 5、≠ 3", "比较；可以带单位：< 100 万元"),
    ("100..200、[100..200)、(100..200]", "区间；方括号含这一端，圆括号不含"),
    ("宾馆, 旅店", "其中之一"),
    ("非 宾馆, 旅店", "都不是"),
    ("是、否", "是否题，或列名是一个判断"),
    ("为空、不为空、未取到", "没有值、有值、来源没有取到"),
)

assert tables


def write_xlsx(table: Table, units: Mapping[str, str]) -> bytes:
    """The workbook of a table; `units` are the units of the heads, told in a note at the head."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.comments import Comment  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]

    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    for number, row in enumerate((table.heads, *table.rows), 1):
        for place, one in enumerate(row, 1):
            cell = sheet.cell(number, place, one.text)
            cell.data_type = "s"  # a text that begins with = is no formula
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
                condition = not outcome(one.text)
                cell.fill = PatternFill("solid", fgColor="DDEBF7" if condition else "E2EFDA")
                if units.get(one.text):
                    cell.comment = Comment(f"单位：{units[one.text]}", "准予")
    for place in range(1, len(table.heads) + 1):
        longest = max(len(row[place - 1].text) for row in (table.heads, *table.rows))
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = min(max(10, 2 * longest + 2), 48)
    sheet.freeze_panes = "A2"
    notes = book.create_sheet(NOTES)
    for line in ((HIT, table.hit), ("", ""), ("单元格写法", "意思"), *_HELP):
        notes.append(line)
        for cell in notes[notes.max_row]:
            cell.data_type = "s"
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 40, 48
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read_xlsx(data: bytes, file: str) -> tuple[Table | None, tuple[Problem, ...]]:
    """The table of a workbook's sheet 决策表 (or its only sheet); None, with every problem, when it has none.

    A formula, an error value or a time of day is a problem that names its cell; formulas are never computed.
    """
    fault = _unfit(data, file)
    if fault is not None:
        return None, (fault,)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        named = [one for one in book.worksheets if one.title == SHEET] or [
            one for one in book.worksheets if one.title != NOTES
        ]
        grid = [list(row) for row in _first(named).iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1)]
        hit = _hit([one for one in book.worksheets if one.title == NOTES])
    except Exception as error:  # whatever a damaged workbook makes of the reader
        return None, (Problem("D101", f"读不出电子表格（{type(error).__name__}）。", "请另存为 .xlsx 再试。", file),)
    return _table(grid, hit, file)


def _first(sheets: list[Any]) -> Any:
    if not sheets:
        raise ValueError("no sheet")
    return sheets[0]


def _unfit(data: bytes, file: str) -> Problem | None:
    if len(data) > LARGEST:
        return Problem("D101", f"文件超过 {LARGEST // 1024 // 1024} MB。", "请只留决策表一张表。", file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(one.file_size for one in archive.infolist())
            known = "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        size, known = 0, False
    if not known:
        return Problem("D101", "不是 .xlsx 文件。", "请另存为 Excel 工作簿（.xlsx）。", file)
    if size > 10 * LARGEST:
        return Problem("D101", "解开后过大，不予读取。", "请只留决策表一张表。", file)
    return None


def _table(grid: list[list[Any]], hit: str, file: str) -> tuple[Table | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    rows = [[_text(cell, file, problems) for cell in row] for row in grid]
    while rows and not any(one.text for one in rows[-1]):
        rows.pop()
    width = max((place for row in rows for place, one in enumerate(row, 1) if one.text), default=0)
    if not rows or width == 0:
        return None, (*problems, Problem("D101", "电子表格是空的。", f"请把决策表写在“{SHEET}”这张表里。", file))
    if len(rows) > MOST_ROWS + 1 or width > MOST_COLUMNS:
        what = f"决策表超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列。"
        return None, (*problems, Problem("D105", what, "请拆成几张表。", file))
    if hit not in HITS:
        problems.append(Problem("D105", f"命中“{hit}”不认识。", f"“{NOTES}”表的 B1 请写 先中 或 唯一。", file))
    rows = [[*row[:width], *[Written("")] * (width - len(row))] for row in rows]
    for number, row in enumerate(rows, 1):
        for head, one in zip(rows[0], row, strict=True):
            if not one.text and (number == 1 or not outcome(head.text)):
                what = f"第 {number} 行有空单元格（合并的单元格也算）。"
                problems.append(Problem("D105", what, "不限请写 -；合并的请拆开。", file, number))
                break
    if problems:
        return None, tuple(problems)
    return Table(tuple(rows[0]), tuple(map(tuple, rows[1:])), hit), ()


def _text(cell: Any, file: str, problems: list[Problem]) -> Written:
    """A cell as text: numbers and dates as a rule writes them."""
    value = getattr(cell, "value", None)
    if value is None:
        return Written("")
    where = Mark(file, cell.row, cell.column)
    if cell.data_type in ("f", "e"):
        kind = "公式" if cell.data_type == "f" else "出错的值"
        what = f"单元格 {cell.coordinate} 是{kind}：{str(value)[:40]}。"
        problems.append(Problem("D105", what, "请改成写定的文字（选择性粘贴为值）。", file, cell.row, cell.column))
        return Written(ANY_TEXT, where)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, (datetime, time)) or not isinstance(value, (str, bool, int, float, date)):
        what = f"单元格 {cell.coordinate} 带有时刻。"
        problems.append(Problem("D105", what, "请写成日期 2025-01-20。", file, cell.row, cell.column))
        return Written(ANY_TEXT, where)
    if isinstance(value, bool):
        return Written("是" if value else "否", where)
    if isinstance(value, float):
        return Written(str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value), where)
    return Written(value.isoformat() if isinstance(value, date) else str(value).strip(), where)


ANY_TEXT = "?"


def _hit(notes: list[Any]) -> str:
    for sheet in notes:
        for first, second in sheet.iter_rows(max_row=5, max_col=2, values_only=True):
            if first == HIT:
                return str(second)
    return HITS[0]
