"""Prints JsonLogic as rule text, for authors (by a scope) and for traces (by titles alone)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from engine.model.values import Json
from engine.rules import kinds
from engine.rules.kinds import ANY, Kind
from engine.rules.profile import CALLS, OPERATORS
from engine.rules.scope import Scope, is_word, written

_RANK = {"or": 1, "and": 2, "!": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARISONS = {"==": "=", "!=": "≠", ">": ">", "<": "<", ">=": "≥", "<=": "≤"}
_SETS = {"intersects": "有交集", "subset": "全部属于"}
_POSTFIX = {"empty": "为空", "unavailable": "未取到"}


class Printer:
    """Prints with a title for each absolute path; `kind` tells where a text may stand without quotes.

    `known` says whether a word is a name, `choices` are the words that would be read as a choice beside one.
    """

    def __init__(
        self,
        title: Callable[[str], str],
        kind: Callable[[str], Kind],
        known: Callable[[str], bool],
        choices: Container[str] = (),
    ) -> None:
        self._title, self._kind, self._known, self._choices = title, kind, known, choices
        self._frames: list[str] = []

    def rule(self, logic: Json) -> str:
        """The whole rule; a literal true reads 总是."""
        return self._node(logic, 0, True)

    def within(self, frames: tuple[str, ...], logic: Json) -> str:
        """A node inside the quantifiers whose lists have these absolute paths."""
        self._frames = list(frames)
        text = self._node(logic, 0, True)
        self._frames = []
        return text

    def _node(self, logic: Json, rank: int, condition: bool = False, beside: Kind = ANY) -> str:
        if isinstance(logic, bool):
            return ("总是" if logic else "从不") if condition else ("是" if logic else "否")
        if isinstance(logic, (int, float)):
            return str(logic)
        if isinstance(logic, str):
            return self._text(logic, beside)
        if isinstance(logic, (list, tuple)):
            return "[" + ", ".join(self._node(item, 5, beside=beside) for item in logic) + "]"
        name, arguments = next(iter(logic.items()))
        if name in ("dec", "date"):
            return str(arguments)
        if name == "var":
            return self._path(arguments)
        text, own = self._operator(name, arguments)
        return f"({text})" if own < rank else text

    def _text(self, text: str, beside: Kind) -> str:
        if beside.kind == "enum" and is_word(text) and not self._known(text) and text in (beside.values or (text,)):
            return text
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def _absolute(self, path: str) -> tuple[str, int]:
        ups = 0
        while path.startswith("^."):
            path, ups = path[2:], ups + 1
        if ups < len(self._frames):
            base = self._frames[-1 - ups]
            path = f"{base}.{path}" if path else base
        return path, ups

    def _path(self, stored: str) -> str:
        path, ups = self._absolute(stored)
        if ups >= len(self._frames):
            name = written(self._title(path).split("."))
            return "外." * (ups if self._frames else 0) + (f"「{name}」" if name in self._choices else name)
        base = self._frames[-1 - ups]
        column = self._title(path)[len(self._title(base)) :].strip(".") if path != base else ""
        return "外." * ups + "它" + (f".{written(column.split('.'))}" if column else "")

    def kind_of(self, logic: Json) -> Kind:
        """The kind of a `var`; ANY for anything else."""
        if isinstance(logic, dict) and "var" in logic:
            path, ups = self._absolute(logic["var"])
            kind = self._kind(path)
            return kinds.element(kind) if ups < len(self._frames) else kind
        if isinstance(logic, dict) and "entry" in logic:
            below = kinds.step(kinds.element(self.kind_of(logic["entry"][0])), logic["entry"][2])
            return below[1] if below else ANY
        return ANY

    def _operator(self, name: str, given: Any) -> tuple[str, int]:
        arguments = given if isinstance(given, (list, tuple)) else [given]
        if name in ("and", "or"):
            sign = f" {OPERATORS[name].chinese} "
            return sign.join(self._node(part, _RANK[name] + 1, True) for part in arguments), _RANK[name]
        if name == "!":
            return self._negation(arguments[0])
        if name in ("all", "some"):
            return self._quantifier(name, arguments), 4
        if name in _COMPARISONS or name in _SETS or name in ("in", "matches"):
            return self._comparison(name, arguments), 4
        if name in _POSTFIX:
            return f"{self._node(arguments[0], 8)} {_POSTFIX[name]}", 4
        if name in ("+", "*", "-", "/"):
            return self._arithmetic(name, arguments)
        if name == "entry":
            column = kinds.element(self.kind_of(arguments[0])).parts.get(arguments[2])
            key = self._node(arguments[1], 5, beside=kinds.element(self.kind_of(arguments[0])))
            return f"{self._node(arguments[0], 8)}[{key}].{written([column.title if column else arguments[2]])}", 8
        return self._call(name, arguments), 8

    def _negation(self, inner: Json) -> tuple[str, int]:
        if isinstance(inner, dict) and "in" in inner:
            needle, hay = inner["in"]
            return self._membership(needle, hay, "不"), 4
        if isinstance(inner, dict) and "empty" in inner:
            return f"{self._node(inner['empty'][0], 8)} 不为空", 4
        return f"非 ({self._node(inner, 0, True)})", 3

    def _quantifier(self, name: str, arguments: Any) -> str:
        rows, body = arguments
        head = self._node(rows, 8)
        path, _ = self._absolute(rows["var"])
        self._frames.append(path)
        text = self._node(body, 0, True)
        self._frames.pop()
        return f"{OPERATORS[name].chinese} {head} 满足 ({text})"

    def _comparison(self, name: str, arguments: Any) -> str:
        left, right = arguments
        if name == "in":
            return self._membership(left, right, "")
        one, other = self.kind_of(left), self.kind_of(right)
        sign = _COMPARISONS.get(name) or _SETS.get(name) or "匹配"
        beside = ANY if name == "matches" else one
        return f"{self._node(left, 5, beside=other)} {sign} {self._node(right, 5, beside=beside)}"

    def _membership(self, needle: Json, hay: Json, negation: str) -> str:
        kind = self.kind_of(hay)
        if isinstance(hay, (list, tuple)):
            beside = self.kind_of(needle)
            return f"{self._node(needle, 5)} {negation}属于 {self._node(hay, 5, beside=beside)}"
        if kind.listed and kind.many:
            return f"{self._node(needle, 5, beside=kinds.element(kind))} {negation}属于 {self._node(hay, 5)}"
        return f"{self._node(hay, 5)} {negation}包含 {self._node(needle, 5, beside=kinds.element(kind))}"

    def _arithmetic(self, name: str, arguments: Any) -> tuple[str, int]:
        rank = _RANK[name]
        if name == "-" and len(arguments) == 1:
            return f"-{self._node(arguments[0], 7)}", 7
        rest = [self._node(part, rank + 1) for part in arguments[1:]]
        return f" {OPERATORS[name].chinese} ".join([self._node(arguments[0], rank), *rest]), rank

    def _call(self, name: str, arguments: Any) -> str:
        operator = OPERATORS[name]
        shown = list(arguments)
        for path in reversed(operator.implicit):
            optional = operator.arity[0] < operator.arity[1] and len(shown) == operator.arity[1]
            if (optional or len(shown) > operator.arity[1]) and shown[-1] == {"var": "^." * len(self._frames) + path}:
                shown.pop()
        beside = self.kind_of(arguments[0]) if name == "lookup" else ANY
        keys = Kind("enum", values=tuple(beside.parts)) if beside.parts else ANY
        if name == "if":
            beside = next((kind for one in shown[1:] if (kind := self.kind_of(one)).kind != "any"), ANY)
            rest = (self._node(part, 0, beside=beside) for part in shown[1:])
            return f"{operator.chinese}({', '.join((self._node(shown[0], 0, True), *rest))})"
        parts = [self._node(part, 0, beside=keys if index else ANY) for index, part in enumerate(shown)]
        assert operator.chinese in CALLS
        return f"{operator.chinese}({', '.join(parts)})"


def by_scope(scope: Scope) -> Printer:
    """A printer whose text compiles to the same logic in this scope."""

    def kind(path: str) -> Kind:
        found = scope.at(path)
        return found.kind if found else ANY

    return Printer(scope.title_of, kind, lambda word: bool(scope.find((word,))), scope.choices)


def by_titles(titles: Mapping[str, str]) -> Printer:
    """A printer for people: titles where there are any, plain words without quotes."""
    return Printer(lambda path: titles.get(path, path), lambda path: Kind("enum"), lambda word: False)
