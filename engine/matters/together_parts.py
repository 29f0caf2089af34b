"""The parts of a matter that is put together, and the conditions under which what only some of them say stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map, Mark

ASKED = "办理内容"


@dataclass(frozen=True, slots=True)
class Part:
    """One matter that may be chosen: its id, its opened tree and its title."""

    id: str
    node: Map
    title: str


@dataclass(slots=True)
class Parts:
    """All parts of one matter, and what is found wrong while they are put together."""

    node: Map
    mark: Mark
    parts: tuple[Part, ...]
    problems: list[Problem] = field(default_factory=list)
    settled: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def all(self, ids: Iterable[str]) -> bool:
        """Whether these are all parts."""
        return len(set(ids)) == len(self.parts)

    def title_of(self, id: str) -> str:
        """The title of a part."""
        return next(one.title for one in self.parts if one.id == id)

    def clash(self, kind: str, name: str) -> None:
        """Two parts say something different under one name, and cannot be kept apart."""
        what = f"所含事项的{kind} {name} 写法不同，合不到一起。"
        problem = tree.at("M215", self.mark, what, "请改成一样，或改成不同的 id 和标题。")
        if problem not in self.problems:
            self.problems.append(problem)

    def chosen(self, ids: Iterable[str]) -> str:
        """The rule that one of these parts is chosen."""
        titles = [_quoted(one.title) for one in self.parts if one.id in set(ids)]
        return f"{ASKED} 包含 {titles[0]}" if len(titles) == 1 else f"{ASKED} 有交集 [{', '.join(titles)}]"

    def settling(self, check: str, ids: list[str]) -> str:
        """The rule that no part is chosen which settles a check of these parts; "" where none does."""
        found = [id for id, checks in self.settled.items() if check in checks and id not in ids]
        return f"非 ({self.chosen(found)})" if found else ""

    def under(self, item: Map, key: str, has: Callable[[Part], bool]) -> Map:
        """The item under the condition that one of the parts that have it is chosen; as it is where all have it."""
        ids = [one.id for one in self.parts if has(one)]
        if self.all(ids):
            return item
        made = Map(item.mark, item.flow)
        for name, value in item.items():
            made.put(name, value, item.key_at[name], item.value_at[name])
        mark = item.value_at.get(key, item.mark)
        made.put(key, self.both(self.chosen(ids), item.get(key)), item.key_at.get(key, item.mark), _bare(mark))
        return made

    def both(self, guard: str, own: Any) -> str:
        """Both conditions as rule text; a rule written as JsonLogic cannot be put together with another."""
        if own is None or own == "总是":
            return guard
        return f"{guard} 且 ({self.text(own)})"

    def made(self, content: Mapping[str, Any]) -> Map:
        """A piece of the tree that no part says as it stands; all of it has the place of the whole."""
        found = Map(self.mark)
        for key, value in content.items():
            found.put(key, value, self.mark, self.mark)
        return found

    def text(self, rule: Any) -> str:
        """The text of a rule."""
        if isinstance(rule, str):
            return rule.strip()
        what = "所含事项里有写成 JsonLogic 的规则，不能一并办理。"
        self.problems.append(tree.at("M215", self.mark, what, "请改写成规则文字。"))
        return "从不"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _bare(mark: Mark) -> Mark:
    """The place without the pieces of the text that stood there: it is another text now."""
    return Mark(mark.file, mark.line, mark.column)
