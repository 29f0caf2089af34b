"""The author's reference, generated from the schema, the field kinds, the operators and the codes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from engine.errors import CODES
from engine.matters import kinds, proof_codes, schema_matter
from engine.matters.codes import MEANINGS, OF_TESTING
from engine.matters.placeholders import DOCUMENT_NAMES, NUMBER_NAMES, RESTART_NAMES
from engine.matters.schema_words import Schema
from engine.matters.schemas import BUILDERS
from engine.rules import operations, problems, profile

_TYPES = {"string": "文字", "number": "数", "integer": "整数", "object": "一组键", "array": "列表", "boolean": "是否"}
_REGISTERED = (operations, problems, proof_codes)  # their operators and codes are registered when they are imported
_SHARED = (
    "codes", "parameters", "sources", "certificates", "authorities", "calendar", "expressions", "fragments", "guides",
    "synonyms", "messages", "ratings", "tests",
)  # fmt: skip
_HEAD = """\
# 编写事项：参考

本页由 `python -m engine.matters.reference_manual` 从程序生成，与程序一致；怎样一步步写出一个事项，见《编写事项》。

键用英文，值用业务里的中文。规则文字里含逗号、井号或“: ”的，写成块式，一行一个键。"""


def manual() -> str:
    """The whole reference as Markdown."""
    parts = [_HEAD, "## 事项文件的键", *_matter(), "## 字段种类", *_kinds(), "## 文字里的占位符", *_placeholders()]
    parts += ["## 规则里的运算", *_operators(), "## 共用数据和测试的键", *_shared(), "## 错误和提醒", *_codes()]
    return "\n\n".join(parts) + "\n"


def _matter() -> Iterator[str]:
    required = "、".join(f"`{key}`" for key in schema_matter.REQUIRED)
    yield f"必须写的键：{required}。"
    yield from _section(schema_matter.KEYS, "###", schema_matter.REQUIRED)


def _section(keys: dict[str, Schema], mark: str, required: tuple[str, ...] = ()) -> Iterator[str]:
    rows = [f"| `{key}` | {_title(one)} | {_kind(one)} | {_said(key, one, required)} |" for key, one in keys.items()]
    yield "\n".join(["| 键 | 名称 | 写成 | 说明 |", "|---|---|---|---|", *rows])
    seen: list[tuple[str, dict[str, Schema]]] = []
    for key, one in keys.items():
        inner = _inner(one)
        if not inner or key == "with" or len(mark) > 6:
            continue
        yield f"{mark} {key}：{_title(one)}"
        same = next((name for name, other in seen if other == inner), "")
        if same:
            yield f"写法同 `{same}`。"
        else:
            yield from _section(inner, mark + "#", _required(one))
            seen.append((key, inner))


def _said(key: str, schema: Schema, required: tuple[str, ...]) -> str:
    return ("必写。" if key in required else "") + _note(schema)


def _required(schema: Schema) -> tuple[str, ...]:
    """The keys that must be written in a value, or in each item of a list."""
    if "items" in schema:
        return _required(schema["items"])
    if "if" in schema and "properties" not in schema:
        branch = "else" if schema["then"].get("title") in ("引用片段", "决策表") else "then"
        return _required(schema[branch])
    more = schema.get("additionalProperties")
    inherited = _required(more) if isinstance(more, dict) else ()
    return (*schema.get("required", ()), *schema.get("then", {}).get("required", ()), *inherited)


def _inner(schema: Schema) -> dict[str, Schema]:
    """The keys inside a value: of a mapping, of the items of a list, or of the mapping form of an either-or."""
    if "items" in schema:
        return _inner(schema["items"])
    if "if" in schema and "properties" not in schema:
        return (
            {**_inner(schema["then"]), **_inner(schema["else"])}
            if schema["then"].get("title") != "引用片段"
            else _inner(schema["else"])
        )
    found: dict[str, Any] = schema.get("properties", {})
    more = schema.get("additionalProperties")
    return {**found, **_inner(more)} if isinstance(more, dict) else found


def _title(schema: Schema) -> str:
    return str(schema.get("title", ""))


def _note(schema: Schema) -> str:
    return str(schema.get("description", "")).replace("|", "\\|")


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return "、".join(str(one) for one in schema["enum"] if not isinstance(one, bool))
    if "if" in schema and "type" not in schema:
        return "，或".join(dict.fromkeys((_kind(schema["then"]), _kind(schema["else"]))))
    found = schema.get("type", "")
    if found == "array":
        inner = schema.get("items", {})
        return f"列表（{_kind(inner)}）" if "enum" in inner else "列表"
    kinds_of = [found] if isinstance(found, str) else [one for one in found if (one, found[0]) != ("number", "string")]
    return "或".join(_TYPES[one] for one in kinds_of if one in _TYPES)


def _kinds() -> Iterator[str]:
    yield f"各种类都可以写：{_listed(kinds.COMMON)}。"
    rows = [
        f"| {one.name} | {_listed(one.keys)} | {one.shape} |{'是' if one.sensitive else ''}|"
        for one in kinds.KINDS.values()
    ]
    yield "\n".join(["| 种类 | 另可写 | 存成 | 不写也算敏感 |", "|---|---|---|---|", *rows])


def _listed(keys: frozenset[str]) -> str:
    return "、".join(f"`{key}`" for key in sorted(keys)) or "—"


def _placeholders() -> Iterator[str]:
    yield (
        "`else`、`mend`、`reason` 里可写 `{字段标题}`、`{事实.内容}`、`{参数.名称}`、`{原证.…}`。"
        "片段的内容里写 `{param:参数名}` 填进文字，整个值写 `$参数名` 则原样换成所给的值；值为空的键不写入。"
    )
    yield f"编号：{'、'.join('`{' + one + '}`' for one in NUMBER_NAMES)}；序号可写 `{{序号:05d}}`。"
    yield f"重新编号：{'、'.join(RESTART_NAMES)}。文号前缀：{'、'.join('`{' + one + '}`' for one in DOCUMENT_NAMES)}。"


def _operators() -> Iterator[str]:
    rows = [f"| {one.chinese} | `{one.english}` | {one.doc} |" for one in profile.table()]
    yield "\n".join(["| 写作 | 英文 | 说明 |", "|---|---|---|", *(row.replace("||", "\\|\\|") for row in rows)])


def _shared() -> Iterator[str]:
    for name in _SHARED:
        schema: Schema = BUILDERS[name]()
        inner = _inner(schema)
        where = (
            "matters/…/<id>.tests.yaml"
            if name == "tests"
            else f"rules/{name}/*.yaml"
            if name in ("fragments", "guides")
            else f"rules/{name}.yaml"
        )
        yield f"### {where}：{_title(schema)}"
        yield from _section(inner, "####", _required(schema))


def _codes() -> Iterator[str]:
    yield (
        "M 是事项文件的错误，R 是规则的错误，有错误的事项不能发布；W 是提醒，不妨碍发布。"
        "P 是证明（zhunyu prove）的结论，没有注明提醒或说明的是错误。"
    )
    known = {**MEANINGS, **OF_TESTING, **{code: text for code, text in CODES.items() if code[0] in "RP"}}
    rows = [f"| {code} | {text} |" for code, text in sorted(known.items())]
    yield "\n".join(["| 编号 | 说明 |", "|---|---|", *rows])


if __name__ == "__main__":
    sys.stdout.write(manual())
