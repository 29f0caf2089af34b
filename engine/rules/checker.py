"""Checks a tree of nodes against the names' types and makes the typed, canonical JsonLogic."""

from __future__ import annotations

import difflib
from datetime import date
from decimal import Decimal

from engine.model.values import Json
from engine.rules import calls, kinds
from engine.rules.checking import Typed
from engine.rules.kinds import ANY, BOOL, DATE, NUMBER, TEXT, Kind
from engine.rules.naming import Frame, Naming
from engine.rules.nodes import Node
from engine.rules.patterns import fault
from engine.rules.problems import MAX_DEPTH, MAX_LIST, MAX_NODES, Notebook, TooLarge
from engine.rules.profile import CALLS, OPERATORS
from engine.rules.scope import Scope
from engine.rules.units import alike, convert

_CONDITIONS = ("and", "or", "!")


class Checker:
    """One compilation: notes every problem it can find, and gives ANY where it found one."""

    def __init__(self, scope: Scope, notes: Notebook) -> None:
        self.notes = notes
        self.naming = Naming(scope, notes)
        self.count = 0

    def condition(self, node: Node, depth: int = 0) -> Json:
        """A node that must be a judgement; a bare yes-or-no name is not one."""
        logic, kind = self.check(node, ANY, depth)
        if kind.kind == "any":
            return logic
        if kind.kind != "bool" or kind.many:
            self.notes.add("R117", f"此处应为判断，现为{kinds.words(kind)}。", "请写成比较。", node.at)
        elif node.what in ("name", "path"):
            name = ".".join(node.value) if node.what == "name" else node.value
            self.notes.add("R117", f"“{name}”是是否题，不能单独作条件。", f"请写 {name} = 是。", node.at)
        elif node.what == "literal" and node.spelled in ("是", "否"):
            self.notes.add("R117", f"“{node.spelled}”不能单独作条件。", "请写 总是 或 从不。", node.at)
        return logic

    def check(self, node: Node, wanted: Kind = ANY, depth: int = 0) -> Typed:
        """The stored form and kind of a node; `wanted` is what the other side of a comparison is."""
        self.count += 1
        if depth > MAX_DEPTH:
            self.notes.add("R110", f"规则嵌套超过 {MAX_DEPTH} 层。", "请拆成几条规则。")
            raise TooLarge
        if self.count > MAX_NODES:
            self.notes.add("R110", f"规则超过 {MAX_NODES} 个节点。", "请拆成几条规则，或改用 代码.… 列表。")
            raise TooLarge
        if node.what == "literal":
            return self._literal(node, wanted)
        if node.what in ("name", "path"):
            if self.naming.value_word(node, wanted):
                return self._value(node.value[0], wanted, node)
            if not self.naming.known(node) and len(node.value) == 1 and kinds.textual(wanted):
                return self._word(node, wanted)
            return self.naming.resolve(node)
        if node.what == "list":
            return self._list(node, wanted)
        if node.what == "entry":
            return calls.entry(self, node, depth)
        if node.what == "call":
            return self._call(node, depth)
        return self._operator(node, depth)

    def _word(self, node: Node, wanted: Kind) -> Typed:
        if wanted.kind == "enum" and wanted.values:
            return self._value(node.value[0], wanted, node)
        before = len(self.notes.problems)
        typed = self.naming.resolve(node)
        if len(self.notes.problems) > before and wanted.kind == "text":
            self.notes.problems.pop()
            what = f"“{node.value[0]}”不是已知名称；文本须加引号。"
            near = self.naming.scope.near(node.value)
            hint = f'是文本请写 "{node.value[0]}"' + (f"；是名称是否想写 {near}？" if near else "。")
            self.notes.add("R120", what, hint, node.at)
        return typed

    def _value(self, text: str, wanted: Kind, node: Node) -> Typed:
        if wanted.kind == "enum" and wanted.values and text not in wanted.values:
            near = difflib.get_close_matches(text, wanted.values, n=3, cutoff=0.3) or list(wanted.values[:5])
            self.notes.add("R105", f"“{text}”不是可选的值。", f"是否想写 {'、'.join(near)}？", node.at)
        return text, Kind("enum", values=wanted.values) if wanted.kind == "enum" else TEXT

    def _literal(self, node: Node, wanted: Kind) -> Typed:
        value = node.value
        if isinstance(value, bool):
            if wanted.kind == "enum" and node.spelled in wanted.values:
                return self._value(node.spelled, wanted, node)
            return value, BOOL
        if isinstance(value, (int, Decimal)):
            return self._number(node, value, wanted)
        if isinstance(value, date):
            return {"date": value.isoformat()}, DATE
        if wanted.kind == "date":
            try:
                return {"date": date.fromisoformat(value if len(value) == 10 else "-").isoformat()}, DATE
            except ValueError:
                self.notes.add("R112", f"“{value}”不是日期。", "日期写作 2025-01-20。", node.at)
                return {"date": "2000-01-01"}, DATE
        return self._value(value, wanted, node)

    def _number(self, node: Node, value: Decimal | int, wanted: Kind) -> Typed:
        if node.unit and wanted.kind == "number" and wanted.unit:
            scaled = convert(value, node.unit, wanted.unit)
            if scaled is None:
                self.notes.add("R106", f"单位 {node.unit} 不能换算。", f"请用 {wanted.unit}。", node.at)
            value = value if scaled is None else scaled
        elif node.unit and wanted.kind == "number":
            self.notes.add("R106", f"另一边没有单位，不能写 {node.unit}。", "请去掉单位，或给字段写 unit。", node.at)
        return stored_number(value), Kind("number", wanted.unit if wanted.kind == "number" else node.unit)

    def _list(self, node: Node, wanted: Kind) -> Typed:
        if len(node.parts) > MAX_LIST:
            self.notes.add("R110", f"列表有 {len(node.parts)} 项，上限为 {MAX_LIST}。", "请改用 代码.… 列表。")
            raise TooLarge
        items: list[Json] = []
        kind = kinds.element(wanted)
        for part in node.parts:
            if part.what == "name" and len(part.value) == 1 and not kinds.textual(kind):
                what = f"列表中“{part.value[0]}”与{kinds.words(kind)}类型不符。"
                self.notes.add("R104", what, "请核对取值。", part.at)
                continue
            if part.what == "name" and len(part.value) == 1:
                logic, found = self._value(part.value[0], kind, part)
            elif part.what == "literal" or (part.what == "operator" and part.value == "-"):
                logic, found = self.check(part, kind)
            else:
                self.notes.add("R104", "列表中只能写固定的值。", "需要比较名称时请用 = 和 或。", part.at)
                continue
            if not kinds.comparable(found, kind):
                what = f"列表中有{kinds.words(found)}，应为{kinds.words(kind)}。"
                self.notes.add("R104", what, "请核对取值。", part.at)
            items.append(logic)
            kind = found if kind.kind == "any" else kind
        return items, Kind(kind.kind, kind.unit, kind.values, many=True)

    def pair(self, left: Node, right: Node, depth: int) -> tuple[Typed, Typed]:
        """Two sides of a comparison: the side that is a literal or a bare word is read by the other's kind."""
        loose = ("literal", "list")
        first_loose = left.what in loose or not self.naming.known(left)
        if first_loose and not (right.what in loose or not self.naming.known(right)):
            second = self.check(right, ANY, depth + 1)
            return self.check(left, second[1], depth + 1), second
        first = self.check(left, ANY, depth + 1)
        return first, self.check(right, first[1], depth + 1)

    def _call(self, node: Node, depth: int) -> Typed:
        name = CALLS.get(node.value)
        if name is None:
            near = difflib.get_close_matches(node.value, CALLS, n=1, cutoff=0.4)
            hint = f"是否想写 {near[0]}(…)？" if near else "请用手册列出的函数。"
            self.notes.add("R107", f"未知的函数“{node.value}”。", hint, node.at)
            return False, ANY
        return calls.call(self, Node("operator", name, node.parts, node.at), depth)

    def _operator(self, node: Node, depth: int) -> Typed:
        name, operator = node.value, OPERATORS[node.value]
        least, most = operator.arity
        if operator.form == "call":
            return calls.call(self, node, depth)
        if len(node.parts) < least or (most and len(node.parts) > most):
            what = f"{operator.chinese} 的参数个数不对：现为 {len(node.parts)} 个。"
            self.notes.add("R108", what, "请核对参数。", node.at)
            return False, ANY
        if name in _CONDITIONS:
            return self._logical(name, node, depth), BOOL
        if name in ("all", "some"):
            return self._quantifier(node, depth), BOOL
        if name in ("+", "-", "*", "/"):
            return calls.arithmetic(self, node, depth)
        if name in ("empty", "unavailable"):
            return self._state(node, depth), BOOL
        return self._atom(name, node, depth), BOOL

    def _atom(self, name: str, node: Node, depth: int) -> Json:
        if name == "in":
            return self._member(node, depth)
        if name == "matches":
            return self._matches(node, depth)
        return self._sets(node, depth) if name in ("intersects", "subset") else self._compare(node, depth)

    def _logical(self, name: str, node: Node, depth: int) -> Json:
        operands: list[Json] = []
        for part in node.parts:
            logic = self.condition(part, depth + 1)
            operands.extend(logic[name] if name != "!" and isinstance(logic, dict) and name in logic else [logic])
        return {name: operands}

    def _quantifier(self, node: Node, depth: int) -> Json:
        rows, kind = self.check(node.parts[0], ANY, depth + 1)
        if (kind.kind != "any" and not kind.many) or not (isinstance(rows, dict) and "var" in rows):
            what = f"所有/存在 后应为清单，现为{kinds.words(kind)}。"
            self.notes.add("R104", what, "请写表格或多选的名称。", node.at)
            return False
        self.naming.frames.append(Frame(self.naming.list_path(rows), kinds.element(kind)))
        body = self.condition(node.parts[1], depth + 1)
        self.naming.frames.pop()
        return {node.value: [rows, body]}

    def _state(self, node: Node, depth: int) -> Json:
        if node.parts[0].what not in ("name", "path"):
            self.notes.add("R104", f"{node.spelled or node.value} 前应为一个名称。", "请写字段或事实的名称。", node.at)
            return False
        return {node.value: [self.check(node.parts[0], ANY, depth + 1)[0]]}

    def _compare(self, node: Node, depth: int) -> Json:
        (left, one), (right, other) = self.pair(node.parts[0], node.parts[1], depth)
        sign = node.spelled or OPERATORS[node.value].chinese
        if one.many or other.many:
            self.notes.add("R104", f"{sign} 不能用于{kinds.words(one if one.many else other)}。",
                           "多选请用 包含、有交集 或 全部属于。", node.at)  # fmt: skip
        elif not kinds.comparable(one, other) or {one.kind, other.kind} & {"record", "row"}:
            self.notes.add("R104", f"{kinds.words(one)}不能与{kinds.words(other)}比较。", "两边须为同一类型。", node.at)
        elif node.value not in ("==", "!=") and not {one.kind, other.kind} <= {"number", "date", "any"}:
            self.notes.add("R104", f"{sign} 只能比较数或日期。", "文本和选项请用 = 或 属于。", node.at)
        elif not alike(one.unit, other.unit):
            self.notes.add("R106", f"单位 {one.unit} 与 {other.unit} 不能比较。", "请统一单位。", node.at)
        return {node.value: [left, right]}

    def _member(self, node: Node, depth: int) -> Json:
        needle, hay = node.parts
        if node.spelled == "属于" or hay.what == "list" or (self.naming.known(hay) and hay.what != "literal"):
            (right, many) = self.check(hay, ANY, depth + 1) if hay.what != "list" else ([], ANY)
            left, one = self.check(needle, kinds.element(many), depth + 1)
            if hay.what == "list":
                right, many = self.check(hay, one, depth + 1)
        else:
            (left, one), (right, many) = self.pair(needle, hay, depth)
        if one.many:
            hint = "请用 包含（含某一项）、有交集（至少一项）或 全部属于。"
            self.notes.add("R118", "多选不能用 属于。", hint, node.at)
        elif node.spelled == "属于" and not many.many and many.kind != "any":
            hint = "请写 [甲, 乙] 或 代码.…；文本请用 包含。"
            self.notes.add("R104", f"属于 右边应为列表，现为{kinds.words(many)}。", hint, node.at)
        elif node.spelled == "包含" and hay.what == "list":
            self.notes.add("R104", "包含 左边应为文本或多选的名称。", "请写 名称 属于 [甲, 乙]。", node.at)
        elif not many.many and not (kinds.textual(many) and kinds.textual(one)) and "any" not in (many.kind, one.kind):
            self.notes.add("R104", f"{kinds.words(many)}不能包含{kinds.words(one)}。", "包含 用于文本或多选。", node.at)
        elif many.many and not kinds.comparable(one, kinds.element(many)):
            self.notes.add("R104", f"列表的值与{kinds.words(one)}类型不符。", "两边须为同一类型。", node.at)
        return {"in": [left, right]}

    def _sets(self, node: Node, depth: int) -> Json:
        left, one = self.check(node.parts[0], ANY, depth + 1)
        right, other = self.check(node.parts[1], one, depth + 1)
        sign = OPERATORS[node.value].chinese
        for kind, side in ((one, "左"), (other, "右")):
            if kind.kind != "any" and (not kind.many or kind.kind == "row"):
                what = f"{sign} {side}边应为多选或列表，现为{kinds.words(kind)}。"
                self.notes.add("R104", what, "单个值请用 属于。", node.at)
                return False
        if not kinds.comparable(kinds.element(one), kinds.element(other)):
            self.notes.add("R104", f"{sign} 两边的值类型不符。", "两边须为同一类型。", node.at)
        return {node.value: [left, right]}

    def _matches(self, node: Node, depth: int) -> Json:
        left, kind = self.check(node.parts[0], ANY, depth + 1)
        pattern = node.parts[1]
        if (kind.kind != "any" and not kinds.textual(kind)) or kind.many:
            self.notes.add("R104", f"匹配 左边应为文本，现为{kinds.words(kind)}。", "请写文本的名称。", node.at)
        if pattern.what != "literal" or not isinstance(pattern.value, str):
            self.notes.add("R111", "匹配 右边应为加引号的匹配式。", '例：电话 匹配 "1[3-9]\\\\d{9}"。', node.at)
            return False
        wrong = fault(pattern.value)
        if wrong:
            self.notes.add("R111", f"匹配式{wrong}。", "请改写得更简单。", pattern.at)
        return {"matches": [left, pattern.value]}


def stored_number(value: Decimal | int) -> Json:
    """A number as it is stored: a JSON integer, or {"dec": text} without trailing zeros."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return value if isinstance(value, int) else {"dec": format(value.normalize(), "f")}


__all__ = ["NUMBER", "Checker", "stored_number"]
