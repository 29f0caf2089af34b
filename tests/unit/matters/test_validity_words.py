"""`certificate.valid` in several cases, and `until:`: what is granted at once, and what a person's grant gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Problem
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.encoding import decode, encode
from engine.matters.tests_file import load_tests
from engine.services.matter_tests import run_tests
from engine.stages.certificate.validity import terms_in_words
from tests.unit.matters.roots import lay, problems

MATTER = """matter: term
title: 聘用备案
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority: {table: 示例机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定}
facts:
  licence: {title: 营业执照, from: registry.business, with: {code: 申请人.代码}}
form:
  - group: 场所
    fields:
      - {id: name, title: 单位名称, kind: 文本}
      - {id: area, title: 经营面积, kind: 数, unit: 平方米}
      - {id: hired_until, title: 聘用期止, kind: 日期}
decide:
  - {id: instant, when: 营业执照.名称 = 单位名称, outcome: 秒批, reason: 与登记一致。}
  - {id: otherwise, when: 总是, outcome: 转人工}
certificate:
  type: sample
  action: 新发
  valid:
    - {when: 营业执照.状态 = 存续 且 经营面积 ≥ 100, from: 决定日, years: 3}
    - {from: 决定日, years: 1, until: 聘用期止}
  number: {text: "示〔{年}〕{序号:05d}", restart: [年]}
  lines: {单位名称: 单位名称}
"""
TESTS = """matter: term
at: 2026-11-02
applicant: {code: 91310101MADEM01857, name: 甲公司, level: 3, authority: 法定代表人}
given: {name: 甲公司, area: 100, hired_until: 2027-03-31}
facts: {licence: {name: 甲公司, status: 存续}}
tests:
  - name: 面积正好一百的，三年
    expect: {outcome: 秒批, findings: [], certificate: {valid_to: 2029-11-01}}
  - name: 面积差一点的，一年，不超过聘用期
    given: {area: 99.99}
    expect: {outcome: 秒批, findings: [], certificate: {valid_to: 2027-03-31}}
  - name: 聘用期比一年长的，一年
    given: {area: 99, hired_until: 2028-03-31}
    expect: {outcome: 秒批, certificate: {valid_to: 2027-11-01}}
  - name: 登记状态不明的，有效期不能确定，转人工，由人决定时取短的
    facts: {licence: {name: 甲公司, status: !absent }}
    expect: {outcome: 转人工, findings: [valid_known], certificate: {valid_to: 2027-03-31}}
"""


def laid(root: Path, matter: str = MATTER) -> Path:
    lay(root)
    (root / "matters" / "x").mkdir(parents=True)
    (root / "matters" / "x" / "term.yaml").write_text(matter, encoding="utf-8")
    (root / "matters" / "x" / "term.tests.yaml").write_text(TESTS, encoding="utf-8")
    return root


def faults(root: Path) -> list[Problem]:
    return [one for one in problems(root) if not warning(one)]


def test_the_first_term_that_holds_counts_and_a_doubt_goes_to_a_person(tmp_path: Path) -> None:
    catalogue, found = load_catalogue(laid(tmp_path))
    assert [one for one in found if not warning(one)] == []
    matter = catalogue.matters["term"]
    assert decode(encode(matter)) == matter
    tests, wrong = load_tests(tmp_path / "matters" / "x" / "term.tests.yaml", catalogue)
    assert wrong == ()
    outcomes = list(run_tests(catalogue, tests))
    assert [(one.test.name, one.faults) for one in outcomes if not one.passed] == []
    assert len(outcomes) == 4


def test_the_guide_says_every_term_in_words(tmp_path: Path) -> None:
    matter = load_catalogue(laid(tmp_path))[0].matters["term"]
    said = terms_in_words(matter.certificates[0], matter.titles)
    assert said[0].endswith("的，有效期 3 年") and said[1] == "其余有效期 1 年，不超过聘用期止"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("- {from: 决定日, years: 1, until: 聘用期止}", "- {when: 经营面积 < 100, from: 决定日, years: 1}", "M194"),
        ("{when: 营业执照.状态 = 存续 且 经营面积 ≥ 100, from", "{from", "M194"),
        ("until: 聘用期止", "until: 单位名称", "M167"),
    ],
)
def test_terms_that_cannot_be_read_from_the_top_are_faults(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert {one.code for one in faults(laid(tmp_path, MATTER.replace(old, new)))} - {"M183"} == {code}


def test_a_check_may_not_take_the_name_of_the_one_for_the_term(tmp_path: Path) -> None:
    own = "precheck: [{id: valid_known, require: 经营面积 > 0, else: 没有面积。, on_fail: 一次补正}]\ndecide:"
    assert "M130" in {one.code for one in faults(laid(tmp_path, MATTER.replace("decide:", own)))}


def test_one_plain_term_makes_no_check(tmp_path: Path) -> None:
    plain = MATTER.split("  valid:\n", maxsplit=1)[0] + "  valid: {from: 决定日, years: 4}\n" + MATTER.split("止}\n")[1]
    assert load_catalogue(laid(tmp_path, plain))[0].matters["term"].precheck == ()
