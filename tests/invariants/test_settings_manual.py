"""The manual of deployment names every setting there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_manual_names_exactly_the_settings_that_are_read() -> None:
    source = (ROOT / "engine" / "settings.py").read_text(encoding="utf-8")
    read = {f"ZHUNYU_{name}" for name in re.findall(r'given\.\w+\("([A-Z_]+)"', source)}
    manual = (ROOT / "docs" / "部署.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(ZHUNYU_[A-Z_]+)", manual)) == read
