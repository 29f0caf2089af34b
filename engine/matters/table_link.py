"""Linking decision tables: each row becomes an ordinary decide row, every cell checked where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.errors import Problem
from engine.matters import tree
from engine.matters.linking import Linking
from engine.matters.schema_words import ID
from engine.matters.table import FIRST, HEADS, UNIQUE, Table, Written, read_table
from engine.matters.table_cells import ANYTHING, Cell, Column, cell, column
from engine.matters.table_regions import Region, region
from engine.matters.yaml_reader import Map, Seq
from engine.model.rule import ALWAYS, Rule
from engine.model.values import Json
from engine.rules.compiler import render

_OUTCOMES = ("秒批", "转人工")
_TRUTHS = ("是", "否")
_OPTIONAL = ("reason", "suggest", "basis", "commitment")


@dataclass
class Opened:
    """The decide section with its tables opened: a node for every row, and the rules of those that came of a table."""

    nodes: Seq
    rules: dict[int, Rule] = field(default_factory=dict)
    unique: dict[int, str] = field(default_factory=dict)


def opened(linking: Linking) -> Opened:
    """Every item of `decide`, a table replaced by its rows; what is wrong in a table is noted."""
    items: Seq = linking.node["decide"]
    made = Opened(Seq(items.mark))
    for item, mark in zip(items, items.item_at, strict=True):
        if not (isinstance(item, Map) and "table" in item):
            made.nodes.add(item, mark)
            continue
        where = tree.place(item, "table")
        table, problems = read_table(tree.text(item, "table"), where, tree.text(item, "hit", FIRST))
        linking.problems += problems
        if table is not None:
            _Rows(linking, table, tree.text(item, "as")).into(made)
    return made


class _Rows:
    """One table being compiled."""

    def __init__(self, linking: Linking, table: Table, prefix: str) -> None:
        self.linking, self.table, self.prefix = linking, table, prefix
        self.known: dict[tuple[int, str], Cell] = {}
        self.columns: dict[int, Column] = {}
        for place in table.conditions():
            head = table.heads[place]
            made, problems = column(head.text, linking.scope, head.mark)
            linking.problems += problems
            if made is not None:
                self.columns[place] = made

    def into(self, opened: Opened) -> None:
        """Add the rows."""
        logics: list[tuple[Json | None, ...]] = []
        first = len(opened.nodes)
        for row in self.table.rows:
            cells = tuple(self.cell(place, row[place]) for place in self.columns)
            rule = self.rule(row, cells)
            if rule is not ALWAYS:
                self.linking.remember(rule, row[0].mark)
            opened.rules[len(opened.nodes)] = rule
            opened.nodes.add(self.node(row), row[0].mark)
            logics.append(tuple(one.logic for one in cells))
        if self.table.hit == UNIQUE:
            conditioned = [number for number, cells in enumerate(logics) if any(one is not None for one in cells)]
            for number in conditioned:
                opened.unique[first + number] = str(opened.nodes[first + conditioned[0]]["id"])
            if len(self.columns) == len(self.table.conditions()):
                self.linking.problems += _overlaps(self, logics, conditioned)

    def cell(self, place: int, written: Written) -> Cell:
        """What a cell demands; a faulty one is noted and demands nothing."""
        key = (place, written.text)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = cell(written.text, self.columns[place], self.linking.scope)
        self.linking.problems += found.at(written.mark)
        return found

    def rule(self, row: tuple[Written, ...], cells: tuple[Cell, ...]) -> Rule:
        """The conjunction of a row's cells; a row with a fault never holds."""
        if all(row[place].text == ANYTHING for place in self.table.conditions()):
            return ALWAYS
        parts: list[Json] = []
        for one in cells:
            joined = isinstance(one.logic, dict) and "and" in one.logic
            parts.extend(one.logic["and"] if joined and isinstance(one.logic, dict) else [one.logic])
        parts = [one for one in parts if one is not None]
        if not parts or any(one.problems for one in cells):
            return Rule("从不", False)
        logic: Json = parts[0] if len(parts) == 1 else {"and": parts}
        reads = sorted(frozenset().union(*(one.reads for one in cells)))
        return Rule(render(logic, self.linking.scope), logic, tuple(reads))

    def node(self, row: tuple[Written, ...]) -> Map:
        """The row as it would be written without a table."""
        node = Map(row[0].mark)
        for place, key in self.table.columns():
            written, head = row[place], self.table.heads[place]
            value = "" if key in _OPTIONAL and written.text == ANYTHING else written.text
            if key == "id":
                value = f"{self.prefix}{value}"
            self.linking.problems += _fault(key, value, written)
            if value != "":
                node.put(key, value, head.mark, written.mark)
        return node


