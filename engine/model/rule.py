"""A compiled rule: how it reads, its typed JsonLogic, and which paths it reads."""

from __future__ import annotations

import msgspec

from engine.model.values import Json


class Rule(msgspec.Struct, frozen=True):
    """One expression of a matter.

    `text` is the canonical rule text by titles; `logic` the stored typed JsonLogic by ids;
    `reads` the paths it reads, sorted.
    """

    text: str
    logic: Json
    reads: tuple[str, ...] = ()


ALWAYS = Rule(text="总是", logic=True)
