"""Checks a tree of nodes against the names' types and makes the typed, canonical JsonLogic."""

from __future__ import annotations

import difflib
from datetime import date
from decimal import Decimal

from engine.model.values import Json
from engine.rules import calls, comparing, kinds
from engine.rules.checking import Typed
from engine.rules.kinds import ANY, BOOL, DATE, NUMBER, TEXT, Kind
from engine.rules.naming import Frame, Naming
from engine.rules.nodes import Node
from engine.rules.problems import MAX_DEPTH, MAX_LIST, MAX_NODES, Notebook, TooLarge
from engine.rules.profile import CALLS, OPERATORS
from engine.rules.reader import read
from engine.rules.scope import SHARED, Found, Scope
from engine.rules.units import convert

EXACT = 2**53 - 1  # beyond, JSON numbers lose digits in browsers
_CONDITIONS = ("and", "or", "!")


class Checker:
    """One compilation: notes every problem it can find, and gives ANY where it found one."""

    def __init__(self, scope: Scope, notes: Notebook) -> None:
        self.notes = notes
        self.naming = Naming(scope, notes)
        self.count = 0
        self.opened: list[str] = []  # the shared expressions that are being put in their places
        self.beside = ""  # what a literal is compared with, in words

    def condition(self, node: Node, depth: int = 0) -> Json:
        """A node that must be a judgement; a bare yes-or-no name is not one."""
        logic, kind = self.check(node, ANY, depth)
        if kind.kind == "any" and not kind.many:
            return logic
        if kind.kind != "bool" or kind.many:
            self.notes.add("R117", f"此处应为判断，现为{kinds.words(kind)}。", "请写成比较。", node.at)
        elif self._asked(node):
            return {"==": [logic, True]}
        elif self._shared(node):
            return logic
        elif node.what in ("name", "path"):
            name = ".".join(node.value) if node.what == "name" else node.value
            self.notes.add("R117", f"“{name}”是是否题，不能单独作条件。", f"请写 {name} = 是。", node.at)
        elif node.what == "literal" and node.spelled in ("是", "否"):
            self.notes.add("R117", f"“{node.spelled}”不能单独作条件。", "请写 总是 或 从不。", node.at)
        return logic

    def _asked(self, node: Node) -> bool:
        found = self.naming.scope.find(node.value) if node.what == "name" else ()
        return isinstance(found, Found) and found.name is not None and found.name.asked

    def _shared(self, node: Node) -> bool:
        """Whether a name is that of a shared expression."""
        named = node.what == "name" and len(node.value) == 2 and node.value[0] == SHARED
        return named and not self.naming.scope.find(node.value)

    def _expression(self, node: Node, wanted: Kind, depth: int) -> Typed:
        """A shared expression in the place of its name, checked with the names of this scope."""
        known = self.naming.scope.expressions
        found = known.get(node.value[1])
        if found is None:
            near = difflib.get_close_matches(node.value[1], known, n=1, cutoff=0.4)
            advice = f"是否想写 {SHARED}.{near[0]}？" if near else "请在 rules/expressions.yaml 里写明。"
            self.notes.add("R102", f"没有共用表达式“{node.value[1]}”。", advice, node.at)
            return False, ANY
        if found.name in self.opened:
            trail = " → ".join((*self.opened, found.name))
            self.notes.add("R121", f"共用表达式互相引用成环：{trail}。", "请去掉其中一处引用。", node.at)
            return False, ANY
        outer = self.notes
        inner = Notebook(found.file, found.line, found.column, found.rule, found.spans)
        body = read(found.rule, inner)
        if body is None or inner.problems:  # told where the file of expressions is read
            outer.add("R101", f"共用表达式“{found.name}”的写法有误。", f"请先改正 {found.file}。", node.at)
            return False, ANY
        self.notes = self.naming.notes = inner
        self.opened.append(found.name)
        rows, self.naming.hidden = self.naming.hidden, len(self.naming.frames)
        try:
            return self.check(body, wanted, depth + 1)
        finally:
            self.opened.pop()
            self.naming.hidden = rows
            self.notes = self.naming.notes = outer
            outer.problems += [one for one in inner.problems if one not in outer.problems]

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
        if self._shared(node):
            return self._expression(node, wanted, depth)
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
            return self._call(node, depth, wanted)
        return self._operator(node, depth, wanted)

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
        if not text:
            self.notes.add("R105", "空的文本不等于任何值：没有填写不是一个值。", "请用 为空 或 不为空。", node.at)
        if wanted.kind == "enum" and wanted.values and text not in wanted.values:
            near = difflib.get_close_matches(text, wanted.values, n=3, cutoff=0.3) or list(wanted.values[:5])
            what = f"“{text}”不是{self._of_choice(wanted)}可选的值。"
            self.notes.add("R105", what, f"是否想写 {'、'.join(near)}？", node.at)
        return str(text), Kind("enum", values=wanted.values) if wanted.kind == "enum" else TEXT

    def _of_choice(self, wanted: Kind) -> str:
        """The name of the choice beside which a wrong value stands, where it is known."""
        return self.beside.partition("（")[0] if self.beside and wanted.values else ""

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
                what = f"{self.beside or wanted.unit}不能与 {value} {node.unit} 比较：单位 {node.unit} 不能换算。"
                self.notes.add("R106", what, f"请用 {wanted.unit}。", node.at)
            value = value if scaled is None else scaled
        elif node.unit and wanted.kind == "number":
            what = f"{self.beside or '另一边'}没有单位，不能与 {value} {node.unit} 比较。"
            self.notes.add("R106", what, "请去掉单位，或给字段写 unit。", node.at)
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
            self.beside = kinds.said(right, second[1])
            return self.check(left, second[1], depth + 1), second
        first = self.check(left, ANY, depth + 1)
        self.beside = kinds.said(left, first[1])
        if first[1].kind == "any" and self._value_of_unknown(right):
            return first, (right.value[0], ANY)
        return first, self.check(right, first[1], depth + 1)

    def _value_of_unknown(self, node: Node) -> bool:
        """Whether a word beside an unknown name is likely one of its values: one fault is told, not two."""
        word = node.what == "name" and len(node.value) == 1 and not self.naming.known(node)
        return bool(word and self.notes.problems and not self.naming.scope.near(node.value))

    def _call(self, node: Node, depth: int, wanted: Kind) -> Typed:
        name = CALLS.get(node.value)
        if name is None:
            near = difflib.get_close_matches(node.value, CALLS, n=1, cutoff=0.4)
            hint = f"是否想写 {near[0]}(…)？" if near else "请用手册列出的函数。"
            self.notes.add("R107", f"未知的函数“{node.value}”。", hint, node.at)
            return False, ANY
        return calls.call(self, Node("operator", name, node.parts, node.at), depth, wanted)

    def _operator(self, node: Node, depth: int, wanted: Kind) -> Typed:
        name, operator = node.value, OPERATORS[node.value]
        least, most = operator.arity
        if operator.form == "call":
            return calls.call(self, node, depth, wanted)
        if len(node.parts) < least or (most and len(node.parts) > most):
            what = f"{operator.chinese} 的参数个数不对：现为 {len(node.parts)} 个。"
            self.notes.add("R108", what, "请核对参数。", node.at)
            return False, ANY
        if name in _CONDITIONS:
            return self._logical(name, node, depth), BOOL
        if name in ("all", "some"):
            return self._quantifier(node, depth), BOOL
        if name in ("+", "-", "*", "/"):
            return calls.arithmetic(self, node, depth, wanted)
        if name in ("empty", "unavailable"):
            return self._state(node, depth), BOOL
        return self._atom(name, node, depth), BOOL

    def _atom(self, name: str, node: Node, depth: int) -> Json:
        if name == "in":
            return comparing.member(self, node, depth)
        if name == "matches":
            return comparing.matches(self, node, depth)
        apply = comparing.sets if name in ("intersects", "subset") else comparing.compare
        return apply(self, node, depth)

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
        if node.parts[0].what not in ("name", "path") or self._shared(node.parts[0]):
            self.notes.add("R104", f"{node.spelled or node.value} 前应为一个名称。", "请写字段或事实的名称。", node.at)
            return False
        return {node.value: [self.check(node.parts[0], ANY, depth + 1)[0]]}


def stored_number(value: Decimal | int) -> Json:
    """A number as it is stored: a JSON integer that every reader of JSON keeps exact, or {"dec": text}."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int):
        return value if abs(value) <= EXACT else {"dec": str(value)}
    return {"dec": format(value.normalize(), "f")}


__all__ = ["NUMBER", "Checker", "stored_number"]
