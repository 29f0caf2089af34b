"""The small words that the schemas are written in: each gives one JSON Schema (2020-12) with a Chinese title."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
ID = "^[a-z][a-z0-9_]{0,59}$"
DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _made(shape: Schema, title: str, note: str = "") -> Schema:
    return {"title": title, **({"description": note} if note else {}), **shape}


def text(title: str, note: str = "") -> Schema:
    """Text of any length but none; a number written plainly is taken as its digits."""
    return _made({"type": ["string", "number"], "minLength": 1}, title, note)


def matching(title: str, pattern: str, note: str = "") -> Schema:
    """Text of a pattern."""
    return _made({"type": "string", "pattern": pattern}, title, note)


def identifier(title: str, note: str = "") -> Schema:
    """An id: lower-case letters, digits and underscores."""
    return matching(title, ID, note or "小写英文字母、数字和下划线，字母开头。")


def day(title: str, note: str = "") -> Schema:
    """An ISO date."""
    return matching(title, DATE, note or "写作 2025-01-20。")


def word(title: str, *values: Any, note: str = "") -> Schema:
    """One of fixed words."""
    return _made({"enum": list(values)}, title, note)


def truth(title: str, note: str = "") -> Schema:
    """A truth value: 是, 否, true or false."""
    return _made({"enum": [True, False, "是", "否"]}, title, note)


def count(title: str, least: int = 0, note: str = "") -> Schema:
    """A whole number from `least` on."""
    return _made({"type": "integer", "minimum": least}, title, note)


def number(title: str, note: str = "") -> Schema:
    """A decimal number."""
    return _made({"type": "number"}, title, note)


def rule(title: str, note: str = "") -> Schema:
    """A rule: rule text, or typed JsonLogic."""
    return _made({"type": ["string", "object", "number"], "minLength": 1}, title, note or "规则文字或 JsonLogic。")


def many(title: str, item: Schema, note: str = "", least: int = 0) -> Schema:
    """A list."""
    return _made({"type": "array", "items": item, **({"minItems": least} if least else {})}, title, note)


def words(title: str, *values: str, note: str = "") -> Schema:
    """A list of fixed words."""
    return many(title, {"enum": list(values)}, note)


def texts(title: str, note: str = "", least: int = 0) -> Schema:
    """A list of texts."""
    return many(title, {"type": ["string", "number"], "minLength": 1}, note, least)


def record(title: str, keys: dict[str, Schema], required: tuple[str, ...] = (), note: str = "") -> Schema:
    """A mapping of known keys."""
    shape: Schema = {"type": "object", "properties": keys, "additionalProperties": False}
    if required:
        shape["required"] = list(required)
    return _made(shape, title, note)


def table(title: str, value: Schema, note: str = "", names: str = "") -> Schema:
    """A mapping of names the author chooses to values of one shape."""
    shape: Schema = {"type": "object", "additionalProperties": value}
    if names:
        shape["propertyNames"] = {"pattern": names}
    return _made(shape, title, note)


def either(title: str, kind: str, first: Schema, other: Schema, note: str = "") -> Schema:
    """`first` for a value of JSON type `kind`, `other` for all else; unlike anyOf, errors name one cause."""
    return _made({"if": {"type": kind}, "then": first, "else": other}, title, note)


FRAGMENT = record(
    "引用片段",
    {
        "use": text("片段名", "文件名.片段键，例如 applicant.organization。"),
        "with": {"type": "object", "title": "片段参数"},
        "as": identifier("id 前缀", "片段里的 id 前面加上“前缀_”。"),
        "only": texts("只取这些 id"),
    },
    ("use",),
)
USE = either("引用的片段", "array", texts("引用的片段"), text("引用的片段"), "把片段的键并入此处；同一个键不能给两次。")
WITH: Schema = {"type": "object", "title": "片段参数", "description": "交给 use 所引用片段的参数。"}


def usable(item: Schema) -> Schema:
    """An item of a list section: itself, or a fragment in its place."""
    return {"if": {"type": "object", "required": ["use"]}, "then": FRAGMENT, "else": item}


def tabular(table: Schema, item: Schema) -> Schema:
    """An item of a list section: itself, or a whole table of such items."""
    return {"if": {"type": "object", "required": ["table"]}, "then": table, "else": item}


def lines(title: str, note: str = "", least: int = 0) -> Schema:
    """A list of texts, among which fragments may stand."""
    return many(title, usable({"type": ["string", "number"], "minLength": 1}), note, least)


def open_record(title: str, keys: dict[str, Schema], required: tuple[str, ...] = (), note: str = "") -> Schema:
    """A mapping section: its keys, and `use`; the required keys may come from the fragment."""
    made = record(title, {**keys, "use": USE, "with": WITH}, (), note)
    if required:
        made["if"] = {"not": {"required": ["use"]}}
        made["then"] = {"required": list(required)}
    return made
