"""Tidying a YAML file of matters, tests or rules: the rules' spelling and the spaces, never the meaning.

Keys keep their order, comments and blank lines stay, blocks stay blocks. The tidied text is read again: unless every
value is the same, and every rule the same tree, the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.errors import Problem
from engine.matters.fragment_library import Fragment
from engine.matters.roles import RULE, covered, params_of, role, uncovered
from engine.matters.scalars import Path, Scalar, edited, replaced, scalars
from engine.matters.yaml_reader import closed_tags, parse
from engine.rules.spacing import meaning, tidy

_TRAILING = re.compile(r"[ \t]+$")


def formatted(
    data: bytes, file: str, fragments: Mapping[str, Fragment], *, rules: bool = True, tests: bool = False
) -> tuple[str | None, tuple[Problem, ...]]:
    """The tidy text of a file; None with what is wrong when it cannot be read or would not mean the same.

    `rules` says that the file holds rules (a matter, fragments, shared expressions), `tests` that it is a test file.
    """
    tree, problems = parse(data, file, tags=tests)
    if problems or tree is None:
        return None, problems or (Problem("M112", "文件是空的。", "请写上内容，或删去文件。", file, 1, 1),)
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    text = closed_tags(text) if tests else text
    found = [one for one in scalars(text) if not one.key and _is_rule(one.path, one.value, tree, fragments)]
    made = _spaced(replaced(text, ((one, _changed(one)) for one in found if rules)))
    again, wrong = parse(made.encode(), file, tags=tests)
    if wrong or not _same(tree, again, (), fragments, tree):
        what = "整理会改变文件的意思，没有整理。"
        return None, (Problem("M101", what, "请检查引号和缩进后再试。", file, 1, 1),)
    return made, ()


def _is_rule(path: Path, value: str, tree: Any, fragments: Mapping[str, Fragment]) -> bool:
    return role(path, value, params_of(tree, path, fragments)) == RULE


def _changed(one: Scalar) -> str:
    """The tidy rule in the style the author chose; as it was where that style cannot hold it."""
    made = edited(one, _tidy)
    return one.text if not one.style and made.startswith('"') else made


def _tidy(text: str) -> str:
    plain, held = covered(text)
    return uncovered(tidy(plain), held)


def _spaced(text: str) -> str:
    """No spaces at the ends of lines outside texts in quotes and blocks, one line break at the end."""
    kept: set[int] = set()
    for one in scalars(text):
        if one.style:
            first = text.count("\n", 0, one.start)
            kept |= set(range(first, first + one.text.count("\n") + (one.style in ("|", ">"))))
    lines = text.split("\n")
    made = [line if number in kept else _TRAILING.sub("", line) for number, line in enumerate(lines)]
    return "\n".join(made).rstrip("\n") + "\n"


def _same(one: Any, other: Any, path: Path, fragments: Mapping[str, Fragment], root: Any) -> bool:
    """Whether two trees are equal, rules being compared by their own trees."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(
            _same(one[key], other[key], (*path, key), fragments, root) for key in one
        )
    if isinstance(one, list):
        pairs = enumerate(zip(one, other, strict=False))
        return len(one) == len(other) and all(_same(a, b, (*path, at), fragments, root) for at, (a, b) in pairs)
    if one == other or not isinstance(one, str):
        return bool(one == other)
    if not _is_rule(path, one, root, fragments):
        return False
    before = meaning(covered(one)[0])
    return before is not None and before == meaning(covered(other)[0])
