"""Coverage of matters by their tests, and what their tests make of mutants: pure judgement, as the tests are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from engine.errors import ZhunyuError
from engine.matters import reference, tree
from engine.matters.catalogue import Catalogue
from engine.matters.fragments import Opening
from engine.matters.tests_file import MatterTest
from engine.matters.yaml_reader import Map, read
from engine.model.matter import Matter
from engine.model.values import Value
from engine.pipeline.assess import assessed
from engine.rules import evaluator
from engine.rules import inventory as kinds
from engine.rules.coverage import MatterCoverage, Recorder, Share
from engine.rules.mutation import Mutant, mutants
from engine.services.matter_tests import Outcome, Scene, differences, form_faults, judge_scene, observed, scene

_ON_FORM = (kinds.FIELD, kinds.GROUP)


class Survivor(msgspec.Struct, frozen=True):
    """A mutant that no test noticed; `reached` whether at least one test gives its rule another result."""

    kind: str
    id: str
    title: str
    change: str
    path: kinds.Path
    reached: bool


class MutationScore(msgspec.Struct, frozen=True):
    """How many mutants of a matter its tests noticed, and those that lived."""

    matter: str
    title: str
    killed: Share
    survivors: tuple[Survivor, ...]


class Places:
    """Where the rules of a matter stand in its file or in the fragment they come from: file:line, "" if unknown."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self._root, self._files, self._trees = root, catalogue.files, dict[str, Map | None]()
        self._fragments = reference.load(root).fragments

    def of(self, matter: Matter, path: kinds.Path) -> str:
        """The place of the rule at a path of the matter."""
        if matter.id not in self._trees:
            self._trees[matter.id] = self._opened(matter.id)
        found = self._trees[matter.id]
        mark = None if found is None else tree.find(found, _written(path))
        return f"{mark.file}:{mark.line}" if mark is not None and mark.file else ""

    def _opened(self, id: str) -> Map | None:
        file = self._files.get(id, "")
        node, _ = read(self._root / file, file) if file else (None, ())
        return Opening(self._fragments).matter(node) if isinstance(node, Map) else None


def _written(path: kinds.Path) -> kinds.Path:
    """The path in the author's file of a path in the compiled matter."""
    return ("form", *path[1:]) if path[0] == "groups" else path


def measure(
    catalogue: Catalogue, outcomes: Iterable[Outcome], matters: Iterable[str] = ()
) -> tuple[MatterCoverage, ...]:
    """The coverage of each matter by tests that were run, failing ones too; a test that could not be run adds none.

    `matters` are reported even when they have no test.
    """
    recorders = {id: Recorder(catalogue.matters[id]) for id in matters}
    for outcome in outcomes:
        id = outcome.test.matter
        if id not in recorders:
            recorders[id] = Recorder(catalogue.matters[id])
        if outcome.assessment is not None:
            recorders[id].record(outcome.test.name, outcome.names, outcome.assessment)
    return tuple(recorders[id].coverage() for id in sorted(recorders))


def counted(catalogue: Catalogue, outcomes: Iterable[Outcome], unconfirmed: bool) -> tuple[Outcome, ...]:
    """The outcomes that count: unconfirmed ones not at all, or as if what came out of them were expected."""
    return tuple(
        taken_as_expected(catalogue, one) if one.unconfirmed else one
        for one in outcomes
        if unconfirmed or not one.unconfirmed
    )


def taken_as_expected(catalogue: Catalogue, outcome: Outcome) -> Outcome:
    """The outcome of a test that expects just what came out of it."""
    if outcome.assessment is None:
        return outcome
    whole = msgspec.structs.replace(outcome.assessment, waived={}, demanded=())
    nothing = msgspec.structs.replace(outcome, assessment=whole)
    expect = observed(catalogue.matters[outcome.test.matter], outcome, nothing)
    return msgspec.structs.replace(outcome, test=msgspec.structs.replace(outcome.test, expect=expect))


def below(
    covered: Iterable[MatterCoverage], scores: Iterable[MutationScore], least: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, Share]]:
    """The figures of each matter that are less than asked: by matter and figure (rows … mcdc, mutants)."""
    low: dict[str, dict[str, Share]] = {}
    for one in covered:
        if found := one.below(least.get(one.matter, {})):
            low[one.matter] = found
    for score in scores:
        if score.killed.percent < least.get(score.matter, {}).get("mutants", 0.0):
            low.setdefault(score.matter, {})["mutants"] = score.killed
    return low


