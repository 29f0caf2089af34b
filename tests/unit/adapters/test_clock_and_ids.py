from __future__ import annotations

from datetime import datetime, timedelta

from engine.adapters.clock import SHANGHAI, FixedClock, SystemClock
from engine.adapters.ids import SystemIds

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)


def test_the_present_instant_is_aware_and_in_shanghai() -> None:
    assert SystemClock().now().utcoffset() == timedelta(hours=8)


def test_a_thousand_identifiers_of_one_instant_are_distinct_and_in_order() -> None:
    ids = SystemIds(FixedClock(NOON))
    made = [ids.new() for _ in range(1000)]
    assert made == sorted(set(made))


def test_an_identifier_is_26_characters_of_base_32_without_doubtful_letters() -> None:
    made = SystemIds(FixedClock(NOON)).new()
    assert len(made) == 26 and not set(made) & set("ILOU")


def test_identifiers_stay_in_order_when_the_clock_steps_back() -> None:
    clock = FixedClock(NOON)
    ids = SystemIds(clock)
    before = ids.new()
    clock.move(timedelta(hours=-1))
    assert ids.new() > before


def test_random_digits_have_the_asked_length() -> None:
    made = SystemIds(FixedClock(NOON)).digits(6)
    assert len(made) == 6 and made.isdigit()
