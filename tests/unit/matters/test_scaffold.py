"""A new matter is without faults, and its tests pass."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.scaffold import scaffold
from engine.matters.tests_file import MatterTest, load_tests
from engine.services.matter_tests import run_tests

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, tuple[MatterTest, ...], list[str]]:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "rules", root / "rules", ignore=shutil.ignore_patterns("guides"))
    for path, text in scaffold("sample_new", "示例许可（新办）", "示例").items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    catalogue, problems = load_catalogue(root, "sample_new")
    tests, faults = load_tests(root / "matters/sample/sample_new.tests.yaml", catalogue)
    return catalogue, tests, [str(one) for one in (*problems, *faults)]


def test_a_new_matter_has_no_fault_and_no_warning(made: tuple[Catalogue, tuple[MatterTest, ...], list[str]]) -> None:
    assert made[2] == []


def test_the_tests_of_a_new_matter_pass(made: tuple[Catalogue, tuple[MatterTest, ...], list[str]]) -> None:
    assert [(one.test.name, one.faults) for one in run_tests(made[0], made[1]) if not one.passed] == []


def test_a_new_matter_has_a_test_of_every_outcome_it_can_have(
    made: tuple[Catalogue, tuple[MatterTest, ...], list[str]],
) -> None:
    assert {one.expect["outcome"] for one in made[1]} == {"秒批", "转人工", "当场更正"}


def test_a_slug_of_a_line_is_the_folder() -> None:
    assert set(scaffold("a_new", "甲", "public_place")) == {
        "matters/public_place/a_new.yaml",
        "matters/public_place/a_new.tests.yaml",
    }
