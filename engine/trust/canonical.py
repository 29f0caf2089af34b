"""One spelling for every JSON value, so that digests and signatures mean the same everywhere (after RFC 8785)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_LARGEST = 2**53 - 1  # beyond it a browser reads another number


def canonical(value: Any) -> bytes:
    """The canonical JSON of `value` in UTF-8: keys sorted by UTF-16 code units, no spaces, least escapes.

    Takes None, bool, int, str, Decimal (plain text as written), date and datetime (ISO 8601 text), lists, tuples
    and mappings with text keys. TypeError on anything else, floats above all; ValueError on an integer beyond
    ±(2**53-1), a Decimal that is not finite, or text that is not Unicode.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError("an integer beyond 2**53-1 has no canonical JSON")
        return int(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of canonical JSON are text")
        return {key: _plain(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a number that is not finite has no canonical JSON")
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
