"""Files that commands write for one person: they hold personal data."""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import ZhunyuError


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read; S004 when there is one already: nothing is overwritten."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ZhunyuError("S004", f"文件 {path} 已经存在。", "请换一个文件名。") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
