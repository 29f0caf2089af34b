"""What rules read of the certificate acted on: its items are of the kinds that its type declares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from engine.model.matter import ActsOn
from engine.model.types import Part, Type
from engine.model.values import Missing
from engine.pipeline.context import Application
from engine.pipeline.environment import names_beside_form
from tests.unit.pipeline.sample import APPLICANT, SUBJECT, cancelling, original

ITEMS = {
    "verify_due": Type("date"),
    "area": Type("number", places=2),
    "devices": Type("rows", parts={"since": Part("启用日期", Type("date"))}),
}


def _read(items: dict[str, Type], **kept: object) -> dict[str, object]:
    matter = msgspec.structs.replace(cancelling(), acts_on=ActsOn("sample", items=items))
    certificate = msgspec.structs.replace(original(), item=kept)
    day = date(2026, 11, 2)
    names = names_beside_form(matter, Application({}, {}, SUBJECT, {}, certificate), APPLICANT, day, {}, day)
    found = names["original"]
    assert isinstance(found, dict)
    return found


def test_a_date_that_the_register_keeps_is_read_as_a_date() -> None:
    found = _read(ITEMS, verify_due="2026-12-31", devices=[{"since": "2024-05-01"}])
    assert found["verify_due"] == date(2026, 12, 31)
    assert found["devices"] == ({"since": date(2024, 5, 1)},)


def test_a_number_that_the_register_keeps_as_text_is_read_as_a_number() -> None:
    assert _read(ITEMS, area="320.00")["area"] == Decimal("320.00")


def test_an_item_that_the_register_does_not_keep_is_empty() -> None:
    assert _read(ITEMS)["verify_due"] is Missing.EMPTY


def test_an_item_without_a_declared_type_is_read_as_it_is_kept() -> None:
    assert _read({}, site="样板路700号")["site"] == "样板路700号"
