"""The chapter on decision tables is true: its table decides as it says, its cells mean what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from engine.cli import cli
from engine.cli.tables import table as table_group
from engine.matters.catalogue import Catalogue
from engine.matters.table_cells import cell, column
from engine.matters.yaml_reader import Mark
from engine.model.people import Actor
from engine.model.values import Unavailable
from engine.rules.compiler import compile_rule
from engine.stages.decision import decide
from tests.unit.matters.tables import item, linked, scope

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "决策表.md").read_text(encoding="utf-8")
DECIDE = re.findall(r"```yaml\ndecide:\n(.*?)```", MANUAL, re.DOTALL)[0]
CELLS = re.findall(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \|$", MANUAL, re.MULTILINE)
CASES = re.findall(r"^\| (\S+) \| (\d+) \| (\S+) \| (\S+) \| (\w+) \|$", MANUAL, re.MULTILINE)
ACTOR = Actor("applicant", "x", "张三", level=3, authority="法定代表人")
GONE = Unavailable("registry.business", "超时", "2025-01-20T08:00:00+08:00")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    made, problems = linked(tmp_path_factory.mktemp("project"), DECIDE)
    assert problems == ()
    return made


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return linked(tmp_path_factory.mktemp("project"), item("类别", "代码.住宿类"))[0]


def test_the_chapter_has_its_examples() -> None:
    assert len(CELLS) == 23 and len(CASES) == 6


@pytest.mark.parametrize(("kind", "area", "status", "outcome", "by"), CASES)
def test_the_table_decides_as_the_chapter_says(
    catalogue: Catalogue, kind: str, area: str, status: str, outcome: str, by: str
) -> None:
    licence: Any = GONE if status == "未取到" else {"status": status}
    found = decide(catalogue.matters["sample"], {"type": kind, "area": int(area), "licence": licence}, (), ACTOR, ())
    assert (found.outcome, found.by) == (outcome, by)


@pytest.mark.parametrize(("head", "text", "rule"), CELLS)
def test_a_cell_of_the_chapter_is_the_rule_beside_it(wide: Catalogue, head: str, text: str, rule: str) -> None:
    names = scope(wide)
    made, _ = column(head, names, Mark())
    meant, problems = compile_rule(rule, names)
    assert made is not None and problems == () and meant is not None
    assert cell(text, made, names).logic == meant.logic


def test_the_fault_of_the_chapter_is_told_so(tmp_path: Path) -> None:
    _, problems = linked(tmp_path, item("类别", "宾馆, 茶馆"))
    shown = re.search(r"^matters/x/sample\.yaml:.*$", MANUAL, re.MULTILINE)
    assert shown is not None
    assert [str(one).startswith(shown.group()) for one in problems] == [True]


def test_the_commands_of_the_chapter_exist() -> None:
    assert "table" in cli.commands
    assert set(re.findall(r"^zhunyu table (\w+)", MANUAL, re.MULTILINE)) == set(table_group.commands)
