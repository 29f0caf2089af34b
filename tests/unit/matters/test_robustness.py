"""Whatever stands in a file, the loader tells it and never raises."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_tests
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER

ODD: list[Any] = [
    None, 7, "甲", [], {}, ["甲"], {"use": "sample.site"}, {"use": 3, "with": 4}, {"甲": None}, True, "$x", "{param:q}",
    [[1]], "代码.x", "",
]  # fmt: skip
TESTS = "matter: sample_change\nat: 2026-11-02\ngiven: {site: 甲}\ntests: [{name: 一, expect: {outcome: 转人工}}]\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = lay(tmp_path_factory.mktemp("project"))
    (root / "matters").mkdir()
    (root / "matters" / "sample_change.yaml").write_text(MATTER, encoding="utf-8")
    (root / "matters" / "sample_change.tests.yaml").write_text(TESTS, encoding="utf-8")
    return root


def places(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


def changed(node: Any, place: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(node)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    if value == "remove":
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return made


@pytest.mark.parametrize(
    "file",
    [
        "matters/sample_change.yaml", "matters/sample_change.tests.yaml", "rules/codes.yaml", "rules/sources.yaml",
        "rules/certificates.yaml", "rules/fragments/sample.yaml", "rules/authorities.yaml", "rules/parameters.yaml",
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_shape_anywhere_raises_nothing(project: Path, file: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    node = yaml.load(text, Loader=yaml.BaseLoader)
    draw = random.Random(file)
    try:
        for place in draw.sample(list(places(node)), k=min(12, len(list(places(node))))):
            odd = changed(node, place, draw.choice([*ODD, "remove"]))
            path.write_text(yaml.safe_dump(odd, allow_unicode=True), encoding="utf-8")
            catalogue, problems = load_catalogue(project)
            load_tests(project / "matters" / "sample_change.tests.yaml", catalogue)
            assert all(one.code and one.what for one in problems)
    finally:
        path.write_text(text, encoding="utf-8")
