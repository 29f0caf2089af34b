"""The encoding means what the evaluator means: the same three values for generated rules and environments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import z3

from engine.model.types import Part, Type
from engine.model.values import Missing, Unavailable
from engine.rules.evaluator import UNKNOWN, test
from engine.rules.solver.bits import Tri, formula
from engine.rules.solver.constants import constant
from engine.rules.solver.encoder import Encoder
from engine.rules.solver.free import EVERY, ROWS, Free
from engine.rules.solver.stepping import Stepping
from engine.rules.solver.symbols import HAS, Record, Symbol, walk
from engine.rules.solver.texts import Texts
from tests.unit.rules.generator import Generator
from tests.unit.rules.vocabulary import AWAY, EMPTY, ENV, HIDDEN, PENDING, SCOPE, UNITLESS, rule

RULES = int(os.environ.get("RULE_CASES", "250"))
SCENES = 8
SEED = 20260301
FIXED = ("today", "param", "code")
Names = list[tuple[str, Any]]
STATES = {Missing.EMPTY: "blank", Missing.NOT_APPLICABLE: "hidden", Missing.PENDING: "gap"}


class World:
    """Names that may hold anything, and rules encoded over them."""

    def __init__(self) -> None:
        self.texts = Texts(ENV["today"])
        self.free = Free(self.texts)
        self.fixed = {key: constant(ENV[key], self.texts) for key in FIXED}
        calendar = {day.isoformat(): mark for day, mark in ENV["calendar"].items()}
        self._told: dict[Tri, tuple[Any, Names]] = {}
        self.heads: dict[str, Symbol] = {"calendar": Record(HAS, {})}
        self.encoder = Encoder(self.at, self.texts, Stepping(self.free, calendar))

    def at(self, path: tuple[str, ...]) -> Symbol:
        head = path[0]
        if head in self.fixed:
            return walk(self.fixed[head], path[1:])
        if head not in self.heads:
            self.heads[head] = self.free.symbol(head, type_of(head), self.free.state(head, EVERY), EVERY)
        return walk(self.heads[head], path[1:])

    def given(self, env: Mapping[str, Any]) -> dict[str, Any]:
        """The value in an environment of every variable by its name."""
        heads = [head for head in self.heads if head != "calendar"]
        return {key: one for head in heads for key, one in self._given(head, type_of(head), env.get(head, PENDING))}

    def _given(self, label: str, type_: Type, value: Any) -> Iterator[tuple[str, Any]]:
        value = EMPTY if value is None else value
        state = "away" if isinstance(value, Unavailable) else STATES.get(value) if isinstance(value, Missing) else "has"
        yield f"{label}?", EVERY.index(str(state))
        if state == "has":
            yield from self._held(label, type_, value)

    def _held(self, label: str, type_: Type, value: Any) -> Iterator[tuple[str, Any]]:
        if type_.kind == "record":
            for key, part in type_.parts.items():
                yield from self._given(f"{label}.{key}", part.type, value.get(key))
        elif type_.kind == "multi":
            yield from ((f"{label}={word}", word in value) for word in type_.values)
        elif type_.kind == "rows":
            for place in range(ROWS):
                yield f"{label}[{place}]" if place else f"{label}#", place < len(value)
                if place < len(value):
                    yield from self._held(f"{label}[{place}].", Type("record", parts=type_.parts), value[place])
        elif isinstance(value, date):
            yield label, value.toordinal()
        elif isinstance(value, str):
            yield label, self.texts.id(value)
        else:
            yield label, value if isinstance(value, bool) else int(Decimal(value).scaleb(type_.places))

    def settled(self, truth: Tri, given: Mapping[str, Any]) -> Any:
        """What a judgement comes to where the variables have these values; None where that rests on an approximation."""
        if truth not in self._told:
            value = z3.If(formula(truth.true), z3.IntVal(1), z3.If(formula(truth.false), z3.IntVal(0), z3.IntVal(-1)))
            self._told[truth] = (value, variables(value))
        known = z3.simplify(self._placed(*self._told[truth], given))
        return {1: True, 0: False, -1: UNKNOWN}[known.as_long()] if z3.is_int_value(known) else None

    def _placed(self, expression: Any, names: Names, given: Mapping[str, Any]) -> Any:
        pairs = [(made, literal(self._real(name, terms, given))) for name, terms, made in self.texts.asked.values()]
        return plain(z3.substitute(expression, *pairs), names, given)

    def _real(self, name: str, terms: tuple[Any, ...], given: Mapping[str, Any]) -> Any:
        words = []
        for term in terms:
            id = term if isinstance(term, int) else z3.simplify(plain(term, variables(term), given)).as_long()
            words.append(self.texts.word(id) or "")
        return self.texts.real(name, tuple(words))


def type_of(head: str) -> Type:
    whole = next((name.type for name in SCOPE.names if name.path == head), None)
    parts = {name.path.partition(".")[2]: name for name in SCOPE.names if name.path.startswith(f"{head}.")}
    return whole or Type("record", parts={key: Part(name.title, name.type) for key, name in parts.items()})


def plain(expression: Any, names: Names, given: Mapping[str, Any]) -> Any:
    return z3.substitute(expression, *[(one, literal(given.get(name, 0), one)) for name, one in names])


def literal(value: Any, like: Any = None) -> Any:
    if isinstance(value, bool) or (like is not None and z3.is_bool(like)):
        return z3.BoolVal(bool(value))
    return z3.IntVal(value)


def variables(expression: Any) -> Names:
    """The variables of an expression that are no approximations."""
    seen: dict[int, Any] = {}
    found, stack = [], [expression]
    while stack:
        node = stack.pop()
        if node.get_id() not in seen:
            seen[node.get_id()] = node
            stack += node.children()
            if z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED and node.decl().name()[0] != "~":
                found.append((node.decl().name(), node))
    return found


def permitted(world: World, truth: Tri, env: Mapping[str, Any], ours: Any) -> bool | None:
    """Whether the encoding gives the evaluator's answer; None where it leaves the answer open."""
    answer = world.settled(truth, world.given(env))
    return None if answer is None else answer is ours


