"""The tidy spelling of a rule text: ≤ ≥ ≠ 且 或 非 and single spaces; names, units, brackets and lines stay."""

from __future__ import annotations

import re

from lark import Token
from lark.exceptions import UnexpectedInput

from engine.rules.nodes import Node
from engine.rules.problems import Notebook, TooLarge
from engine.rules.profile import BY_SPELLING, CALLS, COMPARISONS, OPERATORS
from engine.rules.reader import narrow, read, tokens

_FIXED = {"OR": "或", "AND": "且", "NOT": "非", "ALL": "所有", "SOME": "存在", "SATISFY": "满足", "ALWAYS": "总是",
          "NEVER": "从不", "YES": "是", "NO": "否", "TIMES": "×", "DIVIDE": "÷"}  # fmt: skip
_TIGHT_BEFORE = frozenset({"COMMA", "RPAR", "RSQB", "DOT"})
_TIGHT_AFTER = frozenset({"LPAR", "LSQB", "DOT"})
_ENDS = frozenset({"WORD", "QUOTED", "IT", "OUTER", "NUMBER", "MEASURE", "DATE", "TEXT", "YES", "NO", "RPAR", "RSQB"})
_NAMED = frozenset({"WORD", "QUOTED", "IT"})
_MEASURE = re.compile(r"([0-9.]+)(.+)", re.DOTALL)


def tidy(source: str) -> str:
    """The text tidied, or as it was when it has faults or tidying would not keep its meaning; line breaks stay."""
    before = meaning(source)
    if before is None:
        return source
    found = tokens(narrow(source))
    made = "".join(_lead(source, found, index) + _spelled(found, index) for index in range(len(found)))
    return made if meaning(made) == before else source


def meaning(source: str) -> Node | None:
    """The tree of a text without places and spellings, for comparing; None when the text has faults."""
    notes = Notebook("", 0, 0)
    try:
        node = read(source, notes)
    except (TooLarge, UnexpectedInput):
        return None
    return None if node is None or notes.problems else _bare(node)


def _bare(node: Node) -> Node:
    spelled = "" if node.what == "operator" and node.spelled not in BY_SPELLING else node.spelled
    value = CALLS.get(node.value, node.value) if node.what == "call" else node.value
    return Node(node.what, value, tuple(map(_bare, node.parts)), (0, 0), node.unit, spelled, node.quoted)


def _lead(source: str, found: list[Token], index: int) -> str:
    """What stands before a token: nothing, a space, or the line break and indent the author wrote."""
    token = found[index]
    if not index:
        return ""
    last = found[index - 1]
    gap = source[last.end_pos or 0 : token.start_pos or 0]
    if "\n" in gap:
        return "\n" * gap.count("\n") + gap.rpartition("\n")[2]
    if token.type in _TIGHT_BEFORE or last.type in _TIGHT_AFTER:
        return ""
    if token.type == "LPAR" and last.type == "WORD":
        return ""
    if token.type == "LSQB" and last.type in _NAMED:
        return ""
    return "" if last.type == "MINUS" and (index < 2 or found[index - 2].type not in _ENDS) else " "


def _spelled(found: list[Token], index: int) -> str:
    token = found[index]
    written, kind = str(token), token.type
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "COMPARE":
        return OPERATORS[COMPARISONS[written]].chinese
    if kind in ("INFIX", "POSTFIX"):
        return BY_SPELLING[" ".join(written.split())].chinese
    if kind == "FULL_YEARS":
        return re.sub(r"\s", "", written)
    if kind == "MEASURE":
        return _MEASURE.sub(r"\1 \2", written)
    if kind == "TEXT" and written[0] in "“'" and not any(sign in written for sign in '"\\'):
        return f'"{written[1:-1]}"'
    if kind == "WORD" and index + 1 < len(found) and found[index + 1].type == "LPAR" and written in CALLS:
        return OPERATORS[CALLS[written]].chinese
    return written
