"""What the command line tells the audit: a command that opens personal data, by the user of the machine who ran it."""

from __future__ import annotations

import getpass

from engine.bootstrap import Zhunyu

_LONGEST = 60


def opened_by_hand(zhunyu: Zhunyu, what: str, case: str) -> None:
    """Write down, before it is shown, that a command opens a case; `what` begins with 查看, 下载 or 导出."""
    try:
        user = getpass.getuser()[:_LONGEST]
    except (KeyError, OSError):  # no such user in the system's table
        user = "unknown"
    actor = f"system:{user}"
    content = {"case": case, "command": what, "purpose": "命令行"}
    zhunyu.audit.watching.told(f"access:{actor}", actor, f"{what} {case[:_LONGEST]}", content)
