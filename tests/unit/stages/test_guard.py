"""When the guard trips, and why; and the draw of the cases that are checked afterwards."""

from __future__ import annotations

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.guard import Guard, Reading, Tally
from engine.stages.guard import HOURLY, RISE, UNKNOWN, chance, trip
from engine.stages.sampling import digest_of, drawn

COUNTS = st.integers(0, 60)


def by_definition(recent: Tally, past: Tally) -> float:
    """Fisher's tail by counting, without logarithms."""
    total, granted = recent.filed + past.filed, recent.instant + past.instant
    tail = sum(
        comb(granted, count) * comb(total - granted, recent.filed - count)
        for count in range(recent.instant, min(granted, recent.filed) + 1)
        if 0 <= recent.filed - count <= total - granted
    )
    return tail / comb(total, recent.filed)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_chance_is_that_of_fishers_exact_test(granted: int, refused: int, before: int, other: int) -> None:
    recent, past = Tally(granted + refused, granted), Tally(before + other, before)
    assert chance(recent, past) == pytest.approx(by_definition(recent, past), rel=1e-9)


def test_the_chance_of_large_numbers_is_found_without_overflow() -> None:
    assert chance(Tally(200_000, 150_000), Tally(800_000, 400_000)) < 1e-300


def test_nothing_counted_trips_nothing() -> None:
    assert trip(Guard(hourly=1), Reading()) is None


def test_the_hourly_limit_trips_with_its_numbers() -> None:
    found = trip(Guard(hourly=3), Reading(hour=Tally(5, 3)))
    assert found is not None and (found.cause, "3 件" in found.words) == (HOURLY, True)


def test_below_the_hourly_limit_nothing_trips() -> None:
    assert trip(Guard(hourly=3), Reading(hour=Tally(5, 2))) is None


def test_a_share_of_missing_facts_beyond_the_limit_trips() -> None:
    found = trip(Guard(), Reading(day=Tally(100, 10, 51)))
    assert found is not None and found.cause == UNKNOWN and "51.0%" in found.words


def test_missing_facts_of_few_filings_trip_nothing() -> None:
    assert trip(Guard(), Reading(day=Tally(49, 0, 49))) is None


def test_a_plain_rise_of_the_approval_share_trips_with_both_shares() -> None:
    found = trip(Guard(), Reading(recent=Tally(100, 90), past=Tally(400, 200)))
    assert found is not None and found.cause == RISE and "90.0%" in found.words and "50.0%" in found.words


@pytest.mark.parametrize(
    ("recent", "past"),
    [
        (Tally(49, 49), Tally(400, 200)),  # too few now
        (Tally(100, 90), Tally(49, 20)),  # too few before
        (Tally(100_000, 56_000), Tally(400_000, 200_000)),  # certain, but too small to matter
        (Tally(60, 41), Tally(60, 31)),  # large, but as likely chance
        (Tally(100, 20), Tally(400, 300)),  # a fall harms nobody
    ],
)
def test_what_is_small_uncertain_or_a_fall_does_not_trip(recent: Tally, past: Tally) -> None:
    assert trip(Guard(), Reading(recent=recent, past=past)) is None


@given(st.integers(50, 400), st.integers(50, 400), st.data())
def test_more_instant_approvals_never_make_a_trip_less_likely(now: int, before: int, data: st.DataObject) -> None:
    past = Tally(before, data.draw(st.integers(0, before)))
    granted = data.draw(st.integers(0, now - 1))
    fewer, more = Reading(recent=Tally(now, granted), past=past), Reading(recent=Tally(now, granted + 1), past=past)
    assert trip(Guard(), more) is not None or trip(Guard(), fewer) is None


def test_a_year_of_an_unchanging_share_does_not_trip() -> None:
    chances = random.Random(20260210)
    days = [Tally(20, sum(chances.random() < 0.6 for _ in range(20))) for _ in range(365)]

    def together(part: list[Tally]) -> Tally:
        return Tally(sum(one.filed for one in part), sum(one.instant for one in part))

    readings = (
        Reading(recent=together(days[day - 7 : day]), past=together(days[day - 35 : day - 7])) for day in range(35, 365)
    )
    assert [one for one in readings if trip(Guard(), one) is not None] == []


def ids(count: int, seed: int) -> list[str]:
    letters = random.Random(seed)
    return ["".join(letters.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=26)) for _ in range(count)]


def test_the_draw_is_the_same_for_everybody_who_repeats_it() -> None:
    cases = ids(500, 1)
    first, again = ([drawn(b"seed" * 8, case, "5%") for case in cases] for _ in range(2))
    assert first == again


def test_another_seed_draws_other_cases() -> None:
    cases = ids(500, 1)
    assert [drawn(b"a" * 32, case, "20%") for case in cases] != [drawn(b"b" * 32, case, "20%") for case in cases]


@pytest.mark.parametrize("seed", range(5))
def test_the_draw_takes_its_share(seed: int) -> None:
    """χ² with one degree of freedom, level 0.1 %: 10.83."""
    cases = ids(8000, seed)
    taken, expected = sum(drawn(bytes([seed]) * 32, case, "5%") for case in cases), 400
    assert (taken - expected) ** 2 / expected + (taken - expected) ** 2 / (8000 - expected) < 10.83


def test_the_draw_favours_no_last_character_of_an_id() -> None:
    """χ² with 31 degrees of freedom, level 0.1 %: 61.1."""
    cases = ids(16_000, 7)
    share = {letter: [0, 0] for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"}
    for case in cases:
        share[case[-1]][drawn(b"x" * 32, case, "20%")] += 1
    total = sum(one[1] for one in share.values()) / len(cases)
    assert sum((one[1] - sum(one) * total) ** 2 / (sum(one) * total * (1 - total)) for one in share.values()) < 61.1


@pytest.mark.parametrize(("share", "expected"), [("0%", False), ("100%", True)])
def test_none_or_all_may_be_drawn(share: str, expected: bool) -> None:
    assert {drawn(b"s" * 32, case, share) for case in ids(200, 3)} == {expected}


def test_a_seed_is_known_by_its_digest() -> None:
    assert digest_of(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
