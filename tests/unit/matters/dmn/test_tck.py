"""All 51 decision-table results of the DMN TCK, compliance level 2, through a real DMN 1.3 file."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from engine.matters.dmn.hits import Evaluator, Result
from engine.matters.dmn.reading import read_dmn
from engine.matters.dmn.tables import DecisionTable, Input, Output, TableRule, Text
from engine.matters.dmn.writing import write_dmn
from tests.unit.matters.dmn.tck import RESULTS, TABLES


def table(test: str) -> DecisionTable:
    """The table of a test as a value."""
    name, hit, aggregation, inputs, outputs, rules, _ = TABLES[test]
    return DecisionTable(
        name,
        hit,
        tuple(Input(Text(text), text, kind, Text(values)) for text, kind, values in inputs),
        tuple(Output(one, one, "", Text(values), Text(default)) for one, values, default in outputs),
        tuple(TableRule(tuple(map(Text, row[: len(inputs)])), tuple(map(Text, row[len(inputs) :]))) for row in rules),
        aggregation,
    )


@cache
def evaluator(test: str) -> Evaluator:
    tables, problems = read_dmn(write_dmn(table(test), "urn:test"), f"{test}.dmn")
    assert problems == () and len(tables) == 1
    return Evaluator(tables[0])


def value(given: Any) -> Any:
    return Decimal(given) if isinstance(given, int) and not isinstance(given, bool) else given


def test_every_decision_table_result_of_the_kit_is_here() -> None:
    assert len(TABLES) == 17 and len(RESULTS) == 51


@pytest.mark.parametrize(("test", "number"), RESULTS)
def test_a_table_of_the_kit_gives_the_result_the_kit_expects(test: str, number: int) -> None:
    given, expected = TABLES[test][-1][number]
    wanted = Decimal(expected) if TABLES[test][2] else expected
    found = evaluator(test).evaluate({key: value(one) for key, one in given.items()})
    assert found == Result(wanted)
