"""Who handles a matter: tables that share lists of offices, and the office by condition."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.encoding import decode, encode
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.matter import Matter
from engine.services.offices import office_for
from tests.unit.matters.roots import lay

AUTHORITIES = """\
offices:
  区机关:
    - {district: 黄浦区, name: 黄浦区示例委}
    - {district: 徐汇区, name: 徐汇区示例委}
  市机关:
    - {district: 市级, name: 上海市示例委}
tables:
  分工:
    - {offices: 区机关, since: 2020-01-01}
    - {offices: 市机关, since: 2020-01-01}
  市办:
    - {offices: 市机关, since: 2020-01-01}
  下放:
    - {offices: 市机关, since: 2020-01-01}
    - {offices: 区机关, since: 2026-01-01}
"""
CODES = "codes:\n  区: [黄浦区, 徐汇区]\n"
MATTER = """\
matter: x
title: 示例事项
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority:
  - {when: 床位数 ≥ 100, table: 市办}
  - {by: 所在区, table: 分工}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定}
form:
  - group: 场所
    fields:
      - {id: beds, title: 床位数, kind: 整数, unit: 张}
      - {id: region, title: 所在区, kind: 区街道}
decide:
  - {id: otherwise, when: 总是, outcome: 转人工}
"""
DAY = date(2026, 3, 2)
HERE = {"district": "黄浦区", "street": "外滩街道"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    lay(tmp_path)
    (tmp_path / "rules" / "authorities").mkdir()
    (tmp_path / "rules" / "authorities" / "more.yaml").write_text(AUTHORITIES, encoding="utf-8")
    codes = tmp_path / "rules" / "codes.yaml"
    codes.write_text(codes.read_text(encoding="utf-8").replace("  区:", "  旧区:"), encoding="utf-8")
    (tmp_path / "rules" / "codes").mkdir()
    (tmp_path / "rules" / "codes" / "more.yaml").write_text(CODES, encoding="utf-8")
    return tmp_path


def linked(root: Path, text: str = MATTER) -> Matter:
    (root / "matters" / "x").mkdir(parents=True, exist_ok=True)
    (root / "matters" / "x" / "x.yaml").write_text(text, encoding="utf-8")
    catalogue, problems = load_catalogue(root, "x")
    assert [str(one) for one in problems if one.file.startswith("matters/")] == []
    return catalogue.matters["x"]


def test_the_first_condition_that_holds_chooses_the_office(root: Path) -> None:
    matter = linked(root)

    def office(beds: int) -> str:
        found = office_for(matter, {"beds": beds, "region": HERE}, None, DAY)
        return found.name if found else ""

    assert [office(99), office(100)] == ["黄浦区示例委", "上海市示例委"]


def test_while_the_condition_is_not_answered_there_is_no_office_yet(root: Path) -> None:
    assert office_for(linked(root), {"region": HERE}, None, DAY) is None


def test_all_offices_of_all_entries_are_those_of_the_matter(root: Path) -> None:
    assert [one.name for one in linked(root).authorities] == ["上海市示例委", "黄浦区示例委", "徐汇区示例委"]


def test_the_entries_survive_storing(root: Path) -> None:
    matter = linked(root)
    assert decode(encode(matter)).authority_rules == matter.authority_rules


def test_a_certificate_of_the_city_stays_with_the_city(root: Path) -> None:
    old = "authority:\n  - {when: 床位数 ≥ 100, table: 市办}\n  - {by: 所在区, table: 分工}\n"
    new = "authority: {by: 原证.区, table: 分工}\nacts_on: {type: sample}\n"
    matter = linked(root, MATTER.replace(old, new))
    held = Certificate(
        id="1", number="1", type="sample", title="示例证", holder_code="", holder_name="", authority="",
        authority_name="", district="市级", status=CertificateStatus.VALID, version=1, issued_on="2025-01-01",
        valid_from="2025-01-01", valid_to="2030-01-01", face={}, matter="", case="",
    )  # fmt: skip
    found = [office_for(matter, {}, msgspec.structs.replace(held, district=one), DAY) for one in ("市级", "徐汇区")]
    assert [one.name if one else "" for one in found] == ["上海市示例委", "徐汇区示例委"]


def test_a_table_that_goes_down_to_the_districts_counts_from_its_day(root: Path) -> None:
    matter = linked(root, MATTER.replace("by: 所在区, table: 分工", "by: 所在区, table: 下放"))
    answers = {"beds": 1, "region": HERE}
    before, after = (office_for(matter, answers, None, day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert [one.name if one else "" for one in (before, after)] == ["上海市示例委", "黄浦区示例委"]
