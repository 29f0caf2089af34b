"""Checks of comparisons: = ≠ > < ≥ ≤, 属于 and 包含, lists against lists, and 匹配."""

from __future__ import annotations

from engine.model.values import Json
from engine.rules import kinds
from engine.rules.checking import Checking
from engine.rules.kinds import ANY
from engine.rules.nodes import Node
from engine.rules.patterns import fault
from engine.rules.profile import OPERATORS
from engine.rules.units import alike


def compare(checker: Checking, node: Node, depth: int) -> Json:
    """= ≠ of two values of one kind, an order of two numbers or dates in one unit."""
    (left, one), (right, other) = checker.pair(node.parts[0], node.parts[1], depth)
    sign = node.spelled or OPERATORS[node.value].chinese
    told = (kinds.said(node.parts[0], one), kinds.said(node.parts[1], other))
    if one.many or other.many:
        checker.notes.add("R104", f"{sign} 不能用于{told[0] if one.many else told[1]}。",
                       "多选请用 包含、有交集 或 全部属于。", node.at)  # fmt: skip
    elif not kinds.comparable(one, other) or {one.kind, other.kind} & {"record", "row"}:
        checker.notes.add("R104", f"{told[0]}不能与{told[1]}比较。", "两边须为同一类型。", node.at)
    elif node.value not in ("==", "!=") and not {one.kind, other.kind} <= {"number", "date", "any"}:
        what = f"{sign} 只能比较数或日期，这里是{told[0]}和{told[1]}。"
        checker.notes.add("R104", what, "文本和选项请用 = 或 属于。", node.at)
    elif not alike(one.unit, other.unit):
        checker.notes.add("R106", f"{told[0]}不能与{told[1]}比较：单位不同。", "请统一单位。", node.at)
    return {node.value: [left, right]}


def member(checker: Checking, node: Node, depth: int) -> Json:
    """A value in a list (属于), or a text or multiple choice that holds a value (包含)."""
    needle, hay = node.parts
    if node.spelled == "属于" or hay.what == "list" or (checker.naming.known(hay) and hay.what != "literal"):
        (right, many) = checker.check(hay, ANY, depth + 1) if hay.what != "list" else ([], ANY)
        checker.beside = kinds.said(hay, many) if hay.what != "list" else ""
        left, one = checker.check(needle, kinds.element(many), depth + 1)
        checker.beside = kinds.said(needle, one)
        if hay.what == "list":
            right, many = checker.check(hay, one, depth + 1)
    else:
        (left, one), (right, many) = checker.pair(needle, hay, depth)
    if one.many:
        hint = "请用 包含（含某一项）、有交集（至少一项）或 全部属于。"
        checker.notes.add("R118", f"{kinds.said(needle, one)}不能用 属于。", hint, node.at)
    elif node.spelled == "属于" and not many.many and many.kind != "any":
        hint = "请写 [甲, 乙] 或 代码.…；文本请用 包含。"
        checker.notes.add("R104", f"属于 右边应为列表，现为{kinds.said(hay, many)}。", hint, node.at)
    elif node.spelled == "包含" and hay.what == "list":
        checker.notes.add("R104", "包含 左边应为文本或多选的名称。", "请写 名称 属于 [甲, 乙]。", node.at)
    elif not many.many and not (kinds.textual(many) and kinds.textual(one)) and "any" not in (many.kind, one.kind):
        what = f"{kinds.said(hay, many)}不能包含{kinds.said(needle, one)}。"
        checker.notes.add("R104", what, "包含 用于文本或多选。", node.at)
    elif many.many and not kinds.comparable(one, kinds.element(many)):
        checker.notes.add("R104", f"列表的值与{kinds.said(needle, one)}类型不符。", "两边须为同一类型。", node.at)
    return {"in": [left, right]}


def sets(checker: Checking, node: Node, depth: int) -> Json:
    """A multiple choice or list against another (有交集, 全部属于)."""
    left, one = checker.check(node.parts[0], ANY, depth + 1)
    checker.beside = kinds.said(node.parts[0], one)
    right, other = checker.check(node.parts[1], one, depth + 1)
    sign = OPERATORS[node.value].chinese
    for kind, side in ((one, "左"), (other, "右")):
        if kind.kind != "any" and (not kind.many or kind.kind == "row"):
            what = f"{sign} {side}边应为多选或列表，现为{kinds.words(kind)}。"
            checker.notes.add("R104", what, "单个值请用 属于。", node.at)
            return False
    if not kinds.comparable(kinds.element(one), kinds.element(other)):
        checker.notes.add("R104", f"{sign} 两边的值类型不符。", "两边须为同一类型。", node.at)
    return {node.value: [left, right]}


def matches(checker: Checking, node: Node, depth: int) -> Json:
    """A text against a pattern of the safe subset."""
    left, kind = checker.check(node.parts[0], ANY, depth + 1)
    pattern = node.parts[1]
    if (kind.kind != "any" and not kinds.textual(kind)) or kind.many:
        what = f"匹配 左边应为文本，现为{kinds.said(node.parts[0], kind)}。"
        checker.notes.add("R104", what, "请写文本的名称。", node.at)
    if pattern.what != "literal" or not isinstance(pattern.value, str):
        checker.notes.add("R111", "匹配 右边应为加引号的匹配式。", '例：电话 匹配 "1[3-9]\\\\d{9}"。', node.at)
        return False
    wrong = fault(pattern.value)
    if wrong:
        checker.notes.add("R111", f"匹配式{wrong}。", "请改写得更简单。", pattern.at)
    return {"matches": [left, pattern.value]}
