"""Small matters with a fault in their rules, for tests of the prover."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.tests_file import load_file
from engine.services.proving import Finding, prove
from tests.unit.matters.roots import lay

DAY = date(2026, 11, 25)
HEAD = """\
matter: sample
title: 示例事项
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority: {table: 示例机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定, promised: {秒批: 0}}
facts:
  licence: {title: 营业执照, from: registry.business, with: {code: 申请人.代码}}
form:
  - group: 场所
    fields:
      - {id: name, title: 单位名称, kind: 文本, max: 50}
      - {id: area, title: 经营面积, kind: 数, unit: 平方米, places: 2, min: 1, max: 500}
      - {id: usable, title: 使用面积, kind: 数, unit: 平方米, places: 2, min: 1, max: 500}
      - {id: type, title: 类别, kind: 单选, of: 代码.项目}
      - {id: opened, title: 开业日期, kind: 日期}
      - {id: hvac, title: 集中空调, kind: 是否}
      - {id: note, title: 说明, kind: 文本, required: 否}
"""
ROWS = """\
      - id: staff
        title: 人员清单
        kind: 表格
        max: 9
        columns:
          - {id: person, title: 姓名, kind: 文本}
          - {id: years, title: 年限, kind: 整数, min: 0, max: 60}
"""
DECIDE = """\
decide:
  - {id: instant, when: 营业执照.状态 = 存续 且 经营面积 ≤ 60, outcome: 秒批}
  - {id: otherwise, when: 总是, outcome: 转人工}
"""
TESTS = """\
matter: sample
at: 2026-11-25
applicant: {code: 91310101MADEM0011X, name: 上海示例泊云酒店有限公司}
given: {name: 上海示例泊云酒店有限公司, area: 50, usable: 80, type: 宾馆, opened: 2026-11-01, hvac: true}
facts: {licence: {name: 上海示例泊云酒店有限公司, status: 存续}}
tests:
  - {name: 通过的, expect: {outcome: 秒批}}
"""


def check(id: str, require: str, on_fail: str = "转人工", when: str = "") -> str:
    """One pre-check as YAML."""
    guard = f"    when: {when}\n" if when else ""
    return f"  - id: {id}\n    require: {require}\n    else: 不行。\n    on_fail: {on_fail}\n{guard}"


def project(root: Path, *parts: str, decide: str = DECIDE, tests: str = TESTS) -> Path:
    """A project whose matter `sample` has these sections beside its head and table."""
    lay(root)
    folder = root / "matters" / "x"
    folder.mkdir(parents=True)
    (folder / "sample.yaml").write_text(HEAD + "".join(parts) + decide, encoding="utf-8")
    if tests:
        (folder / "sample.tests.yaml").write_text(tests, encoding="utf-8")
    return root


def loaded(root: Path) -> Catalogue:
    """The catalogue of a project without errors."""
    catalogue, problems = load_catalogue(root, "sample")
    assert "sample" in catalogue.matters, [str(one) for one in problems]
    return catalogue


def found(root: Path, *, timeout: int = 500) -> tuple[Finding, ...]:
    """What a proof finds in the project's matter."""
    catalogue = loaded(root)
    near = load_file(root / "matters" / "x" / "sample.tests.yaml", catalogue)[0].base
    return prove(catalogue, catalogue.matters["sample"], DAY, near, timeout=timeout)


def told(findings: tuple[Finding, ...], code: str) -> Finding:
    """The one finding of a code."""
    matching = [one for one in findings if one.code == code]
    assert len(matching) == 1, [(one.code, one.what) for one in findings]
    return matching[0]
