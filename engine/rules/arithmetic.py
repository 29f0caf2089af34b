"""Exact arithmetic on integers and decimals; what cannot be computed is a Gap, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.rules.gaps import BY_ZERO, EXACT, LIMIT, MIXED, NO_ROWS, NOTHING, PLACES, TOO_BIG, number

_STEP = Decimal(1).scaleb(-PLACES)


def checked(value: Decimal) -> Any:
    """A decimal from outside, or a Gap when it is not a number within range."""
    return value if value.is_finite() and -LIMIT < value < LIMIT else TOO_BIG


def plain(value: Any) -> str:
    """A number or text as people write it: no exponent, no trailing zeros."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("", "-0") else text
    return str(value)


def _numbers(values: list[Any]) -> Any:
    for value in values:
        if value.__class__ in NOTHING:
            return value
        if value.__class__ is not int and value.__class__ is not Decimal:
            return MIXED
    return None


def total(values: list[Any]) -> Any:
    """The sum; 0 of nothing."""
    wrong = _numbers(values)
    if wrong is not None:
        return wrong
    result: Any = 0
    for value in values:
        result = number(EXACT.add(result, value) if Decimal in (result.__class__, value.__class__) else result + value)
        if result is TOO_BIG:
            return result
    return result


def _product(values: list[Any]) -> Any:
    wrong = _numbers(values)
    if wrong is not None:
        return wrong
    result: Any = 1
    for value in values:
        either = Decimal in (result.__class__, value.__class__)
        result = number(EXACT.multiply(result, value) if either else result * value)
        if result is TOO_BIG:
            return result
    return result


def difference(values: list[Any]) -> Any:
    """The first less the second; of one value its negative."""
    wrong = _numbers(values)
    if wrong is not None:
        return wrong
    one, other = (0, values[0]) if len(values) == 1 else values
    return number(EXACT.subtract(one, other) if Decimal in (one.__class__, other.__class__) else one - other)


def _quotient(values: list[Any]) -> Any:
    wrong = _numbers(values)
    if wrong is not None:
        return wrong
    if values[1] == 0:
        return BY_ZERO
    return number(EXACT.divide(Decimal(values[0]), Decimal(values[1])).quantize(_STEP, ROUND_HALF_UP, EXACT))


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    def run(values: list[Any]) -> Any:
        if len(values) == 1 and values[0].__class__ is tuple:
            values = list(values[0])
        if not values:
            return NO_ROWS
        if all(value.__class__ is date for value in values):
            return choose(values)
        wrong = next((value for value in values if value.__class__ in NOTHING), None)
        return wrong if wrong is not None else _numbers(values) or choose(values)

    return run


OPERATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "+": total,
    "*": _product,
    "-": difference,
    "/": _quotient,
    "max": _extreme(max),
    "min": _extreme(min),
}
