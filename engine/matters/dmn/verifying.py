"""Checking an import: each rule of the DMN table against the decide row made of it, on values around its bounds.

The two are read by different evaluators, so that a cell misread by one shows. Nulls are left out: DMN compares them in
two values, a matter in three.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.matters.dmn.hits import Evaluator
from engine.matters.dmn.sfeel import Interval, Operand, Ref, Tests, Value, holds
from engine.matters.dmn.tables import DecisionTable
from engine.model.matter import Row
from engine.model.values import Json
from engine.rules.evaluator import evaluate

_STRANGE: tuple[Value, ...] = (Decimal(-1), "～", True, date(1999, 12, 31))


def differences(table: DecisionTable, rows: tuple[Row, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    """In words, the rules whose row comes out differently for some inputs; `paths` are the stored paths of the inputs.

    `rows` begin with the rows of the table's rules, in their order. Rules that compare with a name are left out.
    """
    found: list[str] = []
    for number, (cells, row) in enumerate(zip(Evaluator(table).conditions, rows, strict=False), 1):
        for values in _around(cells, tuple(_fixed(row.when.logic))):
            here = all(holds(cell, value, {}) for cell, value in zip(cells, values, strict=True))
            there = evaluate(row.when, _environment(paths, values), {}, frozenset()).value is True
            if here is not there:
                said = "、".join(
                    f"{head.expression.text} = {value}" for head, value in zip(table.inputs, values, strict=True)
                )
                found.append(f"第 {number} 条规则在 {said} 时{'成立' if here else '不成立'}，导入的 {row.id} 却相反。")
                break
    return tuple(found)


def _around(cells: list[Tests], others: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    """Inputs that satisfy the rule, with one input at a time moved to and over each bound of its cell.

    `others` are the fixed values of the row; each is tried where the cell has values of its class.
    """
    operands = [[one for part in cell.parts for one in _operands(part)] for cell in cells]
    if any(isinstance(one, Ref) for column in operands for one in column):
        return
    columns = [
        _values([*column, *(one for one in others if any(type(one) is type(own) for own in column))])
        for column in operands
    ]
    chosen = [next((one for one in values if holds(cell, one, {})), values[0])
              for cell, values in zip(cells, columns, strict=True)]  # fmt: skip
    yield tuple(chosen)
    for place, values in enumerate(columns):
        for value in values:
            yield (*chosen[:place], value, *chosen[place + 1 :])


def _fixed(logic: Json) -> Iterator[Value]:
    """The fixed values in a rule."""
    if isinstance(logic, dict):
        for name, given in logic.items():
            if name == "dec":
                yield Decimal(str(given))
            elif name == "date":
                yield date.fromisoformat(str(given))
            elif name != "var":
                yield from _fixed(given)
    elif isinstance(logic, list):
        for one in logic:
            yield from _fixed(one)
    elif isinstance(logic, (str, bool)):
        yield logic
    elif isinstance(logic, int):
        yield Decimal(logic)


def _operands(part: Any) -> tuple[Operand, ...]:
    return (part.low, part.high) if isinstance(part, Interval) else (part.operand,)


def _values(operands: list[Any]) -> list[Value]:
    """The fixed values themselves, those just beside them, and one of their class that is none of them."""
    made: list[Value] = []
    for one in operands:
        if isinstance(one, bool):
            made += [True, False]
        elif isinstance(one, Decimal):
            made += [one, one - Decimal("0.5"), one + Decimal("0.5")]
        elif isinstance(one, date):
            made += [one, one - timedelta(1), one + timedelta(1)]
        elif isinstance(one, str):
            made += [one, f"{one}～"]
    return made + [one for one in _STRANGE if not made or type(one) is type(made[0])]


def _environment(paths: tuple[str, ...], values: tuple[Value, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for path, value in zip(paths, values, strict=True):
        *above, last = path.split(".")
        node = made
        for key in above:
            node = node.setdefault(key, {})
        node[last] = value
    return made
