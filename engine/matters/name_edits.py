"""What renaming does to one scalar of a file, by its role and by what its names stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.matters.fragment_library import Fragment
from engine.matters.placeholders import PLACEHOLDER
from engine.matters.roles import NAME, RULE, TABLE, TEMPLATE, covered, params_of, placed, role, uncovered
from engine.matters.scalars import Scalar, edited, spelled
from engine.matters.table import outcome, recelled
from engine.rules.mentions import renamed
from engine.rules.scope import Found, Scope, written


@dataclass(frozen=True, slots=True)
class Name:
    """The field or fact to be renamed, by title or, with `by_id`, by id."""

    id: str
    title: str
    group: str
    fact: bool
    by_id: bool = False

    @property
    def old(self) -> str:
        """What is written for it now."""
        return self.id if self.by_id else self.title


class Edits:
    """The changes to one file of one matter (`scope`), whose tree is `node`."""

    def __init__(
        self, target: Name, new: str, scope: Scope, fragments: Mapping[str, Fragment], node: Any
    ) -> None:
        self.target, self.new, self.scope, self.fragments, self.node = target, new, scope, fragments, node
        self.word = f"「{new}」" if new in scope.choices else written((new,))

    def of(self, one: Scalar, tests: bool, definition: bool) -> str | None:
        """How the scalar stands afterwards; None when renaming does not touch it."""
        if definition and one.value == self.target.old:
            return spelled(one, self.new)
        if tests:
            return self._in_tests(one)
        if one.key:
            return None
        if self.target.by_id and self._is_id(one):
            return spelled(one, self.new)
        if self.target.by_id and "var" in one.path[-2:]:
            return spelled(one, self._stored(one.value))
        kind = role(placed(one.path, self.node), one.value, params_of(self.node, one.path, self.fragments))
        if kind == RULE:
            return edited(one, self._rule)
        if kind == NAME:
            return edited(one, self._name)
        if kind == TABLE:
            return recelled(one.text, self._cell)
        return edited(one, self._template) if kind == TEMPLATE else None

    def _in_tests(self, one: Scalar) -> str | None:
        section = "facts" if self.target.fact else "given"
        here = one.key and one.path[-1] == self.target.old and one.path[-2:-1] == (section,)
        return spelled(one, self.new) if here and (self.target.by_id or self.target.fact) else None

    def _is_id(self, one: Scalar) -> bool:
        listed = len(one.path) > 1 and one.path[-2] == ("needs" if self.target.fact else "only")
        return listed and one.value == self.target.id

    def _stored(self, path: str) -> str:
        ups = len(path) - len(path.lstrip("^."))
        head, dot, rest = path[ups:].partition(".")
        return path[:ups] + (self.new if head == self.target.id else head) + dot + rest

    def _rule(self, text: str) -> str:
        plain, held = covered(text)
        return uncovered(renamed(plain, self._choose), held)

    def _cell(self, head: str, cell: str) -> str:
        """A cell of a decision table: a rule under a condition and at its head, a text with {names} under 理由."""
        key = outcome(head or cell)
        if key:
            return self._template(cell) if key == "reason" and head else cell
        return self._rule(cell)

    def _choose(self, segments: tuple[str, ...]) -> tuple[int, str] | None:
        for at, segment in enumerate(segments[:2]):
            if segment == self.target.old and self._means(segments[: at + 1]):
                return at, self.word
        return None

    def _means(self, segments: tuple[str, ...]) -> bool:
        found = self.scope.find(segments)
        return isinstance(found, Found) and found.path == self.target.id

    def _name(self, text: str) -> str:
        parts = text.split(".")
        chosen = self._choose(tuple(one.strip("「」") for one in parts))
        if chosen is None:
            return text
        parts[chosen[0]] = self.new
        return ".".join(parts)

    def _template(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: "{" + self._name(found.group(1)) + "}", text)
