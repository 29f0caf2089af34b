"""What each shorthand of a cell means, against the rule text that says the same, and where a fault is told."""

from __future__ import annotations

import pytest

from engine.matters.table_cells import cell, column
from engine.matters.yaml_reader import Mark
from engine.rules.compiler import compile_rule, render
from engine.rules.scope import Scope
from tests.unit.matters.tables import item, linked
from tests.unit.matters.tables import scope as scope_of

SAME = [
    ("经营面积", "< 100", "经营面积 < 100"),
    ("经营面积", "≥5", "经营面积 ≥ 5"),
    ("经营面积", "＜＝ 60.5", "经营面积 ≤ 60.5"),
    ("经营面积", "100", "经营面积 = 100"),
    ("经营面积", "-3", "经营面积 = -3"),
    ("经营面积", "≠ 3", "经营面积 ≠ 3"),
    ("经营面积", "100..200", "经营面积 ≥ 100 且 经营面积 ≤ 200"),
    ("经营面积", "[100..200)", "经营面积 ≥ 100 且 经营面积 < 200"),
    ("经营面积", "（0.5..2］", "经营面积 > 0.5 且 经营面积 ≤ 2"),
    ("经营面积", "1, 2, 3", "经营面积 属于 [1, 2, 3]"),
    ("经营面积", "< 10, > 20", "经营面积 < 10 或 经营面积 > 20"),
    ("经营面积", "5, 100..200", "经营面积 = 5 或 (经营面积 ≥ 100 且 经营面积 ≤ 200)"),
    ("经营面积", "非 100..200", "非 (经营面积 ≥ 100 且 经营面积 ≤ 200)"),
    ("经营面积", "≤ 使用面积", "经营面积 ≤ 使用面积"),
    ("经营面积", "< 使用面积 × 2", "经营面积 < 使用面积 × 2"),
    ("经营面积", "> 0.01 公顷", "经营面积 > 100 平方米"),
    ("注册资本", "100..200 万元", "注册资本 ≥ 100 万元 且 注册资本 ≤ 200 万元"),
    ("注册资本", "[5000 元..1 万元)", "注册资本 ≥ 5000 元 且 注册资本 < 1 万元"),
    ("类别", "宾馆", "类别 = 宾馆"),
    ("类别", "宾馆, 旅店", "类别 属于 [宾馆, 旅店]"),
    ("类别", "宾馆，旅店", "类别 属于 [宾馆, 旅店]"),
    ("类别", "宾馆、旅店", "类别 属于 [宾馆, 旅店]"),
    ("类别", "非 宾馆", "类别 ≠ 宾馆"),
    ("类别", "不属于 宾馆, 旅店", "类别 不属于 [宾馆, 旅店]"),
    ("类别", "属于 代码.住宿类", "类别 属于 代码.住宿类"),
    ("类别", "代码.住宿类", "类别 属于 代码.住宿类"),
    ("类别", "非 代码.住宿类", "类别 不属于 代码.住宿类"),
    ("项目", "宾馆", "项目 包含 宾馆"),
    ("项目", "宾馆, 旅店", "项目 有交集 [宾馆, 旅店]"),
    ("项目", "非 宾馆, 旅店", "非 (项目 有交集 [宾馆, 旅店])"),
    ("项目", "全部属于 宾馆, 旅店", "项目 全部属于 [宾馆, 旅店]"),
    ("项目", "有交集 代码.住宿类", "项目 有交集 代码.住宿类"),
    ("项目", "不包含 足浴", "项目 不包含 足浴"),
    ("集中空调", "是", "集中空调 = 是"),
    ("集中空调", "否", "集中空调 = 否"),
    ("集中空调", "为空", "集中空调 为空"),
    ("营业执照.状态", "存续, 未取到", "营业执照.状态 = 存续 或 营业执照.状态 未取到"),
    ("营业执照.名称", '"甲, 乙"', '营业执照.名称 = "甲, 乙"'),
    ("营业执照.名称", "包含 “公司”", '营业执照.名称 包含 "公司"'),
    ("营业执照.名称", '匹配 "[甲乙]{2}"', '营业执照.名称 匹配 "[甲乙]{2}"'),
    ("说明", "不为空", "说明 不为空"),
    ("开业日期", "≥ 2025-01-20", "开业日期 ≥ 2025-01-20"),
    ("开业日期", "2025-01-01..2025-12-31", "开业日期 ≥ 2025-01-01 且 开业日期 ≤ 2025-12-31"),
    ("开业日期", "≤ 今天", "开业日期 ≤ 今天"),
    ("「层数（地上）」", "1..3", "「层数（地上）」 ≥ 1 且 「层数（地上）」 ≤ 3"),
    ("天数(开业日期, 今天)", "> 30", "天数(开业日期, 今天) > 30"),
    ("经营面积 ÷ 使用面积", "≤ 0.8", "经营面积 ÷ 使用面积 ≤ 0.8"),
    ("经营面积 ≤ 使用面积", "是", "经营面积 ≤ 使用面积"),
    ("经营面积 ≤ 使用面积", "否", "非 (经营面积 ≤ 使用面积)"),
]
WRONG = [
    ("经营面积", "", "M191", 1),
    ("经营面积", "< ", "M191", 2),
    ("经营面积", "200..100", "M192", 1),
    ("经营面积", "(5..5]", "M192", 1),
    ("经营面积", "[1..2..3]", "M191", 1),
    ("经营面积", "[1..2", "M191", 1),
    ("经营面积", "1 平方米..2", "M191", 1),
    ("经营面积", "宾馆", "R102", 1),
    ("经营面积", "< 3 万元", "R106", 3),
    ("经营面积", "1, , 2", "M191", 4),
    ("经营面积", "是", "R104", 1),
    ("经营面积", "大于 5", "R101", 4),
    ("经营面积", "< 5 且 x", "R117", 3),
    ("类别", "宾馆, 茶馆", "R105", 5),
    ("类别", "非 茶馆", "R105", 3),
    ("类别", "< 5", "R104", 1),
    ("集中空调", "有", "R102", 1),
    ("营业执照.名称", "甲公司", "R120", 1),
    ("营业执照.名称", '"甲', "R101", 1),
    ("开业日期", "2025-02-30", "R112", 1),
    ("经营面积 ≤ 使用面积", "< 5", "M191", 1),
    ("项目", "茶馆", "R105", 1),
]


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    catalogue, problems = linked(tmp_path_factory.mktemp("project"), item("类别 | 营业执照.状态", "代码.住宿类 | 存续"))
    assert problems == ()
    return scope_of(catalogue)