def try_mutants(
    catalogue: Catalogue, outcomes: Sequence[Outcome], matters: Iterable[str] = ()
) -> tuple[MutationScore, ...]:
    """Run the passing tests of each matter against each mutant of it, up to the first that fails.

    Only tests in which the changed rule gives another result are run: to the others the mutant is the same matter.
    `matters` are scored even when no test of them passes.
    """
    calendar = catalogue.reference.calendar
    passing: dict[str, list[Outcome]] = {id: [] for id in matters}
    for outcome in outcomes:
        if outcome.passed:
            passing.setdefault(outcome.test.matter, []).append(outcome)
    return tuple(_score(catalogue.matters[id], passing[id], calendar) for id in sorted(passing))


def _score(matter: Matter, outcomes: list[Outcome], calendar: Mapping[str, str]) -> MutationScore:
    scenes = {id(one): scene(matter, one.test) for one in outcomes}
    total, left = 0, list[Survivor]()
    for mutant in mutants(matter):
        total += 1
        touched = [one for one in outcomes if _touched(mutant, one)]
        if not any(_fails(mutant, scenes[id(one)], one, calendar) for one in touched):
            left.append(Survivor(mutant.kind, mutant.id, mutant.title, mutant.change, mutant.path, bool(touched)))
    return MutationScore(matter.id, matter.title, Share(total - len(left), total), tuple(left))


def _touched(mutant: Mutant, outcome: Outcome) -> bool:
    assessment = outcome.assessment
    if assessment is None:
        return False
    if mutant.kind == kinds.ROW and not _row_reached(mutant, outcome):
        return False
    if mutant.before is not None and mutant.after is not None:
        one, other = (evaluator.test(rule, outcome.names) for rule in (mutant.before, mutant.after))
        return one is not other
    if mutant.kind == kinds.CHECK:
        return any(one.check == mutant.id and one.result in ("failed", "unknown") for one in assessment.findings)
    return mutant.id in assessment.waived if mutant.kind == kinds.WAIVER else True


def survivors(matter: Matter, outcomes: Iterable[Outcome], calendar: Mapping[str, str]) -> tuple[Mutant, ...]:
    """The mutants that none of these outcomes notices."""
    ready = [(one, scene(matter, one.test)) for one in outcomes if one.passed]
    return tuple(
        mutant
        for mutant in mutants(matter)
        if not any(notices(mutant, made, one, calendar) for one, made in ready)
    )


def _row_reached(mutant: Mutant, outcome: Outcome) -> bool:
    """Whether the table came to the changed row; for two rows that change places, whether both of them could hold."""
    assert outcome.assessment is not None
    place, rows = int(mutant.path[1]), outcome.assessment.rows
    if rows[place].result == "not_reached":
        return False
    if mutant.before is not None:
        return True
    pair = mutant.matter.decide[place : place + 2]
    return not any(evaluator.test(row.when, outcome.names) is False for row in pair)


def notices(mutant: Mutant, scene: Scene, outcome: Outcome, calendar: Mapping[str, str]) -> bool:
    """Whether the test of an outcome would fail if the matter were the mutant."""
    return _touched(mutant, outcome) and _fails(mutant, scene, outcome, calendar)


def _fails(mutant: Mutant, scene: Scene, outcome: Outcome, calendar: Mapping[str, str]) -> bool:
    changed = msgspec.structs.replace(scene, matter=mutant.matter)
    try:
        if mutant.kind in _ON_FORM:
            return bool(form_faults(changed, calendar)) or _differs(changed, outcome.test, calendar)
        names: dict[str, Value] = outcome.names
        assessment = assessed(mutant.matter, scene.application, scene.actor, names, scene.today).bare
        return next(differences(changed, outcome.test, assessment, names), None) is not None
    except ZhunyuError:
        return True


def _differs(scene: Scene, test: MatterTest, calendar: Mapping[str, str]) -> bool:
    assessment, names = judge_scene(scene, calendar)
    return next(differences(scene, test, assessment, names), None) is not None
