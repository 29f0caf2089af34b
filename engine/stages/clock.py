"""The clock: due days of a case from its limits. Pure; days are Shanghai days, deadlines fall at their end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from engine.model.calendar import add_workdays
from engine.model.matter import Duration, Limits


def due_day(limit: Duration, start: date, calendar: Mapping[str, str]) -> str:
    """The ISO day a limit ends on when it starts on `start`; "" where the law names none."""
    if limit.days is None:
        return ""
    if limit.unit == "自然日":
        return (start + timedelta(days=limit.days)).isoformat()
    return add_workdays(start, limit.days, calendar).isoformat()


def promised_day(limits: Limits, way: str, start: date, calendar: Mapping[str, str]) -> str:
    """The ISO day promised for 秒批 or 转人工; "" where nothing is promised."""
    days = limits.promised.get(way)
    return "" if days is None else add_workdays(start, days, calendar).isoformat()


def supplement_tell_day(limits: Limits, received: date, calendar: Mapping[str, str]) -> str:
    """Until when the one request for supplement may be made (行政许可法第三十二条)."""
    return add_workdays(received, limits.tell, calendar).isoformat()


def supplement_answer_day(limits: Limits, asked: date) -> str:
    """Until when the applicant may answer it, in natural days from the request."""
    return (asked + timedelta(days=limits.answer)).isoformat()


def end_of(day: str, now: datetime) -> str:
    """The last second of an ISO day in the zone of `now`, as an ISO instant."""
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), now.tzinfo).isoformat()
