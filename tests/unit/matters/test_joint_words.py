"""会签, 或签, terminations and opinion templates as words of the matter language."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.catalogue import load_catalogue
from engine.model.matter import Matter
from tests.unit.matters.roots import lay

MATTER = """matter: joint
title: 示例事项
item: {kind: 行政许可, line: 示例, applicant: [法人]}
authority: {table: 示例机关}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {legal: 无规定}
form:
  - group: 场所
    fields:
      - {id: name, title: 单位名称, kind: 文本}
decide: [{id: otherwise, when: 总是, outcome: 转人工}]
terminations: [申请人死亡或者终止]
route:
  - {step: accept, title: 受理, role: 窗口}
  - {step: inspect, title: 核查, role: 核查, opinions: [现场与图纸一致。]}
  - {step: joint, title: 会签, role: 审查, WORDS}
  - {step: approve, title: 审批, role: 审批}
"""


def linked(folder: Path, words: str) -> tuple[Matter | None, list[str]]:
    """The matter with the words of its joint step, and what is wrong with it."""
    root = lay(folder)
    (root / "matters" / "x").mkdir(parents=True)
    (root / "matters" / "x" / "joint.yaml").write_text(MATTER.replace("WORDS", words), encoding="utf-8")
    catalogue, problems = load_catalogue(root)
    return catalogue.matters.get("joint"), [one.code for one in problems if one.code[0] != "W"]


@pytest.mark.parametrize(
    ("words", "signers", "target"),
    [
        ("sign: 会签, staff: 2", (), ""),
        ("sign: 会签, signers: [专家, 审查], disagree: 退回", ("审查", "专家"), "inspect"),
        ("sign: 或签, signers: [审查, 核查], disagree: inspect", ("审查", "核查"), "inspect"),
        ("sign: 会签, staff: 3, disagree: 继续", (), ""),
    ],
)
def test_who_signs_together_and_where_a_disagreement_leads(
    tmp_path: Path, words: str, signers: tuple[str, ...], target: str
) -> None:
    matter, wrong = linked(tmp_path, words)
    assert matter is not None and wrong == []
    step = matter.route[2]
    assert (step.signers, step.results) == (signers, {"同意": "", "不同意": target})


@pytest.mark.parametrize(
    "words",
    [
        "signers: [审查, 专家]",
        "sign: 会签",
        "sign: 会签, staff: 2, results: {同意: approve}",
        "sign: 会签, signers: [核查, 专家]",
        "sign: 会签, signers: [审查, 专家], staff: 2",
        "sign: 会签, staff: 2, disagree: nowhere",
        "sign: 会签, staff: 2, disagree: accept",
    ],
)
def test_words_that_do_not_fit_are_faults(tmp_path: Path, words: str) -> None:
    assert "M227" in linked(tmp_path, words)[1]


def test_a_matter_names_its_opinions_and_the_grounds_of_termination(tmp_path: Path) -> None:
    matter, _ = linked(tmp_path, "sign: 会签, staff: 2")
    assert matter is not None
    assert (matter.route[1].opinions, matter.terminations) == (("现场与图纸一致。",), ("申请人死亡或者终止",))
