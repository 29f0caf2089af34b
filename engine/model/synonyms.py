"""What people call the things that matters have their own words for."""

from __future__ import annotations

import msgspec


class Synonyms(msgspec.Struct, frozen=True, omit_defaults=True):
    """`heads` maps each colloquial word to the word matters use; `ignore` are words that say nothing of a matter."""

    heads: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
