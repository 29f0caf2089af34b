"""Pages on which personal data are masked: in what is read, never in what makes up the page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import escape

from engine.services.unmasking import masked

_TAG = re.compile(r"(<[^>]*>)")
_LONG = 6  # letters from which on a word is looked for all over the page


def covered(page: str, words: Iterable[str] = (), names: Iterable[str] = ()) -> str:
    """The page with the words (of some length) and the names masked in its text, and every number that is an identity
    number or a mobile number. Tags stay as they are, so nothing that someone typed can break the page."""
    hidden = tuple(str(escape(word)) for word in (*(word for word in words if len(word) >= _LONG), *names) if word)
    parts = _TAG.split(page)
    parts[::2] = [masked(part, hidden) if part and not part.isspace() else part for part in parts[::2]]
    return "".join(parts)
