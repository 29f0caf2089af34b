"""Checks of arithmetic and of operators that are called with arguments in brackets."""

from __future__ import annotations

from decimal import Decimal

from engine.model.values import Json
from engine.rules import kinds, operations
from engine.rules.checking import Checking, Typed
from engine.rules.kinds import ANY, Kind
from engine.rules.nodes import Node
from engine.rules.profile import OPERATORS
from engine.rules.units import alike

assert operations
_DATE_WORDS = "日期不能直接加减；请用 加天、加月、加年 或 天数。"
_IMPLICIT = {"today": "date", "calendar": "any"}
_NAMED = {"date": "日期", "number": "数", "text": "文本", "any": "值"}


def arithmetic(checker: Checking, node: Node, depth: int, beside: Kind = ANY) -> Typed:
    """+ - × ÷ on numbers; + and × are flattened, a negative literal is folded.

    `beside` is what the result is compared with: a literal with a unit is converted to its unit exactly.
    """
    if node.value == "-" and len(node.parts) == 1 and node.parts[0].what == "literal":
        inner = node.parts[0]
        if isinstance(inner.value, bool) or not isinstance(inner.value, (int, Decimal)):
            checker.notes.add("R104", "负号后应为数。", "", node.at)
            return 0, ANY
        folded = Node("literal", -inner.value, at=inner.at, unit=inner.unit)
        return checker.check(folded, beside, depth + 1)
    operands: list[Json] = []
    unit = ""
    measured = sum(bool(part.unit) for part in node.parts)
    for part in node.parts:
        wanted = Kind("number", unit) if unit and node.value in ("+", "-") else ANY
        lone = measured == 1 or node.value in ("+", "-")
        if not unit and part.unit and lone and beside.kind == "number" and beside.unit:
            wanted = beside
        logic, kind = checker.check(part, wanted, depth + 1)
        if kind.kind not in ("number", "any") or kind.many:
            hint = _DATE_WORDS if kind.kind == "date" else "清单请用 合计、数量。" if kind.many else "只有数能计算。"
            checker.notes.add("R104", f"{node.value} 的一边是{kinds.words(kind)}。", hint, node.at)
        if node.value in ("+", "-") and not alike(unit, kind.unit):
            checker.notes.add("R106", f"单位 {unit} 与 {kind.unit} 不能相加减。", "请统一单位。", node.at)
        flat = node.value in ("+", "*") and isinstance(logic, dict) and node.value in logic
        operands.extend(logic[node.value] if flat else [logic])
        unit = _unit(node.value, unit, kind.unit, part is node.parts[0])
    return {node.value: operands}, Kind("number", unit)


def _unit(operator: str, unit: str, other: str, first: bool) -> str:
    if first or not unit:
        return other if first or operator != "/" else ""
    if operator == "*":
        return "" if other else unit
    if operator == "/":
        return "" if other else unit
    return unit


def call(checker: Checking, node: Node, depth: int, wanted: Kind = ANY) -> Typed:
    """A called operator: arity, kinds of arguments, implicit arguments added. `wanted` is what it is compared with."""
    operator = OPERATORS[node.value]
    least, most = operator.arity
    given = len(node.parts)
    # An optional last argument and the implicit one are the same day: 年龄(x) is 年龄(x, 今天).
    stored = most if least < most else most + len(operator.implicit)
    if given < least or (most and given > stored):
        span = f"{least}" if least == most else f"{least} 至 {most}" if most else f"至少 {least}"
        checker.notes.add("R108", f"{operator.chinese}(…) 要 {span} 个参数，现为 {given} 个。", "请核对参数。", node.at)
        return False, ANY
    if node.value in ("max", "min"):
        return _extreme(checker, node, depth)
    if node.value in ("count", "sum"):
        return _aggregate(checker, node, depth)
    if node.value == "lookup":
        return _lookup(checker, node, depth)
    if node.value == "distinct":
        return _distinct(checker, node, depth)
    if node.value == "if":
        return _choice(checker, node, depth, wanted)
    arguments: list[Json] = []
    for index, part in enumerate(node.parts):
        takes = operator.takes[index] if index < most else _IMPLICIT[operator.implicit[index - most]]
        logic, kind = checker.check(part, Kind(takes), depth + 1)
        fits = kind.kind in (takes, "any") or takes == "any" or (takes == "text" and kinds.textual(kind))
        if not fits or kind.many:
            hint = f"应为{_NAMED[takes]}，现为{kinds.words(kind)}。"
            checker.notes.add("R104", f"{operator.chinese} 的第 {index + 1} 个参数类型不符。", hint, node.at)
        arguments.append(logic)
    for path in operator.implicit if given < stored else ():
        arguments.append({"var": "^." * len(checker.naming.frames) + path})
        checker.naming.reads.add(path)
    return {node.value: arguments}, Kind(operator.gives, operator.unit)


def _distinct(checker: Checking, node: Node, depth: int) -> Typed:
    """One column of a list, of values that can be compared."""
    logic, kind = checker.check(node.parts[0], ANY, depth + 1)
    if kind.kind == "row" or (kind.kind != "any" and not kind.many):
        checker.notes.add("R104", f"不重复 要清单的一列，现为{kinds.words(kind)}。", "请写 不重复(清单.列)。", node.at)
    elif kind.kind == "record":
        checker.notes.add("R104", "不重复 的列里是记录，不能比较。", "请再写明记录里的哪一项。", node.at)
    return {"distinct": [logic]}, kinds.BOOL


