"""What only spares work is kept aside: files put in place whole, whose loss costs nothing but doing the work again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def keep_aside(path: Path, data: bytes) -> None:
    """Put a file in place, whole or not at all, readable by this user only; where it cannot be written it is absent."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
