"""What an author reads: every fault of a text at once, each with its place, what it is and what to write instead."""

from __future__ import annotations

import pytest

from engine.rules.compiler import compile_rule
from engine.rules.problems import MAX_TEXT
from engine.rules.recovery import MAX_FAULTS
from engine.rules.scope import Expression, Scope
from tests.unit.rules.vocabulary import NAMES, SCOPE, rule

SPELT: list[tuple[str, tuple[str, ...]]] = [
    ("经营面积 大于 5 并且 床位数 => 3", (
        "-:1:6 R101 “大于”不是运算符。 请写 >。", "-:1:11 R101 “并且”不是运算符。 请写 且。", "-:1:18 R101 “=>”不是运算符。 请写 ≥。")),
    ("经营面积 大于 等于 5 AND 经营面织 > 3", (
        "-:1:6 R101 “大于等于”不是运算符。 请写 ≥。", "-:1:14 R101 “AND”不是运算符。 请写 且。", "-:1:18 R102 未知名称“经营面织”。 是否想写 经营面积？")),
    ("床位数 === 1 或 床位数 =< 3", ("-:1:5 R101 “===”不是运算符。 请写 =。", "-:1:17 R101 “=<”不是运算符。 请写 ≤。")),
    ("床位数 > 1 & 集中空调 = 是", ("-:1:9 R101 “&”不是运算符。 请写 且。",)),
    ("床位数 = 且 经营面积 > 5", ("-:1:7 R101 “=”后面没有写完。 请补上要比较的名称或值。",)),
    ("床位数 经营面积 > 5", ("-:1:5 R101 “经营面积”前面缺少运算词。 请写上 且、或、= 等运算词。",)),
    ("经营面积 > 5 且 (床位数 = 1 且 集中空调 = 是", ("-:1:31 R101 规则没有写完。 请补上右括号。",)),
    ("床位数 = 1) 且 集中空调 = 是", ("-:1:8 R101 多出“)”。 请删去，或在前面补上左括号。",)),
    ("场所类别 属于 [宾馆, 旅店 且 床位数 > 1", ("-:1:17 R101 “且”前面缺少右方括号。 请补上 ]。",)),
    ("场所类别 属于 宾馆, 旅店", ("-:1:11 R101 此处不应出现“,”。 列表请写成 [甲, 乙]。",)),
    ("所有 清单 (它.数量 > 0)", ("-:1:7 R101 “(”前面缺少满足。 请补上 满足。",)),
    ("且 床位数 > 1", ("-:1:1 R101 “且”前面没有内容。 请补上前半句，或删去它。",)),
    ("经营地址 = ‘南京路’", (
        "-:1:8 R101 引号“‘”不成对或不是文本的引号。 文本请写在一对双引号里。", "-:1:12 R101 引号“’”不成对或不是文本的引号。 文本请写在一对双引号里。")),
    ("经营面积大于5", ("-:1:1 R116 “大于”不是运算符，且与名称连写：“经营面积大于5”。 请写 经营面积 > 5，中间留空格。",)),
    ("1 < 床位数 < 3 或 经营面积 % 2 = 0", (
        "-:1:9 R101 比较不能连写，多出“<”。 请分成两个比较，中间写 且。", "-:1:20 R101 不认识的符号“%”。 请改用规则语言的运算符，见手册“规则”。")),
    ("床位数 > 1 且\n集中空调 = 是 且\n  床位数 大于 3", ("-:3:7 R101 “大于”不是运算符。 请写 >。",)),
]  # fmt: skip
TYPED: list[tuple[str, str]] = [
    ("经营面积 > 3 米", "-:1:8 R106 经营面积（数，平方米）不能与 3 米 比较：单位 米 不能换算。 请用 平方米。"),
    ("层高 > 经营面积", "-:1:4 R106 层高（数，米）不能与经营面积（数，平方米）比较：单位不同。 请统一单位。"),
    ("床位数 > 3 张", "-:1:7 R106 床位数（数）没有单位，不能与 3 张 比较。 请去掉单位，或给字段写 unit。"),
    ("经营面积 = 经营地址", "-:1:6 R104 经营面积（数，平方米）不能与经营地址（文本）比较。 两边须为同一类型。"),
    ("出生日期 = 场所类别", "-:1:6 R104 出生日期（日期）不能与场所类别（选项）比较。 两边须为同一类型。"),
    ("经营地址 > 联系电话", "-:1:6 R104 > 只能比较数或日期，这里是经营地址（文本）和联系电话（文本）。 文本和选项请用 = 或 属于。"),
    ("许可项目 = 住宿", "-:1:6 R104 = 不能用于许可项目（多选（列表））。 多选请用 包含、有交集 或 全部属于。"),
    ("许可项目 属于 [住宿]", "-:1:6 R118 许可项目（多选（列表））不能用 属于。 请用 包含（含某一项）、有交集（至少一项）或 全部属于。"),
    ("场所类别 = 宾官", "-:1:8 R105 “宾官”不是场所类别可选的值。 是否想写 宾馆？"),
    ("场所类别 属于 [旅官]", "-:1:10 R105 “旅官”不是场所类别可选的值。 是否想写 旅店？"),
    ("经营地址 = \"\"", "-:1:8 R105 空的文本不等于任何值：没有填写不是一个值。 请用 为空 或 不为空。"),
    ("今天 = \"明天\"", "-:1:6 R112 “明天”不是日期。 日期写作 2025-01-20。"),
    ("表达式.够大", "-:1:1 R102 没有共用表达式“够大”。 请在 rules/expressions.yaml 里写明。"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), SPELT)
