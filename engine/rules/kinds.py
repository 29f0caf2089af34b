"""What the checker knows of an expression: its kind, unit and permitted values."""

from __future__ import annotations

import msgspec

from engine.model.types import Part, Type
from engine.rules.nodes import Node


class Kind(msgspec.Struct, frozen=True):
    """The kind of one expression: bool | number | text | date | enum | record | row | any.

    `many` marks a list of such values (multiple choice, a column of rows, a code list); `any` is compatible with
    everything and stands where an earlier problem was noted. `listed` marks code lists and parameters.
    """

    kind: str
    unit: str = ""
    values: tuple[str, ...] = ()
    parts: dict[str, Part] = {}
    many: bool = False
    listed: bool = False


ANY = Kind("any")
BOOL = Kind("bool")
NUMBER = Kind("number")
TEXT = Kind("text")
DATE = Kind("date")
_WORDS = {"bool": "是否", "number": "数", "text": "文本", "date": "日期", "enum": "选项"}
_WORDS |= {"record": "记录", "row": "清单"}


def of(type: Type, *, many: bool = False, listed: bool = False) -> Kind:
    """The kind of a declared type; a multiple choice is many choices, rows are many rows."""
    if type.kind == "multi":
        return Kind("any", many=True) if many else Kind("enum", "", type.values, type.parts, True, listed)
    if type.kind == "rows":
        return Kind("row", parts=type.parts, many=True)
    if type.kind == "missing":
        return Kind("any", many=many)
    return Kind(type.kind, type.unit, type.values, type.parts, many, listed)


def element(kind: Kind) -> Kind:
    """The kind of one element of a list."""
    return Kind(kind.kind, kind.unit, kind.values, kind.parts)


def step(kind: Kind, key: str) -> tuple[str, Kind] | None:
    """The id and kind of a part named by id or title; None when there is no such part."""
    for id, part in kind.parts.items():
        if key in (id, part.title):
            return id, of(part.type, many=kind.many)
    return None


def textual(kind: Kind) -> bool:
    """Whether the values are text."""
    return kind.kind in ("text", "enum")


def comparable(one: Kind, other: Kind) -> bool:
    """Whether two single values may be compared without mixing types."""
    if "any" in (one.kind, other.kind):
        return True
    return one.kind == other.kind or (textual(one) and textual(other))


def said(node: Node, kind: Kind) -> str:
    """A side of a comparison as an author reads it: what is written, and its kind with the unit."""
    spelled = ""
    if node.what == "name":
        spelled = ".".join(node.value)
    elif node.what in ("path", "literal") and not isinstance(node.value, bool):
        spelled = f"“{node.value}”" if node.what == "literal" and isinstance(node.value, str) else str(node.value)
    told = words(kind) + (f"，{kind.unit}" if kind.unit else "")
    return f"{spelled}（{told}）" if spelled else told


def words(kind: Kind) -> str:
    """The kind as an author calls it."""
    if kind.many:
        return "清单" if kind.kind == "row" else "多选（列表）"
    return _WORDS.get(kind.kind, "值")
