"""What an attacker does to bytes and lists: one seeded alteration at a time, each of which truly alters."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
WAYS = ("bit", "bit", "bit", "cut", "delete", "insert", "swap", "repeat", "splice")


def altered_bytes(dice: random.Random, data: bytes, other: bytes) -> bytes:
    """`data` after one alteration; `other` is a genuine piece of the same kind, of which a part may be spliced in."""
    while True:
        made = _altered(dice, data, other)
        if made not in (data, other):
            return made


def _altered(dice: random.Random, data: bytes, other: bytes) -> bytes:
    way, at = dice.choice(WAYS), dice.randrange(len(data))
    to = min(len(data), at + dice.randint(1, 64))
    if way == "bit":
        return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    if way == "cut":
        return data[:at]
    if way == "delete":
        return data[:at] + data[to:]
    if way == "insert":
        return data[:at] + dice.randbytes(dice.randint(1, 16)) + data[at:]
    if way == "swap":
        middle = (at + to) // 2
        return data[:at] + data[middle:to] + data[at:middle] + data[to:]
    if way == "repeat":
        return data[:to] + data[at:]
    return data[:at] + other[at:to] + data[to:]


def altered_field(dice: random.Random, value: T, names: Sequence[str]) -> T:
    """A Struct with one letter, or the last digits, of one of its fields changed."""
    name = dice.choice(names)
    kept: Any = getattr(value, name)
    if isinstance(kept, int):
        return msgspec.structs.replace(value, **{name: kept + dice.choice((-1, 1, 7))})  # type: ignore[type-var]
    at = dice.randrange(len(kept)) if kept else 0
    letters = [one for one in "0189afzA张" if kept[at : at + 1] != one]
    return msgspec.structs.replace(value, **{name: kept[:at] + dice.choice(letters) + kept[at + 1 :]})  # type: ignore[type-var]


def survivors(dice: random.Random, times: int, attack: Callable[[random.Random], bool]) -> list[int]:
    """The numbers of the attacks that were not found; `attack` says whether it was."""
    return [place for place in range(times) if not attack(dice)]
