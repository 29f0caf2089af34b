"""The family's matters are proved, and the solver's verdict on their tests is the engine's."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
import z3

from engine.matters.catalogue import Catalogue
from engine.matters.scopes import scope_of
from engine.matters.tests_file import load_file
from engine.rules.solver import Model
from engine.rules.solver.bits import formula, opposite
from engine.rules.solver.example import likeness
from engine.rules.solver.outcomes import STOPPING, Outcomes
from engine.services.matter_tests import form_faults, judge_scene, scene
from engine.services.proving import example_of, prove
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[3]
ALL = bool(os.environ.get("ALL_MATTERS"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def file_of(catalogue: Catalogue, id: str) -> Path:
    return (ROOT / catalogue.files[id]).with_name(f"{id}.tests.yaml")


def test_every_matter_has_invariants_and_all_are_proved(catalogue: Catalogue) -> None:
    for id, matter in catalogue.matters.items():
        near = load_file(file_of(catalogue, id), catalogue)[0].base
        findings = prove(catalogue, matter, date(2026, 11, 25), near)
        assert len(matter.never) >= 2, id
        assert not [one.what for one in findings if one.severity != "note"], id


def test_the_solver_judges_the_tests_of_matters_as_the_engine_does(catalogue: Catalogue) -> None:
    calendar, judged = catalogue.reference.calendar, 0
    for id in catalogue.matters if ALL else ("public_place_renew",):
        matter, models = catalogue.matters[id], dict[str, tuple[Model, Outcomes]]()
        for test in load_file(file_of(catalogue, id), catalogue)[0].tests:
            made = scene(matter, test)
            if form_faults(made, calendar):
                continue
            if test.at not in models:
                scope = scope_of(matter, catalogue.reference)
                model = Model(matter, scope, date.fromisoformat(test.at), calendar=calendar)
                model.names.everything()
                models[test.at] = model, Outcomes(model)
            model, outcomes = models[test.at]
            assessment, _ = judge_scene(made, calendar)
            pinned = likeness(model.names, example_of(test, matter))
            solver = z3.Solver()
            solver.add(*model.assumptions, *pinned, *truths(model, pinned))
            wanted = outcomes.instant if assessment.outcome == "秒批" else opposite(outcomes.instant)
            halted = assessment.outcome in STOPPING
            stopped = outcomes.stopped if halted else opposite(outcomes.stopped)
            assert solver.check() == z3.sat, (id, test.name)
            assert solver.check(formula(wanted)) == z3.sat, (id, test.name, assessment.outcome)
            assert solver.check(formula(opposite(wanted))) == z3.unsat or missing(assessment), (id, test.name)
            assert solver.check(formula(opposite(stopped))) == z3.unsat, (id, test.name)
            judged += 1
    assert judged > 30


def missing(assessment: object) -> bool:
    """Whether the engine barred what the solver leaves open: a material not handed in."""
    return bool(assessment.missing)  # type: ignore[attr-defined]


def truths(model: Model, pinned: list[z3.BoolRef]) -> list[z3.BoolRef]:
    """What is so of the texts of a pinned application."""
    checker = z3.Solver()
    checker.add(*model.assumptions, *pinned)
    if checker.check() != z3.sat:
        return []
    known, found = checker.model(), []
    for name, terms, made in model.texts.asked.values():
        ids = [one if isinstance(one, int) else known.eval(one, model_completion=True).as_long() for one in terms]
        words = [model.texts.word(id) for id in ids]
        if None not in words:
            found.append(made.decl()(*ids) == model.texts.real(name, tuple(str(word) for word in words)))
    return found
