"""Whether two catalogues differ in nothing but one name."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from engine.matters.catalogue import Catalogue
from engine.matters.name_edits import Name


def differences(before: Catalogue, after: Catalogue, target: Name, new: str) -> tuple[str, ...]:
    """The matters that changed in more than the name; every rule's logic must be the same, or the same with the id."""
    if set(before.matters) != set(after.matters):
        return tuple(sorted(set(before.matters) ^ set(after.matters)))
    compare = _Compare(target, new)
    return tuple(
        id for id, one in before.matters.items()
        if not compare.same(msgspec.to_builtins(one), msgspec.to_builtins(after.matters[id]))
    )  # fmt: skip


class _Compare:
    """A title may differ where people read it, an id at the head of a path; a rule's text and the hash are derived."""

    def __init__(self, target: Name, new: str) -> None:
        self.target, self.new = target, new
        self.head = re.compile(rf"(^|(?<=\^\.)|(?<=\{{)){re.escape(target.id)}(?=$|[.}}])")

    def same(self, one: Any, other: Any) -> bool:
        if isinstance(one, dict) and isinstance(other, dict):
            return self._same_keys(_told(one), _told(other))
        if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
            return len(one) == len(other) and (
                all(map(self.same, one, other)) or self._in_another_order(list(one), list(other))
            )
        return bool(one == other) or (isinstance(one, str) and isinstance(other, str) and self._renamed(one) == other)

    def _same_keys(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        if len(one) != len(other):
            return False
        for key, value in one.items():
            now = key if key in other else self._renamed(key)
            if now not in other or not self.same(value, other[now]):
                return False
        return True

    def _in_another_order(self, one: list[Any], other: list[Any]) -> bool:
        """Paths that a rule reads are sorted; an id may have moved among them."""
        texts = all(isinstance(item, str) for item in (*one, *other))
        return texts and sorted(self._renamed(item) for item in one) == sorted(map(self._renamed, other))

    def _renamed(self, text: str) -> str:
        return self.head.sub(self.new, text) if self.target.by_id else text.replace(self.target.title, self.new)


def _told(node: dict[str, Any]) -> dict[str, Any]:
    """A mapping without what follows from the rest: a rule's text, a matter's hash, titles and units of its paths."""
    derived = ("text",) if "logic" in node else ("hash", "titles", "units") if "groups" in node else ()
    return {key: value for key, value in node.items() if key not in derived}
