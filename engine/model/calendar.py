"""Working days by the State Council's yearly notice, and calendar arithmetic by law.

A calendar maps ISO days to 休 (off), 班 (worked although a weekend) or 暂休 (off by the law on holidays, in a year
whose notice is not out yet); every other day follows the week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

PROVISIONAL = "暂休"


def is_workday(day: date, calendar: Mapping[str, str]) -> bool:
    """Whether offices work on that day."""
    mark = calendar.get(day.isoformat())
    return mark == "班" if mark else day.weekday() < 5


def estimated(days: Iterable[str], calendar: Mapping[str, str]) -> tuple[str, ...]:
    """The years of these days (ISO) whose notice is not out, so that working days in them are counted provisionally."""
    open_years = {day[:4] for day, mark in calendar.items() if mark == PROVISIONAL}
    return tuple(sorted({day[:4] for day in days} & open_years))


def add_workdays(start: date, count: int, calendar: Mapping[str, str]) -> date:
    """The `count`-th working day after `start`; the day itself is not counted (行政许可法第八十二条)."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        if is_workday(day, calendar):
            count -= 1
    return day


def workdays_between(start: date, end: date, calendar: Mapping[str, str]) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -workdays_between(end, start, calendar)
    return sum(is_workday(start + timedelta(days=n), calendar) for n in range(1, (end - start).days + 1))


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, _last_day(year, month)))


def add_years(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th where there is none."""
    return add_months(day, 12 * years)


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
