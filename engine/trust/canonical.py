"""One spelling for every JSON value, so that digests and signatures mean the same everywhere (after RFC 8785)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

_LARGEST = 2**53 - 1  # beyond it a browser reads another number


def canonical(value: Any) -> bytes:
    """The canonical JSON of `value` in UTF-8: keys sorted by UTF-16 code units, no spaces, least escapes.

    Takes None, bool, int, str, Decimal (plain text as written), date and datetime (ISO 8601 text), lists, tuples
    and mappings with text keys. TypeError on anything else, floats above all; ValueError on an integer beyond
    ±(2**53-1), a Decimal that is not finite, or text that is not Unicode.
    """
    return msgspec.json.encode(_plain(value))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        return {key: _plain(value[key]) for key in _ordered(value)}
    if kind is list or kind is tuple:
        return [_plain(one) for one in value]
    return _rarer(value)


def _rarer(value: Any) -> Any:
    """The values that are no plain text, mapping or list; subclasses of those among them."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError("an integer beyond 2**53-1 has no canonical JSON")
        return int(value)
    if isinstance(value, Mapping):
        return {str.__str__(key): _plain(value[key]) for key in _ordered(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a number that is not finite has no canonical JSON")
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def _ordered(value: Mapping[Any, Any]) -> list[str]:
    """The keys in the order of their UTF-16 code units, which is that of the code points while all are ASCII."""
    keys = list(value)
    ascii = True
    for key in keys:
        if not isinstance(key, str):
            raise TypeError("keys of canonical JSON are text")
        ascii = ascii and key.isascii()
    keys.sort(key=None if ascii else _utf16)
    return keys


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
