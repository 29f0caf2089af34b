"""The project's own matters for tests: read once in a process, or one family in a folder that may be changed."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

from engine.errors import Problem
from engine.matters.catalogue import Catalogue, load_catalogue

ROOT = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=1)
def project_loaded() -> tuple[Catalogue, tuple[Problem, ...]]:
    """All matters of the project with what the checks say of them. Nobody changes them."""
    return load_catalogue(ROOT)


def project_catalogue() -> Catalogue:
    """All matters of the project."""
    return project_loaded()[0]


def copied(folder: Path, family: str = "public_place") -> None:
    """A home with the shared rules and one family of matters. Guides and synonyms lead to other families and stay
    behind."""
    shutil.copytree(ROOT / "rules", folder / "rules", ignore=shutil.ignore_patterns("guides", "synonyms.yaml"))
    shutil.copytree(ROOT / "matters" / family, folder / "matters" / family)
