"""The shared expressions of `rules/expressions.yaml`: read, and what is wrong with them by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.rules.nodes import Node
from engine.rules.problems import Notebook, TooLarge
from engine.rules.reader import read
from engine.rules.scope import SHARED, Expression


def expressions(node: Map, problems: list[Problem]) -> dict[str, Expression]:
    """The expressions by name; faults of syntax, unknown and cyclic references are noted.

    Names and types are checked where an expression is used: each matter has names of its own.
    """
    found: dict[str, Expression] = {}
    refers: dict[str, tuple[str, ...]] = {}
    for name, one in node["expressions"].items():
        mark = tree.place(one, "rule")
        text = tree.text(one, "rule")
        found[name] = Expression(
            name, text, tree.text(one, "title"), tree.text(one, "basis"), mark.file, mark.line, mark.column,
            mark.spans,
        )  # fmt: skip
        notes = Notebook(mark.file, mark.line, mark.column, text, mark.spans)
        try:
            body = read(text, notes)
        except TooLarge:
            body = None
        problems += notes.ordered()
        refers[name] = tuple(_references(body)) if body is not None else ()
    problems += _wrong(node["expressions"], refers)
    return found


def _references(node: Node) -> Iterator[str]:
    if node.what == "name" and len(node.value) == 2 and node.value[0] == SHARED:
        yield str(node.value[1])
    for part in node.parts:
        yield from _references(part)


def _wrong(node: Map, refers: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for name, others in refers.items():
        mark = tree.place(node[name], "rule")
        for other in others:
            if other not in refers:
                advice = tree.near(other, refers)
                yield tree.at("R102", mark, f"没有共用表达式“{other}”。", advice or "请先写明它。")
        if name in _reached(refers, others):
            advice = "请去掉其中一处引用。"
            yield tree.at("R121", mark, f"共用表达式“{name}”绕回到自己。", advice)


def _reached(refers: Mapping[str, tuple[str, ...]], start: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    open_ = list(start)
    while open_:
        name = open_.pop()
        if name not in seen:
            seen.add(name)
            open_ += refers.get(name, ())
    return seen


def mentioned(node: Any) -> Iterator[str]:
    """The texts of a tree in which a shared expression may be named."""
    if isinstance(node, str):
        if SHARED in node:
            yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from mentioned(value)
    elif isinstance(node, list):
        for value in node:
            yield from mentioned(value)
