"""The clock: due days of a case from its limits. Pure; days are Shanghai days, deadlines fall at their end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from engine.model.calendar import add_workdays
from engine.model.matter import Duration, Limits


def due_of(limit: Duration, start: datetime, calendar: Mapping[str, str]) -> str:
    """When a limit ends that starts at `start`: an ISO day, or for one in hours an ISO instant; "" where the law names
    none. Hours run through nights and days off (民法典第二百零一条)."""
    if limit.days is None:
        return ""
    if limit.unit == "小时":
        return (start + timedelta(hours=limit.days)).isoformat(timespec="seconds")
    if limit.unit == "自然日":
        return (start.date() + timedelta(days=limit.days)).isoformat()
    return add_workdays(start.date(), limit.days, calendar).isoformat()


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
    """The last second of an ISO day in the zone of `now`, as an ISO instant; an instant as it is."""
    if "T" in day:
        return day
    return datetime.combine(date.fromisoformat(day), time(23, 59, 59), now.tzinfo).isoformat()
