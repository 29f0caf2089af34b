"""The solver asked about goals: that no application can close one, or an application that may.

z3 is loaded by making a `Solver`: in commands only, never where a web process starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from engine.matters.catalogue import Catalogue
from engine.matters.scopes import scope_of
from engine.matters.tests_file import MatterTest
from engine.model.rule import Rule
from engine.model.values import Json
from engine.rules import inventory as kinds
from engine.rules.conditions import Join, Judgement
from engine.rules.inventory import Entry
from engine.services.suggest_goals import Goal, Shown
from engine.stages.decision import STOPPING

if TYPE_CHECKING:
    from engine.rules.solver import Example, Model, Truth

_NEVER = "已证明不可能：没有一份申请能这样。"
_TOGETHER = "已证明不可能同时：能走到这条规则的申请都不会这样。"
_EQUAL = "已证明看不出：这处改动前后，凡是没有被核对拦下的申请，结果都相同。"


class Solver:
    """One matter in the solver, as it is judged on the day of its tests."""

    def __init__(self, catalogue: Catalogue, matter: str, base: MatterTest) -> None:
        from engine.rules.solver import Model

        self._matter = catalogue.matters[matter]
        self._base = base
        scope = scope_of(self._matter, catalogue.reference)
        day, calendar = date.fromisoformat(base.at), catalogue.reference.calendar
        self._model: Model = Model(self._matter, scope, day, calendar=calendar)

    def barred(self, goal: Goal, shown: Shown) -> str:
        """Why no application can close a goal; "" when one may, or the solver cannot tell."""
        claim = self._claim(goal, shown)
        if claim is None:
            return ""
        if goal.what == "mutant":
            return _EQUAL if self._model.check(*claim) == "unsat" else ""
        if self._model.check(*claim) == "unsat":
            return _NEVER
        return _TOGETHER if self._model.check(*claim, *self._reach(goal, shown)) == "unsat" else ""

    def witness(self, goal: Goal, shown: Shown) -> Iterator[MatterTest]:
        """An application that closes a goal as far as the rules go, like the scene of the file where it can be."""
        claim = self._claim(goal, shown)
        if claim is None:
            return
        found = self._model.witness(*claim, *self._reach(goal, shown), near=_example(self._base))
        if found.example is not None:
            yield _scene(self._base, found.example)

    def _claim(self, goal: Goal, shown: Shown) -> list[Any] | None:
        import z3

        if goal.what == "mutant":
            of = next((one for one in shown.mutants if (one.path, one.change) == (goal.path, goal.text)), None)
            if of is None or of.before is None or of.after is None:
                return None
            before, after = self._model.truth(of.before), self._model.truth(of.after)
            differs = z3.Or(z3.Xor(before.is_true, after.is_true), z3.Xor(before.is_false, after.is_false))
            return [differs, *(self._row_counts(int(goal.path[1])) if of.kind == kinds.ROW else ())]
        if goal.what == "finding":
            return self._result(goal)
        if goal.what == "row":
            return [self._model.truth(self._matter.decide[int(goal.path[1])].when).is_true]
        if goal.what in ("atom", "alone") and goal.level == 0:
            entry, judgement = next(one for one in shown.recorder.rules if one[0].path == goal.path)
            atom = self._truth(entry, judgement.atoms[goal.place].logic)
            side = atom.is_true if goal.side == "真" else atom.is_false
            return [side] if goal.what == "atom" else [side, self._decides(entry, judgement, goal.place)]
        return None

    def _row_counts(self, place: int) -> Iterator[Any]:
        """When a row is come to and what it says is heard: no check that stops an application has failed."""
        import z3

        yield from (self._model.truth(row.when).is_false for row in self._matter.decide[:place] if not row.unique)
        for check in self._matter.precheck:
            if check.on_fail in STOPPING:
                yield z3.Not(z3.And(self._model.truth(check.when).is_true, self._model.truth(check.require).is_false))

    def _result(self, goal: Goal) -> list[Any]:
        import z3

        check = self._matter.precheck[int(goal.path[1])]
        guard, require = self._model.truth(check.when), self._model.truth(check.require)
        match goal.side:
            case "通过":
                return [guard.is_true, require.is_true]
            case "未通过":
                return [guard.is_true, require.is_false]
            case "不适用":
                return [guard.is_false]
        return [z3.Not(guard.is_false), z3.Not(require.is_true), z3.Or(z3.Not(guard.is_true), z3.Not(require.is_false))]

    def _decides(self, entry: Entry, judgement: Judgement, place: int) -> Any:
        """The judgement is true or false with the condition, and the other way without it."""
        import z3

        high, low = (self._truth(entry, _logic(judgement, judgement.shape, place, value)) for value in (True, False))
        return z3.Or(z3.And(high.is_true, low.is_false), z3.And(high.is_false, low.is_true))

    def _truth(self, entry: Entry, logic: Json) -> Truth:
        return self._model.truth(Rule("", logic, entry.rule.reads))

    def _reach(self, goal: Goal, shown: Shown) -> list[Any]:
        """When the pipeline comes to the rule; less than the whole truth is safe, for it only widens what may be."""
        import z3

        entry = next((one for one, _ in shown.recorder.rules if one.path == goal.path), None)
        if entry is None or goal.what in ("mutant", "finding"):
            return []
        place = int(entry.path[1])
        if entry.kind == kinds.ROW:
            return [self._model.truth(row.when).is_false for row in self._matter.decide[:place] if not row.unique]
        if entry.kind == kinds.CHECK:
            return [self._model.truth(self._matter.precheck[place].when).is_true]
        if entry.kind == kinds.WAIVER:
            return [z3.Not(self._model.truth(self._matter.materials[place].when).is_false)]
        return []


def _logic(judgement: Judgement, shape: Join | int, place: int, value: bool) -> Json:
    """A judgement as stored, with the condition at a place known."""
    if isinstance(shape, int):
        return value if shape == place else judgement.atoms[shape].logic
    return {shape.name: [_logic(judgement, part, place, value) for part in shape.parts]}


def _example(test: MatterTest) -> Example:
    from engine.rules.solver import Example

    return Example(test.answers, test.facts, test.applicant, test.original, test.materials, test.confirmations)


def _scene(base: MatterTest, found: Example) -> MatterTest:
    original = base.original if found.original is None else {**(base.original or {}), **found.original}
    return msgspec.structs.replace(
        base, answers=found.answers, facts=found.facts, applicant={**base.applicant, **found.applicant},
        original=original, materials=found.materials, confirmations=found.confirmations,
    )  # fmt: skip
