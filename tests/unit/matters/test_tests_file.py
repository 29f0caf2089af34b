"""Scenes are merged and typed as answers are stored."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.merging import merge, stored
from engine.matters.tests_file import MatterTest, load_tests
from engine.matters.yaml_reader import parse
from engine.model.types import Part, Type
from engine.model.values import Missing
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER

TESTS = """\
matter: sample_change
at: 2026-11-02
given: {site: 甲, region: {district: 黄浦区, street: 示例街道}, rate: 0.75, lodging: 否, boss: {name: 甲, phone: 138}}
facts: {营业执照: {name: 甲, status: 存续}, notes: !empty}
original: {编号: 1}
materials: [plan]
tests:
  - name: 一
    expect: {outcome: 秒批, by: instant, findings: []}
  - name: 二
    at: 2026-11-03
    applicant: {核验级别: 2, code: 9131}
    given: {region: {street: 另一街道}, boss: !absent, lodging: true, beds: 12, people: [{home: 甲地}]}
    facts: {licence: {status: 注销}, notes: !unavailable}
    materials: []
    expect: {outcome: 转人工, findings: [few], certificate: {单位名称: 甲, number: 1}}
""".replace("original: {编号: 1}", "original: {number: 1, area: 30}").replace("营业执照: {name", "licence: {name")


@pytest.fixture(scope="module")
def tests(tmp_path_factory: pytest.TempPathFactory) -> tuple[MatterTest, ...]:
    root = lay(tmp_path_factory.mktemp("project"))
    (root / "matters").mkdir()
    (root / "matters" / "sample_change.yaml").write_text(MATTER, encoding="utf-8")
    path = root / "matters" / "sample_change.tests.yaml"
    path.write_text(TESTS, encoding="utf-8")
    found, problems = load_tests(path, load_catalogue(root)[0])
    assert [str(one) for one in problems] == []
    return found


def test_a_test_stands_on_the_scene_of_its_file(tests: tuple[MatterTest, ...]) -> None:
    assert (tests[0].at, tests[0].materials) == ("2026-11-02", ("plan",))


def test_a_test_keeps_its_line(tests: tuple[MatterTest, ...]) -> None:
    assert [one.line for one in tests] == [8, 10]


def test_mappings_merge_key_by_key(tests: tuple[MatterTest, ...]) -> None:
    assert tests[1].answers["region"] == {"district": "黄浦区", "street": "另一街道"}


def test_lists_replace(tests: tuple[MatterTest, ...]) -> None:
    assert tests[1].materials == ()


def test_absent_takes_an_answer_away(tests: tuple[MatterTest, ...]) -> None:
    assert "boss" not in tests[1].answers and "boss" in tests[0].answers


def test_numbers_with_places_are_stored_as_text_and_whole_ones_as_numbers(tests: tuple[MatterTest, ...]) -> None:
    assert (tests[1].answers["rate"], tests[1].answers["beds"]) == ("0.75", 12)


def test_yes_and_no_are_truth_values(tests: tuple[MatterTest, ...]) -> None:
    assert (tests[0].answers["lodging"], tests[1].answers["lodging"]) == (False, True)


def test_facts_merge_into_the_record_of_the_file(tests: tuple[MatterTest, ...]) -> None:
    assert tests[1].facts["licence"] == {"name": "甲", "status": "注销"}


def test_a_source_may_answer_none_or_not_at_all(tests: tuple[MatterTest, ...]) -> None:
    assert (tests[0].facts["notes"], tests[1].facts["notes"]) == (Missing.EMPTY, "unavailable")


def test_the_applicant_is_verified_and_legal_representative_unless_said(tests: tuple[MatterTest, ...]) -> None:
    applicant = tests[0].applicant
    assert (applicant["kind"], applicant["level"], applicant["authority"]) == ("法人", 3, "法定代表人")


def test_the_applicant_may_be_written_in_chinese(tests: tuple[MatterTest, ...]) -> None:
    assert (tests[1].applicant["level"], tests[1].applicant["code"]) == (2, "9131")


def test_the_original_is_typed_by_the_register(tests: tuple[MatterTest, ...]) -> None:
    assert tests[0].original == {"number": "1", "area": "30"}


@pytest.mark.parametrize(
    ("type", "written", "kept"),
    [
        (Type("text"), 110, "110"),
        (Type("number", places=2), 5, "5"),
        (Type("number", places=2), Decimal("5.50"), "5.50"),
        (Type("number"), 5, 5),
        (Type("bool"), "是", True),
        (Type("multi"), ["甲", 1], ["甲", "1"]),
        (Type("rows", parts={"n": Part("数", Type("number"))}), [{"n": 1}], [{"n": 1}]),
    ],
)
def test_a_written_value_is_stored_by_its_type(type: Type, written: Any, kept: Any) -> None:
    assert stored(type, written) == kept


def test_absent_inside_a_new_mapping_leaves_nothing_behind() -> None:
    base, over = (parse(text.encode(), "f", tags=True)[0] for text in ("a: 1", "b: {c: !absent, d: 2}"))
    assert merge(base, over) == {"a": 1, "b": {"d": 2}}


def test_the_tests_of_the_project_fit_their_matters() -> None:
    root = Path(__file__).parents[3]
    catalogue = load_catalogue(root)[0]
    found = [str(one) for path in (root / "matters").rglob("*.tests.yaml") for one in load_tests(path, catalogue)[1]]
    assert found == []
