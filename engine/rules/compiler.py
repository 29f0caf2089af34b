"""Compiles rule text or JsonLogic into a typed Rule, and prints a rule back."""

from __future__ import annotations

from typing import Any

from engine.errors import Problem
from engine.model.rule import Rule
from engine.model.values import Json
from engine.rules import kinds
from engine.rules.checker import Checker
from engine.rules.intake import Intake
from engine.rules.kinds import ANY, Kind
from engine.rules.nodes import Node
from engine.rules.printer import by_scope
from engine.rules.problems import MAX_TEXT, Notebook, TooLarge
from engine.rules.reader import read
from engine.rules.scope import Scope

_EXPECTED = {"number": "数", "text": "文本", "date": "日期"}


def compile_rule(
    source: str | bool | int | dict[str, Any],
    scope: Scope,
    *,
    expect: str = "bool",
    file: str = "",
    line: int = 0,
    column: int = 0,
    spans: tuple[tuple[int, int, int], ...] = (),
) -> tuple[Rule | None, tuple[Problem, ...]]:
    """The rule of a text or JsonLogic object, or None with all its problems (codes R1xx).

    `expect` is the kind of the result: bool, number, text (a choice counts as text), date or any. `file`, `line`
    and `column` (from 1) are the place where the source begins; `spans` (offset in the text, line, column) say where
    its pieces stand when it is not written in one piece. Bad input never raises.
    """
    notes = Notebook(file, line, column, source, spans)
    try:
        node = read(source, notes) if isinstance(source, str) else Intake(notes).take(source)
        if node is None or (notes.problems and not isinstance(source, str)):
            return None, notes.ordered()
        checker = Checker(scope, notes)
        logic = checker.condition(node) if expect == "bool" else _value(checker, node, expect)
    except TooLarge:
        return None, notes.ordered()
    if notes.problems:
        return None, notes.ordered()
    text = render(logic, scope)
    if len(text) > MAX_TEXT:
        notes.add("R110", f"规则写成文字有 {len(text)} 个字符，上限为 {MAX_TEXT}。", "请拆成几条规则。")
        return None, notes.ordered()
    return Rule(text=text, logic=logic, reads=tuple(sorted(checker.naming.reads))), ()


def _value(checker: Checker, node: Node, expect: str) -> Json:
    wanted = Kind(expect) if expect in _EXPECTED else ANY
    logic, kind = checker.check(node, wanted)
    fits = wanted is ANY or (not kind.many and kinds.comparable(kind, wanted))
    if not fits:
        expected = _EXPECTED[expect]
        checker.notes.add("R104", f"此处应为{expected}，现为{kinds.words(kind)}。", "请核对表达式。", node.at)
    return logic


def render(logic: Json, scope: Scope) -> str:
    """The canonical rule text of a stored rule; compiling it gives the same logic."""
    return by_scope(scope).rule(logic)
