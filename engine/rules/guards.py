"""A conditional field may be read only where a condition implies that it is visible.

Implication is syntactic: the same conjunct, a narrower choice from a list, or a tighter bound on the same name.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.errors import Problem
from engine.model.rule import Rule
from engine.model.values import Json
from engine.rules.scope import Scope

_ORDER = (">", ">=", "<", "<=")
_TURNED = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
Assumed = tuple[Json, ...]


def guarded(rule: Rule, scope: Scope, context: tuple[Rule, ...] = ()) -> tuple[Problem, ...]:
    """R115 for each conditional name that the rule reads without a guard that implies its visibility.

    `context` are the rules under which this one is evaluated at all (its `when:`, an earlier condition). Asking a
    name for 为空, 不为空 or 未取到 needs no guard: those are answered for a hidden field too.
    """
    assumed = tuple(part for one in context for part in conjuncts(one.logic))
    return tuple(_Guards(scope).problems(rule.logic, assumed).values())


def conjuncts(logic: Json) -> tuple[Json, ...]:
    """The conditions that all hold when the rule is true."""
    if isinstance(logic, dict) and "and" in logic:
        return tuple(part for one in logic["and"] for part in conjuncts(one))
    return (_upright(logic),)


def _opposite(logic: Json) -> Json:
    inner = logic.get("!") if isinstance(logic, dict) else None
    return inner[0] if inner else {"!": [logic]}


def _upright(logic: Json) -> Json:
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name in _TURNED and not _reads(given[0]) and _reads(given[1]):
            return {_TURNED[name]: [given[1], given[0]]}
    return logic


def _reads(logic: Json) -> bool:
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        return name == "var" or (name not in ("dec", "date") and any(_reads(part) for part in given))
    return isinstance(logic, list) and any(_reads(part) for part in logic)


def implied(wanted: Json, assumed: Assumed) -> bool:
    """Whether the assumed conditions make the wanted one true."""
    if wanted is True:
        return True
    if isinstance(wanted, dict) and "and" in wanted:
        return all(implied(part, assumed) for part in wanted["and"])
    wanted = _upright(wanted)
    if any(wanted == one or _stronger(one, wanted) for one in assumed):
        return True
    if isinstance(wanted, dict) and "or" in wanted and any(implied(part, assumed) for part in wanted["or"]):
        return True
    choices = [one["or"] for one in assumed if isinstance(one, dict) and "or" in one]
    return any(all(implied(wanted, conjuncts(part)) for part in parts) for parts in choices)


def _stronger(given: Json, wanted: Json) -> bool:
    if not isinstance(given, dict) or not isinstance(wanted, dict):
        return False
    name, (*sides,) = next(iter(given.items()))
    other, (*needed,) = next(iter(wanted.items()))
    if name == "!" or other == "!":
        return _excludes(given, wanted)
    if len(sides) != 2 or len(needed) != 2:
        return False
    if other == "intersects" and name == "in" and sides[1] == needed[0]:
        return isinstance(needed[1], list) and sides[0] in needed[1]
    if sides[0] != needed[0]:
        return False
    if other == "!=":
        return _excludes(given, {"!": [{"==": needed}]})
    if other in ("in", "intersects", "subset") and isinstance(needed[1], list):
        narrower = isinstance(sides[1], list) and all(item in needed[1] for item in sides[1])
        return (name == other and narrower) or (other == "in" and name == "==" and sides[1] in needed[1])
    if other in _ORDER and name in (*_ORDER, "=="):
        return _tighter(name, _number(sides[1]), other, _number(needed[1]))
    return False


def _excludes(given: Json, wanted: Json) -> bool:
    """Whether a fixed value or list shuts out what must not be."""
    inner = wanted.get("!", [None])[0] if isinstance(wanted, dict) else None
    if not isinstance(inner, dict) or not isinstance(given, dict):
        return False
    (forbidden, sides), (name, have) = next(iter(inner.items())), next(iter(given.items()))
    if forbidden not in ("==", "in") or name not in ("==", "in") or sides[0] != have[0]:
        return False
    if _reads(have[1]) or _reads(sides[1]):
        return False
    out = sides[1] if forbidden == "in" else [sides[1]]
    mine = have[1] if name == "in" else [have[1]]
    return isinstance(mine, list) and isinstance(out, list) and not any(item in out for item in mine)


def _number(logic: Json) -> Decimal | None:
    if isinstance(logic, dict) and "dec" in logic:
        return Decimal(logic["dec"])
    return Decimal(logic) if isinstance(logic, int) and not isinstance(logic, bool) else None


def _tighter(name: str, have: Decimal | None, other: str, need: Decimal | None) -> bool:
    if have is None or need is None:
        return False
    if name == "==":
        return {">": have > need, ">=": have >= need, "<": have < need, "<=": have <= need}[other]
    if name[0] != other[0]:
        return False
    beyond = have > need if name[0] == ">" else have < need
    return beyond or (have == need and not (len(other) == 1 and len(name) == 2))


class _Guards:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.found: dict[str, Problem] = {}

    def problems(self, logic: Json, assumed: Assumed) -> dict[str, Problem]:
        self._visit(logic, assumed, 0)
        return self.found

    def _visit(self, logic: Json, assumed: Assumed, depth: int) -> None:
        if isinstance(logic, list):
            for part in logic:
                self._visit(part, assumed, depth)
        if not isinstance(logic, dict):
            return
        name, given = next(iter(logic.items()))
        if name == "var":
            self._read(given, assumed, depth)
        elif name in ("and", "or"):
            self._siblings(name, given, assumed, depth)
        elif name in ("all", "some"):
            self._visit(given[0], assumed, depth)
            self._visit(given[1], assumed, depth + 1)
        elif name == "if":
            condition, then, other = given
            self._visit(condition, assumed, depth)
            holds, fails = (conjuncts(condition), conjuncts(_opposite(condition))) if not depth else ((), ())
            self._visit(then, (*assumed, *holds), depth)
            self._visit(other, (*assumed, *fails), depth)
        elif name not in ("dec", "date", "empty", "unavailable"):
            self._visit(list(given), assumed, depth)

    def _siblings(self, name: str, given: Any, assumed: Assumed, depth: int) -> None:
        for index, part in enumerate(given):
            others = [one for place, one in enumerate(given) if place != index]
            # In 或 a sibling 非 g that fails says that g holds; where g is false the 或 is true anyway.
            known = others if name == "and" else [o["!"][0] for o in others if isinstance(o, dict) and "!" in o]
            more = tuple(c for one in known for c in conjuncts(one)) if not depth else ()
            self._visit(part, (*assumed, *more), depth)

    def _read(self, path: str, assumed: Assumed, depth: int) -> None:
        ups = 0
        while path.startswith("^."):
            path, ups = path[2:], ups + 1
        if ups < depth:
            return
        name = self.scope.name_at(path)
        if name is None or name.guard is None or implied(name.guard.logic, assumed):
            return
        title, guard = self.scope.title_of(name.path), name.guard.text
        self.found[name.path] = Problem(
            "R115", f"“{title}”只在 {guard} 时填写，此处没有先判断。", f"请加 when: {guard}，或写 {guard} 且 …。"
        )
