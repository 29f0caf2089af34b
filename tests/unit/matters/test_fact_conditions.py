"""`facts.x.when:`: a fact that is not needed is not applicable, whatever a source would say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from engine.errors import Problem
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.codes import warning
from engine.matters.tests_file import load_tests
from engine.services.matter_tests import run_tests
from engine.services.proving import prove
from tests.unit.matters.roots import lay

MATTER = """matter: asked
title: 示例事项
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority: {table: 示例机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定}
facts:
  licence: {title: 营业执照, from: registry.business, with: {code: 申请人.代码}, when: 经营面积 ≥ 100}
form:
  - group: 场所
    fields:
      - {id: area, title: 经营面积, kind: 数, unit: 平方米, above: 0}
      - {id: beds, title: 床位数, kind: 整数, unit: 张, when: 营业执照 为空}
precheck:
  - {id: alive, when: 经营面积 ≥ 100, require: 营业执照.状态 = 存续, else: 不是存续。, on_fail: 一次补正}
decide:
  - {id: otherwise, when: 总是, outcome: 转人工}
"""
TESTS = """matter: asked
at: 2026-11-02
applicant: {code: 91310101MADEM01857, name: 甲公司, level: 3, authority: 法定代表人}
given: {area: 100}
facts: {licence: {name: 甲公司, status: 注销}}
tests:
  - name: 面积正好一百的，要查登记，注销的不通过
    expect: {findings: [alive]}
  - name: 面积差一点的，不查登记，取决于它的床位数要填
    given: {area: 99.99, beds: 3}
    expect: {findings: []}
  - name: 面积差一点、登记库没有答复的，也不影响
    given: {area: 99.99, beds: 3}
    facts: {licence: !unavailable }
    expect: {findings: []}
  - name: 要查而没有答复的，转人工
    facts: {licence: !unavailable }
    given: {beds: 3}
    expect: {findings: [alive]}
"""


def loaded(root: Path, matter: str = MATTER) -> tuple[Catalogue, list[Problem]]:
    lay(root)
    (root / "matters" / "x").mkdir(parents=True)
    (root / "matters" / "x" / "asked.yaml").write_text(matter, encoding="utf-8")
    (root / "matters" / "x" / "asked.tests.yaml").write_text(TESTS, encoding="utf-8")
    catalogue, problems = load_catalogue(root)
    return catalogue, [one for one in problems if not warning(one)]


def test_a_fact_that_is_certainly_not_needed_is_not_applicable(tmp_path: Path) -> None:
    catalogue, problems = loaded(tmp_path)
    assert problems == []
    tests, wrong = load_tests(tmp_path / "matters" / "x" / "asked.tests.yaml", catalogue)
    outcomes = list(run_tests(catalogue, tests))
    assert wrong == () and [(one.test.name, one.faults) for one in outcomes if not one.passed] == []


def test_a_ring_of_a_fact_and_the_field_it_hangs_on_is_a_fault(tmp_path: Path) -> None:
    ring = MATTER.replace("when: 经营面积 ≥ 100}", "when: 床位数 不为空}")
    assert "M150" in {one.code for one in loaded(tmp_path, ring)[1]}


def test_the_solver_knows_that_the_fact_is_hidden(tmp_path: Path) -> None:
    never = "never: [转人工 且 经营面积 < 100 且 营业执照 不为空]\ndecide:"
    catalogue, problems = loaded(tmp_path, MATTER.replace("decide:", never))
    assert problems == []
    found = prove(catalogue, catalogue.matters["asked"], date(2026, 11, 2))
    assert [one for one in found if one.severity == "error"] == []
