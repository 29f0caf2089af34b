"""Working days against the published examples (国办 notices for 2025 and 2026)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from engine.model.calendar import add_months, add_workdays, add_years, estimated, is_workday, workdays_between
from engine.rules import operations

ROOT = Path(__file__).resolve().parents[3]
HOLIDAYS = ROOT.parent / "shared" / "domain" / "holidays.csv"


@pytest.fixture(scope="module")
def calendar() -> dict[str, str]:
    with HOLIDAYS.open(encoding="utf-8") as file:
        return {row[0]: row[2] for row in list(csv.reader(file))[1:]}


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-02-10", 5, "2026-02-24"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-04-28", 20, "2026-05-28"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2025-09-25", 20, "2025-10-29"),
    ],
)
def test_working_days_are_counted_from_the_next_working_day(
    calendar: dict[str, str], start: str, count: int, end: str
) -> None:
    assert add_workdays(date.fromisoformat(start), count, calendar).isoformat() == end


def test_counting_back_what_was_added_gives_the_same_number(calendar: dict[str, str]) -> None:
    start = date(2026, 1, 31)
    assert [workdays_between(start, add_workdays(start, n, calendar), calendar) for n in range(30)] == list(range(30))


def test_an_earlier_end_counts_negative(calendar: dict[str, str]) -> None:
    assert workdays_between(date(2026, 3, 10), date(2026, 3, 6), calendar) == -2


def test_each_of_the_two_published_years_has_248_working_days(calendar: dict[str, str]) -> None:
    counts = [
        sum(is_workday(date(year, 1, 1) + timedelta(days=n), calendar) for n in range(365)) for year in (2025, 2026)
    ]
    assert counts == [248, 248]


def test_a_month_later_is_the_last_day_where_the_month_is_shorter() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_a_year_after_a_leap_day_is_the_28th_of_february() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_a_year_without_a_notice_yet_keeps_the_holidays_of_the_law_and_is_told() -> None:
    calendar = yaml.safe_load((ROOT / "rules" / "calendar.yaml").read_text(encoding="utf-8"))
    days = {str(day): mark for day, mark in calendar["days"].items()}
    new_year = date(2026, 12, 31)
    assert add_workdays(new_year, 1, days) == operations.add_workdays(new_year, 1, days) == date(2027, 1, 4)
    assert workdays_between(new_year, date(2027, 1, 4), days) == operations.workdays(new_year, date(2027, 1, 4), days)
    assert estimated(("2026-12-31", "2027-01-04", "2027-03-01"), days) == ("2027",)
    assert not {int(year) for year in calendar["years"]} & {int(day[:4]) for day in days if days[day] == "暂休"}
