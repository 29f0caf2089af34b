"""What a scalar of a matter, a fragment or a test is: a rule, a name, a text with {names} — by where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.matters.fragment_library import Fragment
from engine.matters.scalars import Path

RULE, NAME, TEMPLATE, TITLE, ID, TABLE = "规则", "名称", "带名称的文字", "标题", "编号", "决策表"
_RULE_KEYS = frozenset({"when", "require", "rule"})
_OF_PARTIES = ("required",)
_TEMPLATE_KEYS = frozenset({"else", "mend", "reason"})
_NOTED = ("certificate", "certificates")
_NAME_KEYS = frozenset({"prefill", "each", "by", "called"})
_NAME_LISTS = frozenset({"unique", "hide", "proves"})
_PLACEHOLDER = re.compile(r"\{param:[A-Za-z0-9_]+\}")


def role(path: Path, value: str, params: Mapping[str, str]) -> str:
    """The role of a value at a path; "" for one that is none of these. `params` are the kinds of `with` keys."""
    keys = [one for one in path if isinstance(one, str)]
    last = keys[-1] if keys else ""
    above = path[-2] if len(path) > 1 else ""
    if value.startswith("$") or not last:
        return ""
    if above == "with" and last in params:
        return {"规则": RULE, "名称": NAME, "文本": NAME}.get(params[last], "")
    if last == "say":
        return ""
    if last in _RULE_KEYS or above == "waive" or last == "never" or (last == "auto" and value not in ("true", "false")):
        return RULE
    if above in ("lines", "item") and ("certificate" in keys or "certificates" in keys):
        return RULE
    if "countersign" in keys and last in _OF_PARTIES:
        return RULE
    if "countersign" in keys and last == "of":
        return NAME
    if last in _TEMPLATE_KEYS or (last == "note" and keys[0] in _NOTED):
        return TEMPLATE
    if last == "table" and isinstance(above, int):
        return TABLE
    if (last in _NAME_KEYS and "limit" not in keys) or (above == "with" and "facts" in keys):
        return NAME
    if (last in ("from", "until") and "valid" in keys) or (last == "of" and "annexes" in keys):
        return NAME
    names = last in _NAME_LISTS or (last == "fields" and isinstance(path[-1], int))
    return NAME if names and isinstance(path[-1], int) else ""


def placed(path: Path, root: Any) -> Path:
    """The path that a place in a fragment's body has in the matter that uses it: the section it gives comes first."""
    if len(path) > 2 and path[1] == "body" and isinstance(root, dict) and isinstance(root.get(path[0]), dict):
        return (str(root[path[0]].get("gives", "")), *path[2:])
    return path


def params_of(tree: Any, path: Path, fragments: Mapping[str, Fragment]) -> dict[str, str]:
    """The kinds of the parameters that the `with:` above a path gives, by name."""
    if "with" not in path:
        return {}
    node = tree
    for one in path[: len(path) - 1 - path[::-1].index("with")]:
        node = node[one]
    used = node.get("use") if isinstance(node, dict) else None
    names = used if isinstance(used, list) else [used]
    found = [fragments[str(name)] for name in names if str(name) in fragments]
    return {name: str(param["kind"]) for one in found for name, param in one.params.items()}


def covered(text: str) -> tuple[str, dict[str, str]]:
    """A text whose {param:…} are words that rule text can hold, and what each word stands for."""
    held: dict[str, str] = {}

    def cover(found: re.Match[str]) -> str:
        word = f"片段参数之{len(held)}位"  # closed by a letter: the first must not be the beginning of the eleventh
        held[word] = found.group(0)
        return word

    return _PLACEHOLDER.sub(cover, text), held


def uncovered(text: str, held: Mapping[str, str]) -> str:
    """The text with its {param:…} again."""
    for word, written in held.items():
        text = text.replace(word, written)
    return text
