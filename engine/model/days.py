"""Counting units of time on a line: working days by the calendar, natural days, seconds.

A counter maps a place on the line to how many units lie at or before it; a clock is arithmetic on that.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol


class Counter(Protocol):
    """Places are day ordinals, or seconds."""

    def upto(self, place: int) -> int:
        """How many units lie at or before the place."""
        ...

    def nth(self, count: int, after: int) -> int:
        """The first place after `after` with `count` units at or before it; `count` is more than `upto(after)`."""
        ...


class Each:
    """Every place is a unit: natural days, seconds."""

    def upto(self, place: int) -> int:
        return place

    def nth(self, count: int, after: int) -> int:
        return count


class Workdays:
    """Working days: weekdays, less the days off, more the weekend days made up for them."""

    def __init__(self, calendar: Mapping[str, str]) -> None:
        days = [(date.fromisoformat(day), mark) for day, mark in calendar.items()]
        self._off = sorted(day.toordinal() for day, mark in days if mark != "班" and day.weekday() < 5)
        self._on = sorted(day.toordinal() for day, mark in days if mark == "班" and day.weekday() > 4)

    def upto(self, place: int) -> int:
        weeks, rest = divmod(place, 7)  # ordinal 1 is a Monday
        return weeks * 5 + min(rest, 5) - bisect_right(self._off, place) + bisect_right(self._on, place)

    def nth(self, count: int, after: int) -> int:
        wide = 2 * (count - self.upto(after)) + 14
        while self.upto(after + wide) < count:
            wide *= 2
        return bisect_left(range(after + wide + 1), count, lo=after, key=self.upto)


def day_of(instant: str) -> int:
    """The ordinal of an instant's day, in the zone it is written in."""
    return date.fromisoformat(instant[:10]).toordinal()


def iso_day(place: int) -> str:
    """The ISO day of an ordinal."""
    return date.fromordinal(place).isoformat()


def after_day(instant: str) -> str:
    """The ISO day after an instant's."""
    return (date.fromisoformat(instant[:10]) + timedelta(days=1)).isoformat()
