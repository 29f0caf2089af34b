"""Builds a stored rule once into nested closures; what has no value stays visible as the reason of an unknown.

A closure takes the environment (or, inside a quantifier, a frame of row, outer frame and budget) and gives a
typed value, or a Missing, Unavailable or Gap. For a judgement anything but True and False means unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.values import Json
from engine.rules import arithmetic as numbers
from engine.rules import atoms, operations
from engine.rules.atoms import ORDER, Frame, Run
from engine.rules.gaps import TOO_LONG
from engine.rules.profile import OPERATORS
from engine.rules.reading import EMPTY, PENDING, SETTLED, rows_of, settle, walk

assert operations
BUDGET = 20000


def build(logic: Json, depth: int = 0, budget: int = BUDGET) -> Run:
    """The closure of a stored node inside `depth` quantifiers."""
    if isinstance(logic, (list, tuple)):
        constant = tuple(build(item, depth, budget)(None) for item in logic)
        return lambda frame: constant
    if not isinstance(logic, dict):
        return lambda frame: logic
    name, given = next(iter(logic.items()))
    if name == "var":
        return _variable(given, depth)
    if name in ("dec", "date"):
        value = Decimal(given) if name == "dec" else date.fromisoformat(given)
        return lambda frame: value
    if name in ("all", "some"):
        return _quantifier(name, given, depth, budget)
    if name == "entry":
        return atoms.entry(build(given[0], depth, budget), build(given[1], depth, budget), given[2])
    runs = [build(part, depth, budget) for part in given]
    if name in ("==", "!="):
        return atoms.equality(runs[0], runs[1], name == "==")
    if name in ORDER:
        return atoms.order(runs[0], runs[1], ORDER[name])
    if name == "in":
        texts = isinstance(given[1], list) and all(isinstance(item, str) for item in given[1])
        return atoms.membership(runs[0], runs[1], frozenset(given[1]) if texts else None)
    if name in _MAKERS:
        return _MAKERS[name](*runs)
    if name in _CHAINS:
        return _CHAINS[name](runs)
    if name in numbers.OPERATIONS:
        return atoms.spread(numbers.OPERATIONS[name], runs)
    return atoms.function(OPERATORS[name], runs)


def _variable(path: str, depth: int) -> Run:
    ups = 0
    while path.startswith("^."):
        path, ups = path[2:], ups + 1
    keys = tuple(path.split(".")) if path else ()
    if ups < depth:

        def row(frame: Frame) -> Any:
            for _ in range(ups):
                frame = frame[1]
            return walk(frame[0], keys)

        return row
    head, rest = keys[0], keys[1:]
    last = rest[0] if len(rest) == 1 else ""

    def part(env: Frame) -> Any:
        # The usual shape, a part of a present record, without the general walk.
        record = env.get(head, PENDING)
        value = record.get(last, EMPTY) if record.__class__ is dict else walk(record, rest)
        return settle(value)

    def top(frame: Frame) -> Any:
        for _ in range(ups):
            frame = frame[1]
        value = frame.get(head, PENDING)
        if not rest and value.__class__ in SETTLED:
            return value
        return walk(value, rest)

    def direct(env: Frame) -> Any:
        value = env.get(head, PENDING)
        return value if value.__class__ in SETTLED else settle(value)

    return top if ups else direct if not rest else part if last else top


def _conjunction(runs: list[Run]) -> Run:
    def run(frame: Frame) -> Any:
        doubt: Any = True
        for each in runs:
            result = each(frame)
            if result is False:
                return False
            if result is not True and doubt is True:
                doubt = result
        return doubt

    return run


def _disjunction(runs: list[Run]) -> Run:
    def run(frame: Frame) -> Any:
        doubt: Any = False
        for each in runs:
            result = each(frame)
            if result is True:
                return True
            if result is not False and doubt is False:
                doubt = result
        return doubt

    return run


def _negation(inner: Run) -> Run:
    def run(frame: Frame) -> Any:
        result = inner(frame)
        return not result if result is True or result is False else result

    return run


def _quantifier(name: str, given: Any, depth: int, budget: int) -> Run:
    rows_run, body = build(given[0], depth, budget), build(given[1], depth + 1, budget)
    stop = name == "some"

    def run(frame: Frame) -> Any:
        rows = rows_of(rows_run(frame))
        if rows.__class__ is not tuple:
            return rows
        left = frame[2] if depth else [budget]
        doubt: Any = not stop
        for row in rows:
            left[0] -= 1
            if left[0] < 0:
                return TOO_LONG
            result = body((row, frame, left))
            if result is stop:
                return stop
            if result is not True and result is not False and doubt is (not stop):
                doubt = result
        return doubt

    return run


_MAKERS: dict[str, Callable[..., Run]] = {
    "!": _negation,
    "intersects": lambda left, right: atoms.sets(left, right, True),
    "subset": lambda left, right: atoms.sets(left, right, False),
    "empty": atoms.is_empty,
    "unavailable": atoms.is_unavailable,
    "matches": atoms.full_match,
    "count": atoms.count,
    "sum": atoms.column_sum,
    "distinct": atoms.distinct,
    "if": atoms.choice,
}
_CHAINS: dict[str, Callable[[list[Run]], Run]] = {"and": _conjunction, "or": _disjunction, "lookup": atoms.lookup}
