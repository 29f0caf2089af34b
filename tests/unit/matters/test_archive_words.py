"""The archive words of a matter: any matter may be kept by its holder or by a product, in words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Problem
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.model.matter import Matter
from tests.unit.matters.roots import lay

MATTER = """matter: {id}
title: {title}
item: {{kind: 行政备案, line: {line}, applicant: [法人]}}
authority: {{table: 示例机关}}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {{legal: 无规定}}
form:
  - group: 产品
    fields:
      - {{id: product, title: 产品名称, kind: 文本}}
      - {{id: serial, title: 产品编号, kind: 文本}}
decide:
  - {{id: otherwise, when: 总是, outcome: 转人工}}
archive: {archive}
"""
FOUR = {
    "food_standard": (
        "食品企业标准备案", "{class: 备案, retain: 30 年, file: 持证人}", ("持证人", "applicant.code", ""),
    ),
    "medical_advert": (
        "医疗广告审查", "{class: 确认, retain: 10 年, file: 持证人}", ("持证人", "applicant.code", ""),
    ),
    "disinfectant_home": (
        "国产消毒产品", "{class: 备案, retain: 30 年, file: 产品, by: 产品编号, called: 产品名称}",
        ("产品", "serial", "product"),
    ),
    "disinfectant_imported": (
        "进口消毒产品", "{class: 备案, retain: 30 年, file: 产品, by: 产品名称}",
        ("产品", "product", ""),
    ),
}  # fmt: skip


def linked(folder: Path, id: str, title: str, archive: str) -> tuple[Matter | None, list[Problem]]:
    root = lay(folder)
    (root / "matters" / "x").mkdir(parents=True)
    text = MATTER.format(id=id, title=title, line=title, archive=archive)
    (root / "matters" / "x" / f"{id}.yaml").write_text(text, encoding="utf-8")
    catalogue, problems = load_catalogue(root)
    return catalogue.matters.get(id), [one for one in problems if not warning(one)]


@pytest.mark.parametrize("id", FOUR)
def test_each_line_of_basis_files_is_written_in_one_line_of_the_matter(tmp_path: Path, id: str) -> None:
    title, words, wanted = FOUR[id]
    matter, problems = linked(tmp_path, id, title, words)
    assert problems == [] and matter is not None
    assert (matter.archive_file, matter.archive_by, matter.archive_called) == wanted


def test_a_matter_that_names_no_file_is_in_none_and_its_version_is_as_before(tmp_path: Path) -> None:
    matter, problems = linked(tmp_path, "plain", "示例", "{class: 备案, retain: 30 年}")
    assert problems == [] and matter is not None and matter.archive_file == ""