def _choice(checker: Checking, node: Node, depth: int, wanted: Kind) -> Typed:
    """A condition and two values of one kind."""
    condition = checker.condition(node.parts[0], depth + 1)
    if wanted.kind == "any":
        (left, one), (right, other) = checker.pair(node.parts[1], node.parts[2], depth)
    else:
        left, one = checker.check(node.parts[1], wanted, depth + 1)
        right, other = checker.check(node.parts[2], wanted, depth + 1)
    for kind in (one, other):
        if kind.many or kind.kind in ("row", "record"):
            checker.notes.add("R104", f"如果 不能取{kinds.words(kind)}。", "请取单个的值。", node.at)
            return {"if": [condition, left, right]}, ANY
    if not kinds.comparable(one, other):
        what = f"如果 的两个值一个是{kinds.words(one)}，一个是{kinds.words(other)}。"
        checker.notes.add("R104", what, "两边须为同一类型。", node.at)
    elif not alike(one.unit, other.unit):
        what = f"如果 的两个值单位不同：{one.unit}和{other.unit}。"
        checker.notes.add("R106", what, "请统一单位。", node.at)
    known = one if one.kind != "any" else other
    same = one.kind == other.kind and one.values == other.values
    made = known if same or "any" in (one.kind, other.kind) else Kind("text" if kinds.textual(known) else known.kind)
    return {"if": [condition, left, right]}, Kind(made.kind, one.unit or other.unit, made.values)


def _extreme(checker: Checking, node: Node, depth: int) -> Typed:
    typed = [checker.check(part, ANY, depth + 1) for part in node.parts]
    first = typed[0][1]
    sign = OPERATORS[node.value].chinese
    for _, kind in typed:
        if kind.kind not in ("number", "date", "any") or (kind.many and len(typed) > 1):
            hint = "请写若干个数、日期，或一个清单的列。"
            checker.notes.add("R104", f"{sign} 不能用于{kinds.words(kind)}。", hint, node.at)
        elif not kinds.comparable(kinds.element(kind), kinds.element(first)) or not alike(kind.unit, first.unit):
            checker.notes.add("R104", f"{sign} 的参数类型或单位不一致。", "请统一类型和单位。", node.at)
    return {node.value: [logic for logic, _ in typed]}, kinds.element(first)


def _aggregate(checker: Checking, node: Node, depth: int) -> Typed:
    sign = OPERATORS[node.value].chinese
    if len(node.parts) != 1:
        checker.notes.add("R108", f"{sign}(…) 要 1 个参数，现为 {len(node.parts)} 个。", "请写一个清单。", node.at)
        return 0, ANY
    logic, kind = checker.check(node.parts[0], ANY, depth + 1)
    if kind.kind != "any" and not kind.many:
        checker.notes.add("R104", f"{sign} 要清单，现为{kinds.words(kind)}。", "请写表格、多选或清单的列。", node.at)
    elif node.value == "sum" and kind.kind not in ("number", "any"):
        checker.notes.add("R104", "合计 要一列数。", "请写 合计(清单.列)。", node.at)
    return {node.value: [logic]}, Kind("number", kind.unit if node.value == "sum" else "")


def _lookup(checker: Checking, node: Node, depth: int) -> Typed:
    table, kind = checker.check(node.parts[0], ANY, depth + 1)
    if kind.kind not in ("record", "row", "any"):
        checker.notes.add("R104", f"查表 的第一个参数应为参数表，现为{kinds.words(kind)}。", "请写 参数.…。", node.at)
    keys: list[Json] = []
    result = kind
    for part in node.parts[1:]:
        logic, key = checker.check(part, Kind("enum") if part.what == "name" else ANY, depth + 1)
        if key.many or key.kind not in ("text", "enum", "number", "any"):
            checker.notes.add("R104", f"查表 的键应为文本或整数，现为{kinds.words(key)}。", "请核对键。", node.at)
        keys.append(logic)
        result = _below(result)
    if kind.kind == "row":
        last = list(kind.parts.values())[-1:]
        result = kinds.of(last[0].type) if last else ANY
    return {"lookup": [table, *keys]}, result


def _below(kind: Kind) -> Kind:
    found = [kinds.of(part.type) for part in kind.parts.values()]
    return found[0] if found and all(one.kind == found[0].kind for one in found) else ANY


def entry(checker: Checking, node: Node, depth: int) -> Typed:
    """代码.表[键].列: one column of one entry of a code list."""
    table, kind = checker.check(node.parts[0], ANY, depth + 1)
    key, _ = checker.check(node.parts[1], Kind("enum", values=kind.values), depth + 1)
    below = kinds.step(kinds.element(kind), node.value)
    if kind.kind != "any" and not kind.listed:
        checker.notes.add("R104", "[键] 只能用于代码表。", "例：代码.场所类型[场所类型].起点面积。", node.at)
        return False, ANY
    if below is None:
        if kind.kind != "any":
            columns = "、".join(part.title for part in kind.parts.values()) or "无"
            checker.notes.add("R102", f"代码表没有列“{node.value}”。", f"可用的列：{columns}。", node.at)
        return {"entry": [table, key, node.value]}, ANY
    return {"entry": [table, key, below[0]]}, below[1]
