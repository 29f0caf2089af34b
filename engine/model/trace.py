"""The record of one evaluation: each node, what it saw, what it gave, and for a failed atom by how much."""

from __future__ import annotations

import msgspec


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node of an evaluated rule.

    `text` is the node as rule text; `result` is "true", "false", "unknown" or the value in words.
    Atoms carry `actual` and `required` in words and, where both are numbers or dates, `gap`
    ("多 12.5 平方米"). An unknown atom carries `why` (which name, which source, since when) and `path`.
    Values of sensitive paths read "（已保护）". `parts` are the operands of 且, 或, 非 and quantifiers.
    """

    text: str
    result: str
    actual: str = ""
    required: str = ""
    gap: str = ""
    why: str = ""
    path: str = ""
    parts: tuple[Trace, ...] = ()
