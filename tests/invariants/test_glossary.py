"""The glossary is the code's own: every name in it is used, and no concept or name stands in it twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| ([^|`]+) \| `(\w+)` \|", (ROOT / "docs" / "术语.md").read_text(encoding="utf-8"), re.MULTILINE)
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine").rglob("*.py"))


@pytest.mark.parametrize(("word", "name"), ROWS)
def test_a_name_of_the_glossary_is_used_in_the_code(word: str, name: str) -> None:
    assert re.search(rf"\b{name}\b", CODE), word


def test_no_concept_and_no_name_stands_in_the_glossary_twice() -> None:
    words, names = [word for word, _ in ROWS], [name for _, name in ROWS]
    assert (len(set(words)), len(set(names))) == (len(words), len(names))
