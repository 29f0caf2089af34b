"""`zhunyu verify`: check a sealed file offline, with public keys only."""

from __future__ import annotations

import os
from pathlib import Path

from engine.adapters.keys import check_file
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.trust.keys import read_trusted

_WORDS = {"valid": "有效", "altered": "已被改动", "unknown": "无法确认"}


def verify_file(file: Path, key: Path | None, second: bool, terminal: Terminal) -> int:
    """Print what the check found; 0 only for a file that is exactly as it was sealed by a trusted key."""
    trusted = key or Path(os.environ.get("ZHUNYU_DATA_DIR", "").strip() or "data") / "keys" / "trusted.json"
    if not trusted.exists():
        raise ZhunyuError("K002", f"没有受信公钥文件 {trusted}。", "请用 --key 指明，或在运行过系统的目录里执行。")
    found = check_file(file.read_bytes(), read_trusted(trusted.read_text(encoding="utf-8")), second=second)
    good = found.state == "valid"
    terminal.say(f"{_WORDS[found.state]}　{found.reason}", "green" if good else "red")
    if good:
        told = found.facts
        face = told["face"]
        rows = [("编号", found.number), ("持证人", str(told["holder"])), ("发证机关", str(told["issuer"]))]
        rows += [(title, text) for title, text in face.items() if title not in dict(rows)]
        rows += [("签章时间", str(told["sealed_at"])), ("签章密钥", str(told["key"]))]
        terminal.table(("项目", "内容"), rows)
    return 0 if good else 1
