"""Truths of the whole catalogue, held against the facts of the business (shared/domain) and the tender."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.matters.codes import warning
from engine.matters.matter_list import level, pages
from engine.model.matter import Matter
from tests.project import project_loaded

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT.parent / "shared" / "domain" / "matters.csv"
ROWS = {row["code"]: row for row in csv.DictReader(FACTS.read_text(encoding="utf-8-sig").splitlines())}
REQUIREMENTS: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "requirements.yaml").read_text(encoding="utf-8"))
CATALOGUE, PROBLEMS = project_loaded()
MATTERS = sorted(CATALOGUE.matters.values(), key=lambda one: one.id)
OF_MATTERS = (*range(1, 47), *range(52, 59))  # the rows of the tender that are about matters
ENDING = ("注销", "撤销")

def instant(matter: Matter) -> bool:
    return any(row.outcome == "秒批" for row in matter.decide)


def test_the_catalogue_has_no_errors_and_at_least_two_hundred_matters() -> None:
    assert [str(one) for one in PROBLEMS if not warning(one)] == []
    assert len([one for one in MATTERS if not one.stopped]) >= 200


def test_every_code_is_one_of_the_business_and_stands_once() -> None:
    counted = Counter(one.code for one in MATTERS)
    assert [code for code, times in counted.items() if times > 1] == []
    own = set(REQUIREMENTS["own"])
    assert sorted(set(counted) - set(ROWS) - own) == []


def test_every_matter_of_the_business_is_declared_or_left_out_with_its_reason() -> None:
    left_out: dict[str, str] = REQUIREMENTS["left_out"]
    declared = {one.code for one in MATTERS}
    assert sorted(set(ROWS) - declared - set(left_out)) == []
    assert sorted(set(left_out) & declared) == []
    assert all(reason.strip() for reason in left_out.values())


@pytest.mark.parametrize("matter", [one for one in MATTERS if one.code in ROWS], ids=lambda one: one.id)
def test_limits_kind_and_instant_approval_are_those_of_the_facts(matter: Matter) -> None:
    row = ROWS[matter.code]
    wrong = []
    legal = matter.limits.legal
    if legal.days is not None and legal.unit == "工作日" and legal.days != int(row["statutory_days"]):
        wrong.append(f"legal {legal.days}, not {row['statutory_days']}")
    promised, said = matter.limits.promised.get("转人工"), int(row["promised_days"])
    if promised is not None and said and promised != said:
        wrong.append(f"promised {promised}, not {said}")
    if matter.kind != row["item_type"]:
        wrong.append(f"kind {matter.kind}, not {row['item_type']}")
    if instant(matter) != (row["instant_candidate"][:1] in ("是", "部")):
        wrong.append(f"instant {instant(matter)}, not {row['instant_candidate'][:12]}")
    if level(matter) != row["level"]:
        wrong.append(f"level {level(matter)}, not {row['level']}")
    known = REQUIREMENTS["departures"].get(matter.id, {}).get("what", [])
    assert [one for one in wrong if one.split(",")[0] not in known] == []


def test_the_labels_are_those_of_the_facts() -> None:
    wrong = []
    for matter in MATTERS:
        row = ROWS.get(matter.code)
        if row is None:
            continue
        easy = {"好办", "快办"} & set(matter.labels)
        if bool(easy) != (row["haoban_kuaiban"] == "Y") or ("双100" in matter.labels) != (row["shuang100"] == "Y"):
            wrong.append(matter.id)
    assert wrong == []


def test_every_row_that_approves_at_once_rests_on_an_authority_or_a_commitment() -> None:
    weak = []
    for matter in MATTERS:
        authorities = {fact.key for fact in matter.facts if fact.authoritative} | {"original", "confirm"}
        for row in matter.decide:
            heads = {path.partition(".")[0] for path in row.when.reads}
            if row.outcome == "秒批" and not row.commitment and not heads & authorities:
                weak.append(f"{matter.id}.{row.id}")
    assert weak == []


def test_every_type_of_certificate_is_issued_by_some_matter() -> None:
    issued = {one.type for matter in MATTERS for one in matter.certificates if one.action == "新发"}
    assert sorted(set(CATALOGUE.reference.certificates) - issued - set(REQUIREMENTS["issued_elsewhere"])) == []


def test_whatever_is_ended_is_issued_by_a_matter() -> None:
    issued = {one.type for matter in MATTERS for one in matter.certificates if one.action == "新发"}
    ended = {one.type for matter in MATTERS for one in matter.certificates if one.action in ENDING}
    assert sorted(ended - issued - set(REQUIREMENTS["issued_elsewhere"])) == []


@pytest.mark.parametrize("row", OF_MATTERS)
def test_every_row_of_the_tender_that_is_about_matters_has_matters_a_page_and_a_test(row: int) -> None:
    entry = REQUIREMENTS["rows"][row]
    assert entry["matters"], "no matter"
    assert sorted(set(entry["matters"]) - set(CATALOGUE.matters)) == []
    assert entry["page"].strip()
    assert [path for path in entry["tests"] if not (ROOT / path).exists()] == []
    assert entry["tests"]


def test_at_least_the_ninety_six_matters_of_the_state_carry_their_elements() -> None:
    assert len(REQUIREMENTS["rows"][42]["matters"]) >= 96


@pytest.mark.parametrize("page", [0, 1], ids=["list", "waiting"])
def test_the_pages_made_from_the_matters_are_up_to_date(page: int) -> None:
    path, text = list(pages(ROOT, CATALOGUE))[page]
    assert path.read_text(encoding="utf-8") == text, "python -m engine.matters.matter_list"


def test_every_note_of_something_to_confirm_is_listed_by_its_matter() -> None:
    """A matter whose own file says 待业务确认 has a `confirm:` list."""
    unlisted = [
        id
        for id, file in CATALOGUE.files.items()
        if "待业务确认" in (ROOT / file).read_text(encoding="utf-8") and not CATALOGUE.matters[id].confirm
    ]
    assert unlisted == []


def test_every_matter_has_tests_with_the_thresholds_of_the_catalogue() -> None:
    low = []
    for id, file in CATALOGUE.files.items():
        text = (ROOT / file.replace(".yaml", ".tests.yaml")).read_text(encoding="utf-8")
        given = yaml.safe_load(next(line for line in text.splitlines() if line.startswith("coverage:")))["coverage"]
        if not (given["rows"] >= 100 and given["atoms"] >= 90 and given["mutants"] >= 80):
            low.append(id)
    assert low == []


def test_no_login_and_no_person_of_the_demonstration_stands_twice() -> None:
    folder = ROOT / "rules" / "demo"
    files = (folder / "accounts.yaml", *sorted((folder / "accounts").glob("*.yaml")))
    given = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    people = [one for each in given for kind in ("applicants", "staff") for one in each.get(kind) or ()]
    for key in ("login", "id_no", "phone", "licence"):
        counted = Counter(one[key] for one in people if key in one)
        assert [value for value, times in counted.items() if times > 1] == []
