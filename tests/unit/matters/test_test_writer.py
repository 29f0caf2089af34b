"""Tests are written as people write them: only what differs, nothing else touched, read back to the same meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_writer import WrittenTest, append_tests, drafted
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.values import Missing
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_new"
FILE = ROOT / "matters/public_place" / f"{MATTER}.tests.yaml"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    copy = tmp_path / "matters" / FILE.name
    copy.parent.mkdir()
    copy.write_bytes(FILE.read_bytes())
    return copy


@pytest.fixture
def first(path: Path, catalogue: Catalogue) -> MatterTest:
    return load_tests(path, catalogue)[0][0]


def written(test: MatterTest, name: str = "新的", **changes: Any) -> WrittenTest:
    return WrittenTest(msgspec.structs.replace(test, name=name, unconfirmed=True, expect={}, **changes))


def body(added: str) -> list[str]:
    return [line.strip() for line in added.splitlines()]


def test_a_test_that_differs_in_nothing_says_only_its_name(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    assert body(append_tests(path, MATTER, [written(first)], catalogue)) == ["- name: 新的", "expect: 待确认"]


def test_only_what_differs_is_written(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    facts = {**first.facts, "licence": {**first.facts["licence"], "status": "歇业"}, "credit": "unavailable"}
    made = written(
        first, answers={**first.answers, "area": "199.99", "region": {"district": "黄浦区", "street": "南京东路街道"}},
        facts=facts, applicant={**first.applicant, "level": 2},
    )  # fmt: skip
    assert body(append_tests(path, MATTER, [made], catalogue))[1:] == [
        "applicant: {level: 2}",
        "given: {region: {street: 南京东路街道}, area: 199.99}",
        "facts: {licence: {status: 歇业}, credit: !unavailable }",
        "expect: 待确认",
    ]


def test_an_answer_that_is_not_there_is_written_absent(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    answers = {key: value for key, value in first.answers.items() if key != "star"}
    assert "given: {star: !absent }" in append_tests(path, MATTER, [written(first, answers=answers)], catalogue)


def test_everything_else_stays_byte_for_byte(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    before = path.read_bytes()
    added = append_tests(path, MATTER, [written(first)], catalogue)
    assert path.read_bytes() == before + added.encode()


def test_what_follows_the_tests_stays_behind_them(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    tail = b"\n# \xe5\xb0\xbe\nmaterials: [plan]\n"
    path.write_bytes(path.read_bytes().replace(b"materials: [plan]\n", b"", 1) + tail)
    append_tests(path, MATTER, [written(first)], catalogue)
    assert path.read_bytes().endswith("    expect: 待确认\n".encode() + tail)


def test_windows_line_ends_are_kept(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    append_tests(path, MATTER, [written(first)], catalogue)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_a_file_without_a_last_line_end_takes_a_test(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    append_tests(path, MATTER, [written(first)], catalogue)
    assert load_tests(path, catalogue)[0][-1].unconfirmed


def test_a_taken_name_gets_a_number(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    append_tests(path, MATTER, [written(first, first.name), written(first, first.name)], catalogue)
    assert [one.name for one in load_tests(path, catalogue)[0][-2:]] == [f"{first.name}（2）", f"{first.name}（3）"]


NASTY = [
    "a: b", "#x", "x #y", "- x", "", " x ", "0123", "12", "1.50", "true", "{a}", "[b]", "'", '"', "a\nb", "!empty",
    "*a", "&b", "x, y", "?", "｛", "一，二", "\u2028", "\x85", "|", ">", "%", "@", "`", "~", "null", "=", "a:", ":a",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_read_back_as_it_was(text: str, path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    if text:
        append_tests(path, MATTER, [written(first, answers={**first.answers, "venue_name": text})], catalogue)
        assert load_tests(path, catalogue)[0][-1].answers["venue_name"] == text


def test_every_test_of_the_family_written_anew_means_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    """Every existing test, written into a new file, is read back to what it was: `drafted` refuses otherwise."""
    for file in sorted((ROOT / "matters/public_place").glob("*.tests.yaml")):
        tests, problems = load_tests(file, catalogue)
        assert not problems
        path = tmp_path / "matters" / file.name
        append_tests(path, tests[0].matter, [WrittenTest(one) for one in tests], catalogue)
        assert [one.name for one in load_tests(path, catalogue)[0]] == [one.name for one in tests]


def test_a_source_that_knows_nothing_and_one_that_is_silent_are_told_apart(
    path: Path, first: MatterTest, catalogue: Catalogue
) -> None:
    facts = {key: value for key, value in first.facts.items() if key != "ban"} | {"credit": Missing.EMPTY}
    append_tests(path, MATTER, [written(first, facts=facts)], catalogue)
    found = load_tests(path, catalogue)[0][-1].facts
    assert (found["ban"], found["credit"]) == ("unavailable", Missing.EMPTY)


def test_a_comment_stands_above_the_test(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    made = msgspec.structs.replace(written(first), why="为什么")
    assert append_tests(path, MATTER, [made], catalogue).startswith("  # 为什么\n  - name: 新的\n")


def test_a_file_with_a_fault_is_not_touched(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("area: 200\n", "aera: 200\n", 1), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(ZhunyuError) as caught:
        append_tests(path, MATTER, [written(first)], catalogue)
    assert (caught.value.code, path.read_bytes()) == ("M185", before)


def test_tests_written_on_one_line_are_refused(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    head = path.read_text(encoding="utf-8").partition("\ntests:")[0]
    path.write_text(head + "\ntests: [{name: 甲, expect: 待确认}]\n", encoding="utf-8")
    with pytest.raises(ZhunyuError, match="M185"):
        append_tests(path, MATTER, [written(first)], catalogue)


def test_an_expectation_of_something_unknown_is_refused(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    made = WrittenTest(msgspec.structs.replace(first, name="新的", expect={"outcome": "秒批", "by": "nothing"}))
    with pytest.raises(ZhunyuError, match="M185"):
        append_tests(path, MATTER, [made], catalogue)


def test_a_draft_writes_nothing(path: Path, first: MatterTest, catalogue: Catalogue) -> None:
    before = path.read_bytes()
    data, added = drafted(path, MATTER, [written(first)], catalogue)
    assert (path.read_bytes(), data) == (before, before + added.encode())
