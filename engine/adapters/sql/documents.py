"""Values as JSON text for document columns."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from engine.decoding import decoded

T = TypeVar("T")


def pack(value: Any) -> str:
    """A value as compact JSON."""
    return msgspec.json.encode(value).decode("utf-8")


def unpack(text: str | bytes, kind: type[T]) -> T:
    """The reverse of `pack`; msgspec.ValidationError when the text does not fit the type: a defect."""
    return decoded(text, kind)
