"""Each code of the rule language, with the place it points to and what it tells the author to do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import CODES
from engine.rules.compiler import compile_rule
from engine.rules.guards import guarded
from engine.rules.scope import Name, Scope
from tests.unit.rules.vocabulary import NAMES, SCOPE, rule

DEEP: Any = {"==": [{"var": "beds"}, 1]}
for _ in range(70):
    DEEP = {"!": [DEEP]}
FAULTS: list[tuple[str, Any, tuple[int, int], str]] = [
    ("R101", "经营面积 >", (5, 15), "写完"), ("R101", "经营面积 大于 5", (5, 14), "请写 >"),
    ("R101", "1 < 床位数 < 3", (5, 17), "且"), ("R101", "床位数 = 1 § 2", (5, 17), "运算符"),
    ("R101", "场所类别 = \"宾馆", (5, 16), "补上"), ("R101", "", (5, 9), ""), ("R101", "床位数 = 1\n且", (6, 2), "写完"),
    ("R102", "经营面织 > 5", (5, 9), "经营面积"), ("R102", "床位数 = 1 且\n  营业执照.状况 = 存续", (6, 3), "营业执照.状态"),
    ("R102", "所有 清单 满足 (数量 > 1)", (5, 19), "它.数量"), ("R102", {"==": [{"var": "areas"}, 1]}, (5, 9), "area"),
    ("R103", "姓名 = \"张三\"", (5, 9), "法定代表人.姓名"), ("R104", "经营面积 = \"五\"", (5, 14), "同一类型"),
    ("R104", "许可项目 = 住宿", (5, 14), "包含"), ("R104", "今天 + 1 > 今天", (5, 12), "加天"), ("R104", "经营地址 > \"a\"", (5, 14), "属于"),
    ("R104", "场所类别 有交集 [宾馆]", (5, 14), "属于"), ("R104", "场所类别 属于 \"宾馆旅店\"", (5, 14), "包含"),
    ("R105", "场所类别 = 宾官", (5, 16), "宾馆"), ("R105", "场所类别 属于 [旅官]", (5, 18), "旅店"),
    ("R106", "经营面积 > 3 米", (5, 16), "平方米"), ("R106", "经营面积 > 注册资本", (5, 14), "统一单位"), ("R106", "床位数 > 3 张", (5, 15), "单位"),
    ("R107", "平均(清单.数量) > 1", (5, 9), ""), ("R107", {"substr": ["a", 1]}, (5, 9), "手册"), ("R107", "天书(今天, 今天) > 1", (5, 9), "天数"),
    ("R108", "天数(今天) > 1", (5, 9), "参数"), ("R108", {"==": [1]}, (5, 9), "参数"), ("R108", {"and": [True]}, (5, 9), ""),
    ("R109", {"==": [{"var": "area"}, 60.5]}, (5, 9), "dec"), ("R109", "床位数 = 1234567890123456789", (5, 15), "位数"),
    ("R109", {"==": [{"var": "area"}, {"dec": "1e5"}]}, (5, 9), "写法"), ("R110", "床位数 = 1" + " " * 4000, (5, 9), "拆"),
    ("R110", "非 " * 40 + "床位数 = 1", (5, 9), "拆"), ("R110", " 或 ".join(["床位数=1"] * 300), (5, 9), "拆"), ("R110", DEEP, (5, 9), "拆"),
    ("R110", {"in": [{"var": "beds"}, list(range(501))]}, (5, 9), "代码"), ("R111", "联系电话 匹配 \"(a+)+\"", (5, 17), "简单"),
    ("R111", "联系电话 匹配 \"(a)\\\\1\"", (5, 17), "简单"), ("R111", "联系电话 匹配 经营地址", (5, 14), "例"),
    ("R112", "今天 > 2025-02-30", (5, 14), "2025-01-20"), ("R112", {">": [{"var": "today"}, {"date": "2025-2-3"}]}, (5, 9), ""),
    ("R113", {"method": ["a", "upper"]}, (5, 9), "手册"), ("R113", {"log": ["a"]}, (5, 9), "手册"), ("R113", {"os.system": ["ls"]}, (5, 9), ""),
    ("R114", {"==": [1, 1], "!=": [1, 2]}, (5, 9), "and"), ("R114", {"==": [{"var": "area"}, None]}, (5, 9), "为空"),
    ("R114", {"==": [{"var": ["area", 5]}, 5]}, (5, 9), ""), ("R116", "营业执照为空", (5, 9), "空格"), ("R116", "经营面积 >5 且 床位数属于 [1]", (5, 19), ""),
    ("R117", "集中空调", (5, 9), "= 是"), ("R117", "经营面积", (5, 9), "比较"), ("R117", "床位数 = 1 且 集中空调", (5, 19), "= 是"),
    ("R117", "是", (5, 9), "总是"), ("R118", "许可项目 属于 [住宿]", (5, 14), "有交集"), ("R119", "它.数量 > 1", (5, 9), "满足"),
    ("R119", "外.床位数 > 1", (5, 9), "外."), ("R120", "营业执照.名称 = 甲公司", (5, 19), "\"甲公司\""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "source", "place", "hint"), FAULTS)
def test_a_fault_is_named_with_its_code_its_place_and_what_to_do(code: str, source: Any, place: Any, hint: str) -> None:
    made, problems = compile_rule(source, SCOPE, file="x.yaml", line=5, column=9)
    first = problems[0]
    assert made is None
    assert (first.code, (first.line, first.column), hint in first.next) == (code, place, True), str(first)


def test_every_code_of_the_rule_language_has_a_fixture() -> None:
    covered = {code for code, *_ in FAULTS} | {"R115", "R121"}  # R121: test_messages
    assert covered == {code for code in CODES if code.startswith("R1")}


def test_all_faults_of_a_rule_are_reported_at_once() -> None:
    _, problems = compile_rule("经营面织 > 5 且 场所类别 = 宾官 且 许可项目 属于 [住宿]", SCOPE)
    assert [problem.code for problem in problems] == ["R102", "R105", "R118"]


SHOWN_ONLY_FOR_HOTELS = Scope(
    Name(n.path, n.title, n.type, n.group, guard=rule("场所类别 属于 [宾馆, 旅店]")) if n.path == "beds" else n for n in NAMES
)
GUARDED = [
    ("床位数 > 5", "", ["R115"]), ("场所类别 属于 [宾馆, 旅店] 且 床位数 > 5", "", []), ("场所类别 = 宾馆 且 床位数 > 5", "", []),
    ("床位数 > 5", "场所类别 属于 [旅店]", []), ("床位数 > 5", "场所类别 属于 [旅店, 浴室]", ["R115"]), ("床位数 为空", "", []),
    ("场所类别 = 宾馆 或 床位数 > 5", "", ["R115"]), ("非 (场所类别 = 宾馆) 或 床位数 > 5", "", []), ("床位数 > 5", "集中空调 = 是 且 场所类别 = 旅店", []),
    ("床位数 > 5", "场所类别 = 旅店 或 场所类别 = 宾馆", []), ("所有 清单 满足 (它.数量 < 外.床位数)", "", ["R115"]),
    ("场所类别 = 宾馆 且 所有 清单 满足 (它.数量 < 外.床位数)", "", []), ("场所类别 ≠ 浴室 且 床位数 > 5", "", ["R115"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "when", "codes"), GUARDED)
def test_a_conditional_field_is_read_only_under_its_guard(text: str, when: str, codes: list[str]) -> None:
    context = (rule(when),) if when else ()
    assert [problem.code for problem in guarded(rule(text), SHOWN_ONLY_FOR_HOTELS, context)] == codes
