"""Full pinyin and initials of titles. Spelled once, at publication: the dictionary alone takes 50 MB of memory."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.matter import Matter


def spellings(matters: Iterable[Matter]) -> dict[str, tuple[str, str]]:
    """Every title and keyword with its full spelling and its initials, in lower case."""
    import pypinyin

    found = {}
    for text in dict.fromkeys(text for matter in matters for text in (matter.title, *matter.keywords)):
        full = pypinyin.lazy_pinyin(text, errors=lambda rest: "".join(filter(str.isalnum, rest)))
        found[text] = "".join(full).lower(), "".join(one[:1] for one in full).lower()
    return found
