"""One matter in the solver: rules as formulas, questions about them, and applications that answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import z3

from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Json
from engine.rules.scope import Scope
from engine.rules.solver.bits import Bit, Tri, formula
from engine.rules.solver.encoder import Encoder
from engine.rules.solver.example import Example, Reading, likeness, plainness
from engine.rules.solver.extent import rows_wanted
from engine.rules.solver.free import ROWS, Free
from engine.rules.solver.names import MatterNames
from engine.rules.solver.stepping import APPROXIMATE, Stepping
from engine.rules.solver.symbols import Symbol
from engine.rules.solver.texts import Texts

TIMEOUT = 500  # milliseconds for one question
MOST_ROWS = 12
_ROUNDS = 40
Status = Literal["sat", "unsat", "unknown"]


@dataclass(frozen=True, slots=True)
class Truth:
    """When a rule is true and when it is false, as z3 formulas; otherwise it is unknown."""

    is_true: z3.BoolRef
    is_false: z3.BoolRef


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question: sat with an example, unsat, or unknown with the solver's reason."""

    status: Status
    example: Example | None = None
    reason: str = ""


class Model:
    """A matter in the solver as it is judged on a day (parameters in force then). See the package."""

    def __init__(
        self,
        matter: Matter,
        scope: Scope,
        day: date,
        *,
        calendar: Mapping[str, str] = MappingProxyType({}),
        timeout: int = TIMEOUT,
    ) -> None:
        self.matter, self.timeout = matter, timeout
        self.texts = Texts(day)
        self.wanted_rows = rows_wanted(matter)
        self.free = Free(self.texts, min(MOST_ROWS, max(ROWS, self.wanted_rows)))
        self.names = MatterNames(matter, scope, day, self.free)
        self.encoder = Encoder(self.names.at, self.texts, Stepping(self.free, calendar))
        self.names.judge = self.tri
        self.reason = ""
        self._tris: dict[int, tuple[Json, Tri]] = {}
        self._solver = z3.Solver()
        self._solver.set("timeout", timeout)
        self._told = 0

    def tri(self, rule: Rule) -> Tri:
        """A rule as a pair of bits."""
        held = self._tris.get(id(rule.logic))
        if held is None or held[0] is not rule.logic or isinstance(rule.logic, bool):
            held = (rule.logic, self.encoder.judgement(rule.logic))
            self._tris[id(rule.logic)] = held
        return held[1]

    def truth(self, rule: Rule) -> Truth:
        """When a judgement is true and when it is false, under what is assumed of an application."""
        tri = self.tri(rule)
        return Truth(formula(tri.true), formula(tri.false))

    def value(self, rule: Rule) -> Symbol:
        """The symbol of a rule that gives a value."""
        return self.encoder.value(rule.logic)

    @property
    def wide_enough(self) -> bool:
        """Whether lists are unrolled as far as the rules count them."""
        return self.wanted_rows <= self.free.rows

    @property
    def assumptions(self) -> list[z3.BoolRef]:
        """What holds of every application that can be submitted, for the names read so far."""
        return self.free.assumptions

    def check(self, *bits: Bit) -> Status:
        """Whether an application can make all of these true; `reason` says why when that is unknown."""
        if any(bit is False for bit in bits):
            return "unsat"
        self._solver.add(*self.assumptions[self._told :])
        self._told = len(self.assumptions)
        self._solver.push()
        self._solver.add(*[formula(bit) for bit in bits])
        status = _status(self._solver.check())
        self.reason = self._solver.reason_unknown() if status == "unknown" else ""
        self._solver.pop()
        return status

    def core(self, *bits: Bit) -> list[Bit]:
        """The conditions among these, taken apart, that alone make them impossible together."""
        parts = [part for bit in bits for part in _apart(formula(bit))]
        solver = z3.Solver()
        solver.set("timeout", self.timeout)
        solver.add(*self.assumptions)
        signs = [z3.Bool(f"!core{place}") for place in range(len(parts))]
        solver.add(*[z3.Implies(sign, part) for sign, part in zip(signs, parts, strict=True)])
        if _status(solver.check(*signs)) != "unsat":
            return parts
        needed = {one.get_id() for one in solver.unsat_core()}
        return [part for sign, part in zip(signs, parts, strict=True) if sign.get_id() in needed]

    def witness(self, *bits: Bit, near: Example | None = None) -> Found:
        """An application for which all of these are true, as like `near` as the solver finds it quickly."""
        status = self.check(*bits)
        if status != "sat":
            return Found(status, reason=self.reason)
        self.names.everything()
        solver = z3.Solver()
        solver.set("timeout", self.timeout)
        solver.add(*self.assumptions, *[formula(bit) for bit in bits])
        wanted = []
        for place, bit in enumerate(likeness(self.names, near) if near is not None else plainness(self.names)):
            wanted.append(z3.Bool(f"!like{place}"))
            solver.add(z3.Implies(wanted[-1], bit))
        return self._nearest(solver, wanted)

    def _nearest(self, solver: z3.Solver, wanted: list[z3.BoolRef]) -> Found:
        held = wanted
        for _ in range(_ROUNDS):
            held, model = _relaxed(solver, held)
            if model is None:
                return Found("unknown", reason=solver.reason_unknown())
            wrong = self._untrue(model)
            if not wrong:
                return Found("sat", Reading(self.names, model).example())
            solver.add(*wrong)
        return Found("unknown", reason="文字之间的包含、格式没有凑成例子")

    def _untrue(self, model: z3.ModelRef) -> list[Any]:
        """What the model says of known texts and is not so."""
        wrong = []
        for name, terms, made in self.texts.asked.values():
            ids = [_integer(model, term) for term in terms]
            words = [self.texts.word(id) for id in ids]
            if None in words:
                continue
            real = self.texts.real(name, tuple(str(word) for word in words))
            said = model.eval(made, model_completion=True)
            if (said.as_long() if z3.is_int_value(said) else z3.is_true(said)) != real:
                wrong.append(made.decl()(*ids) == real)
        return wrong