def _fault(key: str, value: str, written: Written) -> Iterator[Problem]:
    if key == "id" and not re.match(ID, value):
        yield tree.at("M114", written.mark, f"编号“{value}”不合写法。", "小写英文字母、数字和下划线，字母开头。")
    elif key == "outcome" and value not in _OUTCOMES:
        yield tree.at("M113", written.mark, f"结果“{value}”不在允许的范围内。", "可用的有：秒批、转人工。")
    elif key == "commitment" and value and value not in _TRUTHS:
        what = f"{HEADS[key]}“{value}”不在允许的范围内。"
        yield tree.at("M113", written.mark, what, "请写 是、否 或 -。")


def _overlaps(rows: _Rows, logics: list[tuple[Json | None, ...]], numbers: list[int]) -> Iterator[Problem]:
    """The rows of a table with 唯一 that surely hold together with an earlier one; what is not sure is left to run.

    Two rows are apart when their cells in one column are; they surely meet when the columns do not depend on one
    another and the cells of each surely meet.
    """
    heads = list(rows.columns.values())
    keys = [[repr(logics[number][place]) for number in numbers] for place in range(len(heads))]
    regions = [_regions(logics, numbers, place, head.logic) for place, head in enumerate(heads)]
    free = _independent(heads)
    possible = [(1 << len(numbers)) - 1] * len(numbers)
    for place in range(len(heads)):
        masks = _masks(keys[place], regions[place])
        for at, key in enumerate(keys[place]):
            possible[at] &= masks[key]
    for at, number in enumerate(numbers):
        for earlier in range(at):
            if not possible[at] >> earlier & 1 or not free:
                continue
            if all(_sure(keys[place], regions[place], at, earlier) for place in range(len(heads))):
                one, two = rows.table.rows[numbers[earlier]], rows.table.rows[number]
                what = f"这一行与第 {one[0].mark.line} 行会同时成立，表却写明唯一。"
                yield tree.at("M193", two[0].mark, what, "请把条件分开；要先中先得的，写 hit: 先中。")
                break


def _regions(
    logics: list[tuple[Json | None, ...]], numbers: list[int], place: int, subject: Json
) -> dict[str, Region | None]:
    return {
        repr(logic): None if logic is None else region(logic, subject)
        for logic in (logics[number][place] for number in numbers)
    }


def _masks(keys: list[str], regions: dict[str, Region | None]) -> dict[str, int]:
    """For each distinct cell the rows (bits) whose cell in this column is not apart from it."""
    bits: dict[str, int] = {}
    for at, key in enumerate(keys):
        bits[key] = bits.get(key, 0) | 1 << at
    masks: dict[str, int] = {}
    for one, mine in regions.items():
        masks[one] = sum(
            bit
            for other, bit in bits.items()
            if mine is None or (theirs := regions[other]) is None or not mine.apart(theirs)
        )
    return masks


def _sure(keys: list[str], regions: dict[str, Region | None], one: int, two: int) -> bool:
    if "None" in (keys[one], keys[two]) or keys[one] == keys[two]:
        return True
    mine, theirs = regions[keys[one]], regions[keys[two]]
    return mine is not None and theirs is not None and mine.meets(theirs)


def _independent(heads: list[Column]) -> bool:
    """Whether every column is a name of its own, so that any two cells of different columns may hold together."""
    read = [path for head in heads for path in head.reads]
    return all(head.named for head in heads) and len(read) == len(set(read))
