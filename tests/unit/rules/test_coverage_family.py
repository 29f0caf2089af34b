"""The public-place family keeps what its tests have reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import load_tests
from engine.rules.mutation import Mutant, mutants
from engine.services.matter_coverage import Places, measure, try_mutants
from engine.services.matter_tests import Outcome, run_tests
from tests.project import project_loaded

ROOT = Path(__file__).resolve().parents[3]
FAMILY = sorted(path.name.removesuffix(".tests.yaml") for path in (ROOT / "matters/public_place").glob("*.tests.yaml"))
MCDC = {"public_place_changes": 95}  # `zhunyu suggest` proves two of its 41 impossible
Family = tuple[Catalogue, dict[str, Sequence[Outcome]]]


@pytest.fixture(scope="module")
def family() -> Family:
    catalogue, _ = project_loaded()
    found: dict[str, Sequence[Outcome]] = {}
    for id in FAMILY:
        tests, _ = load_tests(ROOT / "matters/public_place" / f"{id}.tests.yaml", catalogue)
        found[id] = tuple(run_tests(catalogue, tests))
    return catalogue, found


@pytest.mark.parametrize("matter", FAMILY)
def test_every_row_result_and_condition_of_the_family_is_covered(family: Family, matter: str) -> None:
    figures = measure(family[0], family[1][matter])[0].figures()
    assert [figures[key].percent for key in ("rows", "findings", "atoms")] == [100.0, 100.0, 100.0]


@pytest.mark.parametrize("matter", FAMILY)
def test_nearly_every_condition_of_the_family_is_shown_to_act_alone(family: Family, matter: str) -> None:
    assert measure(family[0], family[1][matter])[0].figures()["mcdc"].percent >= MCDC.get(matter, 96)


@pytest.mark.parametrize("matter", FAMILY)
def test_nearly_every_mutant_of_the_family_is_noticed(family: Family, matter: str) -> None:
    assert try_mutants(family[0], family[1][matter])[0].killed.percent >= 97


def test_without_the_boundary_tests_the_opened_bound_lives_and_is_named_with_its_place(family: Family) -> None:
    catalogue, found = family
    weak = [one for one in found["public_place_new"] if "一千平方米" not in one.test.name]
    survivors = try_mutants(catalogue, weak)[0].survivors
    left = next(it for it in survivors if it.id == "mall_size" and "> 参数.商场起点面积" in it.change)
    place = Places(ROOT, catalogue).of(catalogue.matters["public_place_new"], left.path)
    file, line = place.split(":")
    assert "参数.商场起点面积" in (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_without_the_test_of_the_ban_the_removed_check_lives(family: Family) -> None:
    weak = [one for one in family[1]["public_place_new"] if "禁止申请" not in one.test.name]
    survivors = try_mutants(family[0], weak)[0].survivors
    assert ("not_banned", "删去这条核对") in {(it.id, it.change) for it in survivors}


def test_leaving_out_the_tests_a_mutant_cannot_touch_changes_no_verdict(family: Family) -> None:
    catalogue, found = family
    id = "public_place_reissue"
    tests = [one.test for one in found[id]]

    def noticed(mutant: Mutant) -> bool:
        changed = msgspec.structs.replace(catalogue, matters={id: mutant.matter})
        return any(not one.passed for one in run_tests(changed, tests))

    alive = {(it.path, it.change) for it in try_mutants(catalogue, found[id])[0].survivors}
    made = list(mutants(catalogue.matters[id]))
    assert {(it.path, it.change) for it in made if not noticed(it)} == alive


def test_measuring_changes_no_result(family: Family) -> None:
    catalogue, found = family
    measure(catalogue, found["public_place_reissue"])
    try_mutants(catalogue, found["public_place_reissue"])
    again = tuple(run_tests(catalogue, [one.test for one in found["public_place_reissue"]]))
    assert again == found["public_place_reissue"]
