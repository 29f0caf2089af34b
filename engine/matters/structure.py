"""Checking a tree against its schema, with every fault in the author's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.errors import Problem
from engine.matters import tree
from engine.matters.schemas import validator
from engine.matters.yaml_reader import Map, Mark

_TYPES = {
    "string": "文字",
    "number": "数",
    "integer": "整数",
    "object": "一组“键: 值”",
    "array": "列表",
    "boolean": "true 或 false",
}
_SIZES = {
    "minimum": "不能小于 {}。",
    "maximum": "不能大于 {}。",
    "minLength": "不能为空。",
    "minItems": "至少要有 {} 项。",
}
_FULL_WIDTH = re.compile(r"\A[A-Za-z_][A-Za-z0-9_]*：")


def check(node: Any, schema: str) -> tuple[Problem, ...]:
    """Every place where the tree departs from the schema, in the order of the file."""
    found = [one for error in validator(schema).iter_errors(node) for one in _explain(error, node)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line, one.column)))


def _explain(error: Any, node: Any) -> Iterator[Problem]:
    path = list(error.absolute_path)
    mark = tree.find(node, path)
    said = tree.said(node, path) or "文件"
    keyword, wanted, found = error.validator, error.validator_value, error.instance
    if keyword == "additionalProperties":
        yield from _unknown_keys(error.schema, found, said)
    elif keyword == "required":
        for key in wanted:
            if key not in found and f"'{key}'" in error.message:
                yield tree.at("M111", mark, f"{said} 缺少 {key}{_titled(error.schema, key)}。", f"请补上 {key}:。")
    elif keyword == "type":
        if isinstance(found, str) and _FULL_WIDTH.match(found):
            advice = "请改成半角冒号加一个空格“: ”。"
            yield tree.at("M103", mark, f"“{found[:20]}”里的全角冒号不是 YAML 标点。", advice)
            return
        kinds = wanted if isinstance(wanted, list) else [wanted]
        names = "、".join(_TYPES[kind] for kind in kinds)
        yield tree.at("M112", mark, f"{said} 应为{names}，现为{_shown(found)}。", _type_advice(found, kinds))
    elif keyword in ("enum", "const"):
        if isinstance(found, str) and "，" in found and isinstance(path[-1] if path else "", int):
            yield tree.at("M103", mark, f"“{found}”里的全角逗号不是 YAML 标点。", "请改成半角逗号“, ”。")
            return
        known = [str(one) for one in wanted if not isinstance(one, bool)]
        advice = tree.near(str(found), known) or f"可用的有：{'、'.join(known)}。"
        yield tree.at("M113", mark, f"{said} 的值“{_shown(found)}”不在允许的范围内。", advice)
    elif keyword == "pattern":
        title, note = error.schema.get("title", ""), error.schema.get("description", "")
        yield tree.at("M114", mark, f"{said} 的“{_shown(found)}”不合{title}的写法。", note)
    else:
        what = _SIZES.get(keyword, "不合规定。").format(wanted)
        yield tree.at("M114", mark, f"{said} {what}", error.schema.get("description", ""))


def _unknown_keys(schema: Any, found: Any, said: str) -> Iterator[Problem]:
    known = schema.get("properties", {})
    for key in found:
        if key in known:
            continue
        mark = tree.key_place(found, key) if isinstance(found, Map) else tree.mark_of(found, Mark())
        by_title = next((name for name, one in known.items() if one.get("title") == key), "")
        if "：" in key:
            yield tree.at("M103", mark, f"“{key}”里的全角冒号不是 YAML 标点。", "请改成半角冒号加一个空格“: ”。")
            continue
        advice = f"键用英文，应写 {by_title}。" if by_title else tree.near(key, known)
        yield tree.at("M110", mark, f"{said} 没有“{key}”这个键。", advice or f"可用的键：{'、'.join(known)}。")


def _titled(schema: Any, key: str) -> str:
    title = schema.get("properties", {}).get(key, {}).get("title", "")
    return f"（{title}）" if title else ""


def _shown(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "一组“键: 值”"
    return "列表" if isinstance(value, list) else str(value)[:40]


def _type_advice(found: Any, kinds: list[str]) -> str:
    if found is None:
        return "请填写，或删去这个键。"
    if isinstance(found, dict) and "string" in kinds:
        return "文字里有“{…}”或“: ”时请加引号。"
    if "array" in kinds:
        return "请写成 [甲, 乙]，或一行一项、以“- ”开头。"
    return ""
