"""The OpenAPI document laid out for reading: chapters of operations, and bodies as indented rows."""

from __future__ import annotations

from typing import Any, NamedTuple


class Row(NamedTuple):
    """One line of a body: how deep it lies, its name, its type in words, whether it must be there, what it means."""

    depth: int
    name: str
    type: str
    required: bool
    words: str


class Entry(NamedTuple):
    """One operation."""

    id: str
    method: str
    path: str
    title: str
    words: str
    scope: str
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    media: str
    answers: tuple[tuple[str, str, str], ...]
    answer: tuple[Row, ...]


class Chapter(NamedTuple):
    """The operations of one subject."""

    title: str
    entries: tuple[Entry, ...]


TYPES = {"string": "文本", "integer": "整数", "number": "数", "boolean": "是/否", "object": "对象", "array": "数组",
         "null": "空"}  # fmt: skip
DEEPEST = 3


def chapters(document: dict[str, Any]) -> tuple[Chapter, ...]:
    """All operations by tag, in the order of the document's tags."""
    found: dict[str, list[Entry]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_entry(document, path, method, operation))
    return tuple(Chapter(title, tuple(entries)) for title, entries in found.items())


def _entry(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Entry:
    parameters = tuple(
        Row(0, one["name"], PLACES[one["in"]], bool(one["required"]), one.get("description", ""))
        for one in operation["parameters"]
    )
    media, body = _content(document, operation.get("requestBody", {}))
    success = next(code for code in operation["responses"] if code.startswith("2"))
    gives, answer = _content(document, operation["responses"][success])
    answers = tuple(
        (code, one["description"], "、".join(one.get("content", {})))
        for code, one in ((code, _followed(document, one)) for code, one in operation["responses"].items())
    )
    security = operation["security"]
    scope = security[0]["bearer"][0] if security else ""
    return Entry(
        operation["operationId"], method.upper(), path, operation["summary"], operation["description"], scope,
        parameters, body, media, answers, answer if gives == "application/json" else (),
    )  # fmt: skip


PLACES = {"path": "路径", "query": "查询参数", "header": "请求头"}


def _content(document: dict[str, Any], holder: dict[str, Any]) -> tuple[str, tuple[Row, ...]]:
    for media, content in holder.get("content", {}).items():
        return media, tuple(_rows(document, content["schema"], 0))
    return "", ()


def _rows(document: dict[str, Any], schema: dict[str, Any], depth: int) -> list[Row]:
    schema = _followed(document, schema)
    rows: list[Row] = []
    for name, part in schema.get("properties", {}).items():
        rows.append(
            Row(depth, name, _type(document, part), name in schema.get("required", ()), part.get("description", ""))
        )
        inner = _inner(document, part)
        if inner and depth < DEEPEST and inner.get("title") != schema.get("title"):
            rows += _rows(document, inner, depth + 1)
    return rows


def _followed(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].split("/")[1:]:
            target = target[part]
        schema = target
    return schema


def _inner(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    for one in (part, *part.get("anyOf", ())):
        one = _followed(document, one)
        items = one.get("items") or one.get("additionalProperties")
        target = _followed(document, items) if isinstance(items, dict) else one
        if "properties" in target:
            return target
    return {}


def _type(document: dict[str, Any], part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " 或 ".join(_type(document, one) for one in part["anyOf"])
    part = _followed(document, part)
    if "enum" in part or "const" in part:
        return "、".join(str(value) for value in part.get("enum", [part.get("const")]))
    kind = TYPES.get(str(part.get("type", "")), "任意")
    if kind == "数组":
        return f"{_type(document, part.get('items', {}))}的数组"
    if part.get("format") == "binary":
        return "文件"
    return kind
