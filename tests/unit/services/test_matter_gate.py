"""The gate before publication: tests pass and reach what their file asks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.matters.catalogue import Catalogue
from engine.services.matter_gate import gate
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_reissue"
FILE = f"matters/public_place/{MATTER}.tests.yaml"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / FILE).parent.mkdir(parents=True)
    shutil.copy(ROOT / FILE, tmp_path / FILE)
    return tmp_path


def written(root: Path, old: str, new: str) -> Path:
    text = (root / FILE).read_text(encoding="utf-8")
    (root / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return root


def test_a_matter_whose_tests_pass_goes_through(root: Path, catalogue: Catalogue) -> None:
    assert gate(root, catalogue, MATTER) == ()


def test_a_failing_test_is_named_with_its_place(root: Path, catalogue: Catalogue) -> None:
    (problem,) = gate(written(root, "outcome: 秒批", "outcome: 转人工"), catalogue, MATTER)
    assert (
        problem.code == "M186" and problem.file == FILE and problem.line > 1 and "outcome 应为 转人工" in problem.what
    )


def test_a_figure_below_what_the_file_asks_bars_it(root: Path, catalogue: Catalogue) -> None:
    found = gate(written(root, "mutants: 95", "mutants: 99"), catalogue, MATTER)
    assert [(one.code, "变异" in one.what) for one in found] == [("M187", True)]


def test_a_matter_without_tests_does_not_go_through(tmp_path: Path, catalogue: Catalogue) -> None:
    assert [one.code for one in gate(tmp_path, catalogue, MATTER)] == ["M186"]


def test_unconfirmed_tests_alone_do_not_let_it_through(root: Path, catalogue: Catalogue) -> None:
    text = (root / FILE).read_text(encoding="utf-8")
    (root / FILE).write_text(
        text[: text.index("\ntests:")] + "\ntests:\n  - {name: 甲, expect: 待确认}\n", encoding="utf-8"
    )
    assert [one.code for one in gate(root, catalogue, MATTER)] == ["M186"]


def test_a_file_with_a_fault_bars_it_with_that_fault(root: Path, catalogue: Catalogue) -> None:
    assert "M110" in {one.code for one in gate(written(root, "matter:", "matters: x\nmatter:"), catalogue, MATTER)}
