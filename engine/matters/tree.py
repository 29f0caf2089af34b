"""Reading the marked tree: places of values, and problems at them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from engine.errors import Problem
from engine.matters.yaml_reader import Map, Mark, Seq


def at(code: str, mark: Mark, what: str, next: str = "") -> Problem:
    """A problem at a place."""
    return Problem(code, what, next, mark.file, mark.line, mark.column)


def place(node: Map, key: str) -> Mark:
    """Where the value of `key` stands, else the mapping itself."""
    return node.value_at.get(key, node.mark)


def key_place(node: Map, key: str) -> Mark:
    """Where `key` itself stands, else the mapping."""
    return node.key_at.get(key, node.mark)


def mark_of(node: Any, fallback: Mark) -> Mark:
    """The place of a mapping or list; scalars have none of their own."""
    return node.mark if isinstance(node, (Map, Seq)) else fallback


def find(tree: Any, path: Iterable[str | int]) -> Mark:
    """The place of the value at a path of keys and indexes, or of the nearest place above it."""
    mark = mark_of(tree, Mark())
    node = tree
    for part in path:
        if isinstance(node, Map) and isinstance(part, str) and part in node:
            mark, node = place(node, part), node[part]
        elif isinstance(node, Seq) and isinstance(part, int) and part < len(node):
            mark, node = node.item_at[part], node[part]
        else:
            break
    return mark


def said(tree: Any, path: Iterable[str | int]) -> str:
    """A path as an author reads it: `precheck.area_logic.on_fail`, by ids where items have them."""
    parts: list[str] = []
    node = tree
    for part in path:
        node = _step(node, part)
        if isinstance(part, int):
            parts.append(_name(node) or f"第{part + 1}项")
        else:
            parts.append(part)
    return ".".join(parts)


def _step(node: Any, part: str | int) -> Any:
    if isinstance(node, Map) and isinstance(part, str):
        return node.get(part)
    if isinstance(node, Seq) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _name(node: Any) -> str:
    if isinstance(node, Map):
        for key in ("id", "step", "group", "name", "check", "to", "use"):
            if isinstance(node.get(key), str):
                return str(node[key])
    return ""


def text(node: Map, key: str, default: str = "") -> str:
    """The text of a key; a number gives its digits as written."""
    value = node.get(key)
    return default if value is None else str(value)


def bare(value: Any) -> Any:
    """A tree as plain JSON, without its places; a decimal becomes its text, as answers are stored."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    return [bare(one) for one in value] if isinstance(value, list) else value


def texts(node: Map, key: str) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(str(one) for one in node.get(key) or ())


def truth(node: Map, key: str, default: bool = False) -> bool:
    """A truth value, written 是/否 or true/false."""
    value = node.get(key)
    return default if value is None else value in (True, "是")


def near(name: str, known: Iterable[str]) -> str:
    """The advice with the nearest known name, or with all of them when there are few; "" when nothing is near."""
    names = [one for one in dict.fromkeys(known) if one]
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"是否想写 {close[0]}？"
    return f"可用的有：{'、'.join(names)}。" if 0 < len(names) <= 12 else ""
