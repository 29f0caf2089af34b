"""The linking bench: one matter's tree, its names, and the problems found while its parts are put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import Problem
from engine.matters import tree
from engine.matters.names import own, shared
from engine.matters.placeholders import PLACEHOLDER
from engine.matters.reference import Reference
from engine.matters.yaml_reader import Map, Mark, Seq
from engine.model.rule import ALWAYS, Rule
from engine.rules.compiler import compile_rule
from engine.rules.scope import Found, Name, Scope

NEVER = Rule(text="从不", logic=False)


def shared_scope(reference: Reference) -> Scope:
    """The scope of code lists and parameters, which every matter's own names stand over."""
    return Scope(shared(reference), reference.expressions)


class Linking:
    """What the parts of the linker share. `matters` are the ids of all matters of the catalogue; `base` is the
    scope of the names that every matter has."""

    def __init__(self, node: Map, reference: Reference, matters: frozenset[str], base: Scope | None = None) -> None:
        self.node, self.reference, self.matters = node, reference, matters
        self.problems: list[Problem] = []
        self._shared = base or shared_scope(reference)
        self.scope = Scope(own(node, reference, {}), reference.expressions, self._shared)
        self._wider: dict[tuple[str, ...], Scope] = {}
        self.conditions: dict[str, Rule] = {}  # of the facts that are not always asked for, by key
        self._places: dict[int, tuple[Rule, Mark]] = {}  # holds each rule, so that its id stays its own

    def guard(self, guards: Mapping[str, Rule]) -> None:
        """Name the fields again, now with their visibility conditions."""
        self.scope = Scope(own(self.node, self.reference, guards), self.reference.expressions, self._shared)
        self._wider.clear()

    def add(self, code: str, mark: Mark, what: str, next: str = "") -> None:
        """Note a problem at a place."""
        self.problems.append(tree.at(code, mark, what, next))

    def rule(
        self, node: Map, key: str, default: Rule = ALWAYS, *, expect: str = "bool", also: tuple[Name, ...] = ()
    ) -> Rule:
        """The compiled rule of a key; `default` when it is left out or wrong. `also` are names only it may use."""
        if key not in node:
            return default
        return self.compile(node[key], tree.place(node, key), expect, also) or default

    def compile(self, source: Any, mark: Mark, expect: str = "bool", also: tuple[Name, ...] = ()) -> Rule | None:
        """Compile one rule; None, with its problems noted, when it is wrong."""
        if expect == "bool" and isinstance(source, str):
            plain = source.strip()
            if plain in ("总是", "从不"):
                return ALWAYS if plain == "总是" else NEVER
        scope = self._with(also) if also else self.scope
        written = tree.bare(source) if isinstance(source, dict) else str(source)
        made, found = compile_rule(
            written, scope, expect=expect, file=mark.file, line=mark.line, column=mark.column, spans=mark.spans
        )
        self.problems += found
        if made is not None:
            self._places[id(made)] = (made, mark)
        return made

    def _with(self, also: tuple[Name, ...]) -> Scope:
        paths = tuple(name.path for name in also)
        if paths not in self._wider:
            self._wider[paths] = Scope(also, self.reference.expressions, self.scope)
        return self._wider[paths]

    def remember(self, rule: Rule, mark: Mark) -> None:
        """Note where a rule that was put together elsewhere is written."""
        self._places[id(rule)] = (rule, mark)

    def place_of(self, rule: Rule) -> Mark:
        """Where a compiled rule is written."""
        return self._places.get(id(rule), (rule, Mark()))[1]

    def path(self, name: str, mark: Mark) -> Found | None:
        """What a name written outside a rule stands for; None, with the problem noted, when nothing."""
        parts = tuple(one.strip("「」") for one in name.split("."))
        found = self.scope.find(parts)
        if isinstance(found, Found):
            return found
        if found:
            groups = "、".join(f"{one.group}.{one.title}" for one in found)
            self.add("M104", mark, f"名称“{name}”不止一个。", f"请写明是哪一个：{groups}。")
        else:
            near = self.scope.near(parts)
            self.add(
                "M104", mark, f"未知名称“{name}”。", f"是否想写 {near}？" if near else "请检查表单和事实里的名称。"
            )
        return None

    def paths(self, node: Map, key: str) -> tuple[str, ...]:
        """The stored paths of a list of names."""
        items: Seq = node.get(key) or Seq(node.mark)
        found = [self.path(str(one), mark) for one, mark in zip(items, items.item_at, strict=True)]
        return tuple(one.path for one in found if one is not None)

    def template(self, node: Map, key: str) -> str:
        """A text in which each {name} is replaced by the {path} it stands for."""
        text, mark = tree.text(node, key), tree.place(node, key)

        def stored(name: str) -> str:
            found = self.path(name, mark)
            return "{" + (found.path if found else name) + "}"

        return PLACEHOLDER.sub(lambda one: stored(one.group(1)), text)
