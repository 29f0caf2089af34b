"""A fault in a rule is told at its own line and column, however the rule is written in YAML; shared expressions too."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.catalogue import load_catalogue
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER

WAYS = {
    "plain": "    require: 床位数 ≤ 100 张 且 床位书 > 1\n",
    "after many spaces": "    require:      床位数 ≤ 100 张 且 床位书 > 1\n",
    "quoted": '    require: "床位数 ≤ 100 张 且 床位书 > 1"\n',
    "quoted singly": "    require: '床位数 ≤ 100 张 且 床位书 > 1'\n",
    "with escapes before": '    require: "原证.编号 ≠ \\"甲\\" 且 床位书 > 1"\n',
    "with doubled quotes before": "    require: '原证.编号 ≠ ''甲'' 且 床位书 > 1'\n",
    "block": "    require: |\n      床位数 ≤ 100 张\n        且 床位书 > 1\n",
    "block far to the right": "    require: |\n                床位数 ≤ 100 张\n                且 床位书 > 1\n",
    "block with a comment at its head": "    require: |   # 说明\n\n      床位数 ≤ 100 张 且\n      床位书 > 1\n",
    "folded": "    require: >-\n      床位数 ≤ 100 张\n      且 床位书 > 1\n",
    "folded long ago": "    require: >\n      床位数 ≤ 100 张\n\n      且 床位书 > 1\n",
    "plain over lines": "    require: 床位数 ≤ 100 张\n      且\n      床位书 > 1\n",
    "quoted over lines": '    require: "床位数 ≤ 100 张\n      且 床位书 > 1"\n',
    "full-width": "    require: （床位数 ≤ １００ 张） 且 床位书 > 1\n",
}
OLD = "    require: 床位数 ≤ 100 张\n"


def faults(root: Path, text: str) -> list[tuple[str, int, int, str]]:
    (root / "matters").mkdir(exist_ok=True)
    (root / "matters" / "sample_change.yaml").write_text(text, encoding="utf-8")
    return [(one.file, one.line, one.column, one.code) for one in load_catalogue(root)[1] if one.code.startswith("R")]


def place(text: str, wanted: str) -> tuple[int, int]:
    at = text.index(wanted)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


@pytest.mark.parametrize("way", list(WAYS))
def test_a_name_is_told_where_it_stands_in_the_file(tmp_path: Path, way: str) -> None:
    text = MATTER.replace(OLD, WAYS[way])
    assert faults(lay(tmp_path), text) == [("matters/sample_change.yaml", *place(text, "床位书"), "R102")]


def test_a_rule_inside_braces_is_told_where_it_stands(tmp_path: Path) -> None:
    text = MATTER.replace(
        "when: 营业执照.状态 = 存续 且 比例 > 0.5, outcome", "when: 营业执照.状态 = 存续 且 比列 大于 0.5, outcome"
    )
    file = "matters/sample_change.yaml"
    assert faults(lay(tmp_path), text) == [(file, *place(text, "比列"), "R102"), (file, *place(text, "大于"), "R101")]


def test_a_sentence_about_the_outcome_is_told_where_it_stands(tmp_path: Path) -> None:
    text = MATTER.replace("[秒批 且 营业执照.状态 ≠ 存续]", "[秒批 且 转人工 且 营业执照.状太 ≠ 存续]")
    assert faults(lay(tmp_path), text) == [("matters/sample_change.yaml", *place(text, "营业执照.状太"), "R102")]


EXPRESSIONS = "expressions:\n  够多:\n    title: 床位够多\n    rule: |\n      床位数 > 1 张\n      且 床位数 ≤ 100 张\n"


def project(root: Path, expressions: str) -> Path:
    lay(root)
    (root / "rules" / "expressions.yaml").write_text(expressions, encoding="utf-8")
    return root


def test_a_shared_expression_is_linked_as_if_it_were_written_out(tmp_path: Path) -> None:
    used = MATTER.replace(OLD, "    require: 表达式.够多 且 比例 > 0\n")
    plain = MATTER.replace(OLD, "    require: 床位数 > 1 张 且 床位数 ≤ 100 张 且 比例 > 0\n")
    assert faults(project(tmp_path / "one", EXPRESSIONS), used) == []
    assert faults(lay(tmp_path / "two"), plain) == []
    one, two = (load_catalogue(tmp_path / name)[0].matters["sample_change"] for name in ("one", "two"))
    assert one.hash == two.hash


def test_a_fault_of_a_shared_expression_is_told_at_its_own_place_with_the_matter(tmp_path: Path) -> None:
    root = project(tmp_path, EXPRESSIONS.replace("且 床位数", "且 床位书"))
    assert faults(root, MATTER.replace(OLD, "    require: 表达式.够多\n")) == [("rules/expressions.yaml", 6, 9, "R102")]
    assert "见于 sample_change" in next(str(one) for one in load_catalogue(root)[1] if one.code == "R102")


def test_an_unknown_shared_expression_is_told_with_the_nearest(tmp_path: Path) -> None:
    root = project(tmp_path, EXPRESSIONS)
    text = MATTER.replace(OLD, "    require: 表达式.够少\n")
    assert faults(root, text) == [("matters/sample_change.yaml", *place(text, "表达式"), "R102")]


def test_a_guard_is_demanded_of_what_a_shared_expression_reads(tmp_path: Path) -> None:
    root = project(tmp_path, EXPRESSIONS)
    text = MATTER.replace(OLD, "    require: 表达式.够多\n").replace(
        "    when: 有住宿 = 是\n    require", "    require"
    )
    assert {one[3] for one in faults(root, text)} == {"R115"}
