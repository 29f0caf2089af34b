"""Which values of a column a cell admits, as far as its logic shows: enough to prove two cells apart, or to meet.

A comparison holds only of a value, never of an empty or unavailable one, so the two states are kept beside the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.model.values import Json

_TURNED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
Point = Any  # Decimal, or the ISO text of a date


@dataclass(frozen=True, slots=True)
class Span:
    """The values between two ends; None is no end, `open` ends do not belong to it."""

    low: Point = None
    high: Point = None
    low_open: bool = False
    high_open: bool = False

    def meet(self, other: Span) -> Span | None:
        """The values in both; None when there are none."""
        low, low_open = _inner(self.low, self.low_open, other.low, other.low_open, max)
        high, high_open = _inner(self.high, self.high_open, other.high, other.high_open, min)
        if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
            return None
        return Span(low, high, low_open, high_open)

    @property
    def sure(self) -> bool:
        """Whether some value surely lies inside, however few decimal places the values have."""
        if self.low is None or self.high is None or not (self.low_open and self.high_open):
            return True
        return isinstance(self.low, Decimal) and self.high - self.low > 1


@dataclass(frozen=True, slots=True)
class Region:
    """What a cell admits: spans of ordered values or a set of others (`out`: all but these), and the two states."""

    spans: tuple[Span, ...] | None = None
    values: frozenset[Any] | None = None
    out: bool = False
    empty: bool = False
    unavailable: bool = False

    def apart(self, other: Region) -> bool:
        """Whether no value and no state is in both."""
        if (self.empty and other.empty) or (self.unavailable and other.unavailable):
            return False
        return not self._shared(other)

    def meets(self, other: Region) -> bool:
        """Whether some value or state is surely in both."""
        if (self.empty and other.empty) or (self.unavailable and other.unavailable):
            return True
        shared = self._shared(other)
        return shared is True or any(span.sure for span in (shared or ()) if isinstance(span, Span))

    def _shared(self, other: Region) -> Any:
        if self.spans is not None and other.spans is not None:
            return [both for one in self.spans for two in other.spans if (both := one.meet(two)) is not None]
        if self.values is None or other.values is None:
            none = any(one.spans == () or (one.values == frozenset() and not one.out) for one in (self, other))
            return [] if none else [None]
        if self.out and other.out:
            return [None]
        if self.out or other.out:
            inside, outside = (other, self) if self.out else (self, other)
            return bool((inside.values or frozenset()) - (outside.values or frozenset()))
        return bool(self.values & other.values)


def region(logic: Json, subject: Json) -> Region | None:
    """The region of a cell's logic over its column; None where the logic does not show it."""
    if logic == subject:
        return Region(values=frozenset({True}))
    if not isinstance(logic, dict):
        return None
    name, given = next(iter(logic.items()))
    if name == "!":
        return _outside(given[0], subject)
    if name in ("or", "and"):
        parts = [region(part, subject) for part in given]
        return reduce(lambda one, two: _joined(one, two, name), parts[1:], parts[0])
    if not isinstance(given, list) or not given or given[0] != subject:
        return None
    return _atom(name, given)


def _atom(name: str, given: list[Json]) -> Region | None:
    if name in ("empty", "unavailable"):
        nothing: frozenset[Any] = frozenset()
        return Region(values=nothing, empty=name == "empty", unavailable=name == "unavailable")
    if name == "in" and isinstance(given[1], list):
        points = [_point(one) for one in given[1]]
        return _points(points)
    point = _point(given[1])
    if point is None:
        return None
    if name == "==":
        return _points([point])
    if name == "!=":
        made = _points([point])
        return _complement(made) if made is not None else None
    if name not in _TURNED or not _ordered(point):
        return None
    value = _key(point)
    return Region(spans=(Span(low=value, low_open=name == ">"),)) if name in (">", ">=") else Region(
        spans=(Span(high=value, high_open=name == "<"),))  # fmt: skip


def _points(points: list[Any]) -> Region | None:
    if any(point is None for point in points):
        return None
    if all(_ordered(point) for point in points):
        return Region(spans=tuple(Span(_key(point), _key(point)) for point in points))
    return Region(values=frozenset(points)) if not any(_ordered(point) for point in points) else None


def _outside(inner: Json, subject: Json) -> Region | None:
    if inner == subject:
        return Region(values=frozenset({False}))
    if (
        isinstance(inner, dict)
        and next(iter(inner)) in ("empty", "unavailable")
        and inner[next(iter(inner))] == [subject]
    ):
        return Region(values=frozenset(), out=True, empty="unavailable" in inner)
    found = region(inner, subject)
    return None if found is None or found.empty or found.unavailable else _complement(found)


def _complement(found: Region) -> Region:
    if found.spans is None:
        return Region(values=found.values, out=not found.out)
    left: tuple[Span, ...] = (Span(),)
    for span in found.spans:
        below = () if span.low is None else (Span(high=span.low, high_open=not span.low_open),)
        above = () if span.high is None else (Span(low=span.high, low_open=not span.high_open),)
        left = tuple(both for one in left for part in (*below, *above) if (both := one.meet(part)) is not None)
    return Region(spans=left)


def _joined(one: Region | None, two: Region | None, name: str) -> Region | None:
    if one is None or two is None:
        return None
    empty, unavailable = one.empty or two.empty, one.unavailable or two.unavailable
    nothing = [part for part in (one, two) if part.values == frozenset() and not part.out]
    if name == "or" and nothing:
        rest = two if nothing[0] is one else one
        return Region(rest.spans, rest.values, rest.out, empty, unavailable)
    if one.spans is not None and two.spans is not None:
        if name == "or":
            return Region((*one.spans, *two.spans), None, False, empty, unavailable)
        met = tuple(both for left in one.spans for right in two.spans if (both := left.meet(right)) is not None)
        return Region(spans=met)
    if name == "or" and one.values is not None and two.values is not None and not one.out and not two.out:
        return Region(None, one.values | two.values, False, empty, unavailable)
    return None


def _point(logic: Json) -> Any:
    """A fixed value: Decimal for a number, ("date", text) for a date, the text or truth itself; None for all else."""
    if isinstance(logic, (str, bool)):
        return logic
    if isinstance(logic, int):
        return Decimal(logic)
    if isinstance(logic, dict) and "dec" in logic:
        return Decimal(str(logic["dec"]))
    if isinstance(logic, dict) and "date" in logic:
        return ("date", str(logic["date"]))
    return None


def _ordered(point: Any) -> bool:
    return isinstance(point, (Decimal, tuple))


def _key(point: Any) -> Point:
    return point[1] if isinstance(point, tuple) else point


def _inner(one: Point, one_open: bool, two: Point, two_open: bool, choose: Any) -> tuple[Point, bool]:
    if one is None or two is None:
        return (two, two_open) if one is None else (one, one_open)
    if one == two:
        return one, one_open or two_open
    return (one, one_open) if choose(one, two) == one else (two, two_open)
