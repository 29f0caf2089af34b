"""Text cut into pairs of letters, by which an index finds a part of a name in any script. Pure."""

from __future__ import annotations

import unicodedata

BREAK = "\n"  # between parts of a text: no pair reaches across


def plain(text: str) -> str:
    """The text as it is compared: one width, capital letters, without spaces; parts stay apart."""
    parts = unicodedata.normalize("NFKC", text).upper().split(BREAK)
    return BREAK.join("".join(part.split()) for part in parts)


def grams(text: str) -> tuple[str, ...]:
    """The different pairs of neighbouring letters of a text, in code point order; none of a single letter."""
    wanted = plain(text)
    pairs = {wanted[at : at + 2] for at in range(len(wanted) - 1)}
    return tuple(sorted(pair for pair in pairs if BREAK not in pair))
