"""Every error code has a test that provokes it, and the author's manual explains those an author meets."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import engine
from engine.errors import CODES

ROOT = Path(__file__).resolve().parents[2]

for module in pkgutil.walk_packages(engine.__path__, "engine."):
    if "migrations" not in module.name and not module.name.endswith(("celery_app", "server")):
        importlib.import_module(module.name)

TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("unit", "flow", "web", "browser")
    for path in sorted((ROOT / "tests" / folder).rglob("*.py"))
)
FIXTURES = {path.name.split("_")[0] for path in (ROOT / "tests" / "malformed").iterdir()}
MANUAL = (ROOT / "docs" / "编写事项-参考.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_provoked_by_a_test(code: str) -> None:
    assert code in FIXTURES or f'"{code}"' in TESTS or f"{code} " in TESTS


@pytest.mark.parametrize("code", sorted(code for code in CODES if code[0] in "MRW"))
def test_every_code_an_author_meets_is_in_the_manual(code: str) -> None:
    assert code in MANUAL
