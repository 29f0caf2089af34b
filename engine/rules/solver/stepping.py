"""Calendar functions: exact where one date is free and the rest known, else a free variable within exact bounds.

A variable that stands for such a result has a name that begins with `~`: what depends on it is an approximation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import z3

from engine.rules import operations
from engine.rules.gaps import Gap
from engine.rules.profile import OPERATORS
from engine.rules.solver.bits import both
from engine.rules.solver.free import EARLIEST, LATEST, Free
from engine.rules.solver.symbols import NOTHING, Scalar, State, Steps

assert operations
_RISING = {("add_months", 0): True, ("add_years", 0): True, ("add_days", 0): True,
           ("add_workdays", 0): True}  # fmt: skip
for _name in ("days", "months", "years", "age", "workdays"):
    _RISING |= {(_name, 0): False, (_name, 1): True}
_GIVES = {"add_days": "date", "add_months": "date", "add_years": "date", "add_workdays": "date"}
APPROXIMATE = "~"


class Stepping:
    """Computes calendar functions of symbols; `calendar` is the working calendar (ISO day → 休 or 班), empty where it
    is not known."""

    def __init__(self, free: Free, calendar: Mapping[str, str]) -> None:
        self._free, self._made = free, 0
        self._marks = [(date.fromisoformat(day), mark) for day, mark in calendar.items()]

    def call(self, name: str, arguments: list[Scalar]) -> Scalar:
        """天数 月数 年数 年龄 加天 加月 加年 工作日数 of single values."""
        state = arguments[0].state.then(arguments[1].state)
        kind = _GIVES.get(name, "number")
        if any(one.kind not in ("date", "number") for one in arguments):
            return replace(NOTHING, state=replace(state, has=False))
        if name in ("workdays", "add_workdays") and not self._marks:
            return self.open(kind)  # without the calendar nothing exact is known
        plain = [one for one in arguments if one.steps is None]
        open_ = [place for place, one in enumerate(arguments) if one.steps is not None or not isinstance(one.term, int)]
        if name == "days" and len(plain) == 2:
            return Scalar("number", state, arguments[1].term - arguments[0].term)
        if not open_:
            value = self._apply(name, arguments, [])(0)
            return Scalar(kind, state, value) if value is not None else Scalar(kind, replace(state, has=False))
        if len(open_) == 1 and arguments[open_[0]].kind == "date":
            return self._stepped(name, kind, state, arguments, open_[0])
        if name == "add_days" and len(plain) == 2 and arguments[1].places == 0:
            return Scalar("date", state, arguments[0].term + arguments[1].term)
        return Scalar(kind, state, self._variable(name))

    def _apply(self, name: str, arguments: list[Scalar], open_: list[int]) -> Callable[[int], int | None]:
        apply = OPERATORS[name].apply
        assert apply is not None
        inner = arguments[open_[0]].steps if open_ else None

        def run(day: int) -> int | None:
            at = day if inner is None else inner.apply(day)
            if at is None:
                return None
            given = [_python(one, at if place in open_ else one.term) for place, one in enumerate(arguments)]
            given += [dict(self._marks)] if name == "add_workdays" else []
            made = self._workdays(*given) if name == "workdays" else apply(*given)
            if made is None or isinstance(made, Gap):
                return None
            return made.toordinal() if isinstance(made, date) else int(made)

        return run

    def _workdays(self, start: date, end: date) -> int | None:
        """工作日数 of far days without counting them one by one; the same result as the operator's."""
        if end < start:
            back = self._workdays(end, start)
            return None if back is None else -back
        if (end - start).days > operations.LONGEST:
            return None
        weeks, rest = divmod((end - start).days, 7)
        count = weeks * 5 + sum((start + timedelta(day)).weekday() < 5 for day in range(1, rest + 1))
        for day, mark in self._marks:
            if start < day <= end:
                count += (mark == "班") - (day.weekday() < 5)
        return count

    def _stepped(self, name: str, kind: str, state: State, arguments: list[Scalar], place: int) -> Scalar:
        apply, base = self._apply(name, arguments, [place]), arguments[place]
        rising = _RISING[(name, place)] is (base.steps is None or base.steps.rising)
        of = base.term if base.steps is None else base.steps.of
        low, high = _range(apply)
        if low > high:
            return Scalar(kind, replace(state, has=False))
        inside = both(of >= low if low > EARLIEST else True, of <= high if high < LATEST else True)
        shown = replace(state, has=both(state.has, inside))
        return Scalar(kind, shown, 0, 0, Steps(lru_cache(maxsize=256)(apply), of, rising, low, high))

    def settled(self, value: Scalar) -> Scalar:
        """A value with a term: a variable within the bounds of the step function where it has none."""
        steps = value.steps
        if steps is None:
            return value
        variable = self._variable(value.kind)
        first, last = steps.apply(steps.low), steps.apply(steps.high)
        if value.kind == "date" and steps.rising and first is not None and last is not None:
            shifts = sorted((first - steps.low, last - steps.high))
            self._free.assume(variable - steps.of >= shifts[0] - 31, variable - steps.of <= shifts[1] + 31)
        return Scalar(value.kind, value.state, variable)

    def variable(self, what: str) -> Any:
        """A free variable in the place of a result that has no exact form."""
        return self._variable(what)

    def open(self, kind: str) -> Scalar:
        """What an operator gives that has no meaning here: any value of its kind, or none."""
        self._made += 1
        has = z3.Bool(f"{APPROXIMATE}has{self._made}")
        term = z3.Bool(f"{APPROXIMATE}is{self._made}") if kind == "bool" else self._variable(kind)
        return Scalar(kind, State(has), term)

    def _variable(self, what: str) -> Any:
        self._made += 1
        return z3.Int(f"{APPROXIMATE}{what}{self._made}")


def _python(value: Scalar, term: Any) -> Any:
    if value.kind == "date":
        return date.fromordinal(term)
    return term if value.places == 0 else Decimal(term).scaleb(-value.places)


def _range(apply: Callable[[int], int | None]) -> tuple[int, int]:
    """The days on which the function has a value; they lie together. Nothing is (1, 0)."""
    low, high = EARLIEST, LATEST
    if apply(low) is not None and apply(high) is not None:
        return low, high
    inside = next((day for day in range(low, high + 1, 365) if apply(day) is not None), None)
    if inside is None:
        return 1, 0
    first, last = low, inside
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if apply(middle) is not None else (middle + 1, last)
    start, end = inside, high
    while start < end:
        middle = (start + end + 1) // 2
        start, end = (middle, end) if apply(middle) is not None else (start, middle - 1)
    return first, start
