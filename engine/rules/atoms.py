"""Closures of the atoms: comparisons, lists, tables and called operators."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Mapping
from typing import Any

from engine.model.values import Missing, Unavailable
from engine.rules import arithmetic as numbers
from engine.rules.gaps import MIXED, NO_KEY, NOT_A_LIST, NOTHING, Gap
from engine.rules.patterns import MAX_SUBJECT, compiled
from engine.rules.profile import Operator
from engine.rules.reading import EMPTY, GROUP, equal, holds, listed, rows_of, settle, walk

Frame = Any
Run = Callable[[Frame], Any]
ORDER: dict[str, Callable[[Any, Any], bool]] = {">": python.gt, "<": python.lt, ">=": python.ge, "<=": python.le}
_LONG_TEXT = Gap("文本过长，无法匹配")


def equality(left: Run, right: Run, wanted: bool) -> Run:
    """= or ≠ of two values."""
    def run(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        if one.__class__ is other.__class__ is str:
            return (one == other) is wanted
        same = equal(one, other)
        return same is wanted if same is True or same is False else same

    return run


def order(left: Run, right: Run, compare: Callable[[Any, Any], bool]) -> Run:
    """An order of two numbers or two dates."""
    def run(frame: Frame) -> Any:
        one, other = left(frame), right(frame)
        if one.__class__ is other.__class__ is int:
            return compare(one, other)
        if one.__class__ in NOTHING:
            return one
        if other.__class__ in NOTHING:
            return other
        group = GROUP.get(one.__class__)
        if group not in ("number", "date") or group != GROUP.get(other.__class__):
            return MIXED
        return compare(one, other)

    return run


def membership(needle: Run, hay: Run, fixed: frozenset[str] | None = None) -> Run:
    """A value in a list, or a text in a text; `fixed` holds the elements of a literal list of texts."""
    def run(frame: Frame) -> Any:
        one, many = needle(frame), hay(frame)
        if fixed is not None and one.__class__ is str:
            return one in fixed
        many = listed(many)
        if one.__class__ in NOTHING:
            return one
        if many.__class__ in NOTHING:
            return many
        if many.__class__ is tuple:
            return holds(many, one)
        return one in many if one.__class__ is many.__class__ is str else MIXED

    return run


def sets(left: Run, right: Run, stop: bool) -> Run:
    """Whether any (stop true) or every element of the left list is in the right one."""
    def run(frame: Frame) -> Any:
        one, other = listed(left(frame)), listed(right(frame))
        for side in (one, other):
            if side.__class__ is not tuple:
                return side if side.__class__ in NOTHING else NOT_A_LIST
        doubt: Any = not stop
        for item in one:
            if item.__class__ is str and item and item in other:
                # What is found there cannot be in doubt; what is not may be among the missing ones.
                if stop:
                    return True
                continue
            item = settle(item)
            result = item if item.__class__ in NOTHING else holds(other, item)
            if result is stop:
                return stop
            if result is not True and result is not False and doubt is (not stop):
                doubt = result
        return doubt

    return run


def is_empty(inner: Run) -> Run:
    """Whether a name is empty or not applicable, or a list without rows."""
    def run(frame: Frame) -> Any:
        value = inner(frame)
        if value is EMPTY or value is Missing.NOT_APPLICABLE:
            return True
        return value if value.__class__ in NOTHING else value == ()

    return run


def is_unavailable(inner: Run) -> Run:
    """Whether a fact could not be had."""
    return lambda frame: inner(frame).__class__ is Unavailable


def full_match(inner: Run, pattern: Run) -> Run:
    """Whether a whole text matches a pattern of the safe subset."""
    expression = compiled(pattern(None))

    def run(frame: Frame) -> Any:
        text = inner(frame)
        if text.__class__ is not str:
            return text if text.__class__ in NOTHING else MIXED
        return _LONG_TEXT if len(text) > MAX_SUBJECT else expression.fullmatch(text) is not None

    return run


def count(inner: Run) -> Run:
    """The number of rows."""
    def run(frame: Frame) -> Any:
        rows = rows_of(inner(frame))
        return len(rows) if rows.__class__ is tuple else rows

    return run


def column_sum(inner: Run) -> Run:
    """The sum of a column."""
    def run(frame: Frame) -> Any:
        rows = rows_of(inner(frame))
        return numbers.total([settle(row) for row in rows]) if rows.__class__ is tuple else rows

    return run


def distinct(inner: Run) -> Run:
    """Whether no two values of a column are the same; blank ones are left out, one that is missing leaves a doubt."""
    def run(frame: Frame) -> Any:
        rows = rows_of(inner(frame))
        if rows.__class__ is not tuple:
            return rows
        doubt: Any = True
        seen: set[tuple[str, Any]] = set()
        for item in rows:
            value = settle(item)
            if value is EMPTY or value is Missing.NOT_APPLICABLE:
                continue
            group = GROUP.get(value.__class__)
            if group is None:
                doubt = (value if value.__class__ in NOTHING else MIXED) if doubt is True else doubt
            elif (group, value) in seen:
                return False
            else:
                seen.add((group, value))
        return doubt

    return run


def choice(condition: Run, then: Run, other: Run) -> Run:
    """One of two values by a condition; without a value where the condition is unknown."""
    def run(frame: Frame) -> Any:
        truth = condition(frame)
        if truth is True or truth is False:
            return then(frame) if truth else other(frame)
        return truth if truth.__class__ in NOTHING else MIXED

    return run


def spread(apply: Callable[[list[Any]], Any], runs: list[Run]) -> Run:
    """An operation on a list of values."""
    def run(frame: Frame) -> Any:
        values = [each(frame) for each in runs]
        return apply(values)

    return run


def lookup(runs: list[Run]) -> Run:
    """A value of a table by its keys."""
    def run(frame: Frame) -> Any:
        table, *keys = (each(frame) for each in runs)
        for value in (table, *keys):
            if value.__class__ in NOTHING:
                return value
        if table.__class__ is tuple:
            for row in table:
                cells = list(row.values()) if isinstance(row, Mapping) else []
                pairs = zip(cells, keys, strict=False)
                if len(cells) > len(keys) and all(equal(settle(cell), key) is True for cell, key in pairs):
                    return settle(cells[-1])
            return NO_KEY
        for key in keys:
            if not isinstance(table, Mapping) or numbers.plain(key) not in table:
                return NO_KEY
            table = table[numbers.plain(key)]
        return settle(table)

    return run


def entry(table: Run, key: Run, column: str) -> Run:
    """One column of one entry of a code table."""
    def run(frame: Frame) -> Any:
        rows, wanted = table(frame), key(frame)
        for value in (rows, wanted):
            if value.__class__ in NOTHING:
                return value
        found = rows.get(wanted) if isinstance(rows, Mapping) else None
        return walk(found, (column,)) if isinstance(found, Mapping) else NO_KEY

    return run


def function(operator: Operator, runs: list[Run]) -> Run:
    """A registered operator, called only with values of the kinds it takes."""
    kinds = (*operator.takes, *({"today": "date"}.get(path, "any") for path in operator.implicit))[: len(runs)]
    apply = operator.apply
    assert apply is not None

    def run(frame: Frame) -> Any:
        values = [each(frame) for each in runs]
        for value, kind in zip(values, kinds, strict=True):
            if value.__class__ in NOTHING:
                return value
            if kind == "any":
                if not isinstance(value, Mapping):
                    return MIXED
            elif GROUP.get(value.__class__) != kind:
                return MIXED
        return apply(*values)

    return run
