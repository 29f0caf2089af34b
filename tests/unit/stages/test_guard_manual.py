"""The worked examples of the manual come out as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.model.guard import Guard, Reading, Tally
from engine.stages.guard import chance, trip
from engine.stages.sampling import digest_of, drawn

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "秒批的守护.md").read_text(encoding="utf-8")
SEED = bytes.fromhex("00112233445566778899aabbccddeeff" * 2)


@pytest.mark.parametrize(
    ("guard", "reading"),
    [
        (Guard(), Reading(recent=Tally(120, 102), past=Tally(400, 240))),
        (Guard(hourly=60), Reading(hour=Tally(71, 60))),
        (Guard(), Reading(day=Tally(64, 12, 40))),
    ],
)
def test_the_manual_quotes_what_the_guard_says(guard: Guard, reading: Reading) -> None:
    found = trip(guard, reading)
    assert found is not None and f"> {found.words}" in MANUAL


def test_the_chance_that_the_manual_gives_is_right() -> None:
    recent, past = Tally(60, 45), Tally(60, 36)
    assert f"{chance(recent, past):.1%}" == "5.9%" and "可能性是 5.9%" in MANUAL
    assert trip(Guard(), Reading(recent=recent, past=past)) is None


def test_the_draw_of_the_manual_can_be_repeated() -> None:
    rows = re.findall(r"\| `(\w{26})` \| `\w{16}` \| [0-9.]+ \| (是|否) \|", MANUAL)
    assert len(rows) == 2 and digest_of(SEED) in MANUAL and SEED.hex() in MANUAL
    assert [("是" if drawn(SEED, case, "5%") else "否") for case, _ in rows] == [said for _, said in rows]


def test_the_defaults_of_the_manual_are_those_of_the_guard() -> None:
    guard = Guard()
    stated = dict(re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| (\S+) \|", MANUAL, flags=re.M))
    said = {"daily_cap": "不设", "hourly": "不设", "rise": f"{guard.rise}%", "unknown": f"{guard.unknown}%"}
    assert stated == {**said, "least": str(guard.least)} and guard.hourly is None
