"""Compiled matters are kept by the content they came from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.matters import catalogue
from engine.matters.catalogue import load_catalogue
from engine.matters.compiled_cache import CompiledCache

PROJECT = Path(__file__).resolve().parents[3]
MATTER = "vector_control_cancel"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("guides"))
    shutil.copytree(PROJECT / "matters" / "vector", tmp_path / "matters" / "vector")
    return tmp_path


@pytest.fixture
def cache(tmp_path: Path) -> CompiledCache:
    return CompiledCache(tmp_path / "kept")


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The matters that are read from their files from now on."""
    seen: list[str] = []
    real = catalogue._open

    def spied(root: Path, path: Path, shared: catalogue.Shared) -> object:
        seen.append(path.stem)
        return real(root, path, shared)

    monkeypatch.setattr(catalogue, "_open", spied)
    return seen


def test_what_comes_from_the_cache_is_what_comes_from_the_files(home: Path, cache: CompiledCache) -> None:
    plain = load_catalogue(home)
    assert load_catalogue(home, cache=cache) == plain
    assert load_catalogue(home, cache=cache) == plain


def test_a_second_reading_opens_no_matter(
    home: Path, cache: CompiledCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_catalogue(home, cache=cache)
    seen = opened(monkeypatch)
    load_catalogue(home, cache=cache)
    assert seen == []


def test_only_the_matter_that_changed_is_compiled_again(
    home: Path, cache: CompiledCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_catalogue(home, cache=cache)
    file = home / "matters" / "vector" / f"{MATTER}.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# 改过\n", encoding="utf-8")
    seen = opened(monkeypatch)
    load_catalogue(home, cache=cache)
    assert seen == [MATTER]


def test_a_change_of_shared_data_compiles_everything_again(
    home: Path, cache: CompiledCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_catalogue(home, cache=cache)
    codes = home / "rules" / "codes" / "common.yaml"
    codes.write_text(codes.read_text(encoding="utf-8") + "\n# 改过\n", encoding="utf-8")
    seen = opened(monkeypatch)
    load_catalogue(home, cache=cache)
    assert len(seen) >= 3


def test_a_file_of_the_cache_that_is_broken_counts_as_absent(home: Path, cache: CompiledCache, tmp_path: Path) -> None:
    plain = load_catalogue(home, cache=cache)
    for kept in (tmp_path / "kept").glob("*.bin"):
        kept.write_bytes(b"\x00broken")
    assert load_catalogue(home, cache=cache) == plain
