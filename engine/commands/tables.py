"""`zhunyu table`: a matter's decision table out to a spreadsheet or DMN file, and back into its file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from engine.commands.terminal import Terminal
from engine.errors import Problem, ZhunyuError
from engine.matters import spreadsheet, table, table_rows
from engine.matters.candidate import load_candidate
from engine.matters.catalogue import files, load_catalogue
from engine.matters.codes import warning
from engine.matters.dmn.bridge import from_dmn, paths_of, to_dmn
from engine.matters.dmn.reading import read_dmn
from engine.matters.dmn.verifying import differences
from engine.matters.dmn.writing import write_dmn
from engine.matters.scopes import scope_of
from engine.matters.table_cells import column
from engine.matters.table_section import replaced
from engine.matters.yaml_reader import Mark
from engine.model.matter import Matter
from engine.rules.scope import Scope

_KINDS = (".xlsx", ".dmn")


def export(home: Path, matter_id: str, target: Path, terminal: Terminal) -> None:
    """Write the decide table of a matter to an .xlsx or .dmn file; D104 where that cannot say it."""
    kind = _kind(target)
    matter, scope = _matter(home, matter_id)
    made = table_rows.table_of_rows(matter.decide, scope)
    if kind == ".dmn":
        data = write_dmn(to_dmn(made, scope, matter.title), f"urn:zhunyu:matter:{matter.id}")
    else:
        data = spreadsheet.write_xlsx(made, _units(made, scope))
    _written(target, data)
    terminal.say(f"已写出 {target}：{len(made.rows)} 行，命中 {made.hit}。", "green")


def bring(home: Path, source: Path, matter_id: str, into: bool, terminal: Terminal) -> int:
    """Print the YAML of a file's table, or write it into the matter; 1 when the matter would have errors."""
    kind = _kind(source)
    _, scope = _matter(home, matter_id)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ZhunyuError("D101", f"读不出 {source}：{error.strerror}。", "请检查路径。") from None
    made, problems = _read(data, kind, source.name, scope)
    if made is None or problems:
        raise ZhunyuError("D101", f"{source.name} 不能导入。", "请按上面逐条改正。", problems=problems)
    path = files(home)[matter_id]
    before = path.read_text(encoding="utf-8")
    after = replaced(before, table.item(made))
    drafted, found = load_candidate(home, matter_id, after.encode(), path.relative_to(home).as_posix())
    if kind == ".dmn" and matter_id in drafted.matters:
        found += _verified(data, source.name, drafted.matters[matter_id], scope)
    errors = [one for one in found if not warning(one)]
    for one in found:
        terminal.say(str(one), "yellow" if warning(one) else "red")
    if not into:
        terminal.say("decide:\n" + table.item(made).rstrip())
    elif errors:
        terminal.say(f"有 {len(errors)} 个错误，{path.name} 没有改动。", "red")
    else:
        _written(path, after.encode())
        terminal.say(f"已写入 {path.relative_to(home)} 的 decide：{len(made.rows)} 行。", "green")
    return 1 if errors else 0


def _read(data: bytes, kind: str, name: str, scope: Scope) -> tuple[table.Table | None, tuple[Problem, ...]]:
    if kind == ".xlsx":
        return spreadsheet.read_xlsx(data, name)
    found, problems = read_dmn(data, name)
    if problems:
        return None, problems
    if len(found) != 1:
        what = f"文件里有 {len(found)} 张决策表，要恰好一张。"
        return None, (Problem("D102", what, "请只留要导入的那一张。", name),)
    return from_dmn(found[0], scope, name)


def _verified(data: bytes, name: str, matter: Matter, scope: Scope) -> tuple[Problem, ...]:
    """What the DMN rules and the rows made of them differ in; nothing, unless one of the two is misread."""
    there = read_dmn(data, name)[0][0]
    found = differences(there, matter.decide, paths_of(there, scope))
    return tuple(Problem("D106", one, "请不要使用，并报告此文件。", name) for one in found)


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in _KINDS:
        raise ZhunyuError("D101", f"不认识的文件类型“{path.suffix}”。", "可用的有：.xlsx、.dmn。")
    return kind


def _matter(home: Path, matter_id: str) -> tuple[Matter, Scope]:
    catalogue, problems = load_catalogue(home, matter_id)
    if matter_id not in catalogue.matters:
        errors = tuple(one for one in problems if not warning(one))
        code = "A003" if matter_id not in files(home) else "M110"
        raise ZhunyuError(code, f"事项 {matter_id} 不存在或有错误。", "请先运行 zhunyu lint。", problems=errors)
    matter = catalogue.matters[matter_id]
    return matter, scope_of(matter, catalogue.reference)


def _units(made: table.Table, scope: Scope) -> dict[str, str]:
    found = {made.heads[place].text: column(made.heads[place].text, scope, Mark())[0] for place in made.conditions()}
    return {text: head.kind.unit for text, head in found.items() if head is not None and head.kind.unit}


def _written(target: Path, data: bytes) -> None:
    """Write the whole file or nothing; an existing file keeps its mode."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
