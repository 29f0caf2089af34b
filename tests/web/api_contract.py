"""The OpenAPI document as a test oracle: strategies for what it takes, and a check of what it gives."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import jsonschema
from hypothesis import strategies as st
from werkzeug.test import TestResponse

Document = dict[str, Any]
Known = dict[str, list[str]]
text = st.text(st.characters(codec="utf-8"), max_size=30)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


def mostly(known: list[str], other: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A known text four times out of five."""
    return st.integers(0, 4).flatmap(lambda number: st.sampled_from(known) if number else other)


plausible = st.sampled_from(
    [
        "中山东一路1号", "100", "-1", "120.505", 7, True, "是", "2026-02-29", "2026-02-28", "甲", ["甲", "乙"], ["丙"],
        "13800000000", "91310101MA1FP0001X", {"name": "张三", "id_no": "1", "phone": 2}, {"name": ["张"]},
        {"district": "黄浦区", "street": {}}, [{"cell": "a", "count": "1"}, {}], [{"cell": {"x": 1}}], [[]], "",
    ]
)  # fmt: skip


def operations(document: Document) -> list[tuple[str, str, Document]]:
    """All operations as (method, path, entry)."""
    found = document["paths"].items()
    return [(method.upper(), path, entry) for path, entries in found for method, entry in entries.items()]


def follow(document: Document, node: Document) -> Document:
    """The node, or what its $ref stands for."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].split("/")[1:]:
            target = target[part]
        node = target
    return node


def fitting(document: Document, schema: Document, known: Known, name: str = "") -> st.SearchStrategy[Any]:
    """Values a schema allows, as far as our own schemas go; mostly `known` ones for the names of ids."""
    schema = follow(document, schema)
    if name in known:
        return mostly(known[name], text)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([fitting(document, one, known, name) for one in schema["anyOf"]])
    kind = schema.get("type")
    if kind == "string":
        return st.text(
            st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 40)
        )
    if kind == "integer":
        return st.integers(schema.get("minimum", -5), schema.get("maximum", 5))
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "array":
        return st.lists(fitting(document, schema.get("items", {}), known), max_size=3)
    if kind == "object" and "properties" in schema:
        wanted = {name: fitting(document, part, known, name) for name, part in schema["properties"].items()}
        required = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: value for name, value in wanted.items() if name in required},
            optional={name: value for name, value in wanted.items() if name not in required},
        )
    if name == "answers":
        return st.dictionaries(st.sampled_from(known["field"]) | text, plausible | anything, max_size=5)
    if kind == "object":
        inner = schema.get("additionalProperties")
        values = fitting(document, inner, known) if isinstance(inner, dict) else anything
        return st.dictionaries(st.sampled_from(known.get("material_id", ["plan"])) | text, values, max_size=3)
    return anything


def address(path: str, names: dict[str, str]) -> str:
    """The path with its places filled and quoted."""
    for name, value in names.items():
        path = path.replace("{" + name + "}", quote(value, safe=""))
    return path


def check(document: Document, entry: Document, response: TestResponse) -> None:
    """Fail unless the answer is one the document describes."""
    status = str(response.status_code)
    assert response.status_code < 500, response.text
    assert status in entry["responses"], f"{status} is not documented: {response.text[:300]}"
    described = follow(document, entry["responses"][status])
    content = described.get("content", {})
    if not content:
        assert response.data == b""
        return
    assert response.mimetype in content or "application/octet-stream" in content, response.mimetype
    if response.mimetype.endswith("json"):
        valid(document, content[response.mimetype]["schema"], json.loads(response.data))
    if response.status_code >= 400:
        problem = json.loads(response.data)
        assert problem["status"] == response.status_code
        assert problem["code"] and problem["detail"] and problem["title"]
        assert problem["request_id"] == response.headers["X-Request-Id"]


def valid(document: Document, schema: Document, value: Any) -> None:
    """Fail unless the value fits the schema of the document."""
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)
