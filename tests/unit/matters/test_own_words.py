"""A certificate that calls its number, office and date otherwise: 备案编号, 备案机关, 备案日期."""

from __future__ import annotations

from pathlib import Path

from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_tests
from engine.model.certificate import Certificate, CertificateStatus
from engine.services.matter_tests import run_tests
from engine.services.sealing import shown_apart
from tests.unit.matters.roots import lay

TYPES = """\
types:
  filing:
    title: 示例备案凭证
    face: [备案编号, 机构名称, 备案机关, 备案日期]
    labels: {编号: 备案编号, 发证机关: 备案机关, 发证日期: 备案日期}
    named: 机构名称
    layout: filing
"""
MATTER = """\
matter: x
title: 示例备案
item: {kind: 行政备案, line: 示例, applicant: [法人]}
authority: {by: 所在区, table: 各区机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定}
form:
  - group: 机构
    fields:
      - {id: name, title: 机构, kind: 文本}
      - {id: region, title: 所在区, kind: 区街道}
decide:
  - {id: otherwise, when: 总是, outcome: 转人工}
certificate:
  type: filing
  action: 新发
  valid: 长期
  number: {text: "示备{年}{序号:04d}", restart: [年]}
  lines: {机构名称: 机构}
"""
TESTS = """\
matter: x
at: 2026-11-02
applicant: {code: 91310115MADEM0177M, name: 上海示例有限公司, level: 3, authority: 法定代表人, agent: 施示源}
given: {name: 上海示例诊所, region: {district: 黄浦区, street: 外滩街道}}
tests:
  - name: 凭证按自己的叫法写编号、机关和日期
    expect:
      outcome: 转人工
      certificate: {机构名称: 上海示例诊所, 备案日期: 2026年11月2日, holder_name: 上海示例诊所}
"""


def test_the_engine_fills_the_lines_by_the_words_of_the_face(tmp_path: Path) -> None:
    assert faults(tmp_path, TYPES, MATTER, TESTS) == [()]


def test_a_term_called_until_says_its_last_day_alone(tmp_path: Path) -> None:
    types = TYPES.replace("备案机关, 备案日期]", "备案机关, 备案日期, 有效期至]").replace(
        "发证日期: 备案日期}", "发证日期: 备案日期, 有效期限: 有效期至}"
    )
    matter = MATTER.replace("valid: 长期", "valid: {from: 决定日, years: 4}")
    tests = TESTS.replace("holder_name: 上海示例诊所", "有效期至: 2030年11月1日")
    assert faults(tmp_path, types, matter, tests) == [()]
    endless = TESTS.replace("holder_name: 上海示例诊所", "有效期至: 长期")
    assert faults(tmp_path, types, MATTER, endless) == [()]


def faults(tmp_path: Path, types: str, matter: str, written: str) -> list[tuple[str, ...]]:
    lay(tmp_path)
    (tmp_path / "rules" / "certificates").mkdir(exist_ok=True)
    (tmp_path / "rules" / "certificates" / "more.yaml").write_text(types, encoding="utf-8")
    (tmp_path / "matters" / "x").mkdir(parents=True, exist_ok=True)
    (tmp_path / "matters" / "x" / "x.yaml").write_text(matter, encoding="utf-8")
    beside = tmp_path / "matters" / "x" / "x.tests.yaml"
    beside.write_text(written, encoding="utf-8")
    catalogue, problems = load_catalogue(tmp_path, "x")
    assert [str(one) for one in problems if one.file.startswith("matters/")] == []
    tests, wrong = load_tests(beside, catalogue)
    assert wrong == ()
    return [outcome.faults for outcome in run_tests(catalogue, tests)]


def test_the_page_shows_them_in_their_own_place_and_not_among_the_lines() -> None:
    made = Certificate(
        id="1", number="示备20260001", type="filing", title="示例备案凭证", holder_code="", holder_name="",
        authority="", authority_name="示例机关", district="黄浦区", status=CertificateStatus.VALID,
        version=1, issued_on="2026-11-02", valid_from="2026-11-02", valid_to="", face={}, matter="x", case="",
        labels={"编号": "备案编号", "发证机关": "备案机关"},
    )  # fmt: skip
    assert shown_apart(made) == {"备案编号", "备案机关", "发证日期"}
