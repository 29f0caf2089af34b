"""`instant: {guard: …}` in a matter file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.errors import Problem
from engine.matters.catalogue import load_catalogue
from engine.matters.compare import compare
from engine.matters.encoding import decode, encode
from engine.model.guard import Guard
from engine.model.matter import Matter
from tests.unit.matters.roots import MALFORMED, lay


def loaded(root: Path, instant: str) -> tuple[Matter | None, tuple[Problem, ...]]:
    """The fixture's matter with another `instant:`."""
    lay(root, MALFORMED / "M177_guard_never_trips")
    path = root / "matters" / "x" / "bad.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("instant:")]
    path.write_text("\n".join([*kept, f"instant: {instant}", ""]), encoding="utf-8")
    catalogue, problems = load_catalogue(root)
    return catalogue.matters.get("bad"), problems


@pytest.mark.parametrize(
    ("instant", "guard"),
    [
        ("{daily_cap: 100}", Guard()),
        ("{guard: {hourly: 60}}", Guard(hourly=60)),
        ("{daily_cap: 100, guard: {hourly: 60, rise: 20%, unknown: 30%, least: 80}}", Guard(60, 20, 30, 80)),
    ],
)
def test_the_guard_is_read_as_written_with_defaults_for_the_rest(tmp_path: Path, instant: str, guard: Guard) -> None:
    matter, _ = loaded(tmp_path, instant)
    assert matter is not None and matter.guard == guard and decode(encode(matter)) == matter


@pytest.mark.parametrize(
    "instant",
    ["{guard: {rise: 0%}}", "{guard: {rise: 15}}", "{guard: {least: 5}}", "{sample: 5.5.5%}", "{sample: 500%}",
     "{guard: {mood: 1}}"],
)  # fmt: skip
def test_a_limit_that_is_no_limit_is_refused(tmp_path: Path, instant: str) -> None:
    _, problems = loaded(tmp_path, instant)
    assert any(problem.code in ("M110", "M112", "M114") for problem in problems)


def test_a_change_of_the_guard_is_told_in_words(tmp_path: Path) -> None:
    matter, _ = loaded(tmp_path, "{guard: {hourly: 60}}")
    assert matter is not None
    (said,) = compare(matter, msgspec.structs.replace(matter, guard=Guard(hourly=30)))
    assert "秒批的守护" in said and "每小时上限" in said and "30" in said