@pytest.mark.parametrize(("head", "text", "rule"), SAME)
def test_a_cell_means_what_the_rule_text_says(scope: Scope, head: str, text: str, rule: str) -> None:
    made, _ = column(head, scope, Mark())
    assert made is not None
    found = cell(text, made, scope)
    meant, problems = compile_rule(rule, scope)
    assert problems == () and meant is not None and found.problems == ()
    assert (found.logic, tuple(sorted(found.reads))) == (meant.logic, meant.reads)


@pytest.mark.parametrize(("head", "text", "rule"), SAME)
def test_the_printed_rule_of_a_cell_compiles_to_the_same_logic(scope: Scope, head: str, text: str, rule: str) -> None:
    made, _ = column(head, scope, Mark())
    assert made is not None
    logic = cell(text, made, scope).logic
    again, problems = compile_rule(render(logic, scope), scope)
    assert problems == () and again is not None and again.logic == logic


@pytest.mark.parametrize(("head", "text", "code", "place"), WRONG)
def test_a_faulty_cell_is_told_with_its_code_and_column(
    scope: Scope, head: str, text: str, code: str, place: int
) -> None:
    made, _ = column(head, scope, Mark())
    assert made is not None
    found = cell(text, made, scope)
    assert found.logic is None
    assert [(one.code, one.column) for one in found.at(Mark("x.yaml", 7, 1))][:1] == [(code, place)]
    assert found.at(Mark("x.yaml", 7, 1))[0].line == 7


def test_a_dash_demands_nothing(scope: Scope) -> None:
    made, _ = column("经营面积", scope, Mark())
    assert made is not None
    assert cell(" - ", made, scope).logic is None and cell("－", made, scope).problems == ()


@pytest.mark.parametrize("head", ["经营", "5", "今日 + 1", "经营面积 <"])
def test_a_head_that_cannot_be_compared_is_refused(scope: Scope, head: str) -> None:
    made, problems = column(head, scope, Mark("x.yaml", 3, 9))
    assert made is None and problems[0].line == 3 and problems[0].column >= 9
