"""The clock against a walk day by day, on random histories; and the vectors of the working calendar."""

from __future__ import annotations

import os
import random
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from engine.model.clock import Pause, Span
from engine.model.days import Workdays
from engine.model.matter import Duration
from engine.stages.clock import due_of, next_level, reading
from tests.unit.stages.day_by_day import Walked, walk

SHANGHAI = timezone(timedelta(hours=8))
ROOT = Path(__file__).parents[3]
CALENDAR = {
    str(day): mark for day, mark in yaml.safe_load((ROOT / "rules/calendar.yaml").read_text("utf-8"))["days"].items()
}
WORKDAYS = Workdays(CALENDAR)
FIRST = datetime(2025, 1, 2, tzinfo=SHANGHAI)
# About 15 seconds of CPU; CLOCK_HISTORIES and CLOCK_SEED choose another number and other histories.
COUNT = int(os.environ.get("CLOCK_HISTORIES", "100000"))
SEED = int(os.environ.get("CLOCK_SEED", "5"))


def history(chance: random.Random) -> tuple[Span, datetime]:
    """A limit in a random course: its unit, length, pauses that may meet, overlap or stand, an end, and a moment."""
    unit = chance.choice(("工作日", "工作日", "自然日", "小时"))
    hours = unit == "小时"
    start = FIRST + timedelta(days=chance.randrange(600), hours=chance.randrange(24))
    after = start + timedelta(days=chance.randrange(6 if hours else 110), hours=chance.randrange(24))
    pauses, last = [], start
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        begin = last + timedelta(days=chance.randrange(-2, 2 if hours else 15), hours=chance.randrange(24))
        begin = max(begin, start)
        last = begin + timedelta(days=chance.randrange(3 if hours else 25), hours=chance.randrange(24))
        stands = chance.random() < 0.25
        pauses.append(Pause(written(begin), "" if stands else written(last), "专家评审", "示告〔2026〕1号"))
    if chance.random() < 0.1:
        until = (start.date() + timedelta(days=chance.randrange(-3, 90))).isoformat()
        return Span("expiry", "", "工作日", 0, written(start), until=until, red_left=5), after
    length = chance.randrange(80) if hours else chance.choice((0, 1, 2, 3, 5, 8, 10, 15, 20, 30, 45))
    ended = written(after) if chance.random() < 0.2 else ""
    warn = chance.choice(((70, 90), (50, 80), (1, 100)))
    red = length - 1 if chance.random() < 0.2 and length and not hours else None
    span = Span("x", "", unit, length, written(start), ended, pauses=tuple(pauses), warn=warn, red_at=red)
    return span, after + timedelta(hours=chance.randrange(30) if ended else 0)


def written(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")


def shown(span: Span, now: datetime) -> Walked:
    one = reading(span, WORKDAYS, now)
    return Walked(one.elapsed, one.remaining, one.due, one.level, one.red, bool(one.stopped_since))


def test_the_clock_shows_what_a_walk_day_by_day_finds_whatever_the_history() -> None:
    chance = random.Random(SEED)
    for number in range(COUNT):
        span, now = history(chance)
        assert shown(span, now) == walk(span, CALENDAR, now), (SEED, number, span, now.isoformat())


def test_the_next_level_is_the_first_moment_at_which_the_level_is_another_one() -> None:
    chance = random.Random(SEED + 1)
    for number in range(max(COUNT // 50, 150)):
        span, now = history(chance)
        at = next_level(span, WORKDAYS, now)
        if at:
            when, before = datetime.fromisoformat(at), shown(span, now)
            last = shown(span, when - timedelta(seconds=1))
            assert (last.level, last.red) == (before.level, before.red), (SEED, number, span, now.isoformat())
        elif not span.ended:
            far = shown(span, now + timedelta(days=120))
            assert far.stopped or far.level == "逾期" == shown(span, now).level, (SEED, number, span)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-10", 5, "2026-02-24"),
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-04-28", 20, "2026-05-28"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2025-09-25", 20, "2025-10-29"),
    ],
)
def test_the_published_vectors_of_the_working_calendar_hold(start: str, days: int, due: str) -> None:
    day = datetime.combine(date.fromisoformat(start), datetime.min.time(), SHANGHAI)
    assert due_of(Duration(days), day, CALENDAR) == due


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_has_the_working_days_of_the_notice(year: int) -> None:
    last, before = date(year, 12, 31).toordinal(), date(year - 1, 12, 31).toordinal()
    assert WORKDAYS.upto(last) - WORKDAYS.upto(before) == 248


def stopped(*pauses: Pause, length: int = 5, now: str = "2026-03-11T10:00:00+08:00") -> tuple[str, int, str, str]:
    span = Span("legal", "法定期限", "工作日", length, "2026-03-02T09:00:00+08:00", pauses=pauses)
    one = reading(span, WORKDAYS, datetime.fromisoformat(now))
    return one.due, one.remaining, one.level, one.why


def test_a_stopped_clock_has_no_due_day_and_keeps_what_was_left() -> None:
    assert stopped(Pause("2026-03-04T15:00:00+08:00", "", "专家评审", "1号")) == ("", 4, "正常", "专家评审")


def test_the_day_of_the_stop_is_not_counted_and_the_day_of_the_resumption_is() -> None:
    pause = Pause("2026-03-04T15:00:00+08:00", "2026-03-10T09:00:00+08:00", "专家评审", "1号")
    assert stopped(pause) == ("2026-03-13", 2, "正常", "")


def test_a_stop_that_ends_on_its_own_day_moves_nothing() -> None:
    pause = Pause("2026-03-04T09:00:00+08:00", "2026-03-04T17:00:00+08:00", "专家评审", "1号")
    assert stopped(pause)[0] == stopped()[0] == "2026-03-09"


def test_what_was_late_before_the_stop_stays_late() -> None:
    assert stopped(Pause("2026-03-11T09:00:00+08:00", "", "专家评审", "1号")) == ("2026-03-09", -1, "逾期", "")


def test_stops_that_overlap_are_counted_once() -> None:
    first = Pause("2026-03-03T09:00:00+08:00", "2026-03-06T09:00:00+08:00", "专家评审", "1号")
    second = Pause("2026-03-05T09:00:00+08:00", "2026-03-10T09:00:00+08:00", "检验", "2号")
    assert stopped(first, second)[0] == stopped(second, first)[0] == "2026-03-16"
