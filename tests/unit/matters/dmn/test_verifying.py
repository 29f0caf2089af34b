"""An import is checked rule by rule: the same meaning passes, a bound moved or opened is found (code D106)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.commands import tables as commands
from engine.matters.dmn.bridge import from_dmn, paths_of, to_dmn
from engine.matters.dmn.reading import read_dmn
from engine.matters.dmn.tables import DecisionTable, Text
from engine.matters.dmn.verifying import differences
from engine.matters.dmn.writing import write_dmn
from engine.matters.table_rows import table_of_rows
from engine.model.matter import Matter
from engine.rules.scope import Scope
from tests.unit.matters.tables import item, linked, scope

CELLS = (
    ("< 100 | 宾馆, 旅店 | 是 | ≥ 2025-01-20", "area"),
    ("[100..200) | 非 宾馆 | 否 | -", "area"),
    ("非 1..5 | - | - | 2025-01-01..2025-12-31", "area"),
)


@pytest.fixture
def both(tmp_path: Path) -> tuple[DecisionTable, Matter, Scope]:
    """A DMN table and the matter it came from."""
    heads = "经营面积 | 类别 | 集中空调 | 开业日期"
    catalogue, problems = linked(tmp_path, item(heads, *(cells for cells, _ in CELLS)))
    assert problems == ()
    matter, names = catalogue.matters["sample"], scope(catalogue)
    return to_dmn(table_of_rows(matter.decide, names), names, "示例"), matter, names


def test_a_table_and_its_rows_agree(both: tuple[DecisionTable, Matter, Scope]) -> None:
    table, matter, names = both
    assert paths_of(table, names) == ("area", "type", "hvac", "opened")
    assert differences(table, matter.decide, paths_of(table, names)) == ()


@pytest.mark.parametrize(
    ("rule", "place", "cell"),
    [
        (0, 0, "<= 100"),
        (0, 0, "< 101"),
        (0, 1, '"宾馆"'),
        (0, 2, "false"),
        (0, 3, '> date("2025-01-20")'),
        (1, 0, "[100..200]"),
        (1, 1, '"宾馆"'),
        (2, 0, "[1..5]"),
        (2, 3, "-"),
    ],
)
def test_a_cell_that_means_something_else_is_found(
    both: tuple[DecisionTable, Matter, Scope], rule: int, place: int, cell: str
) -> None:
    table, matter, names = both
    one = table.rules[rule]
    inputs = (*one.inputs[:place], Text(cell), *one.inputs[place + 1 :])
    rules = (*table.rules[:rule], msgspec.structs.replace(one, inputs=inputs), *table.rules[rule + 1 :])
    found = differences(msgspec.structs.replace(table, rules=rules), matter.decide, paths_of(table, names))
    assert len(found) == 1 and found[0].startswith(f"第 {rule + 1} 条规则")


def test_a_file_that_differs_from_the_rows_is_told_as_d106(both: tuple[DecisionTable, Matter, Scope]) -> None:
    table, matter, names = both
    data = write_dmn(table, "urn:x").replace(b"&lt; 100", b"&lt; 99")
    assert [one.code for one in commands._verified(data, "x.dmn", matter, names)] == ["D106"]
    assert commands._verified(write_dmn(table, "urn:x"), "x.dmn", matter, names) == ()


def test_an_input_that_is_computed_is_refused(both: tuple[DecisionTable, Matter, Scope]) -> None:
    table, _, names = both
    data = write_dmn(table, "urn:x").replace(b"<text>area</text>", b"<text>area + 1</text>")
    read, problems = read_dmn(data, "x.dmn")
    assert problems == ()
    found, problems = from_dmn(read[0], names, "x.dmn")
    assert found is None and [one.code for one in problems] == ["D102"] and "area + 1" in problems[0].what