def _relaxed(solver: z3.Solver, wanted: list[z3.BoolRef]) -> tuple[list[z3.BoolRef], z3.ModelRef | None]:
    """The wishes that can be had together, by leaving out those that conflict, and the model that has them."""
    held, dropped = list(wanted), list[z3.BoolRef]()
    while (status := _status(solver.check(*held))) != "sat":
        core = {one.get_id() for one in solver.unsat_core()} if status == "unsat" else set()
        if not core:
            return held, None
        dropped += [one for one in held if one.get_id() in core]
        held = [one for one in held if one.get_id() not in core]
    model = solver.model()
    for one in dropped:
        if _status(solver.check(*held, one)) == "sat":
            held.append(one)
            model = solver.model()
    return held, model


def _apart(bit: z3.BoolRef) -> list[z3.BoolRef]:
    """The conjuncts of a formula."""
    if z3.is_and(bit):
        return [part for one in bit.children() for part in _apart(one)]
    if z3.is_not(bit) and z3.is_or(bit.arg(0)):
        return [part for one in bit.arg(0).children() for part in _apart(z3.Not(one))]
    return [bit]


def _integer(model: z3.ModelRef, term: Any) -> int:
    return term if isinstance(term, int) else int(model.eval(term, model_completion=True).as_long())


def _status(result: z3.CheckSatResult) -> Status:
    return "sat" if result == z3.sat else "unsat" if result == z3.unsat else "unknown"


def marks(*bits: Bit) -> set[str]:
    """What a formula rests on beside plain values: `~` an approximation, `[` a list cut at its bound."""
    seen: set[int] = set()
    found: set[str] = set()
    stack = [bit for bit in bits if not isinstance(bit, bool)]
    while stack:
        node = stack.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        if z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            name = node.decl().name()
            found |= {sign for sign in (APPROXIMATE, "[") if sign in name}
        stack.extend(node.children())
    return found
