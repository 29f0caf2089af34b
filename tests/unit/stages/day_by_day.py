"""A naive clock for comparison: it walks from the start, one calendar day (or one hour) after the other, and looks at
each. It shares no arithmetic with `engine.stages.clock`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from engine.model.clock import Span

_FAR = 400  # days or hours that are walked at most
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class Walked(msgspec.Struct, frozen=True):
    """What the walk found."""

    elapsed: int
    remaining: int
    due: str
    level: str
    red: bool
    stopped: bool


def walk(span: Span, calendar: Mapping[str, str], now: datetime) -> Walked:
    """The clock of a span at `now`, looked at place by place."""
    if span.until:
        return _to_a_day(span, calendar, now)
    return _hours(span, now) if span.unit == "小时" else _days(span, calendar, now)


def _days(span: Span, calendar: Mapping[str, str], now: datetime) -> Walked:
    start, today = date.fromisoformat(span.start[:10]), date.fromisoformat((span.ended or now.isoformat())[:10])
    pauses = [(date.fromisoformat(one.start[:10]), date.fromisoformat(one.end[:10]) if one.end else None)
              for one in span.pauses]  # fmt: skip
    counted, elapsed, day = 0, 0, start
    due = start.isoformat() if span.length == 0 else ""
    for _ in range(_FAR):
        day += _DAY
        if day > today and due:
            break
        if (span.unit == "自然日" or _works(calendar, day)) and not _paused(pauses, day):
            counted += 1
            if counted == span.length:
                due = day.isoformat()
            if day <= today:
                elapsed += 1
    return _said(span, elapsed, span.length - elapsed, due, bool(due) and today.isoformat() > due)


def _paused(pauses: list[tuple[date, date | None]], day: date) -> bool:
    return any(first <= day and (last is None or day < last) for first, last in pauses)


def _works(calendar: Mapping[str, str], day: date) -> bool:
    if day.isoformat() in calendar:
        return calendar[day.isoformat()] == "班"
    return day.isoweekday() not in (6, 7)


def _hours(span: Span, now: datetime) -> Walked:
    """Instants of these histories lie on full hours, so an hour counts or it does not."""
    at, end = datetime.fromisoformat(span.start), datetime.fromisoformat(span.ended) if span.ended else now
    pauses = [(datetime.fromisoformat(one.start), datetime.fromisoformat(one.end) if one.end else None)
              for one in span.pauses]  # fmt: skip
    elapsed, counted, due = 0, 0, at.isoformat(timespec="seconds") if span.length == 0 else ""
    for _ in range(_FAR):
        if at >= end and due:
            break
        if not any(first <= at and (last is None or at < last) for first, last in pauses):
            counted += 1
            if counted == span.length:
                due = (at + _HOUR).isoformat(timespec="seconds")
            if at < end:
                elapsed += 1
        at += _HOUR
    late = bool(due) and end > datetime.fromisoformat(due)
    return _said(span, elapsed, span.length - elapsed, due, late)


def _to_a_day(span: Span, calendar: Mapping[str, str], now: datetime) -> Walked:
    start, last = date.fromisoformat(span.start[:10]), date.fromisoformat(span.until)
    today = max(start, date.fromisoformat((span.ended or now.isoformat())[:10]))
    elapsed = remaining = 0
    day = min(start, last)
    for _ in range(_FAR):
        day += timedelta(days=1)
        if _works(calendar, day):
            elapsed += start < day <= today
            remaining += (today < day <= last) - (last < day <= today)
    length = sum(_works(calendar, start + timedelta(days=n)) for n in range(1, (last - start).days + 1))
    sized = msgspec.structs.replace(span, length=length)
    return _said(sized, elapsed, remaining, span.until, today > last)


def _said(span: Span, elapsed: int, remaining: int, due: str, late: bool) -> Walked:
    red = late
    red |= span.red_at is not None and elapsed >= span.red_at
    red |= span.red_left is not None and remaining <= span.red_left
    share = 100 if span.length == 0 else elapsed * 100 / span.length
    level = "正常"
    if share >= span.warn[0] and span.length:
        level = "提醒"
    if share >= span.warn[1] or red:
        level = "预警"
    return Walked(elapsed, remaining, due, "逾期" if late else level, red, not due and not span.ended)
