"""A case becomes a test: nobody's data is left in it, and the judgement stays the very same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_writer import append_tests
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.case import Case, Status
from engine.model.checkdigits import id_valid, uscc_valid
from engine.model.matter import Check
from engine.model.rule import Rule
from engine.services.anonymising import Anonymous
from engine.services.backtest_past import Past
from engine.services.case_tests import as_written, leaks, personal, scene_of_case
from engine.services.matter_tests import run_tests, scene
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[3]
FAMILY = ROOT / "matters/public_place"
DAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def examples(catalogue: Catalogue, matter: str) -> tuple[MatterTest, ...]:
    return load_tests(FAMILY / f"{matter}.tests.yaml", catalogue)[0]


def past(catalogue: Catalogue, test: MatterTest) -> Past:
    """A test's application as if it had been filed and decided."""
    matter = catalogue.matters[test.matter]
    ready = scene(matter, test)
    (outcome,) = run_tests(catalogue, [test])
    application = ready.application
    case = Case(
        id="K1", number="N1", matter=matter.id, matter_title=matter.title, matter_hash=matter.hash, origin="网上",
        initiator=ready.actor, subjects=(application.subject,), authority="", authority_name="", district="",
        status=Status.GRANTED, received_at=f"{test.at}T09:00:00+08:00", answers=application.answers,
        uploads=application.uploads, facts=application.facts, assessment=outcome.assessment,
    )  # fmt: skip
    return Past(case, frozenset(field.id for field in matter.fields()), application.original)


@pytest.mark.parametrize("matter", ["public_place_new", "public_place_renew", "public_place_change_legal"])
def test_every_application_of_the_family_becomes_a_test_without_anybodys_data(
    catalogue: Catalogue, matter: str, tmp_path: Path
) -> None:
    """As text: none of the original values of two signs or more is in the file; and the new tests pass."""
    tests = examples(catalogue, matter)[::6]
    path = tmp_path / "matters" / f"{matter}.tests.yaml"
    written = [as_written(past(catalogue, one), catalogue)[0] for one in tests]
    append_tests(path, matter, written, catalogue)
    said = path.read_text(encoding="utf-8")
    originals = {value for one in tests for value in personal(one, catalogue) if len(value) > 1}
    assert [value for value in originals if value in said] == []
    assert [outcome.faults for outcome in run_tests(catalogue, load_tests(path, catalogue)[0]) if outcome.faults] == []


def test_what_was_equal_stays_equal_and_codes_stay_valid(catalogue: Catalogue) -> None:
    first = examples(catalogue, "public_place_new")[0]
    made = as_written(past(catalogue, first), catalogue)[0].test
    assert made.answers["name"] == made.facts["licence"]["name"] == made.applicant["name"]
    assert made.answers["uscc"] == made.applicant["code"] and uscc_valid(made.answers["uscc"])
    assert id_valid(made.answers["legal_id_no"], DAY)
    assert made.answers["site"] in made.facts["licence"]["address"]


def test_thresholds_days_and_choices_are_kept(catalogue: Catalogue) -> None:
    first = examples(catalogue, "public_place_new")[0]
    made = as_written(past(catalogue, first), catalogue)[0].test
    kept = ("area", "usable", "opened_on", "types", "region", "reg_status", "promise")
    assert [made.answers[key] for key in kept] == [first.answers[key] for key in kept]


def test_what_the_register_holds_keeps_its_numbers_and_choices(catalogue: Catalogue) -> None:
    first = examples(catalogue, "public_place_renew")[0]
    made = as_written(past(catalogue, first), catalogue)[0].test
    assert first.original and made.original
    kept = ("area", "types", "hvac", "valid_to", "status")
    assert [made.original.get(key) for key in kept] == [first.original.get(key) for key in kept]
    assert made.original["holder_name"] != first.original["holder_name"]


def test_the_expectation_is_what_was_decided(catalogue: Catalogue) -> None:
    test = next(one for one in examples(catalogue, "public_place_new") if "失信未修复" in one.name)
    made = as_written(past(catalogue, test), catalogue, "失信的，改办")[0]
    assert made.test.expect["outcome"] == "改办" and made.test.expect["by"] == "credit_fit"
    assert (made.test.name, made.test.unconfirmed) == ("失信的，改办", False)


def test_a_matter_that_judges_otherwise_now_makes_no_test(catalogue: Catalogue) -> None:
    found = past(catalogue, examples(catalogue, "public_place_new")[0])
    assert found.case.assessment is not None
    other = msgspec.structs.replace(found.case.assessment, outcome="转人工")
    changed = msgspec.structs.replace(found, case=msgspec.structs.replace(found.case, assessment=other))
    with pytest.raises(ZhunyuError, match="M188"):
        as_written(changed, catalogue)


def test_a_value_the_rules_read_sign_by_sign_is_named_and_never_shown(catalogue: Catalogue) -> None:
    """A rule that reads the very signs of a name cannot be met by a made-up name."""
    matter = catalogue.matters["public_place_new"]
    logic = {"matches": [{"var": "venue_name"}, "泊.酒店"]}
    check = Check("telling", Rule("字号 匹配 泊.酒店", logic, ("venue_name",)), "字号不合。", "转人工")
    strange = msgspec.structs.replace(matter, precheck=(*matter.precheck, check))
    world = msgspec.structs.replace(catalogue, matters={**catalogue.matters, matter.id: strange})
    with pytest.raises(ZhunyuError, match="M188") as caught:
        as_written(past(world, examples(world, matter.id)[0]), world)
    told = "".join(str(problem) for problem in caught.value.problems)
    assert "字号" in told or matter.titles["venue_name"] in told
    assert "泊云" not in told + str(caught.value)


def test_a_leak_is_seen(catalogue: Catalogue) -> None:
    first = examples(catalogue, "public_place_new")[0]
    assert leaks(first, catalogue, {first.answers["name"]: "name"}) == ("name",)


def test_the_scene_of_a_case_is_judged_as_the_case_was(catalogue: Catalogue) -> None:
    for test in examples(catalogue, "public_place_cancel"):
        found = past(catalogue, test)
        (again,) = run_tests(catalogue, [scene_of_case(found, catalogue.matters[test.matter])])
        assert again.assessment is not None and found.case.assessment is not None
        assert (again.assessment.outcome, again.assessment.by) == (
            found.case.assessment.outcome, found.case.assessment.by
        )  # fmt: skip


def test_a_value_inside_another_is_replaced_alike_in_both() -> None:
    made = Anonymous(["泊云", "上海泊云酒店"], ["酒店"])
    assert made.of("泊云") in made.of("上海泊云酒店") and made.of("上海泊云酒店").endswith("酒店")


def test_numbers_inside_a_text_are_replaced_as_numbers() -> None:
    number, code, phone = "310101197102111016", "91310101MADEM0011X", "13912345678"
    said = Anonymous([f"证{number}，码{code}，话{phone}"], []).of(f"证{number}，码{code}，话{phone}")
    assert not any(one in said for one in (number, code, phone))


def test_the_date_of_birth_stays_only_when_asked_for() -> None:
    number = "310101197102111016"
    assert Anonymous([number], []).of(number)[6:14] != "19710211"
    kept = Anonymous([number], [], births=True).of(number)
    assert kept[6:14] == "19710211" and kept != number and id_valid(kept, DAY)


def test_different_people_stay_different() -> None:
    numbers = ["310101197102111016", "310101197102111032", "310101197102111059"]
    made = Anonymous(numbers, [])
    assert len({made.of(one) for one in numbers}) == 3
