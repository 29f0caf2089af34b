"""Where the commands keep what they need not work out twice: under the data folder."""

from __future__ import annotations

import os
from pathlib import Path

from engine.matters.compiled_cache import CompiledCache


def kept_in(name: str) -> Path:
    """The folder of one kind of kept results."""
    return Path(os.environ.get("ZHUNYU_DATA_DIR", "").strip() or "data").expanduser() / name


def compiled() -> CompiledCache:
    """The compiled matters."""
    return CompiledCache(kept_in("compiled"))
