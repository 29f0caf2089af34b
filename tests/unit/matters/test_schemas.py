"""The schemas as files, the field kinds and the manual say the same as the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.matters import kinds
from engine.matters.codes import MEANINGS
from engine.matters.reference_manual import manual
from engine.matters.schema_form import KIND_NAMES
from engine.matters.schemas import BUILDERS, FOLDER, render
from engine.matters.structure import check
from engine.matters.yaml_reader import read
from engine.rules import profile

PROJECT = Path(__file__).parents[3]
MANUAL = PROJECT / "docs" / "编写事项-参考.md"


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_a_schema_file_is_what_its_builder_gives(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == render(name)


def test_no_schema_file_is_without_a_builder() -> None:
    assert {path.name.partition(".")[0] for path in FOLDER.iterdir()} == set(BUILDERS)


def _keys(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield from (schema.get("properties") or {}).items()
        for value in schema.values():
            yield from _keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _keys(value)


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_every_key_of_a_schema_has_a_chinese_title(name: str) -> None:
    untitled = [key for key, one in _keys(BUILDERS[name]()) if not any(sign >= "一" for sign in one.get("title", ""))]
    assert untitled == []


@pytest.mark.parametrize("path", sorted(PROJECT.glob("matters/*/*.yaml")), ids=lambda path: path.name)
def test_an_editor_finds_no_fault_in_a_matter_as_it_is_written(path: Path) -> None:
    tests = path.name.endswith(".tests.yaml")
    node, problems = read(path, path.name, tags=tests)
    assert (problems, check(node, "tests" if tests else "matter")) == ((), ())


def test_the_schema_knows_exactly_the_registered_field_kinds() -> None:
    assert set(KIND_NAMES) == set(kinds.KINDS)


def test_every_key_of_a_field_belongs_to_some_kind() -> None:
    known = kinds.COMMON.union(*(one.keys for one in kinds.KINDS.values()))
    fields = BUILDERS["matter"]()["properties"]["form"]["items"]["else"]["properties"]["fields"]["items"]["else"]
    assert set(fields["properties"]) == known


def test_a_field_kind_registered_twice_is_a_defect() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        kinds.kind("文本", "文字")(kinds.KINDS["文本"].build)


def test_the_manual_on_disk_is_the_generated_one() -> None:
    assert MANUAL.read_text(encoding="utf-8") == manual()


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_the_manual_explains_every_code(code: str) -> None:
    assert f"| {code} | {MEANINGS[code]} |" in manual()


@pytest.mark.parametrize("name", sorted(kinds.KINDS))
def test_the_manual_lists_every_field_kind(name: str) -> None:
    assert f"\n| {name} |" in manual()


@pytest.mark.parametrize("operator", profile.table(), ids=lambda one: one.name)
def test_the_manual_lists_every_operator(operator: profile.Operator) -> None:
    assert operator.doc in manual()
