"""A small matter with a decision table, for tests."""

from __future__ import annotations

from pathlib import Path

from engine.errors import Problem
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.scopes import scope_of
from engine.rules.scope import Scope
from tests.unit.matters.roots import lay

HEAD = """\
# 示例：改动裁决不应动到别处的注释。
matter: sample
title: 示例事项
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
      - {id: area, title: 经营面积, kind: 数, unit: 平方米, places: 1}
      - {id: usable, title: 使用面积, kind: 数, unit: 平方米, places: 1}
      - {id: capital, title: 注册资本, kind: 金额}
      - {id: type, title: 类别, kind: 单选, of: 代码.项目}
      - {id: types, title: 项目, kind: 多选, of: 代码.项目}
      - {id: hvac, title: 集中空调, kind: 是否}
      - {id: opened, title: 开业日期, kind: 日期}
      - {id: note, title: 说明, kind: 文本, required: 否}
      - {id: floors, title: 「层数（地上）」, kind: 整数}
"""


def project(root: Path, decide: str, tail: str = "") -> Path:
    """Lay a project whose matter `sample` decides so; `decide` are the items of the section."""
    lay(root)
    (root / "matters" / "x").mkdir(parents=True)
    text = HEAD.replace("「层数（地上）」", "层数（地上）") + "decide: # 裁决\n" + decide + tail
    (root / "matters" / "x" / "sample.yaml").write_text(text, encoding="utf-8")
    return root


def linked(root: Path, decide: str) -> tuple[Catalogue, tuple[Problem, ...]]:
    """The catalogue of such a project, without the warning that a fragment is not used."""
    catalogue, problems = load_catalogue(project(root, decide), "sample")
    return catalogue, tuple(one for one in problems if not one.code.startswith("W"))


def scope(catalogue: Catalogue) -> Scope:
    """The scope of the matter."""
    return scope_of(catalogue.matters["sample"], catalogue.reference)


def item(heads: str, *rows: str, hit: str = "先中") -> str:
    """A table as an item of decide, with the columns 编号 and 结果 and a last row for all else."""
    lines = [f"编号 | {heads} | 结果", *(f"r{number} | {row} | 转人工" for number, row in enumerate(rows, 1))]
    lines.append("otherwise | " + " | ".join(["-"] * len(heads.split(" | "))) + " | 转人工")
    return f"  - hit: {hit}\n    table: |\n" + "".join(f"      | {line} |\n" for line in lines)