def scene(made: Generator) -> dict[str, Any]:
    return {**made.env(), "today": ENV["today"], "calendar": ENV["calendar"]}


def test_generated_rules_mean_in_the_solver_what_they_mean_in_the_evaluator() -> None:
    made, exact, seen = Generator(SEED), 0, {True: 0, False: 0, UNKNOWN: 0}
    for _ in range(RULES):
        world, one = World(), rule(made.rule(2), scope=UNITLESS)
        truth = world.encoder.judgement(one.logic)
        for _ in range(SCENES):
            env = scene(made)
            ours = test(one, env)
            answer = permitted(world, truth, env, ours)
            assert answer is not False, (one.text, env, ours)
            exact += answer is True
            seen[ours] += 1
    assert exact > RULES * SCENES * 0.9, exact
    assert all(count > RULES for count in seen.values()), seen


STATED = ("经营面积 > 60", "营业执照 为空", "营业执照.状态 未取到", "数量(清单) = 0", "所有 清单 满足 (它.数量 > 0)", "许可项目 不为空")


@pytest.mark.parametrize("text", STATED)
@pytest.mark.parametrize("state", [EMPTY, HIDDEN, PENDING, AWAY])
def test_every_state_of_a_name_means_the_same(text: str, state: Any) -> None:
    world, one = World(), rule(text)
    env = {**ENV, "area": state, "licence": state, "items": state, "types": state}
    assert permitted(world, world.encoder.judgement(one.logic), env, test(one, env)) is True


@pytest.mark.parametrize("day", [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2023, 1, 31), date(1900, 1, 1)])
@pytest.mark.parametrize("text", ["加年(出生日期, 1) ≥ 2025-02-28", "加月(出生日期, 1) = 2024-03-29", "月数(出生日期, 今天) ≥ 11",
                                  "出生日期 满18年", "年龄(出生日期) < 1", "工作日数(出生日期, 2024-03-05) > 3"])  # fmt: skip
def test_calendar_functions_of_one_date_are_exact(text: str, day: date) -> None:
    world, one = World(), rule(text, scope=UNITLESS)
    env = {**ENV, "born": day}
    assert permitted(world, world.encoder.judgement(one.logic), env, test(one, env)) is True


def test_an_approximated_result_can_be_what_the_evaluator_computes() -> None:
    world, one = World(), rule("加年(出生日期, 1) ≥ 营业执照.成立日期", scope=UNITLESS)
    truth, solver = world.encoder.judgement(one.logic), z3.Solver()
    solver.add(*world.free.assumptions)
    for born in (date(2022, 1, 31), date(2022, 2, 1), date(2020, 2, 29), date(2000, 2, 29)):
        env = {**ENV, "born": born}
        pinned = [one == literal(world.given(env).get(name, 0), one) for name, one in variables(formula(truth.true))]
        wanted = truth.true if test(one, env) is True else truth.false
        assert solver.check(formula(wanted), *pinned) == z3.sat, born
