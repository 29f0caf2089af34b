"""What is proved impossible is no longer asked of tests: goals that no application can close leave the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import MatterTest
from engine.rules.coverage import AtomCoverage, MatterCoverage, ResultsCoverage, RuleCoverage, Share
from engine.services.matter_coverage import MutationScore
from engine.services.matter_tests import Outcome
from engine.services.suggest_goals import RESULTS, Goal, Shown
from engine.services.suggest_proof import Solver

Barred = Mapping[Goal, str]


def proved(catalogue: Catalogue, outcomes: Sequence[Outcome], base: MatterTest, mutants: bool) -> dict[Goal, str]:
    """The goals of one matter that no application can close, each with the reason; mutants where asked for.

    `outcomes` are of its tests that count, `base` the scene of its file, whose day is taken.
    """
    matter = catalogue.matters[base.matter]
    shown = Shown(matter, catalogue.reference.calendar)
    for outcome in outcomes:
        shown.add(outcome)
    if mutants:
        shown.survive([one for one in outcomes if one.passed])
    open_goals = [goal for goal in shown.missing() if goal.what != "edge"]
    solver = Solver(catalogue, matter.id, base) if open_goals else None
    found = {goal: solver.barred(goal, shown) for goal in open_goals} if solver is not None else {}
    return {goal: why for goal, why in found.items() if why}


def without(covered: MatterCoverage, barred: Barred) -> MatterCoverage:
    """Coverage that no longer asks for what is barred."""
    results = {(goal.path[:2], RESULTS[goal.side]) for goal in barred if goal.what == "finding"}
    results |= {(goal.path[:2], "matched") for goal in barred if goal.what == "row"}
    return msgspec.structs.replace(
        covered,
        rows=tuple(_asked(row, results) for row in covered.rows),
        checks=tuple(_asked(check, results) for check in covered.checks),
        rules=tuple(_rule(rule, [goal for goal in barred if goal.path == rule.path]) for rule in covered.rules),
    )


def _asked(one: ResultsCoverage, barred: Iterable[tuple[object, str]]) -> ResultsCoverage:
    gone = {result for path, result in barred if path == one.path}
    return msgspec.structs.replace(one, wanted=tuple(result for result in one.wanted if result not in gone))


def _rule(rule: RuleCoverage, barred: Sequence[Goal]) -> RuleCoverage:
    """Atoms are told apart by their words: one that stands twice in a rule is excused only where both are barred."""
    return msgspec.structs.replace(rule, atoms=tuple(_atom(rule, atom, barred) for atom in rule.atoms))


def _atom(rule: RuleCoverage, atom: AtomCoverage, barred: Sequence[Goal]) -> AtomCoverage:
    same = sum(one.text == atom.text for one in rule.atoms)
    for what, side, name in (("atom", "真", "true"), ("atom", "假", "false"), ("alone", "真", "alone"),
                             ("alone", "假", "alone")):  # fmt: skip
        told = sum((one.what, one.side, one.text) == (what, side, atom.text) for one in barred)
        if told >= same and not atom.impossible:
            return msgspec.structs.replace(atom, impossible=name)
    return atom


def noticeable(score: MutationScore, barred: Barred) -> MutationScore:
    """A score without the mutants that make no difference to any application."""
    equal = {(goal.path, goal.text) for goal in barred if goal.what == "mutant"}
    left = tuple(one for one in score.survivors if (one.path, one.change) not in equal)
    killed = Share(score.killed.done, score.killed.of - (len(score.survivors) - len(left)))
    return msgspec.structs.replace(score, killed=killed, survivors=left)
