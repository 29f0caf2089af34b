"""One cell of a decision table: its shorthand, read against its column, as typed JsonLogic.

A cell says what must hold of its column: `< 100`, `[100..200)`, `宾馆, 旅店`, `非 宾馆`, `是`, `为空`; `-` is anything.
The operands are rule text and are checked as rule text is, so units, dates and names mean what they mean elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.errors import Problem
from engine.matters.yaml_reader import Mark
from engine.model.values import Json
from engine.rules.checker import Checker
from engine.rules.kinds import Kind
from engine.rules.nodes import Node
from engine.rules.problems import Notebook, TooLarge
from engine.rules.profile import BY_SPELLING, COMPARISONS
from engine.rules.reader import narrow, read
from engine.rules.scope import Scope

ANYTHING = "-"
_SIGN = re.compile(r"==|!=|<>|>=|<=|[=≠≥≤<>]")
_NOT = re.compile(r"(?:非|不属于|not)(?=[\s\[(\"“'])\s*")
_WORD = re.compile(r"(属于|不包含|包含|有交集|全部属于|匹配)(?=[\s\[\"“'])\s*")
_STATE = ("为空", "不为空", "未取到")
_QUOTES = {'"': '"', "“": "”", "'": "'", "「": "」"}
_YES_NO = {"是": True, "否": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A condition column: the expression at its head, its kind, and whether that is a plain name."""

    text: str
    node: Node
    kind: Kind
    logic: Json
    reads: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether the head is a name, not an expression."""
        return self.node.what in ("name", "path")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell read: its logic (None: anything), the paths it reads, and what is wrong, counted from its first sign."""

    logic: Json | None = None
    reads: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    def at(self, mark: Mark) -> tuple[Problem, ...]:
        """The problems where the cell stands."""
        return tuple(
            replace(one, file=mark.file, line=mark.line, column=mark.column + max(one.column, 1) - 1)
            for one in self.problems
        )


def column(text: str, scope: Scope, mark: Mark) -> tuple[Column | None, tuple[Problem, ...]]:
    """The column of a head; None, with its problems, when it is no name or expression of this matter."""
    notes = Notebook(mark.file, mark.line, mark.column)
    try:
        node = read(text, notes)
        if node is None:
            return None, tuple(notes.problems)
        checker = Checker(scope, notes)
        logic, kind = checker.check(node)
    except TooLarge:
        return None, tuple(notes.problems)
    if not notes.problems and not checker.naming.reads:
        notes.add("M190", f"列名“{text}”不能比较。", "列名应为字段、事实的名称，或由它们算出的数、日期、判断。")
    if notes.problems:
        return None, tuple(notes.problems)
    return Column(text, node, kind, logic, tuple(sorted(checker.naming.reads))), ()


def cell(text: str, head: Column, scope: Scope) -> Cell:
    """What a cell demands of its column. Bad input never raises."""
    source = narrow(text)
    if source.strip() == ANYTHING:
        return Cell()
    notes = Notebook("", 1, 1)
    logic: Json | None = None
    checker = Checker(scope, notes)
    try:
        node = _Reading(head, notes).whole(source)
        logic = checker.condition(node) if not notes.problems else None
    except TooLarge:
        assert notes.problems
    if notes.problems:
        return Cell(problems=tuple(notes.problems))
    return Cell(logic, frozenset(checker.naming.reads))


