"""What holds of all the matters that are declared, beyond what each one's own tests show."""

from __future__ import annotations

from collections import defaultdict

import pytest

from engine.matters.catalogue import Catalogue
from tests.project import project_catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def test_an_opinion_that_goes_before_a_licence_does_not_keep_the_licence_out(catalogue: Catalogue) -> None:
    """Keys of `unique:` are made of values and shared by a main item: an opinion holding one keeps the rest out."""
    held: dict[tuple[str, int], set[str]] = defaultdict(set)
    for matter in catalogue.matters.values():
        if matter.unique:
            held[matter.main_item or matter.id, len(matter.unique)].add(matter.kind)
    assert held and {key: kinds for key, kinds in held.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize(
    ("matter", "other"),
    [
        ("disinfectant_safety_filing_domestic", "eval_date"),
        ("foreign_physician_short", "period_from"),
        ("hk_macao_physician_short", "period_from"),
        ("taiwan_physician_short", "period_from"),
        ("domestic_water_product_new", "test_report_no"),
        ("import_water_product_new", "test_report_no"),
        ("radiation_project_pre_review", "report_no"),
    ],
)
def test_who_must_apply_again_before_the_old_certificate_ends_is_not_kept_out(
    catalogue: Catalogue, matter: str, other: str
) -> None:
    assert other in catalogue.matters[matter].unique


def test_every_source_asked_about_the_applicant_only_can_tell_whom_it_is_asked_about(catalogue: Catalogue) -> None:
    sources = [source for source in catalogue.reference.sources.values() if source.asks == "申请人"]
    assert sources and all(source.identities for source in sources)
    personal = {"registry.population", "registry.nurse_register", "registry.physician_register", "registry.degree"}
    assert {source.id for source in sources} >= personal
