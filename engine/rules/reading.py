"""Reads values out of an environment and compares them; what has no value keeps the reason why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.values import Missing
from engine.rules import arithmetic as numbers
from engine.rules.gaps import MIXED, NOT_A_LIST, NOTHING, Gap

EMPTY, PENDING = Missing.EMPTY, Missing.PENDING
GROUP: dict[type, str] = {int: "number", Decimal: "number", str: "text", bool: "bool", date: "date"}
SETTLED = frozenset({int, bool, date, tuple, Missing, dict})
_NOT_RECORD = Gap("不是记录，没有下级内容")
_NOT_EXACT = Gap("数据是浮点数，不精确")


def settle(value: Any) -> Any:
    """A value as rules see it: blank text and null are empty, lists are tuples, floats have no value."""
    kind = value.__class__
    if kind in SETTLED:
        return value
    if kind is str:
        return value or EMPTY
    if value is None:
        return EMPTY
    if kind is list:
        return tuple(value)
    if kind is Decimal:
        return numbers.checked(value)
    return _NOT_EXACT if kind is float else value


def walk(value: Any, keys: tuple[str, ...]) -> Any:
    """What lies below a value; through rows the column. A path below something missing takes its state."""
    for index, key in enumerate(keys):
        kind = value.__class__
        if kind is dict or isinstance(value, Mapping):
            value = value.get(key, EMPTY)
        elif kind is tuple or kind is list:
            return tuple(walk(row, keys[index:]) for row in value)
        elif kind in NOTHING:
            return value
        else:
            return EMPTY if value is None else _NOT_RECORD
    return settle(value)


def equal(one: Any, other: Any) -> Any:
    """Whether two single values are equal; unknown when either is missing or the types differ."""
    if one.__class__ in NOTHING:
        return one
    if other.__class__ in NOTHING:
        return other
    group = GROUP.get(one.__class__)
    if group is None or group != GROUP.get(other.__class__):
        return MIXED
    return one == other


def holds(many: tuple[Any, ...], needle: Any) -> Any:
    """Whether a list holds a value; unknown when it may be among the missing ones."""
    doubt: Any = False
    for item in many:
        same = equal(settle(item), needle)
        if same is True:
            return True
        if same is not False and doubt is False:
            doubt = same
    return doubt


def listed(value: Any) -> Any:
    """A list as it is; a table with keys as its keys."""
    return tuple(value) if isinstance(value, Mapping) else value


def rows_of(value: Any) -> Any:
    """The rows of a list; none when it was left blank."""
    value = listed(value)
    return () if value is EMPTY else value if value.__class__ in NOTHING or value.__class__ is tuple else NOT_A_LIST