def test_every_slip_of_a_text_is_told_at_once_with_what_to_write(text: str, told: tuple[str, ...]) -> None:
    made, problems = compile_rule(text, SCOPE)
    assert (made, tuple(map(str, problems))) == (None, told)


@pytest.mark.parametrize(("text", "told"), TYPED)
def test_a_type_that_does_not_fit_names_the_field_and_both_types(text: str, told: str) -> None:
    assert [str(one) for one in compile_rule(text, SCOPE)[1]] == [told]


@pytest.mark.parametrize("text", ["( " * 60, "= " * 60, "] ) 且 " * 30, "% " * 60, "\" ' 「" * 20])
def test_a_text_of_nothing_but_slips_is_told_briefly(text: str) -> None:
    made, problems = compile_rule(text[:MAX_TEXT], SCOPE)
    assert made is None
    assert 0 < len(problems) <= MAX_FAULTS + 1


@pytest.mark.parametrize(("text", "stored"), [
    ("注册资本 ≥ 100 万元", 1000000), ("注册资本 ≥ 0.00005 亿元", 5000), ("注册资本 ≥ 1.5万元", 15000), ("注册资本 ≥ 25 分", {"dec": "0.25"}),
    ("注册资本 ≥ 100 万元 × 2", {"*": [1000000, 2]}), ("注册资本 ≥ 1 万元 + 1 元", {"+": [10000, 1]}), ("层高 ≥ 260 厘米", {"dec": "2.6"}),
])  # fmt: skip
def test_a_convertible_unit_is_scaled_exactly(text: str, stored: object) -> None:
    assert rule(text).logic[">="][1] == stored


SHARED = Scope(NAMES, {one.name: one for one in (
    Expression("够大", "经营面积 ≥ 参数.起点面积"), Expression("两倍面积", "经营面积 × 2"), Expression("都够", "表达式.够大 且 床位数 > 1"),
    Expression("甲", "表达式.乙"), Expression("乙", "表达式.甲"), Expression("它", "它.数量 > 1"), Expression("坏", "床位数 >"),
    Expression("错名", "经营面织 > 1", file="rules/expressions.yaml", line=7, column=11),
)})  # fmt: skip


@pytest.mark.parametrize(("text", "same"), [
    ("表达式.够大", "经营面积 ≥ 参数.起点面积"), ("非 表达式.够大 或 床位数 = 1", "非 (经营面积 ≥ 参数.起点面积) 或 床位数 = 1"),
    ("表达式.两倍面积 > 100", "经营面积 × 2 > 100"), ("100 平方米 < 表达式.两倍面积", "100 < 经营面积 × 2"),
    ("所有 清单 满足 (它.数量 > 1 且 表达式.都够)", "所有 清单 满足 (它.数量 > 1 且 外.经营面积 ≥ 参数.起点面积 且 外.床位数 > 1)"),
])  # fmt: skip
def test_a_shared_expression_stands_for_its_rule_in_the_scope_at_hand(text: str, same: str) -> None:
    assert rule(text, scope=SHARED) == rule(same, scope=SHARED)


@pytest.mark.parametrize(("text", "code", "said"), [
    ("表达式.甲", "R121", "甲 → 乙 → 甲"), ("表达式.构大", "R102", "是否想写 表达式.够大"), ("所有 清单 满足 (表达式.它)", "R119", "它 只能用在"),
    ("表达式.坏", "R101", "共用表达式“坏”"), ("表达式.够大 > 1", "R104", "不能与"), ("表达式.两倍面积", "R117", "应为判断"),
    ("表达式.够大 为空", "R104", "应为一个名称"),
])  # fmt: skip
def test_a_wrong_use_of_a_shared_expression_is_told(text: str, code: str, said: str) -> None:
    made, problems = compile_rule(text, SHARED)
    assert made is None
    assert code in {one.code for one in problems} and any(said in str(one) for one in problems), list(map(str, problems))


def test_a_fault_inside_a_shared_expression_is_told_where_the_expression_stands() -> None:
    _, problems = compile_rule("表达式.错名", SHARED, file="matters/x.yaml", line=3, column=5)
    assert [(one.file, one.line, one.column) for one in problems] == [("rules/expressions.yaml", 7, 11)]
