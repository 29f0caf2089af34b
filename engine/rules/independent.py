"""The second, independent evaluator: json-logic-qubit on total, scaled data.

It re-evaluates what the first evaluator decided before an automatic approval is committed. Numbers go to it as
integers scaled by 10^20, dates as ISO text. Values it must not read are poison: touching one ends in no opinion.
Its process-wide registry is filled once, at import, and never changed again; `method` and `log` are denied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import json_logic

from engine.model.rule import Rule
from engine.model.values import Json, Value
from engine.rules import operations
from engine.rules.gaps import Gap
from engine.rules.patterns import MAX_SUBJECT, compiled
from engine.rules.profile import OPERATORS
from engine.rules.scaled import (
    LIMIT,
    SCALE,
    Needs,
    NoOpinionError,
    Poison,
    climb,
    flat,
    frame_of,
    needs_of,
    prepared,
    rows_of,
    scaled,
)

assert operations
_BUILTIN = frozenset({"==", ">", "<", ">=", "<=", "!=", "and", "or", "!", "some", "if"})


def _denied(*_: object) -> Any:
    raise NoOpinionError


def _checked(number: int) -> int:
    if abs(number) >= LIMIT:
        raise NoOpinionError
    return number


def _times(*values: int) -> int:
    product = Fraction(1)
    for value in values:
        product *= Fraction(value, SCALE)
    result = product * SCALE
    if result.denominator != 1:
        raise NoOpinionError
    return _checked(int(result))


def _over(one: int, other: int) -> int:
    if other == 0:
        raise NoOpinionError
    places = 10**10
    halves = 2 * abs(one) * places // abs(other)
    rounded = (halves + 1) // 2
    return _checked((rounded if (one < 0) == (other < 0) else -rounded) * (SCALE // places))


def _empty(value: Any) -> bool:
    if isinstance(value, Poison):
        if value.state in ("empty", "not_applicable"):
            return True
        raise NoOpinionError
    return isinstance(value, list) and not value


def _whole(value: Any) -> Any:
    """The value, if it is there with all its elements."""
    if isinstance(value, Poison) or (isinstance(value, list) and any(isinstance(item, Poison) for item in value)):
        raise NoOpinionError
    return value


def _extreme(choose: Callable[[Any], Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        given = rows_of(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
        if not given:
            raise NoOpinionError
        return choose(given)

    return run


def _lookup(table: Any, *keys: Any) -> Any:
    if isinstance(table, list):
        for row in table:
            cells = list(row.values())
            if len(cells) > len(keys) and all(cell == key for cell, key in zip(cells, keys, strict=False)):
                return cells[-1]
        raise NoOpinionError
    for key in keys:
        table = table.get(_key(key), Poison("gap")) if isinstance(table, dict) else _denied()
    return table


def _key(key: Any) -> str:
    if isinstance(key, int):
        whole, rest = divmod(key, SCALE)
        return str(whole) if not rest else format((Decimal(key) / SCALE).normalize(), "f")
    return str(key)


def _entry(table: Any, key: Any, column: str) -> Any:
    row = table.get(key) if isinstance(table, dict) else None
    return row.get(column, Poison("empty")) if isinstance(row, dict) else _denied()


def _distinct(values: Any) -> bool:
    """Whether the values that are there are all different; a blank one is none, any other missing one ends it."""
    known = [one for one in rows_of(values) if not (isinstance(one, Poison) and _empty(one))]
    return len({(type(one), one) for one in known}) == len(known)


def _matches(text: Any, pattern: str) -> bool:
    if not isinstance(text, str) or len(text) > MAX_SUBJECT:
        raise NoOpinionError
    return compiled(pattern).fullmatch(text) is not None


def _registered(name: str) -> Callable[..., Any]:
    operator = OPERATORS[name]
    kinds = (*operator.takes, *("date" if path == "today" else "any" for path in operator.implicit))
    apply = operator.apply
    assert apply is not None

    def argument(value: Any, kind: str) -> Any:
        if isinstance(value, Poison):
            raise NoOpinionError
        if kind == "date":
            return date.fromisoformat(value)
        return Decimal(value) / SCALE if kind == "number" else value

    def run(*values: Any) -> Any:
        result = apply(*(argument(value, kind) for value, kind in zip(values, kinds, strict=False)))
        if isinstance(result, Gap):
            raise NoOpinionError
        return scaled(result)

    return run


def _register() -> None:
    own: dict[str, Callable[..., Any]] = {
        "rule_times": _times,
        "rule_over": _over,
        "rule_minus": lambda *v: _checked(-v[0] if len(v) == 1 else v[0] - v[1]),
        "rule_plus": lambda *v: _checked(sum(v)),
        "rule_count": lambda value: len(rows_of(value)) * SCALE,
        "rule_sum": lambda value: _checked(sum(rows_of(value))),
        "rule_distinct": _distinct,
        "rule_max": _extreme(max),
        "rule_min": _extreme(min),
        "rule_rows": rows_of,
        "rule_empty": _empty,
        "rule_unavailable": lambda value: isinstance(value, Poison) and value.state == "unavailable",
        "rule_in": lambda needle, hay: _whole(needle) in _whole(hay),
        "rule_intersects": lambda one, other: not {*_whole(one)}.isdisjoint({*_whole(other)}),
        "rule_subset": lambda one, other: {*_whole(one)} <= {*_whole(other)},
        "rule_matches": _matches,
        "rule_lookup": _lookup,
        "rule_entry": _entry,
    }
    own |= {f"rule_{name}": _registered(name) for name, operator in OPERATORS.items() if operator.apply}
    own |= {"method": _denied, "log": _denied, "count": _denied}
    for name, code in own.items():
        json_logic.add_operation(name, code)


_register()
_OWN = frozenset(name for name in json_logic.operations if name.startswith("rule_"))
_RENAMED = {"*": "rule_times", "/": "rule_over", "-": "rule_minus", "+": "rule_plus"}
_RENAMED |= {"max": "rule_max", "min": "rule_min"}


class _Translation:
    """Gives each name a flat key, and each row a record of its own with the outer one under `^`."""

    def logic(self, logic: Json) -> Json:
        if isinstance(logic, (list, tuple)):
            return [self.logic(item) for item in logic]
        if not isinstance(logic, dict):
            return logic if isinstance(logic, (bool, str)) else scaled(logic)
        name, given = next(iter(logic.items()))
        if name == "var":
            return {"var": self._path(given)}
        if name in ("dec", "date"):
            return scaled(Decimal(given)) if name == "dec" else given
        if name == "all":
            return {"!": [self.logic({"some": [given[0], {"!": [given[1]]}]})]}
        if name == "some":
            # A list the rows of which are records in the frame: prepared by frame_of under the key with #.
            rows = {"rule_rows": [{"var": flat(given[0]["var"] + "#")}]}
            return {"some": [rows, self.logic(given[1])]}
        target = _RENAMED.get(name, name if name in _BUILTIN else f"rule_{name}")
        if target not in _BUILTIN and target not in _OWN:
            raise NoOpinionError
        return {target: [self.logic(part) for part in given]}

    @staticmethod
    def _path(stored: str) -> str:
        path, ups = climb(stored)
        return "^." * ups + flat(path)


_CAPACITY = 4096
_translated: dict[int, tuple[Json, Json, Needs]] = {}  # by the identity of the stored rule, which is held


def question(
    rule: Rule, env: Mapping[str, Value], known: dict[str, Any] | None = None
) -> tuple[Json, dict[str, Any]]:
    """The rule and the data as json-logic-qubit is asked; raises when the data cannot be scaled exactly. `known` is the
    data of other rules of this environment, to which what this one reads is added."""
    held = _translated.get(id(rule.logic))
    if held is None or held[0] is not rule.logic:
        needs: dict[str, Any] = {}
        needs_of(rule.logic, needs, ())
        if len(_translated) >= _CAPACITY:
            _translated.clear()
        held = _translated[id(rule.logic)] = (rule.logic, _Translation().logic(rule.logic), prepared(needs))
    return held[1], frame_of((env,), held[2], None, known)


def second_opinions(env: Mapping[str, Value]) -> Callable[[Rule], bool | None]:
    """The second opinion on any rule of one environment, each of whose values is scaled at most once.

    None when what a rule would read is not total or cannot be computed.
    """
    known: dict[str, Any] = {"^": None}

    def opinion(rule: Rule) -> bool | None:
        try:
            translated, data = question(rule, env, known)
            result = json_logic.jsonLogic(translated, data)
        except Exception:  # any failure of the foreign evaluator means that it has no opinion
            return None
        return result if isinstance(result, bool) else None

    return opinion


def second_opinion(rule: Rule, env: Mapping[str, Value]) -> bool | None:
    """What json-logic-qubit makes of one rule; None when what it would read is not total or cannot be computed."""
    return second_opinions(env)(rule)
