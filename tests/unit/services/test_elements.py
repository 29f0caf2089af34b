"""The export of national elements and its reverse check, on the catalogue itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import Catalogue
from engine.matters.elements_plan import faults as plan_faults
from engine.matters.elements_plan import load_elements
from engine.model.checkdigits import uscc_check_character
from engine.model.elements import ElementsPlan
from engine.model.matter import Matter
from engine.services.elements import Elements, Row, elements_of
from engine.services.elements_check import faults
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[3]
DAY = "2026-11-02"
BASIC = "up_task_general_basic"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


@pytest.fixture(scope="module")
def plan() -> ElementsPlan:
    return load_elements(ROOT)


@pytest.fixture(scope="module")
def made(catalogue: Catalogue, plan: ElementsPlan) -> Elements:
    chosen = [one for one in catalogue.matters.values() if one.id.startswith("public_place")]
    return elements_of(plan, [_with_codes(one) for one in chosen], {}, DAY)


def _with_codes(matter: Matter) -> Matter:
    """The matter with credit codes for its offices, made up with a right check character."""
    coded = []
    for number, office in enumerate(matter.authorities):
        first = f"1131010{number % 10}MADEM{number:04d}"
        coded.append(msgspec.structs.replace(office, code=first + uscc_check_character(first)))
    return msgspec.structs.replace(matter, authorities=tuple(coded))


def rows(made: Elements) -> dict[str, list[Row]]:
    return {name: [dict(row) for row in found] for name, found in made.sections.items()}


def test_every_matter_has_its_place_in_the_plan(catalogue: Catalogue, plan: ElementsPlan) -> None:
    assert list(plan_faults(plan, catalogue.matters.values(), catalogue.known)) == []


def test_a_matter_in_no_main_item_is_told(catalogue: Catalogue, plan: ElementsPlan) -> None:
    first = plan.items[0]
    less = msgspec.structs.replace(first, matters=first.matters[1:])
    short = msgspec.structs.replace(plan, items=(less, *plan.items[1:]))
    found = list(plan_faults(short, catalogue.matters.values(), catalogue.known))
    assert len(found) == 1
    assert found[0].startswith(first.matters[0])


def test_two_main_items_with_one_code_are_told(catalogue: Catalogue, plan: ElementsPlan) -> None:
    kinds = {matter.main_item: matter.kind for matter in catalogue.matters.values()}
    one, other = [item for item in plan.items if kinds.get(item.title) == "行政许可"][:2]
    same = msgspec.structs.replace(other, code=one.code)
    both = msgspec.structs.replace(plan, items=tuple(same if item is other else item for item in plan.items))
    assert any("同为" in words for words in plan_faults(both, catalogue.matters.values(), catalogue.known))


def test_what_is_exported_passes_the_reverse_check(made: Elements) -> None:
    assert made.missing == ()
    assert list(faults(rows(made), made)) == []


def test_every_office_has_its_own_implementation_codes(made: Elements) -> None:
    codes = [row["task_handle_item"] for row in made.sections[BASIC]]
    assert len(set(codes)) == len(codes) > 0
    assert {len(one) for one in codes} == {33}


def test_a_changed_limit_is_told_with_the_matter_and_the_office(made: Elements) -> None:
    given = rows(made)
    given[BASIC][0]["anticipate_day"] = "99"
    found = list(faults(given, made))
    assert len(found) == 1
    assert "anticipate_day" in found[0] and given[BASIC][0]["dept_name"] in found[0]


def test_a_material_that_is_left_out_and_one_that_is_added_are_told(made: Elements) -> None:
    given = rows(made)
    given["up_task_general_material"][0]["material_name"] = "别的材料"
    found = list(faults(given, made))
    assert [words.split(" ")[1] for words in found] == ["缺少", "多出"]


def test_a_code_with_a_wrong_check_character_is_told_by_its_row(made: Elements) -> None:
    given = rows(made)
    wrong = given[BASIC][1]
    code = wrong["task_code"]
    wrong["task_code"] = f"{code[:17]}{'A' if code[17] != 'A' else 'B'}{code[18:]}"
    assert any(words.startswith(f"{BASIC} 第 2 行") and "校验位" in words for words in faults(given, made))


def test_a_value_outside_the_code_set_is_told(made: Elements) -> None:
    given = rows(made)
    given[BASIC][0]["task_state"] = "9"
    assert any("task_state 的“9”不在代码表里" in words for words in faults(given, made))


def test_a_missing_table_and_an_unknown_one_are_told(made: Elements) -> None:
    given = rows(made)
    given["up_task_other"] = given.pop("up_task_general_questions")
    found = list(faults(given, made))
    assert "没有 up_task_other 这张表。" in found and "缺少 up_task_general_questions 这张表。" in found


def test_offices_without_a_credit_code_are_named_and_their_codes_left_empty(
    catalogue: Catalogue, plan: ElementsPlan
) -> None:
    matter = catalogue.matters["public_place_new"]
    found = elements_of(plan, [matter], {}, DAY)
    assert len(found.missing) == 1 and "16 个机关" in found.missing[0]
    assert {row["task_code"] for row in found.sections[BASIC]} == {""}
