"""A decision table as written: a block of text with `|` between the cells, one row a line.

| 编号      | 经营面积   | 场所类别   | 结果   | 理由           |
| small     | < 100      | 宾馆, 旅店 | 秒批   | 面积不到起点。 |
| otherwise | -          | -          | 转人工 | 须现场核查。   |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Mark

FIRST, UNIQUE = "先中", "唯一"
HITS = (FIRST, UNIQUE)
OUTCOMES = {
    "编号": "id", "结果": "outcome", "理由": "reason", "建议": "suggest", "凭承诺": "commitment", "依据": "basis",
}  # fmt: skip
HEADS = {key: chinese for chinese, key in OUTCOMES.items()}
_REQUIRED = ("id", "outcome")
_RULER = re.compile(r"[\s|｜:\-]+\Z")
_INDICATOR = re.compile(r"\|[0-9+-]*\s*(#.*)?\Z")  # YAML's own mark of a block
MOST_ROWS, MOST_COLUMNS = 1000, 40
_NOWHERE = Mark()


@dataclass(frozen=True, slots=True)
class Written:
    """The text of one cell and where it begins."""

    text: str
    mark: Mark = _NOWHERE


@dataclass(frozen=True, slots=True)
class Table:
    """A table as written: the heads, the rows of cells (each as long as the heads), and how a row is chosen."""

    heads: tuple[Written, ...]
    rows: tuple[tuple[Written, ...], ...]
    hit: str = FIRST

    def columns(self) -> tuple[tuple[int, str], ...]:
        """The places of the outcome columns with their keys (id, outcome, reason …)."""
        return tuple((place, key) for place, head in enumerate(self.heads) if (key := outcome(head.text)))

    def conditions(self) -> tuple[int, ...]:
        """The places of the condition columns."""
        return tuple(place for place, head in enumerate(self.heads) if not outcome(head.text))


def outcome(head: str) -> str:
    """The key of an outcome column by its Chinese or English head; "" for a condition."""
    return OUTCOMES.get(head, head if head in HEADS else "")


def table_of(heads: Iterable[str], rows: Iterable[Iterable[str]], hit: str = FIRST) -> Table:
    """A table of plain texts, without places."""
    made = tuple(tuple(Written(text) for text in row) for row in rows)
    return Table(tuple(Written(text) for text in heads), made, hit)


def read_table(text: str, mark: Mark, hit: str = FIRST) -> tuple[Table | None, tuple[Problem, ...]]:
    """The table of a block; None when it has no usable heads. `mark` is where the block's first line begins."""
    problems: list[Problem] = []
    lines: list[tuple[Written, ...]] = []
    starts: list[Mark] = []
    for number, line in enumerate(text.split("\n")):
        place = Mark(mark.file, mark.line + number, mark.column)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.strip().startswith(("|", "｜")):
            advice = "表格的每一行以 | 开头、以 | 结尾，单元格之间用 | 分开；整张表写在 table: | 的下面。"
            problems.append(tree.at("M190", place, f"“{line.strip()[:20]}”不是表格的行。", advice))
        elif not _RULER.match(line):
            lines.append(_cells(line, place))
            starts.append(place)
    if not lines:
        advice = "请写一行列名，再一行一条。"
        return None, tuple(problems or [tree.at("M190", mark, "决策表是空的。", advice)])
    heads, rows = lines[0], lines[1:]
    faults = _heads(heads, starts[0])
    for row, place in zip(rows, starts[1:], strict=True):
        if len(row) != len(heads):
            what = f"这一行有 {len(row)} 个单元格，列名有 {len(heads)} 个。"
            faults.append(tree.at("M190", place, what, "请对齐；单元格里的竖线写作 \\|。"))
    if not rows and not faults:
        faults.append(tree.at("M190", starts[0], "决策表只有列名。", "请至少写一行，最后一行兜底。"))
    if len(rows) > MOST_ROWS:
        what = f"决策表有 {len(rows)} 行，上限为 {MOST_ROWS}。"
        faults = [tree.at("M190", starts[0], what, "请拆成几个事项，或把门槛改成参数。")]
    problems += faults
    return (None if faults else Table(heads, tuple(rows), hit)), tuple(problems)


def _heads(heads: tuple[Written, ...], mark: Mark) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for head in heads:
        name = outcome(head.text) or head.text
        if not head.text:
            found.append(tree.at("M190", head.mark, "列名是空的。", "请写条件的名称，或 编号、结果、理由、建议。"))
        elif name in seen:
            found.append(tree.at("M190", head.mark, f"列“{head.text}”写了两次。", "请合成一列。"))
        seen.add(name)
    for key in _REQUIRED:
        if key not in seen:
            found.append(tree.at("M190", mark, f"决策表没有“{HEADS[key]}”这一列。", f"请加上 {HEADS[key]} 列。"))
    if len(heads) > MOST_COLUMNS:
        found.append(tree.at("M190", mark, f"决策表有 {len(heads)} 列，上限为 {MOST_COLUMNS}。", "请拆成几张表。"))
    return found


def _cells(line: str, mark: Mark) -> tuple[Written, ...]:
    return tuple(_written(line[begin:end], begin, mark) for begin, end in _bounds(line))


def _bounds(line: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a line lie, between its first and last `|`; `\\|` is a bar inside a cell."""
    body = line.rstrip()
    begin = at = len(body) - len(body.lstrip()) + 1
    while at <= len(body):
        if at == len(body) or body[at] in "|｜":
            if at < len(body) or body[begin:at].strip():
                yield begin, at
            begin = at + 1
        at += 2 if body[at : at + 2] == "\\|" else 1


def recelled(text: str, change: Callable[[str, str], str]) -> str:
    """The text of a block with its cells changed; all else stays.

    `change` is given the head of the column ("" for a head itself) and the cell as written.
    """
    heads: list[str] = []
    lines = []
    for line in text.split("\n"):
        if line.strip().startswith(("|", "｜")) and not _RULER.match(line) and not _INDICATOR.match(line):
            bounds = list(_bounds(line))
            own = [line[begin:end].strip() for begin, end in bounds]
            for place, (begin, end) in reversed(list(enumerate(bounds))):
                head = heads[place] if place < len(heads) else ""
                if own[place] and (made := change(head, own[place])) != own[place]:
                    line = line[:begin] + line[begin:end].replace(own[place], made, 1) + line[end:]
            heads = heads or own
        lines.append(line)
    return "\n".join(lines)


def _written(raw: str, begin: int, mark: Mark) -> Written:
    column = mark.column + begin + len(raw) - len(raw.lstrip())
    return Written(raw.strip().replace("\\|", "|"), Mark(mark.file, mark.line, column))


def block(table: Table) -> str:
    """The lines of a table, its columns aligned; reading them gives the same cells."""
    lines = [[_escaped(one.text) for one in row] for row in (table.heads, *table.rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(table.heads))]
    return "".join("| " + " | ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)) + " |\n"
                   for line in lines)  # fmt: skip


def item(table: Table) -> str:
    """The table as an item of `decide:`, in YAML."""
    body = "".join("      " + line + "\n" for line in block(table).splitlines())
    return f"  - hit: {table.hit}\n    table: |\n{body}"


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """The columns a text takes in a fixed-width face."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
