"""Fragments as written: pieces of matters with typed parameters, and filling the parameters in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.errors import Problem
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, Mark, Seq

_WHOLE = re.compile(r"\$([a-z][a-z0-9_]*)\Z")
_PART = re.compile(r"\{param:([A-Za-z0-9_]+)\}")
KINDS: dict[str, Callable[[Any], bool]] = {
    "文本": lambda value: isinstance(value, (str, int, Decimal)) and not isinstance(value, bool),
    "名称": lambda value: isinstance(value, str),
    "规则": lambda value: isinstance(value, (str, dict)),
    "数": lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool),
    "整数": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "是否": lambda value: isinstance(value, bool) or value in ("是", "否"),
    "列表": lambda value: isinstance(value, list),
    "日期": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None,
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment as written: its full name, the section it gives, its parameters and its body."""

    name: str
    node: Map
    mark: Mark

    @property
    def gives(self) -> str:
        """The section it may be used in."""
        return str(self.node["gives"])

    @property
    def params(self) -> Mapping[str, Any]:
        """Parameters by name."""
        found: Mapping[str, Any] = self.node.get("params") or {}
        return found


def library(files: Iterable[tuple[str, Any]]) -> tuple[dict[str, Fragment], tuple[Problem, ...]]:
    """The fragments of files given as (file stem, tree), by `stem.key`, and what is wrong with them."""
    found: dict[str, Fragment] = {}
    problems: list[Problem] = []
    for stem, node in files:
        wrong = structure.check(node, "fragments")
        problems += wrong
        if wrong or not isinstance(node, Map):
            continue
        for key, body in node.items():
            fragment = Fragment(f"{stem}.{key}", body, tree.key_place(node, key))
            found[fragment.name] = fragment
            problems += _param_problems(fragment)
    return found, tuple(problems)


def _param_problems(fragment: Fragment) -> Iterable[Problem]:
    read = set(_params_read(fragment.node["body"]))
    for name, param in fragment.params.items():
        if name not in read:
            mark = tree.key_place(fragment.node["params"], name)
            yield tree.at(
                "M123",
                mark,
                f"片段 {fragment.name} 的参数 {name} 没有被用到。",
                "请删去，或写上 {param:" + name + "}。",
            )
        if "default" in param and not KINDS[param["kind"]](param["default"]):
            yield tree.at("M124", tree.place(param, "default"), f"参数 {name} 的默认值不是{param['kind']}。")
    for name in sorted(read - set(fragment.params)):
        yield tree.at(
            "M121", fragment.mark, f"片段 {fragment.name} 用了没有声明的参数 {name}。", "请在 params 里声明。"
        )


def _params_read(node: Any) -> Iterable[str]:
    if isinstance(node, str):
        whole = _WHOLE.match(node)
        yield from [whole.group(1)] if whole else _PART.findall(node)
    elif isinstance(node, dict):
        for value in node.values():
            yield from _params_read(value)
    elif isinstance(node, list):
        for value in node:
            yield from _params_read(value)


def fill(node: Any, values: Mapping[str, Any]) -> Any:
    """A copy of a body with its parameters filled in; a key whose whole value is an empty parameter is left out."""
    if isinstance(node, str):
        whole = _WHOLE.match(node)
        if whole:
            return values.get(whole.group(1), node)
        return _PART.sub(lambda found: str(values.get(found.group(1), found.group(0))), node)
    if isinstance(node, Map):
        filled = Map(node.mark, node.flow)
        for key, value in node.items():
            made = fill(value, values)
            if made != "" or value == "":
                filled.put(key, made, node.key_at[key], node.value_at[key])
        return filled
    if isinstance(node, Seq):
        items = Seq(node.mark)
        for value, mark in zip(node, node.item_at, strict=True):
            made = fill(value, values)
            spread = isinstance(value, str) and isinstance(made, Seq)
            for one in made if spread else (made,):
                items.add(one, mark)
        return items
    return node
