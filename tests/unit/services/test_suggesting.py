"""Suggested tests show what they say they show, are few and small, and what is impossible is told with the proof."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_writer import append_tests
from engine.matters.tests_file import TestsFile, load_file
from engine.rules.edges import edges
from engine.services.matter_coverage import counted, measure, try_mutants
from engine.services.matter_tests import run_tests
from engine.services.proved_coverage import noticeable, proved, without
from engine.services.suggest_proof import Solver
from engine.services.suggesting import Suggestions, suggest
from tests.project import project_loaded

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_reissue"
World = tuple[Catalogue, TestsFile]


@pytest.fixture(scope="module")
def world() -> World:
    catalogue, _ = project_loaded()
    return catalogue, load_file(ROOT / f"matters/public_place/{MATTER}.tests.yaml", catalogue)[0]


@pytest.fixture(scope="module")
def from_one_test(world: World) -> Suggestions:
    catalogue, file = world
    first = msgspec.structs.replace(file, tests=file.tests[:1])
    assert file.base is not None
    return suggest(catalogue, MATTER, first, 100, Solver(catalogue, MATTER, file.base))


def without_tests(file: TestsFile, words: str) -> TestsFile:
    kept = tuple(one for one in file.tests if words not in one.name)
    assert len(kept) < len(file.tests)
    return msgspec.structs.replace(file, tests=kept)


def test_from_a_single_test_everything_possible_is_covered(
    world: World, from_one_test: Suggestions, tmp_path: Path
) -> None:
    """Written to a file, read back and run: the figures are reached by the production evaluator alone."""
    catalogue, file = world
    path = tmp_path / "matters" / f"{MATTER}.tests.yaml"
    text = (ROOT / f"matters/public_place/{MATTER}.tests.yaml").read_text(encoding="utf-8")
    path.parent.mkdir()
    path.write_text(text[: text.index("  - name: ", text.index("  - name: ") + 1)], encoding="utf-8")
    append_tests(path, MATTER, [one.written for one in from_one_test.found], catalogue)
    again, problems = load_file(path, catalogue)
    assert problems == ()
    outcomes = counted(catalogue, list(run_tests(catalogue, again.tests)), unconfirmed=True)
    assert all(outcome.passed for outcome in outcomes)
    (covered,), (score,) = measure(catalogue, outcomes), try_mutants(catalogue, outcomes)
    assert file.base is not None
    barred = proved(catalogue, outcomes, file.base, mutants=True)
    figures = without(covered, barred).figures()
    assert [figures[key].percent for key in ("rows", "findings", "atoms", "mcdc")] == [100.0] * 4
    assert noticeable(score, barred).killed.percent >= 95


def test_they_are_few_and_small(from_one_test: Suggestions) -> None:
    assert len(from_one_test.found) <= 30
    assert sum(len(one.shows) for one in from_one_test.found) > 2 * len(from_one_test.found)
    assert all(one.test.unconfirmed for one in from_one_test.found)


def test_no_two_of_them_are_the_same(from_one_test: Suggestions) -> None:
    scenes = [msgspec.structs.replace(one.test, name="") for one in from_one_test.found]
    assert all(one not in scenes[:place] for place, one in enumerate(scenes))


def test_a_lost_bound_is_found_again_just_at_it(world: World) -> None:
    catalogue, file = world
    weak = without_tests(file, "到期")
    found = suggest(catalogue, MATTER, weak, 20).found
    days = {one.test.original["valid_to"] for one in found if one.test.original and "有效期止" in one.test.name}
    assert days & {"2026-11-01", "2026-11-02", "2026-11-03"}


def test_a_limit_leaves_the_rest_and_says_so(world: World) -> None:
    catalogue, file = world
    found = suggest(catalogue, MATTER, msgspec.structs.replace(file, tests=file.tests[:1]), 1)
    assert len(found.found) == 1 and "超过了 --limit。" in {why for _, why in found.left}


def test_what_no_application_can_show_is_told_with_the_proof(world: World) -> None:
    catalogue, _ = world
    file, _ = load_file(ROOT / "matters/public_place/public_place_renew.tests.yaml", catalogue)
    assert file.base is not None
    outcomes = list(run_tests(catalogue, file.tests))
    barred = proved(catalogue, outcomes, file.base, mutants=False)
    assert [(goal.text, why[:6]) for goal, why in barred.items()] == [("办理方式 = 告知承诺", "已证明不可能")]
    (covered,) = measure(catalogue, outcomes)
    assert covered.figures()["mcdc"].percent < 100 == without(covered, barred).figures()["mcdc"].percent
    assert without(covered, barred).figures()["atoms"] == covered.figures()["atoms"]


def test_nothing_is_proved_impossible_that_a_test_shows(world: World) -> None:
    """With the tests left out one by one, nothing that the whole file shows is ever told to be impossible."""
    catalogue, file = world
    assert file.base is not None
    barred = proved(catalogue, [], file.base, mutants=False)
    full = measure(catalogue, list(run_tests(catalogue, file.tests)))[0]
    shown = {(rule.path, atom.text) for rule in full.rules for atom in rule.atoms if atom.true and atom.false}
    assert not [goal for goal in barred if goal.what == "atom" and (goal.path, goal.text) in shown]


def test_a_file_without_a_scene_cannot_be_searched(world: World) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        suggest(world[0], MATTER, TestsFile(), 5)


def test_a_bound_on_a_literal_zero_asks_for_nothing_below_it(world: World) -> None:
    found = {edge.text: edge.sides for edge in edges(world[0].matters["public_place_renew"])}
    assert found["监督记录.近12个月处罚次数 > 0"] == ("等于", "多")
    assert found["报告签发日期 ≤ 今天"] == ("少", "等于", "多")
