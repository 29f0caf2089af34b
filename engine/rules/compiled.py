"""A stored rule, or many, as one Python function, for where rules are judged again and again without a trace.

The function is built from `ast` nodes and compiled once; text of a rule only ever becomes a constant in it. What is
common is written out in it (names, comparisons, membership, 且 或 非); every other node is the closure of
`engine.rules.closures`, and so is what a value of an unusual class leads to: there is one meaning, and the function
gives exactly what the closure gives, the reason of an unknown included.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from engine.model.values import Json
from engine.rules import closures
from engine.rules.atoms import ORDER, Run
from engine.rules.reading import EMPTY, PENDING

_INLINED = frozenset({"and", "or", "!", "==", "!=", "in", "empty", *ORDER})
_SIGNS: dict[str, ast.cmpop] = {"==": ast.Eq(), "!=": ast.NotEq(), ">": ast.Gt(), "<": ast.Lt(), ">=": ast.GtE(),
                                "<=": ast.LtE()}  # fmt: skip
_ORDERED = frozenset({int, date})  # classes of which two values can be ordered as they are
_PLAIN = _ORDERED | {str, bool}


def compiled(logic: Json) -> Run:
    """The function of a stored rule outside quantifiers; it takes an environment and never raises for a typed one."""
    if not isinstance(logic, dict) or next(iter(logic)) not in _INLINED:
        return closures.build(logic)
    made = _Function()
    return made.function([ast.Return(made.node(logic))])


def together(rules: Sequence[tuple[Json, int]]) -> Callable[[Any], tuple[Any, ...]]:
    """One function that judges many rules of one environment, each name read once.

    A rule comes with the place, among those before it, of the one it stands under: where that is false the rule is
    left out (None). -1 where it stands alone.
    """
    made = _Shared()
    kept: list[ast.expr] = []
    results: list[ast.expr] = []
    for logic, under in rules:
        value = made.node(logic) if isinstance(logic, dict) else _constant(logic)
        value = value if under < 0 else _if(_is(kept[under], False), _constant(None), value)
        place, result = made.keep(value)
        kept.append(place)
        results.append(result)
    body: list[ast.stmt] = [*made.reads, ast.Return(ast.Tuple(results, ast.Load()))]
    return made.function(body)


def node_of(logic: Json) -> tuple[str, Any]:
    """The operator of a stored node and what it is given; "" for a literal."""
    return next(iter(logic.items())) if isinstance(logic, dict) else ("", None)


def first_doubt(values: tuple[Any, ...], certain: bool) -> Any:
    """The first value that is not the certain one: why a chain of 且 or 或 is unknown; else the certain one."""
    return next((value for value in values if value is not certain), certain)


class _Function:
    """The expression of a rule, with the constants it needs as globals of its function."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {
            "__builtins__": {}, "EMPTY": EMPTY, "PENDING": PENDING, "doubt": first_doubt, "dict": dict, "str": str,
            "int": int, "bool": bool, "tuple": tuple, "date": date, "ORDERED": _ORDERED, "PLAIN": _PLAIN,
        }  # fmt: skip
        self.count = 0

    def function(self, body: list[ast.stmt]) -> Run:
        """The function of an environment with this body."""
        arguments = ast.arguments([], [ast.arg("env")], None, [], [], None, [])
        function = ast.FunctionDef("rule", arguments, body, [])
        module = ast.fix_missing_locations(ast.Module([function], []))
        exec(compile(module, "<rule>", "exec"), self.constants)
        made: Run = self.constants["rule"]
        return made

    def node(self, logic: Json) -> ast.expr:
        """The expression of a node; its value is that of the node's closure."""
        name, given = node_of(logic)
        if name in ("and", "or"):
            return self._chain([self.node(part) for part in given], name == "and")
        if name == "!":
            place, kept = self.keep(self.node(given[0]))
            return _if(_is(kept, True), _constant(False), _if(_is(place, False), _constant(True), place))
        if name == "empty":
            return self._empty(logic)
        if name == "in":
            return self._membership(logic)
        if name in _SIGNS:
            return self._comparison(name, logic)
        return self._closure(logic)

    def _comparison(self, name: str, logic: Json) -> ast.expr:
        """Two values of one plain class are compared here, any other pair by the closure."""
        left, right = logic[name]
        ordered, literal = name in ORDER, _literal(right)
        if literal == "" or (ordered and isinstance(literal, (str, bool))):
            return self._closure(logic)
        one, first = self.keep(self._value(left))
        if literal is not None:
            other = self._name(literal)
            plain = _same_class(first, literal.__class__.__name__)
            plain = _and(plain, one) if isinstance(literal, str) else plain
        else:
            other, second = self.keep(self._value(right))
            kind, classed = self.keep(_class(first))
            among = ast.Compare(classed, [ast.In()], [_load("ORDERED" if ordered else "PLAIN")])
            plain = _and(among, ast.Compare(_class(second), [ast.Is()], [kind]), _filled(one), _filled(other))
        return _if(plain, ast.Compare(one, [_SIGNS[name]], [other]), self._closure(logic))

    def _membership(self, logic: Json) -> ast.expr:
        needle, hay = logic["in"]
        one, kept = self.keep(self._value(needle) if not isinstance(needle, str) else self._name(needle))
        plain = _and(_same_class(kept, "str"), one)
        if isinstance(hay, list) and all(isinstance(item, str) for item in hay):
            return _if(plain, ast.Compare(one, [ast.In()], [self._name(frozenset(hay))]), self._closure(logic))
        if isinstance(hay, list):
            return self._closure(logic)
        other, found = self.keep(self._value(hay))
        among = ast.Compare(one, [ast.In()], [other])
        text = _and(plain, _same_class(found, "str"), other)
        held = _and(_same_class(one, "str"), one, _same_class(other, "tuple"), among)
        return _if(text, among, _if(held, _constant(True), self._closure(logic)))

    def _empty(self, logic: Json) -> ast.expr:
        one, kept = self.keep(self._value(logic["empty"][0]))
        plain = _and(_same_class(kept, "str"), one)
        return _if(plain, _constant(False), self._closure(logic))

    def _chain(self, parts: list[ast.expr], certain: bool) -> ast.expr:
        """且 (certain true) or 或: the first part that settles it ends it, else the first doubt."""
        kept = [self.keep(part) for part in parts]
        settled = ast.BoolOp(ast.Or(), [_is(value, not certain) for _, value in kept])
        values = ast.Tuple([place for place, _ in kept], ast.Load())
        sure = ast.BoolOp(ast.And(), [_is(place, certain) for place, _ in kept])
        told = ast.Call(_load("doubt"), [values, _constant(certain)], [])
        return _if(settled, _constant(not certain), _if(sure, _constant(certain), told))

    def _value(self, logic: Json) -> ast.expr:
        """The value of a name with at most one part, not settled yet: only its class is looked at. Else the closure."""
        if isinstance(logic, dict) and next(iter(logic)) == "var":
            keys = logic["var"].split(".")
            if len(keys) <= 2 and not logic["var"].startswith("^"):
                head = ast.Call(
                    ast.Attribute(_load("env"), "get", ast.Load()), [_constant(keys[0]), _load("PENDING")], []
                )
                if len(keys) == 1:
                    return self.read(keys[0], head)
                record, kept = self.keep(self.read(keys[0], head))
                part = ast.Call(ast.Attribute(record, "get", ast.Load()), [_constant(keys[1]), _load("EMPTY")], [])
                return self.read(logic["var"], _if(_same_class(kept, "dict"), part, self._closure(logic)))
        return self._closure(logic)

    def read(self, path: str, value: ast.expr) -> ast.expr:
        """The expression of a name's value; it has no side effects."""
        return value

    def _closure(self, logic: Json) -> ast.expr:
        return ast.Call(self._name(closures.build(logic)), [_load("env")], [])

    def _name(self, value: Any) -> ast.expr:
        self.count += 1
        self.constants[f"k{self.count}"] = value
        return _load(f"k{self.count}")

    def keep(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """A local name, and the expression that gives it the value where it is first used."""
        self.count += 1
        return _load(f"v{self.count}"), ast.NamedExpr(ast.Name(f"v{self.count}", ast.Store()), value)


class _Shared(_Function):
    """The expressions of many rules; `reads` are the assignments before them, one for each name."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[ast.stmt] = []
        self.known: dict[str, ast.expr] = {}

    def read(self, path: str, value: ast.expr) -> ast.expr:
        """The local name that holds the value."""
        if path not in self.known:
            self.count += 1
            self.known[path] = _load(f"n{self.count}")
            self.reads.append(ast.Assign([ast.Name(f"n{self.count}", ast.Store())], value))
        return self.known[path]

    def keep(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """A local name needs no other."""
        return (value, value) if isinstance(value, ast.Name) else super().keep(value)


def _literal(logic: Json) -> Any:
    if isinstance(logic, (bool, int, str)):
        return logic
    name, given = node_of(logic)
    return date.fromisoformat(given) if name == "date" else None


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _constant(value: Any) -> ast.expr:
    return ast.Constant(value)


def _if(test: ast.expr, then: ast.expr, other: ast.expr) -> ast.expr:
    return ast.IfExp(test, then, other)


def _and(*parts: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.And(), list(parts))


def _is(value: ast.expr, wanted: bool) -> ast.expr:
    return ast.Compare(value, [ast.Is()], [_constant(wanted)])


def _class(value: ast.expr) -> ast.expr:
    return ast.Attribute(value, "__class__", ast.Load())


def _same_class(value: ast.expr, kind: str) -> ast.expr:
    return ast.Compare(_class(value), [ast.Is()], [_load(kind)])


def _filled(value: ast.expr) -> ast.expr:
    return ast.Compare(value, [ast.NotEq()], [_constant("")])
