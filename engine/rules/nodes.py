"""The tree between the two spellings of a rule and the checker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]


class Quoted(str):
    """A segment of a name written in 「」: never a word of the language, whatever it reads."""

    __slots__ = ()


def is_row(segment: str) -> bool:
    """Whether a segment is the word 它."""
    return segment == "它" and not isinstance(segment, Quoted)


def is_outer(segment: str) -> bool:
    """Whether a segment is the word 外."""
    return segment == "外" and not isinstance(segment, Quoted)


@dataclass(frozen=True, slots=True)
class Node:
    """One node as written: what it is, its operands, and where it stands (line, column from 1; 0 = unknown).

    `what`: literal (value, unit) | name (segments) | path (stored path) | list | operator (value = its name) |
    call (value = the spelling) | entry (name, key, column). `spelled` is the word the author used.
    """

    what: str
    value: Any = None
    parts: tuple[Node, ...] = ()
    at: Place = (0, 0)
    unit: str = ""
    spelled: str = ""
    quoted: bool = False
