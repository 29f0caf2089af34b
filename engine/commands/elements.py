"""`zhunyu export`: the national elements of the matters out to a file, and a file held against the matters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.adapters.clock import SystemClock
from engine.commands.terminal import Terminal
from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.elements_plan import FILE, load_elements
from engine.matters.elements_plan import faults as plan_faults
from engine.services.elements import Elements, Row, elements_of
from engine.services.elements_check import faults

_KINDS = (".json", ".xlsx")
_MOST = 40  # faults told at once


def write(home: Path, target: Path, terminal: Terminal) -> None:
    """Write the elements of all matters; what is not known yet is told, and left empty in the file."""
    _kind(target)
    made = _declared(home)
    try:
        if target.suffix == ".json":
            target.write_text(json.dumps(made.sections, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        else:
            _workbook(made).save(target)
    except OSError as error:
        raise ZhunyuError("S001", f"写不了 {target}：{error.strerror}。", "请换一个位置。") from None
    for words in made.missing:
        terminal.say(words, "yellow")
    rows = "，".join(f"{name} {len(rows)} 行" for name, rows in made.sections.items())
    terminal.say(f"已写出 {target}：{rows}。", "green")


def check(home: Path, source: Path, terminal: Terminal) -> int:
    """Hold a file against the matters; 1 when anything is wrong or differs."""
    given, declared = _given(source), _declared(home)
    found = list(faults(given, declared))
    for words in found[:_MOST]:
        terminal.say(words, "red")
    if len(found) > _MOST:
        terminal.say(f"还有 {len(found) - _MOST} 处没有列出。", "red")
    rows = sum(len(one) for one in given.values())
    terminal.say(f"核对了 {rows} 行，{len(found)} 处不符。", "red" if found else "green")
    return 1 if found else 0


def _declared(home: Path) -> Elements:
    catalogue, problems = load_catalogue(home)
    wrong = [one for one in problems if not warning(one)]
    if wrong:
        raise ZhunyuError("A014", "事项有错误，不能导出。", "请先运行 zhunyu lint。", problems=tuple(wrong))
    plan = load_elements(home)
    matters = catalogue.matters.values()
    unfit = tuple(Problem("S001", words, file=FILE) for words in plan_faults(plan, matters, catalogue.known))
    if unfit:
        raise ZhunyuError("S001", f"{FILE} 与事项对不上。", "请按上面逐条改正。", problems=unfit)
    titles = {id: kind.title for id, kind in catalogue.reference.certificates.items()}
    return elements_of(plan, matters, titles, SystemClock().now().date().isoformat())


def _kind(path: Path) -> None:
    if path.suffix not in _KINDS:
        raise ZhunyuError("A004", f"不认识 {path.suffix or '没有扩展名'} 的文件。", "请写 .json 或 .xlsx。")


def _workbook(made: Elements) -> Any:
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook()
    book.remove(book.active)
    for name, rows in made.sections.items():
        sheet: Any = book.create_sheet(name[:31])
        heads = list(rows[0]) if rows else []
        for number, line in enumerate((heads, *([row[head] for head in heads] for row in rows)), 1):
            for place, text in enumerate(line, 1):
                cell = sheet.cell(number, place, text)
                cell.data_type, cell.number_format = "s", "@"
                cell.font = Font(bold=number == 1)
        sheet.freeze_panes = "A2"
    return book


def _given(path: Path) -> dict[str, list[Row]]:
    _kind(path)
    try:
        return _from_json(path) if path.suffix == ".json" else _from_workbook(path)
    except OSError as error:
        raise ZhunyuError("S001", f"读不出 {path}：{error.strerror}。", "请检查路径。") from None


def _from_json(path: Path) -> dict[str, list[Row]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: [{key: str(text) for key, text in row.items()} for row in rows] for name, rows in found.items()}
    except (ValueError, AttributeError, TypeError) as error:
        what = f"{path.name} 不是要素文件：{error}。"
        raise ZhunyuError("A004", what, "请用 zhunyu export elements 的格式。") from None


def _from_workbook(path: Path) -> dict[str, list[Row]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise ZhunyuError("A004", f"{path.name} 不是电子表格：{error}。", "请另存为 .xlsx 再核对。") from None
    found: dict[str, list[Row]] = {}
    for sheet in book.worksheets:
        lines = [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
        heads, rows = (lines[0], lines[1:]) if lines else ([], [])
        found[sheet.title] = [dict(zip(heads, row, strict=False)) for row in rows]
    return found
