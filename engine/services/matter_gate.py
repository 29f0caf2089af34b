"""The gate before publication, as far as tests go: they pass, and reach what their file asks of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.errors import Problem
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import MatterTest, load_file
from engine.rules.coverage import ASKED
from engine.services import matter_coverage
from engine.services.matter_tests import run_tests


def gate(root: Path, catalogue: Catalogue, matter: str) -> tuple[Problem, ...]:
    """What keeps a matter of the catalogue under `root` from being published; () when nothing does.

    M186 for a matter without tests and for each test that fails, M187 for each figure below the `coverage` of the
    test file, and the problems of the file itself. Tests that wait for confirmation neither help nor hinder.
    """
    file = catalogue.files[matter].removesuffix(".yaml") + ".tests.yaml"
    if not (root / file).exists():
        return (Problem("M186", f"事项 {matter} 没有测试。", f"请写 {file}。", catalogue.files[matter], 1, 1),)
    found, problems = load_file(root / file, catalogue)
    return (*problems, *_of_tests(catalogue, matter, file, found.tests, found.coverage))


def _of_tests(
    catalogue: Catalogue, matter: str, file: str, tests: tuple[MatterTest, ...], least: dict[str, float]
) -> Iterator[Problem]:
    outcomes = matter_coverage.counted(catalogue, run_tests(catalogue, tests), unconfirmed=False)
    if not outcomes:
        yield Problem("M186", "没有一个确认过的测试。", "请用 zhunyu confirm 确认，或写测试。", file, 1, 1)
        return
    for outcome in outcomes:
        if not outcome.passed:
            what = f"测试“{outcome.test.name}”没有通过：{'；'.join(outcome.faults)}。"
            yield Problem("M186", what, "请改规则或改测试。", file, outcome.test.line, 1)
    covered = matter_coverage.measure(catalogue, outcomes, [matter]) if set(least) - {"mutants"} else ()
    scores = matter_coverage.try_mutants(catalogue, outcomes, [matter]) if "mutants" in least else ()
    for key, share in matter_coverage.below(covered, scores, {matter: least}).get(matter, {}).items():
        reached = f"{share.percent:g}%（{share.done}/{share.of}）"
        what = f"{ASKED[key]} {reached}，低于 coverage 要求的 {least[key]:g}%。"
        yield Problem("M187", what, f"请用 zhunyu suggest {matter} 找出缺的测试。", file, 1, 1)
