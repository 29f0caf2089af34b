"""The national codes, against rows of public service portals (GB/T 39554.1-2020)."""

from __future__ import annotations

import pytest

from engine.model.elements import ElementsPlan, MainItem, catalog_code, code_faults, item_code, task_code

ITEM = MainItem("医疗机构执业登记", "045", ("a", "b"))
PLAN = ElementsPlan("11", "21", {"行政许可": "01", "行政备案": "10"}, {"市级": "2", "区级": "3"}, (ITEM,))


def test_the_three_codes_of_a_district_are_put_together_as_published() -> None:
    catalog = catalog_code(PLAN, "行政许可", ITEM)
    task = task_code("11110224344395501X", "3", catalog)
    assert (catalog, task, item_code(task, 1)) == (
        "110121045000", "11110224344395501X3110121045000", "11110224344395501X311012104500001",
    )  # fmt: skip
    assert code_faults(catalog, task, item_code(task, 1)) == ()


def test_a_filing_of_the_city_has_the_kind_of_other_powers() -> None:
    catalog = catalog_code(PLAN, "行政备案", MainItem("消毒产品备案", "069", ()))
    assert task_code("11110000092921359M", "2", catalog) == "11110000092921359M2111021069000"


@pytest.mark.parametrize("code", ["00012311100Y", "431020045W00"])
def test_letters_may_stand_in_the_segments_of_items(code: str) -> None:
    assert code_faults(code) == ()


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("11012104500",), "应为 12 位"),
        (("1101210450-0",), "应为数字或大写字母"),
        (("119921045000",), "事项类型 99"),
        (("110121045000", "11110224344395501X311012104500"), "应为 31 位"),
        (("110121045000", "11110224344395501A3110121045000"), "校验位不符"),
        (("110121045000", "11110224344395501X7110121045000"), "行使层级"),
        (("110121046000", "11110224344395501X3110121045000"), "与基本编码不同"),
        (("110121045000", "11110224344395501X3110121045000", "11110224344395501X3110121045000"), "应为 33 位"),
        (("110121045000", "11110224344395501X3110121045000", "11110224344395501X311012104500000"), "01 起"),
        (("110121045000", "11110224344395501X3110121045000", "11110224344395501X211012104500001"), "与实施编码不同"),
    ],
)
def test_a_code_that_is_wrong_is_told_with_its_reason(codes: tuple[str, ...], said: str) -> None:
    assert [said in one for one in code_faults(*codes)] == [True]


def test_an_office_without_a_credit_code_has_no_codes_yet() -> None:
    assert item_code(task_code("", "3", "110121045000"), 1) == ""
    assert code_faults("110121045000", "", "") == ()
