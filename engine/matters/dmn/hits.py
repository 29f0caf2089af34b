"""Evaluating a DMN decision table: which rules hold, and what its hit policy makes of them (DMN 1.3, clause 8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.matters.dmn.sfeel import Operand, Tests, Value, holds, literal, literals, resolved, tests
from engine.matters.dmn.tables import DecisionTable

Entry = Value | dict[str, Value]  # the value of one output, or of several by name


@dataclass(frozen=True, slots=True)
class Result:
    """What a table gives: one entry, a list of them, a number, or None; `fault` says in words why there is none."""

    value: Entry | list[Entry] = None
    fault: str = ""


class Evaluator:
    """A table made ready: its cells are read once. SfeelError when one is not S-FEEL."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.allowed = [tests(one.values.text) for one in table.inputs]
        self.conditions: list[list[Tests]] = [[tests(one.text) for one in rule.inputs] for rule in table.rules]
        self.entries: list[list[Operand]] = [[literal(one.text) for one in rule.outputs] for rule in table.rules]
        self.ranks = [literals(one.values.text) if one.values.text else () for one in table.outputs]
        self.defaults = [literal(one.default.text) if one.default.text else None for one in table.outputs]

    def evaluate(self, names: Mapping[str, Value]) -> Result:
        """The result for the inputs, by the text of their expressions."""
        given = [names.get(one.expression.text) for one in self.table.inputs]
        for value, cell, head in zip(given, self.allowed, self.table.inputs, strict=True):
            if not holds(cell, value, names):
                return Result(fault=f"{head.expression.text} 的值不在允许的范围内")
        matched = [
            [resolved(one, names) for one in outputs]
            for cells, outputs in zip(self.conditions, self.entries, strict=True)
            if all(holds(cell, value, names) for cell, value in zip(cells, given, strict=True))
        ]
        if not matched:
            return self._none(names)
        return _POLICIES[self.table.hit](self, matched)

    def _none(self, names: Mapping[str, Value]) -> Result:
        if self.table.aggregation == "COUNT":
            return Result(Decimal(0))
        if any(one is not None for one in self.defaults):
            return Result(self.entry([resolved(one, names) for one in self.defaults]))
        several = self.table.hit in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") and not self.table.aggregation
        return Result([] if several else None)

    def entry(self, outputs: list[Value]) -> Entry:
        """One rule's outputs: the value of a single output, else by name."""
        if len(self.table.outputs) == 1:
            return outputs[0]
        return {head.name: value for head, value in zip(self.table.outputs, outputs, strict=True)}

    def ranked(self, matched: list[list[Value]]) -> list[list[Value]]:
        """The rules by priority: the order of the output values, the first output first; rule order among equals."""

        def rank(outputs: list[Value]) -> tuple[int, ...]:
            return tuple(
                order.index(value) if value in order else len(order)
                for value, order in zip(outputs, self.ranks, strict=True)
            )

        return sorted(matched, key=rank)


def _unique(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    if len(matched) > 1:
        return Result(fault=f"命中策略是 UNIQUE，却有 {len(matched)} 条规则成立")
    return Result(evaluator.entry(matched[0]))


def _any(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    if any(one != matched[0] for one in matched):
        return Result(fault="命中策略是 ANY，成立的规则结果却不相同")
    return Result(evaluator.entry(matched[0]))


def _priority(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    return Result(evaluator.entry(evaluator.ranked(matched)[0]))


def _first(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    return Result(evaluator.entry(matched[0]))


def _rule_order(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    return Result([evaluator.entry(one) for one in matched])


def _output_order(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    return Result([evaluator.entry(one) for one in evaluator.ranked(matched)])


def _collect(evaluator: Evaluator, matched: list[list[Value]]) -> Result:
    how = evaluator.table.aggregation
    if not how:
        return _rule_order(evaluator, matched)
    if len(evaluator.table.outputs) != 1:
        return Result(fault=f"COLLECT {how} 只能有一个输出")
    values: list[Any] = [one[0] for one in matched]
    if how == "COUNT":
        return Result(Decimal(len(values)))
    if not all(isinstance(one, Decimal) for one in values):
        return Result(fault=f"COLLECT {how} 的结果不都是数")
    return Result(sum(values, Decimal(0)) if how == "SUM" else min(values) if how == "MIN" else max(values))


_POLICIES: dict[str, Callable[[Evaluator, list[list[Value]]], Result]] = {
    "UNIQUE": _unique, "ANY": _any, "PRIORITY": _priority, "FIRST": _first, "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order, "COLLECT": _collect,
}  # fmt: skip
