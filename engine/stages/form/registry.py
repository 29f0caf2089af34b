"""The registry of converters: one per kind of field, JSON as sent → typed value, JSON as kept, and what is wrong.

A converter is registered under the kind's Chinese name; giving a kind twice is a defect.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from engine.model.form import Field
from engine.model.values import Json, Missing, Value


class Converted(msgspec.Struct, frozen=True):
    """A typed value (EMPTY when blank), its JSON as kept (None when blank), and errors by path below the field."""

    value: Value
    kept: Json
    errors: dict[str, str] = {}


Converter = Callable[[Field, Json, date], Converted]
CONVERTERS: dict[str, Converter] = {}
BLANK = Converted(Missing.EMPTY, None)


def converter(*kinds: str) -> Callable[[Converter], Converter]:
    """Register a converter for these kinds of field."""

    def add(function: Converter) -> Converter:
        for kind in kinds:
            if kind in CONVERTERS:
                raise ValueError(f"field kind {kind} has two converters")
            CONVERTERS[kind] = function
        return function

    return add


def convert(field: Field, raw: Json, today: date) -> Converted:
    """Convert one answer. A value of the wrong shape is an error of the field, never an exception."""
    return CONVERTERS[field.kind](field, raw, today)


def wrong(raw: Json, message: str, part: str = "") -> Converted:
    """An answer that cannot be taken: nothing typed, the input kept as it is so that the person can mend it."""
    return Converted(Missing.EMPTY, raw, {part: message})
