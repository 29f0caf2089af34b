"""Functions of the language: calendar arithmetic by law, and identity checks.

A month later is the same day of the next month or, where there is none, that month's last day; a year is twelve
such months and never 365 days (民法典 第二百零二条; 行政许可法 第八十二条 for working days: the day on which a period
begins is not counted).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine.model.checkdigits import id_birth_date, id_valid, uscc_valid
from engine.rules.gaps import NO_SUCH_DAY, Gap
from engine.rules.profile import function

_FARTHEST = 12 * 10000
LONGEST = 40000


def _shift(day: date, months: int) -> Any:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        return NO_SUCH_DAY
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _whole(value: Any) -> int | None:
    return int(value) if value == int(value) and abs(value) <= _FARTHEST * 31 else None


@function("days", "天数", ("date", "date"), "number", "从第一个日期到第二个日期的天数；次日为 1", unit="天")
def days(start: date, end: date) -> int:
    """Days from one date to another; negative when the second is earlier."""
    return (end - start).days


@function("months", "月数", ("date", "date"), "number", "两个日期之间的整月数", unit="月")
def months(start: date, end: date) -> int:
    """Whole months from one date to another; negative when the second is earlier."""
    if end < start:
        return -months(end, start)
    count = (end.year - start.year) * 12 + end.month - start.month
    reached = _shift(start, count)
    return count if not isinstance(reached, Gap) and reached <= end else count - 1


@function("years", "年数", ("date", "date"), "number", "两个日期之间的整年数", unit="年")
def years(start: date, end: date) -> int:
    """Whole years from one date to another; negative when the second is earlier."""
    count = abs(months(start, end)) // 12
    return count if end >= start else -count


@function(
    "age", "年龄", ("date", "date"), "number", "周岁；第二个日期不写时为今天", least=1, unit="年", implicit=("today",),
)  # fmt: skip
def age(born: date, at: date) -> Any:
    """Full years of life on a day; not computable before birth."""
    return years(born, at) if at >= born else Gap("出生日期晚于判断之日")


@function(
    "full_years", "满年", ("date", "number", "date"), "bool", "到某日（不写时为今天）是否已满 N 年，也写作 日期 满N年",
    least=2, implicit=("today",),
)  # fmt: skip
def full_years(start: date, count: Any, at: date) -> Any:
    """Whether so many years have passed since a date."""
    due = add_years(start, count)
    return due if isinstance(due, Gap) else due <= at


@function("add_days", "加天", ("date", "number"), "date", "若干天之后的日期；负数为之前")
def add_days(day: date, count: Any) -> Any:
    """The date so many days later."""
    whole = _whole(count)
    if whole is None:
        return NO_SUCH_DAY
    try:
        return date.fromordinal(day.toordinal() + whole)
    except (OverflowError, ValueError):
        return NO_SUCH_DAY


@function("add_months", "加月", ("date", "number"), "date", "若干月之后的同日，没有同日的为月末")
def add_months(day: date, count: Any) -> Any:
    """The same day so many months later, or the last of that month."""
    whole = _whole(count)
    return NO_SUCH_DAY if whole is None else _shift(day, whole)


@function("add_years", "加年", ("date", "number"), "date", "若干年之后的同日；二月二十九日遇平年为二十八日")
def add_years(day: date, count: Any) -> Any:
    """The same day so many years later."""
    whole = _whole(count)
    return NO_SUCH_DAY if whole is None else _shift(day, whole * 12)


@function(
    "workdays", "工作日数", ("date", "date"), "number", "从次日起到第二个日期（含）的工作日数", unit="工作日",
    implicit=("calendar",),
)  # fmt: skip
def workdays(start: date, end: date, calendar: Mapping[Any, Any]) -> Any:
    """Working days after one date up to and including another; the calendar maps dates to 休, 班 or 暂休."""
    if end < start:
        back = workdays(end, start, calendar)
        return back if isinstance(back, Gap) else -back
    if (end - start).days > LONGEST:
        return NO_SUCH_DAY
    count = 0
    for offset in range(1, (end - start).days + 1):
        day = start + timedelta(offset)
        count += _worked(day, calendar)
    return count


def _worked(day: date, calendar: Mapping[Any, Any]) -> bool:
    mark = calendar.get(day, calendar.get(day.isoformat()))
    return bool(mark == "班" if mark else day.weekday() < 5)


@function(
    "add_workdays", "加工作日", ("date", "number"), "date", "若干个工作日之后的日期，当日不计入；负数为之前",
    implicit=("calendar",),
)  # fmt: skip
def add_workdays(day: date, count: Any, calendar: Mapping[Any, Any]) -> Any:
    """The so-many-th working day after a date (before it for a negative count); the day itself for none."""
    left = _whole(count)
    if left is None or abs(left) > LONGEST:
        return NO_SUCH_DAY
    step = timedelta(1 if left > 0 else -1)
    try:
        while left:
            day += step
            if _worked(day, calendar):
                left -= step.days
    except OverflowError:
        return NO_SUCH_DAY
    return day


@function("uscc_valid", "信用代码有效", ("text",), "bool", "统一社会信用代码的格式与校验位正确（GB 32100-2015）")
def credit_code(code: str) -> bool:
    """Whether a credit code is well formed."""
    return uscc_valid(code)


@function(
    "id_valid", "身份证有效", ("text",), "bool", "公民身份号码的格式、日期与校验位正确（GB 11643-1999）",
    implicit=("today",),
)  # fmt: skip
def identity_number(code: str, today: date) -> bool:
    """Whether an identity number is well formed and its birth date possible on the day."""
    return id_valid(code, today)


@function("birth_date", "出生日期", ("text",), "date", "公民身份号码中的出生日期")
def birth_date(code: str) -> Any:
    """The date of birth in an identity number."""
    return id_birth_date(code) or Gap("身份证号中没有有效的出生日期")
