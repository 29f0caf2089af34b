"""The shape of the code holds: sizes, layers without cycles, no two packages that import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "portal", "admin")
FILE_LIMIT, FUNCTION_LIMIT = 300, 60


def sources() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts and (text := path.read_text(encoding="utf-8")).strip():
                yield path.relative_to(ROOT), text


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def test_nineteen_of_twenty_files_are_within_the_limit() -> None:
    lengths = sorted(text.count("\n") + 1 for _, text in sources())
    assert lengths[round(0.95 * (len(lengths) - 1))] <= FILE_LIMIT


def test_no_function_is_longer_than_the_limit() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LIMIT
    ]
    assert long == []


def test_no_two_packages_import_each_other(graph: grimp.ImportGraph) -> None:
    def package(module: str) -> str:
        return ".".join(module.split(".")[:2])

    edges = {
        (package(module), package(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if package(module) != package(imported) and "." in package(module) and "." in package(imported)
    }
    assert sorted(edge for edge in edges if edge[0] < edge[1] and edge[::-1] in edges) == []


def test_there_is_no_import_cycle(graph: grimp.ImportGraph) -> None:
    remaining = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while leaves := [module for module, imports in remaining.items() if not imports & remaining.keys()]:
        for module in leaves:
            del remaining[module]
    assert sorted(remaining) == []


def test_modules_have_names_of_the_field_and_no_catch_alls() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [str(path) for path, _ in sources() if path.stem in banned] == []


def test_every_public_module_says_what_it_is_for() -> None:
    assert [str(path) for path, text in sources() if not ast.get_docstring(ast.parse(text))] == []
