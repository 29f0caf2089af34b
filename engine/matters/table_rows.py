"""The decision table of linked decide rows: linking it again gives the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.errors import ZhunyuError
from engine.matters.placeholders import PLACEHOLDER
from engine.matters.table import FIRST, HEADS, UNIQUE, Table, table_of
from engine.matters.table_cells import ANYTHING
from engine.model.matter import Row
from engine.model.values import Json
from engine.rules.printer import Printer, by_scope
from engine.rules.scope import Scope, written

_BOUND = re.compile(r"(≥|>) (.+)")
_LIMIT = re.compile(r"(≤|<) (.+)")
_TEST = re.compile(r"[<>≤≥≠\[(]|为空|不为空|未取到")  # what stands among alternatives beside plain values
_PLAIN = re.compile(r"(?!非 |不?包含|匹配|全部属于|有交集|不?属于)")
_SUBJECT_SECOND = ("in",)  # {"in": [value, many]}: the list asked about stands second
_COMPARED = ("==", "!=", ">", "<", ">=", "<=", "in", "intersects", "subset", "matches", "empty", "unavailable")


def table_of_rows(rows: tuple[Row, ...], scope: Scope) -> Table:
    """The rows as one table: a column for each name or expression compared, in the order of the rows' conditions.

    ZhunyuError D104 when only some of the rows with a condition are marked 唯一, or a row can never hold.
    """
    printer = by_scope(scope)
    hit = _hit(rows)
    conditions = [dict(_cells(row, printer, scope)) for row in rows]
    heads: list[str] = []
    for one in conditions:
        at = 0
        for head in one:
            at = max(at, heads.index(head) + 1) if head in heads else _inserted(heads, head, at)
    said = [_outcomes(row, scope) for row in rows]
    kept = [key for key in HEADS if key in ("id", "outcome") or any(one[key] for one in said)]
    after = [key for key in kept if key != "id"]
    lines = [
        [one["id"], *(cells.get(head, ANYTHING) for head in heads), *(one[key] or ANYTHING for key in after)]
        for one, cells in zip(said, conditions, strict=True)
    ]
    return table_of([HEADS["id"], *heads, *(HEADS[key] for key in after)], lines, hit)


def _hit(rows: tuple[Row, ...]) -> str:
    conditioned = [row for row in rows if row.when.logic is not True]
    marks = {row.unique for row in conditioned}
    if not any(marks):
        return FIRST
    if len(marks) > 1:
        raise ZhunyuError("D104", "裁决表只有一部分是唯一命中的。", "请把它写成一张表再导出。")
    return UNIQUE


def _inserted(heads: list[str], head: str, at: int) -> int:
    heads.insert(at, head)
    return at + 1


def _outcomes(row: Row, scope: Scope) -> dict[str, str]:
    def named(text: str) -> str:
        return PLACEHOLDER.sub(lambda one: "{" + written(scope.title_of(one.group(1)).split(".")) + "}", text)

    return {
        "id": row.id,
        "outcome": row.outcome,
        "reason": named(row.reason),
        "suggest": row.suggest,
        "commitment": "是" if row.commitment else "",
        "basis": row.basis,
    }


def _cells(row: Row, printer: Printer, scope: Scope) -> Iterator[tuple[str, str]]:
    """The heads and cells of a row's conjuncts; two bounds of one name are an interval."""
    logic = row.when.logic
    if logic is True:
        return
    if logic is False:
        raise ZhunyuError("D104", f"裁决 {row.id} 从不成立，不能导出。", "请删去这一条。")
    parts: list[Json] = logic["and"] if isinstance(logic, dict) and "and" in logic else [logic]
    seen: set[str] = set()
    at = 0
    while at < len(parts):
        pair = _interval(parts[at : at + 2], printer, scope)
        head, cell = pair or _split(parts[at], printer, scope) or _judgement(parts[at], printer)
        if head in seen:
            pair = None
            head, cell = _judgement(parts[at], printer)
        seen.add(head)
        at += 2 if pair else 1
        yield head, cell


def _split(logic: Json, printer: Printer, scope: Scope) -> tuple[str, str] | None:
    """A conjunct as the column it asks about and what it demands of it; None when it is a judgement of its own."""
    found = _atom(logic, printer, scope)
    if found is not None or not isinstance(logic, dict):
        return found
    name, given = next(iter(logic.items()))
    if name == "and":
        return _interval(given, printer, scope)
    if name == "or":
        parts = [_split(one, printer, scope) for one in given]
        tests = [one is not None and one[0] == parts[0][0] and bool(_TEST.match(one[1])) for one in parts if parts[0]]
        return (parts[0][0], ", ".join(one[1] for one in parts if one)) if parts[0] and all(
            tests[1:] if _PLAIN.match(parts[0][1]) else tests) else None  # fmt: skip
    equal = name == "!" and isinstance(given[0], dict) and "==" in given[0]  # 非 x in a cell is ≠ x
    inner = _split(given[0], printer, scope) if name == "!" and not equal else None
    if inner is None or not (_TEST.match(inner[1]) or _PLAIN.match(inner[1])):
        return None
    return inner[0], f"非 {inner[1]}"


def _interval(parts: list[Json], printer: Printer, scope: Scope) -> tuple[str, str] | None:
    """Two bounds of one name as an interval; None when they are not."""
    found = [_atom(one, printer, scope) for one in parts]
    if len(found) != 2 or found[0] is None or found[1] is None or found[0][0] != found[1][0]:
        return None
    low, high = _BOUND.fullmatch(found[0][1]), _LIMIT.fullmatch(found[1][1])
    if low is None or high is None:
        return None
    opened, closed = "[" if low[1] == "≥" else "(", "]" if high[1] == "≤" else ")"
    return found[0][0], f"{opened}{low[2]}..{high[2]}{closed}"


def _atom(logic: Json, printer: Printer, scope: Scope) -> tuple[str, str] | None:
    """A comparison as the text before its operator and the rest, in the words of a cell."""
    inner = logic["!"][0] if isinstance(logic, dict) and "!" in logic else logic
    name, given = next(iter(inner.items())) if isinstance(inner, dict) else ("", None)
    if name not in _COMPARED or not isinstance(given, list):
        return None
    text = printer.rule(logic)
    for subject in (given[0], given[-1]) if name in _SUBJECT_SECOND else given[:1]:
        head = printer.rule(subject) if isinstance(subject, dict) else ""
        if head and text.startswith(f"{head} "):
            return head, _shortened(text[len(head) + 1 :])
    return None


def _shortened(rest: str) -> str:
    """What follows the name, as an author would put it in a cell."""
    listed = re.fullmatch(r"(不?)(属于|有交集) \[(.+, .+)\]", rest)
    if listed:
        return f"非 {listed[3]}" if listed[1] else listed[3]
    return rest[2:] if rest.startswith("= ") else rest


def _judgement(logic: Json, printer: Printer) -> tuple[str, str]:
    if isinstance(logic, dict) and "!" in logic:
        return printer.rule(logic["!"][0]), "否"
    return printer.rule(logic), "是"
