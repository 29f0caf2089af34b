"""Check characters: the standards' own examples, every single-character slip, and the reasons given."""

from __future__ import annotations

from datetime import date

import pytest

from engine.model import checkdigits as check

TODAY = date(2026, 3, 1)
CREDIT_CODES = [
    "11110000092921359M",
    "11430700MB19368639",
    "11370800MB28559184",
    "11110224344395501X",
    "11100000000013338W",
    "11100000MB0341032Y",
]
LICENCES = [
    "11100000000013338W011.11430000006122244L.20230000403.001.U",
    "11100000000013338W009.11330105002500287C.2025052201.002.0",
    "11100000MB03271699022.340100.000000016.001.9",
]


def person(birth: str, area: str = "310101", order: str = "001") -> str:
    body = area + birth + order
    return body + check.id_check_character(body)


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_a_published_credit_code_is_valid(code: str) -> None:
    assert check.uscc_reason(code) == ""


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_of_a_credit_code_is_found(place: int) -> None:
    code = CREDIT_CODES[0]
    wrong = [code[:place] + sign + code[place + 1 :] for sign in check.USCC_ALPHABET if sign != code[place]]
    assert not any(check.uscc_valid(one) for one in wrong)


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("", "现为 0 位"),
        ("1111000009292135", "现为 16 位"),
        ("1111000009292135IM", "第 17 位“I”"),
        ("11110000092921359m", "第 18 位“m”"),
        ("１1110000092921359M", "第 1 位“１”"),
        ("11A10000092921359M", "第 3 至 8 位"),
        ("11110000092921359X", "校验位不符"),
    ],
)
def test_the_reason_names_what_is_wrong_with_a_credit_code(code: str, part: str) -> None:
    assert part in check.uscc_reason(code)


@pytest.mark.parametrize("number", ["11010519491231002X", person("20000229"), person("19900101", "830000")])
def test_a_real_identity_number_is_valid(number: str) -> None:
    assert check.id_valid(number, TODAY)


def test_a_permanent_residence_card_number_follows_the_same_rule() -> None:
    assert check.id_valid(person("19800505", "911156"), TODAY)


def test_the_second_example_of_the_standard_has_the_right_check_character() -> None:
    assert check.id_check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    ("number", "part"),
    [
        ("110105194912310", "现为 15 位"),
        ("1101051949123100２X", "前 17 位应为数字"),
        ("11010519491231002x", "末位"),
        ("110105194912310021", "校验位不符"),
        (person("19490230"), "出生日期不存在"),
        (person("20010229"), "出生日期不存在"),
        (person("20260302"), "晚于今天"),
        ("440524188001010014", "超过 120 岁"),
        (person("19900101", "000000"), "省级代码"),
    ],
)
def test_the_reason_names_what_is_wrong_with_an_identity_number(number: str, part: str) -> None:
    assert part in check.id_reason(number, TODAY)


def test_a_person_born_today_is_accepted() -> None:
    assert check.id_valid(person("20260301"), TODAY)


def test_a_person_aged_exactly_120_is_accepted_until_the_next_birthday() -> None:
    number = person("19050302")
    assert [check.id_valid(number, day) for day in (date(2026, 3, 1), date(2026, 3, 2))] == [True, False]


def test_reasons_never_repeat_the_identity_number() -> None:
    assert "4405241880" not in check.id_reason("440524188001010014", TODAY)


@pytest.mark.parametrize("identifier", LICENCES)
def test_a_published_licence_identifier_has_the_computed_check_character(identifier: str) -> None:
    assert check.licence_id_valid(identifier)


@pytest.mark.parametrize("identifier", ["", "U", ".U", LICENCES[0][:-1] + "V", "小.1", LICENCES[0][:-1]])
def test_a_licence_identifier_with_a_wrong_or_missing_check_character_is_refused(identifier: str) -> None:
    assert not check.licence_id_valid(identifier)