class _Reading:
    """Reads one cell into a node; faults go into the notebook, places are columns of the cell."""

    def __init__(self, head: Column, notes: Notebook) -> None:
        self.head, self.notes = head, notes

    def whole(self, source: str) -> Node:
        start = len(source) - len(source.lstrip())
        text = source.strip()
        if not text:
            self.fault("空单元格。", "不限请写 -。", 1)
        elif not self.head.named and self.head.kind.kind == "bool":
            return self.judged(text, start)
        elif text in self.head.kind.values:
            return self.any_of(text, start, whole=True)
        elif found := _NOT.match(text):
            inner, at = self.any_of(text[found.end() :], start + found.end()), (1, start + 1)
            if inner.value == "==":
                return Node("operator", "!=", inner.parts, at, spelled="≠")
            return Node("operator", "!", (inner,), at)
        elif found := _WORD.match(text):
            return self.related(found.group(1), text[found.end() :], start, start + found.end())
        else:
            return self.any_of(text, start)
        return Node("literal", True)

    def fault(self, what: str, next: str, column: int) -> None:
        self.notes.add("M191", what, next, (1, column))

    def judged(self, text: str, start: int) -> Node:
        """A cell under a head that is itself a judgement: 是 or 否."""
        if text not in _YES_NO:
            self.fault(f"“{self.head.text}”是判断，这一列只能写 是、否 或 -。", "请改正。", start + 1)
            return Node("literal", True)
        return self.head.node if _YES_NO[text] else Node("operator", "!", (self.head.node,), (1, start + 1))

    def related(self, word: str, rest: str, start: int, offset: int) -> Node:
        """A cell that begins with a word of the language: 属于 代码.住宿类, 有交集 宾馆, 旅店."""
        if word == "属于" and not self.listed(rest):
            return self.any_of(rest, offset)
        spelling, at = BY_SPELLING[word], (1, start + 1)
        if word in ("有交集", "全部属于", "属于") and not self.listed(rest):
            right = Node("list", None, tuple(self.value(part, offset + place) for place, part in _split(rest, ",")))
        else:
            right = self.operand(rest, offset)
        sides = (right, self.head.node) if spelling.swapped else (self.head.node, right)
        node = Node("operator", spelling.operator, sides, at, spelled=spelling.chinese)
        return Node("operator", "!", (node,), at) if spelling.negated else node

    @staticmethod
    def listed(rest: str) -> bool:
        """Whether the text is one list or the name of one, which may not stand among others."""
        return rest.lstrip().startswith("[") or bool(re.match(r"\s*(代码|参数|code|param)\.", rest))

    def any_of(self, text: str, offset: int, whole: bool = False) -> Node:
        """Alternatives between commas: plain values are one list, all else is joined by 或."""
        if not whole and self.listed(text) and ".." not in text:
            return Node("operator", "in", (self.head.node, self.operand(text, offset)), (1, offset + 1), spelled="属于")
        values: list[Node] = []
        tests: list[Node] = []
        for place, part in [(0, text)] if whole else _split(text, ","):
            test = None if whole else self.test(part, offset + place)
            if test is not None:
                tests.append(test)
            else:
                values.append(self.value(part, offset + place))
        if values:
            tests.insert(0, self.equal(values, offset))
        return tests[0] if len(tests) == 1 else Node("operator", "or", tuple(tests), (1, offset + 1))

    def equal(self, values: list[Node], offset: int) -> Node:
        head, at, several = self.head.node, (1, offset + 1), Node("list", None, tuple(values))
        if self.head.kind.many:
            if len(values) == 1:
                return Node("operator", "in", (values[0], head), at, spelled="包含")
            return Node("operator", "intersects", (head, several), at, spelled="有交集")
        if len(values) == 1:
            return Node("operator", "==", (head, values[0]), at, spelled="=")
        return Node("operator", "in", (head, several), at, spelled="属于")

    def test(self, part: str, offset: int) -> Node | None:
        """A comparison, an interval or a state; None for a plain value."""
        text = part.strip()
        offset += len(part) - len(part.lstrip())
        at = (1, offset + 1)
        if text in _STATE:
            word = BY_SPELLING[text]
            node = Node("operator", word.operator, (self.head.node,), at, spelled=text)
            return Node("operator", "!", (node,), at) if word.negated else node
        sign = _SIGN.match(text)
        if sign:
            right = self.operand(text[sign.end() :], offset + sign.end())
            return Node("operator", COMPARISONS[sign.group()], (self.head.node, right), at, spelled=sign.group())
        bounds = _split(text.strip("[]()"), "..") if text not in self.head.kind.values else []
        return self.interval(text, offset) if len(bounds) > 1 else None

    def interval(self, text: str, offset: int) -> Node:
        opened, closed = text[0] in "[(", text[-1] in ")]"
        inner, begin = text[opened : len(text) - closed], offset + opened
        bounds = _split(inner, "..")
        if len(bounds) != 2 or opened != closed:
            self.fault("区间写法有误。", "请写 100..200（含两端）、[100..200) 或 (100..200]。", offset + 1)
            return Node("literal", True)
        low, high = (self.operand(part, begin + place) for place, part in bounds)
        if high.unit and low.what == "literal" and not low.unit:
            low = replace(low, unit=high.unit)
        elif low.unit and not high.unit and high.what == "literal":
            self.fault("区间只有前一个数写了单位。", "请把单位写在后一个数上，或两个都写。", offset + 1)
        if _backwards(low, high, (opened and text[0] == "(") or (closed and text[-1] == ")")):
            self.notes.add("M192", f"区间 {text} 里没有值。", "小的数写在前面。", (1, offset + 1))
        least, most = (">" if opened and text[0] == "(" else ">="), ("<" if closed and text[-1] == ")" else "<=")
        return Node("operator", "and", (
            Node("operator", least, (self.head.node, low), low.at, spelled=least),
            Node("operator", most, (self.head.node, high), high.at, spelled=most),
        ), (1, offset + 1))  # fmt: skip

    def value(self, part: str, offset: int) -> Node:
        text = part.strip()
        offset += len(part) - len(part.lstrip())
        if text in self.head.kind.values:
            return Node("literal", text, at=(1, offset + 1), quoted=True)
        return self.operand(text, offset)

    def operand(self, part: str, offset: int) -> Node:
        """An operand as rule text, its places counted from the cell's beginning."""
        if not part.strip():
            self.fault("单元格没有写完。", "请补上要比较的值；不限请写 -。", offset + 1)
            return Node("literal", True)
        notes = Notebook("", 1, 1 + offset)
        node = read(part, notes)
        self.notes.problems.extend(one for one in notes.problems if one not in self.notes.problems)
        return _moved(node, offset) if node is not None else Node("literal", True)


def _moved(node: Node, by: int) -> Node:
    line, place = node.at
    return replace(node, at=(line, place + by) if line else node.at, parts=tuple(_moved(one, by) for one in node.parts))


def _backwards(low: Node, high: Node, strict: bool) -> bool:
    """Whether two fixed bounds in one unit leave nothing between them."""
    one, other = low.value, high.value
    numbers = all(isinstance(x, (int, Decimal)) and not isinstance(x, bool) for x in (one, other))
    if low.what != "literal" or high.what != "literal" or low.unit != high.unit:
        return False
    if not numbers and not (isinstance(one, date) and isinstance(other, date)):
        return False
    return bool(one >= other if strict else one > other)


def _split(text: str, by: str) -> list[tuple[int, str]]:
    """The parts between separators that stand outside quotes and brackets, each with its place; `..` anywhere."""
    parts: list[tuple[int, str]] = []
    begin = depth = at = 0
    closing = ""
    while at < len(text):
        sign = text[at]
        if closing:
            at += sign == "\\"
            closing = "" if sign == closing else closing
        elif sign in _QUOTES:
            closing = _QUOTES[sign]
        elif sign in "[(":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(by, at):
            parts.append((begin, text[begin:at]))
            begin = at + len(by)
            at = begin - 1
        at += 1
    return [*parts, (begin, text[begin:])]
