"""Reading a filled-in list, .xlsx or .csv: bounded, nothing in it is computed, all of it is taken or none."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec

from engine.model.form import Field
from engine.model.rows import MOST_ROWS, head_of
from engine.model.values import Answers
from engine.stages.lists.cells import answer_of

LARGEST = 5 * 1024 * 1024  # bytes, and ten times as many unpacked
NOTES, CHOICES = "填写说明", "选项"
NUMBERED, STATE, TOLD = "序号", "状态", "要更正的内容"
PASSED_OVER = (NUMBERED, STATE, TOLD)  # heads of our own that say nothing
_MOST_LINES, _MOST_COLUMNS, _MOST_TOLD = 20000, 200, 20
_SAVE_AS = "请另存为 .xlsx 或 .csv 再上传。"

Grid = Iterator[tuple[int, list[Any]]]  # the number of a line in the file, and its cells


class Sheet(msgspec.Struct, frozen=True):
    """What a file says: the answers of its rows in order. With `problems` it says nothing: the file is not taken."""

    rows: tuple[Answers, ...] = ()
    problems: tuple[str, ...] = ()


def read_list(name: str, data: bytes, columns: tuple[Field, ...]) -> Sheet:
    """The rows of a file; every problem with its line and column when it cannot be taken."""
    if len(data) > LARGEST:
        return Sheet(problems=(f"文件超过 {LARGEST // 1024 // 1024} MB。请分成几个文件。",))
    lower = name.lower()
    if lower.endswith(".csv"):
        return _taken(_csv(data), columns)
    if not lower.endswith(".xlsx"):
        return Sheet(problems=(f"只能上传 .xlsx 或 .csv 文件。{_SAVE_AS}",))
    fault = _unfit(data)
    if fault:
        return Sheet(problems=(fault,))
    try:
        return _taken(_workbook(data), columns)
    except Exception as error:  # whatever a damaged workbook makes of the reader
        return Sheet(problems=(f"读不出这个文件（{type(error).__name__}）。{_SAVE_AS}",))


def _unfit(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(one.file_size for one in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return f"不是 .xlsx 文件。{_SAVE_AS}"
    if "xl/workbook.xml" not in names:
        return f"不是 .xlsx 文件。{_SAVE_AS}"
    if size > 10 * LARGEST:
        return "文件解开后过大，不予读取。请删去图片和多余的内容。"
    return ""


def _workbook(data: bytes) -> Grid:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    sheet = next(one for one in book.worksheets if one.title not in (NOTES, CHOICES))
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_value(cell) for cell in row]
        yield number, cells


def _value(cell: Any) -> Any:
    """The value of a cell; a formula or an error as the text of a formula."""
    kind = getattr(cell, "data_type", "n")
    return f"={cell.value}" if kind in ("f", "e") else cell.value


def _csv(data: bytes) -> Grid:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    yield from enumerate(csv.reader(io.StringIO(text, newline="")), 1)


def _taken(grid: Grid, columns: tuple[Field, ...]) -> Sheet:
    rows: list[Answers] = []
    problems: list[str] = []
    heads: list[Field | str] | None = None
    try:
        for number, cells in grid:
            if number > _MOST_LINES:
                problems.append(f"表格超过 {_MOST_LINES} 行（含空行）。请删去多余的行。")
                break
            if all(_blank(one) for one in cells):
                continue
            if heads is None:
                heads, wrong = _heads(cells, columns)
                if wrong:
                    return Sheet(problems=wrong)
                continue
            if len(rows) == MOST_ROWS:
                problems.append(f"一份清单最多 {MOST_ROWS} 行。请分成几份。")
                break
            rows.append(_row(number, cells, heads, problems))
    except csv.Error as error:
        return Sheet(problems=(f"读不出这个文件（{error}）。{_SAVE_AS}",))
    if heads is None or (not rows and not problems):
        problems.append("文件里没有要办理的行。请按模板，从第二行起填写。")
    if len(problems) > _MOST_TOLD:
        problems = [*problems[:_MOST_TOLD], f"还有 {len(problems) - _MOST_TOLD} 处同类问题。"]
    return Sheet(problems=tuple(problems)) if problems else Sheet(tuple(rows))


def _heads(cells: list[Any], columns: tuple[Field, ...]) -> tuple[list[Field | str], tuple[str, ...]]:
    """The field of each column, else its head: one of ours that says nothing, or none."""
    known: dict[str, Field | str] = {_plain(head_of(one)): one for one in columns}
    known |= {_plain(one.title): one for one in columns} | {one: one for one in PASSED_OVER}
    heads: list[Field | str] = []
    problems: list[str] = []
    for place, cell in enumerate(cells[:_MOST_COLUMNS], 1):
        text = _plain("" if cell is None else str(cell))
        if text and text not in known:
            problems.append(f"第 {place} 列的列名“{text[:40]}”不在模板里。请改回模板的列名，或删去这一列。")
        field = known.get(text, "")
        if isinstance(field, Field) and field in heads:
            problems.append(f"列名“{field.title}”有两列。请只留一列。")
        heads.append(field)
    lacking = [one.title for one in columns if one not in heads and one.required and one.when is None]
    if lacking:
        problems.append(f"第一行里没有这些列：{'、'.join(lacking)}。请用模板填写，不要改动列名。")
    return heads, tuple(problems)


def _row(number: int, cells: list[Any], heads: list[Field | str], problems: list[str]) -> Answers:
    answers: Answers = {}
    for place, cell in enumerate(cells):
        if _blank(cell):
            continue
        field = heads[place] if place < len(heads) else ""
        if field == "":
            problems.append(f"第 {number} 行第 {place + 1} 列没有列名。请删去，或补上列名。")
            continue
        if isinstance(field, str):
            continue
        value, fault = answer_of(field, cell)
        if fault:
            problems.append(f"第 {number} 行“{field.title}”{fault}。")
        elif value is not None:
            answers[field.id] = value
    return answers


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _plain(head: str) -> str:
    """A head without the marks of the template and without blanks."""
    return "".join(head.split()).replace("(", "（").replace(")", "）").removesuffix("（选填）")
