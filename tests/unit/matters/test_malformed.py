"""Every code of a matter, its tests and its rules is found where it is, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.codes import MEANINGS
from tests.unit.matters.roots import MALFORMED, expected, lay, problems

FIXTURES = sorted(path for path in MALFORMED.iterdir() if path.is_dir() and path.name != "base")


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name)
def test_a_fault_is_told_with_its_code_file_and_line_and_nothing_else_is(fixture: Path, tmp_path: Path) -> None:
    found = {(one.file, one.code, one.line) for one in problems(lay(tmp_path, fixture))}
    wanted = expected(fixture)
    about = {code for _, code, _ in wanted}
    assert wanted and {one for one in found if not one[1].startswith("W") or one[1] in about} >= wanted
    assert {one for one in found if not one[1].startswith("W")} <= wanted


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_every_code_of_the_matter_language_has_a_fixture(code: str) -> None:
    assert any(fixture.name.startswith(f"{code}_") for fixture in FIXTURES)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name)
def test_every_fault_says_in_chinese_what_to_do_or_what_is_wrong(fixture: Path, tmp_path: Path) -> None:
    for one in problems(lay(tmp_path, fixture)):
        assert any("一" <= sign <= "鿿" for sign in one.what)
