"""Identifiers and metadata of electronic certificates."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.certificate_metadata import identifier, metadata
from tests.unit.pipeline import sample

TYPE, OFFICE = "11100000000013338W011", "11430000006122244L"


@pytest.mark.parametrize(
    ("type_code", "office", "serial", "version", "made"),
    [  # published identifiers of real certificates
        (TYPE, OFFICE, "20230000403", 1, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"),
        ("11100000000013338W009", "11330105002500287C", "2025052201", 2,
         "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0"),
        ("11100000MB03271699022", "340100", "000000016", 1,
         "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9"),
    ],
)  # fmt: skip
def test_an_identifier_is_made_as_published_ones_are(
    type_code: str, office: str, serial: str, version: int, made: str
) -> None:
    assert identifier(type_code, office, serial, version) == made


@pytest.mark.parametrize(
    ("type_code", "office", "serial", "version"),
    [("", OFFICE, "1", 1), (TYPE, "", "1", 1), (TYPE, OFFICE, "", 1), (TYPE, OFFICE, "沪1", 1), (TYPE, OFFICE, "1", 0),
     (TYPE, OFFICE, "1", 1000), (TYPE, OFFICE, "1" * 33, 1), (TYPE[:-1], OFFICE, "1", 1), (TYPE, OFFICE, "1.2", 1)],
)  # fmt: skip
def test_no_identifier_is_made_of_parts_that_are_missing_or_wrong(
    type_code: str, office: str, serial: str, version: int
) -> None:
    assert identifier(type_code, office, serial, version) == ""


def test_a_small_letter_of_the_serial_is_written_large() -> None:
    assert identifier(TYPE, OFFICE, "ab1", 1).split(".")[7] == "AB1"


def test_the_metadata_say_who_what_and_until_when() -> None:
    one = msgspec.structs.replace(sample.original(), authority=OFFICE, valid_to="")
    told = metadata(one, TYPE, "ID", 2)
    assert told["certificateNumber"] == one.number and told["certificateTypeCode"] == TYPE
    assert (told["certificateIdentifier"], told["certificateVersion"]) == ("ID", "002")
    assert "certificateExpiringDate" not in told  # 长期
    assert {f"照面.{title}": text for title, text in one.face.items() if text}.items() <= told.items()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("11110000092921359M", "统一社会信用代码"), ("11010519491231002X", "公民身份号码"), ("E12345678", "其他")],
)
def test_the_kind_of_the_holders_code_is_told_from_its_form(code: str, kind: str) -> None:
    one = msgspec.structs.replace(sample.original(), holder_code=code)
    assert metadata(one, "", "", 1)["certificateHolderTypeName"] == kind
