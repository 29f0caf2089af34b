"""A large decision table is mutated in seconds, and every kind of slip is among the mutants."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.matter import Matter, Row
from engine.model.rule import Rule
from engine.rules.mutation import mutants
from engine.services.matter_coverage import counted, try_mutants
from engine.services.matter_tests import run_tests
from tests.project import project_loaded

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_new"
ROWS = 30
MOST_SECONDS = 10


def large(matter: Matter) -> Matter:
    """The matter with a table of thirty rows of four conditions each, a band of the area and a head count."""
    rows = []
    for number in range(ROWS - 1):
        low, high = number * 20, number * 20 + 20
        logic = {
            "and": [
                {">=": [{"var": "area"}, low]}, {"<": [{"var": "area"}, high]}, {">": [{"var": "staff_total"}, 3]},
                {"==": [{"var": "licence.status"}, "存续"]},
            ]
        }  # fmt: skip
        rule = Rule(f"第{number}档", logic, ("area", "licence.status", "staff_total"))
        rows.append(Row(f"band{number}", rule, "转人工", f"第{number}档"))
    return msgspec.structs.replace(matter, decide=(*rows, matter.decide[-1]))


@pytest.fixture(scope="module")
def world() -> tuple[Catalogue, tuple[MatterTest, ...]]:
    """The catalogue with the large matter, and tests on both sides of every bound."""
    found, _ = project_loaded()
    tests = load_tests(ROOT / f"matters/public_place/{MATTER}.tests.yaml", found)[0]
    catalogue = msgspec.structs.replace(found, matters={MATTER: large(found.matters[MATTER])})
    made = list(tests)
    for number in range(ROWS + 5):
        area = str(number * 20) if number % 2 == 0 else f"{number * 20 - 1}.99"
        answers = {**tests[0].answers, "area": area, "usable": "600"}
        made.append(msgspec.structs.replace(tests[0], name=f"第{number}个", answers=answers))
    return catalogue, tuple(msgspec.structs.replace(one, expect={}, unconfirmed=True) for one in made)


def test_a_table_of_thirty_rows_is_mutated_within_ten_seconds(world: tuple[Catalogue, tuple[MatterTest, ...]]) -> None:
    catalogue, tests = world
    outcomes = counted(catalogue, list(run_tests(catalogue, tests)), unconfirmed=True)
    assert sum(one.passed for one in outcomes) >= 80
    begun = time.process_time()
    (score,) = try_mutants(catalogue, outcomes)
    assert time.process_time() - begun < MOST_SECONDS
    assert score.killed.of > 400 and score.killed.percent > 45


@pytest.mark.parametrize(
    "words",
    [
        "”改成“",
        "去掉“",
        "对调",
        "删去这条核对",
        "去掉前提",
        "删去免交方式",
        "整条取反",
        "经营面积 < 40",
        "经营面积 ≥ 20.01",
    ],
)
def test_every_kind_of_slip_is_made(world: tuple[Catalogue, tuple[MatterTest, ...]], words: str) -> None:
    assert any(words in one.change for one in mutants(world[0].matters[MATTER]))
