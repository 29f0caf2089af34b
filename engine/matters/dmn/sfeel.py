"""S-FEEL, the simple expression language of decision tables (DMN 1.3, clause 9): unary tests and literals.

What is not S-FEEL (functions, arithmetic, lists, durations) is refused by name; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Value = Decimal | str | bool | date | None
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<at>@"[^"]*")|(?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+))|(?P<dots>\.\.)
    |(?P<sign><=|>=|!=|[<>=])|(?P<mark>[\[\](),\-])|(?P<name>[^\W\d][\w']*(?:\.[^\W\d][\w']*)*)|(?P<other>\S))""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}


class SfeelError(Exception):
    """A cell that is not S-FEEL: `what` names the construct, `column` (from 1) is where in the cell."""

    def __init__(self, what: str, column: int) -> None:
        super().__init__(what)
        self.what, self.column = what, column


@dataclass(frozen=True, slots=True)
class Ref:
    """A qualified name standing for a value."""

    name: str


Operand = Value | Ref


@dataclass(frozen=True, slots=True)
class Compare:
    """`< 5`: the input against an operand; `=` is a plain value."""

    sign: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Interval:
    """`[1..5)`: the input between two operands."""

    low: Operand
    high: Operand
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Tests:
    """The alternatives of a cell, perhaps negated as a whole; no alternatives is `-`, anything."""

    parts: tuple[Compare | Interval, ...] = ()
    negated: bool = False


def tests(text: str) -> Tests:
    """The unary tests of an input cell; SfeelError when it is not S-FEEL. An empty cell is `-`."""
    if text.strip() in ("", "-"):
        return Tests()
    reader = _Reader(text)
    negated = reader.take_word("not")
    if negated:
        reader.expect("(")
    parts = [reader.test()]
    while reader.take(","):
        parts.append(reader.test())
    if negated:
        reader.expect(")")
    reader.end()
    return Tests(tuple(parts), negated)


def literal(text: str) -> Operand:
    """The one value of an output cell; SfeelError for anything else."""
    reader = _Reader(text)
    value = reader.operand()
    reader.end()
    return value


def literals(text: str) -> tuple[Value, ...]:
    """The values of a list of allowed values, in order; SfeelError when one is not a plain value."""
    found: list[Value] = []
    for part in tests(text).parts:
        if not isinstance(part, Compare) or part.sign != "=" or isinstance(part.operand, Ref):
            raise SfeelError("不是逐个列出的值", 1)
        found.append(part.operand)
    return tuple(found)


def holds(cell: Tests, value: Value, names: Mapping[str, Value]) -> bool:
    """Whether the input satisfies a cell; a comparison with null or with another type does not hold."""
    if not cell.parts:
        return True
    return any(_part(part, value, names) for part in cell.parts) != cell.negated


def resolved(operand: Operand, names: Mapping[str, Value]) -> Value:
    """The value of an operand; a name that has none is null."""
    return names.get(operand.name) if isinstance(operand, Ref) else operand


def _part(part: Compare | Interval, value: Value, names: Mapping[str, Value]) -> bool:
    if isinstance(part, Interval):
        low, high = resolved(part.low, names), resolved(part.high, names)
        return _less(low, value, not part.low_open) and _less(value, high, not part.high_open)
    operand = resolved(part.operand, names)
    if part.sign in ("=", "!="):
        same = type(value) is type(operand) and value == operand
        return same if part.sign == "=" else not same
    if part.sign[0] == "<":
        return _less(value, operand, part.sign == "<=")
    return _less(operand, value, part.sign == ">=")


def _less(one: Any, two: Any, equal: bool) -> bool:
    if type(one) is not type(two) or isinstance(one, (bool, type(None))):
        return False
    return bool(one <= two if equal else one < two)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(one.lastgroup or "", one.group(one.lastgroup or 0), one.start(one.lastgroup or 0) + 1)
                       for one in _TOKEN.finditer(text)]  # fmt: skip
        self.at = 0
        for kind, token, column in self.tokens:
            if kind == "other":
                raise SfeelError(f"符号“{token}”不是 S-FEEL", column)

    def peek(self, ahead: int = 0) -> tuple[str, str, int]:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else ("", "", len(self.text) + 1)

    def take(self, mark: str) -> bool:
        kind, token, _ = self.peek()
        if kind in ("mark", "sign", "dots") and token == mark:
            self.at += 1
            return True
        return False

    def take_word(self, word: str) -> bool:
        if self.peek()[:2] == ("name", word) and self.peek(1)[1] == "(":
            self.at += 1
            return True
        return False

    def expect(self, mark: str) -> None:
        _, token, column = self.peek()
        if not self.take(mark):
            raise SfeelError(f"此处应为“{mark}”，现为“{token}”" if token else f"没有写完，缺“{mark}”", column)

    def end(self) -> None:
        _, token, column = self.peek()
        if token:
            raise SfeelError(f"“{token}”以后的内容不是 S-FEEL（运算、函数和路径属于完整 FEEL）", column)

    def test(self) -> Compare | Interval:
        kind, token, _ = self.peek()
        if kind == "sign":
            self.at += 1
            return Compare(token, self.operand())
        if token in ("[", "(", "]"):
            self.at += 1
            low = self.operand()
            self.expect("..")
            high = self.operand()
            _, closing, column = self.peek()
            if closing not in ("]", ")", "["):
                raise SfeelError("区间没有写完", column)
            self.at += 1
            return Interval(low, high, token != "[", closing != "]")
        return Compare("=", self.operand())

    def operand(self) -> Operand:
        kind, token, column = self.peek()
        self.at += 1
        if token == "-" and self.peek()[0] == "number":
            self.at += 1
            return -Decimal(self.peek(-1)[1])
        if kind == "number":
            return Decimal(token)
        if kind == "text":
            return _unescaped(token[1:-1])
        if kind == "at":
            return _day(token[2:-1], column)
        if kind == "name" and token in _WORDS:
            return _WORDS[token]
        if kind == "name" and self.take("("):
            return self.call(token, column)
        if kind == "name":
            return Ref(token)
        raise SfeelError(f"此处应为一个值，现为“{token}”" if token else "没有写完，缺一个值", column)

    def call(self, name: str, column: int) -> Operand:
        kind, token, _ = self.peek()
        if name != "date" or kind != "text":
            raise SfeelError(f"函数 {name}(…) 不属于可用的 S-FEEL", column)
        self.at += 1
        self.expect(")")
        return _day(token[1:-1], column)


def _day(text: str, column: int) -> date:
    try:
        return date.fromisoformat(text if len(text) == 10 else "-")
    except ValueError:
        raise SfeelError(f"“{text}”不是日期（时刻和时长不能用）", column) from None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda one: _ESCAPES.get(one.group(1), one.group(1)), text)


def shown(operand: Operand) -> str:
    """An operand as S-FEEL text; reading it gives the same operand."""
    if isinstance(operand, Ref):
        return operand.name
    if operand is None or isinstance(operand, bool):
        return "null" if operand is None else "true" if operand else "false"
    if isinstance(operand, Decimal):
        return format(operand, "f")
    if isinstance(operand, date):
        return f'date("{operand.isoformat()}")'
    return '"' + operand.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(cell: Tests) -> str:
    """A cell as S-FEEL text."""
    if not cell.parts:
        return "-"
    text = ", ".join(_shown_part(part) for part in cell.parts)
    return f"not({text})" if cell.negated else text


def _shown_part(part: Compare | Interval) -> str:
    if isinstance(part, Compare):
        return shown(part.operand) if part.sign == "=" else f"{part.sign} {shown(part.operand)}"
    opened, closed = "(" if part.low_open else "[", ")" if part.high_open else "]"
    return f"{opened}{shown(part.low)}..{shown(part.high)}{closed}"
