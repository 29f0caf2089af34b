"""Evaluates a rule in three values: `test` fast, `evaluate` with the trace of how it came about."""

from __future__ import annotations

import enum
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from engine.model.rule import Rule
from engine.model.trace import Trace
from engine.model.values import Json, Value
from engine.rules import closures
from engine.rules.atoms import Run
from engine.rules.closures import BUDGET
from engine.rules.compiled import compiled
from engine.rules.gaps import Gap
from engine.rules.profile import OPERATORS
from engine.rules.tracing import Plan, Watch, follow, plan, told


class Unknown(enum.Enum):
    """The third truth value. It has no truth of its own: `if UNKNOWN` raises TypeError."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("unknown is neither true nor false; compare with `is`")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Literal[Unknown.UNKNOWN] = Unknown.UNKNOWN
Truth = bool | Literal[Unknown.UNKNOWN]
_CAPACITY = 8192


class Outcome(msgspec.Struct, frozen=True):
    """What a rule came to: True, False or UNKNOWN for a judgement, else a typed value, with its trace."""

    value: Any
    trace: Trace


_runs: OrderedDict[tuple[int, int], tuple[Json, Run]] = OrderedDict()
_plans: OrderedDict[tuple[int, int], tuple[Json, Mapping[str, str] | None, Plan]] = OrderedDict()


def _run_of(logic: Json, budget: int = BUDGET) -> Run:
    key = (id(logic), budget)
    held = _runs.get(key)
    if held is not None and held[0] is logic:
        return held[1]
    run = closures.build(logic, 0, budget)
    _runs[key] = (logic, run)
    if len(_runs) > _CAPACITY:
        _runs.popitem(last=False)
    return run


_WARM = 50  # from so many judgements on, compiling a rule has paid for itself
_judged: dict[int, tuple[Json, int]] = {}
_functions: dict[int, tuple[Json, Run]] = {}


def _warming(logic: Json) -> Run:
    """The closure of a rule that is still judged seldom; the next time it may be a function."""
    held = _judged.get(id(logic))
    count = held[1] + 1 if held is not None and held[0] is logic else 1
    if count < _WARM:
        if len(_judged) >= _CAPACITY:
            _judged.clear()
        _judged[id(logic)] = (logic, count)
        return _run_of(logic)
    if len(_functions) >= _CAPACITY:
        _functions.clear()
    _judged.pop(id(logic), None)
    made = compiled(logic)
    _functions[id(logic)] = (logic, made)
    return made


def _plan_of(logic: Json, titles: Mapping[str, str] | None) -> Plan:
    key = (id(logic), id(titles))
    held = _plans.get(key)
    if held is not None and held[0] is logic and held[1] is titles:
        return held[2]
    made = plan(logic, titles or {})
    _plans[key] = (logic, titles, made)
    if len(_plans) > _CAPACITY:
        _plans.popitem(last=False)
    return made


def judges(logic: Json) -> bool:
    """Whether the stored rule gives a judgement rather than a value."""
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name == "if":
            return any(judges(branch) for branch in given[1:])
        return OPERATORS[name].gives == "bool"
    return isinstance(logic, bool)


def test(rule: Rule, env: Mapping[str, Value]) -> Truth:
    """True, False or UNKNOWN of a judgement, without a trace. Never raises for any typed environment."""
    logic = rule.logic
    held = _functions.get(id(logic))
    result = held[1](env) if held is not None and held[0] is logic else _warming(logic)(env)
    return result if result is True or result is False else UNKNOWN


def value(rule: Rule, env: Mapping[str, Value]) -> Any:
    """The typed value of a rule, or UNKNOWN; a missing or unavailable name read directly keeps its state."""
    result = _run_of(rule.logic)(env)
    return UNKNOWN if isinstance(result, Gap) else result


def evaluate(
    rule: Rule,
    env: Mapping[str, Value],
    scope_titles: Mapping[str, str] | None = None,
    sensitive: frozenset[str] = frozenset(),
    budget: int = BUDGET,
    *,
    units: Mapping[str, str] | None = None,
    brief: bool = False,
) -> Outcome:
    """The outcome of a rule with its trace.

    `env` maps the head of each path to its value: nested mappings are records, tuples of mappings rows. An absent
    head is pending, a key absent from a present record empty; a path below something missing takes its state.
    `scope_titles` (Scope.titles) gives the words of the trace, its `units` attribute or `units` the units.
    Values of `sensitive` paths and everything below them read （已保护）. `budget` bounds the rows visited. A `brief`
    trace says what `explain` needs of it: of 且 and 或 only the parts that made the result.
    """
    result = _run_of(rule.logic, budget)(env)
    watch = Watch(sensitive, units if units is not None else getattr(scope_titles, "units", {}), brief)
    made = _plan_of(rule.logic, scope_titles)
    trace = told(made, env, watch, result) if budget == BUDGET else follow(made, env, watch)
    if judges(rule.logic):
        return Outcome(result if result is True or result is False else UNKNOWN, trace)
    return Outcome(UNKNOWN if isinstance(result, Gap) else result, trace)


test.__test__ = False  # type: ignore[attr-defined]
