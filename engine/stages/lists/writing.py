"""Writing lists as workbooks: the template with its choices and explanations, and lists with what became of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from engine.model.form import Field
from engine.model.rows import MOST_ROWS, head_of
from engine.stages.lists.reading import CHOICES, NOTES

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_WIDEST, _NARROWEST = 40, 10
_HOW = {
    "日期": "日期，例如 2026-05-01", "是否": "是 或 否", "单选": "从下拉中选一个", "多选": "写选项，几项用顿号分开",
    "数": "数字", "整数": "整数", "金额": "金额，单位元", "电话": "手机号，或带区号的座机号",
    "身份证号": "18 位身份证号码", "统一社会信用代码": "18 位统一社会信用代码",
}  # fmt: skip
_GENERAL = (
    "每一行办一件。从第二行起填写，不要改动第一行的列名，不要合并单元格。",
    f"一份最多 {MOST_ROWS} 行，文件不超过 5 MB。文件里不能有公式。",
    "号码、代码按文本填写；模板里的列已经设为文本。",
)


def template(title: str, columns: Sequence[Field]) -> bytes:
    """The workbook to be filled in: a sheet of the list's own name, its explanations, and the choices."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _FORBIDDEN.sub("", title)[:31] or "清单"
    _heads(sheet, [head_of(one) + ("" if one.required else "（选填）") for one in columns])
    notes = book.create_sheet(NOTES)
    for number, line in enumerate(_GENERAL, 1):
        _line(notes, number, (line,))
    top = len(_GENERAL) + 2
    _line(notes, top, ("列", "怎么填", "必填", "说明"), bold=True)
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    for place, field in enumerate(columns, 1):
        _line(notes, top + place, (head_of(field), _how(field), _required(field), field.help))
        letter = sheet.cell(1, place).column_letter
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if field.kind == "日期" else "@"
        options = ["是", "否"] if field.kind == "是否" else [one.value for one in field.options]
        for number, option in enumerate(options, 1):
            _write(choices.cell(number, place), option)
        if options and field.kind != "多选":
            rule = DataValidation(
                type="list", formula1=f"'{CHOICES}'!${letter}$1:${letter}${len(options)}", allow_blank=True,
                showErrorMessage=True, errorTitle=field.title, error="请从下拉中选择。",
            )  # fmt: skip
            rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.add_data_validation(rule)
    for letter, width in zip("ABCD", (24, 40, 16, 60), strict=True):
        notes.column_dimensions[letter].width = width
    return _saved(book)


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet of texts."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _FORBIDDEN.sub("", title)[:31] or "清单"
    _heads(sheet, heads)
    for number, row in enumerate(rows, 2):
        _line(sheet, number, row)
    return _saved(book)


def _how(field: Field) -> str:
    words = _HOW.get(field.kind, "文字")
    if field.unit:
        words += f"，单位{field.unit}"
    if field.kind == "多选":
        words += f"：{'、'.join(one.value for one in field.options)}"
    return words


def _required(field: Field) -> str:
    if not field.required:
        return "选填"
    return "必填" if field.when is None else f"{field.when.text} 时必填"


def _heads(sheet: Any, heads: Sequence[str]) -> None:
    _line(sheet, 1, heads, bold=True)
    sheet.freeze_panes = "A2"
    for place, head in enumerate(heads, 1):
        width = min(max(_NARROWEST, 2 * len(head) + 4), _WIDEST)
        column = sheet.column_dimensions[sheet.cell(1, place).column_letter]
        column.width, column.number_format = width, "@"


def _line(sheet: Any, number: int, texts: Sequence[str], bold: bool = False) -> None:
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    for place, text in enumerate(texts, 1):
        cell = sheet.cell(number, place)
        _write(cell, text)
        if bold:
            cell.font = Font(bold=True)


def _write(cell: Any, text: str) -> None:
    """A text is a text, also one that begins with "="."""
    cell.value = _CONTROL.sub("", text)
    cell.data_type = "s"


def _saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
