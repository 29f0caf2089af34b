"""Building a small project for a test: the base of the malformed fixtures with files laid over it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from engine.errors import Problem
from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_tests

MALFORMED = Path(__file__).parents[2] / "malformed"
_EXPECT = re.compile(r"([MRW]\d{3}) line (\d+)")


def lay(root: Path, overlay: Path | None = None) -> Path:
    """Copy the base, and a fixture over it, into an empty folder."""
    shutil.copytree(MALFORMED / "base", root, dirs_exist_ok=True)
    if overlay is not None:
        shutil.copytree(overlay, root, dirs_exist_ok=True)
    return root


def problems(root: Path) -> tuple[Problem, ...]:
    """Everything the loader says of a project, its test files included."""
    catalogue, found = load_catalogue(root)
    for path in sorted((root / "matters").rglob("*.tests.yaml")):
        found = (*found, *load_tests(path, catalogue)[1])
    return found


def expected(overlay: Path) -> set[tuple[str, str, int]]:
    """The file, code and line of every `# expect:` comment of a fixture."""
    wanted = set()
    for path in overlay.rglob("*.yaml"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("# expect:"):
                file = path.relative_to(overlay).as_posix()
                wanted |= {(file, code, int(number)) for code, number in _EXPECT.findall(line)}
    return wanted
