"""Laying out values of test files as YAML the way people write them: flow where it fits a line, block where not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.matters.yaml_reader import ABSENT, UNAVAILABLE, parse
from engine.model.values import Missing

WIDTH = 118
_TAGS = {ABSENT: "!absent", UNAVAILABLE: "!unavailable", Missing.EMPTY: "!empty"}
_DIGITS = re.compile(r"[0-9]+\Z")


def entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """The lines of one key and its value at an indent, without line ends.

    `value` is made of mappings, sequences, text, bool, int, Decimal, Missing.EMPTY, UNAVAILABLE and ABSENT.
    """
    head = f"{' ' * indent}{scalar(key)}:"
    line = f"{head} {flow(value)}".rstrip()
    if len(line) <= WIDTH or not value or not isinstance(value, Mapping | list | tuple):
        yield line
        return
    yield head
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from entry(name, one, indent + 2)
    else:
        for one in value:
            yield f"{' ' * (indent + 2)}- {flow(one)}".rstrip()


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        parts = [f"{scalar(key)}: {flow(one)}" for key, one in value.items()]
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple) and not isinstance(value, str):
        return f"[{', '.join(flow(one) for one in value)}]"
    return f"{_TAGS[value]} " if _tagged(value) else scalar(value)


def scalar(value: Any) -> str:
    """One scalar: plain where it reads back as itself, quoted where not."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return _text(str(value))


def _tagged(value: Any) -> bool:
    return isinstance(value, Missing) or value is UNAVAILABLE or value is ABSENT


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    if not text or _DIGITS.match(text) or not _same(text, text):
        return _quoted(text)
    return text


def _same(written: str, text: str) -> bool:
    """Whether plain text is read back as itself, in braces and on a line of its own."""
    if text != text.strip() or "\n" in text:
        return False
    for around in ("k: {{a: {}, b: 1}}", "k: {}", "k: [{}]", "{}: 1"):
        tree, problems = parse(around.format(written).encode("utf-8", "surrogatepass"), "", tags=True)
        if problems or not isinstance(tree, dict):
            return False
        found = tree.get("k", next(iter(tree)))
        found = found.get("a") if isinstance(found, dict) else found[0] if isinstance(found, list) else found
        if found != text or not isinstance(found, str):
            return False
    return True


def _quoted(text: str) -> str:
    """Double-quoted; what a YAML stream may not hold, and line breaks of any kind, are escaped."""
    body = json.dumps(text, ensure_ascii=False)[1:-1]
    return '"' + "".join(one if one.isprintable() else rf"\u{ord(one):04x}" for one in body) + '"'
