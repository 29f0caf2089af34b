"""Boolean terms that fold constants, and the three truth values as a pair of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

Bit = Any  # bool, or a z3 BoolRef
Term = Any  # int, or a z3 ArithRef


def both(*parts: Bit) -> Bit:
    """The conjunction; a plain bool where it is constant."""
    kept = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.append(part)
    return True if not kept else kept[0] if len(kept) == 1 else z3.And(*kept)


def either(*parts: Bit) -> Bit:
    """The disjunction; a plain bool where it is constant."""
    kept = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.append(part)
    return False if not kept else kept[0] if len(kept) == 1 else z3.Or(*kept)


def opposite(part: Bit) -> Bit:
    """The negation."""
    return not part if isinstance(part, bool) else z3.Not(part)


def pick(condition: Bit, one: Bit, other: Bit) -> Bit:
    """The one bit where the condition holds, else the other."""
    if isinstance(condition, bool):
        return one if condition else other
    return either(both(condition, one), both(opposite(condition), other))


def choice(condition: Bit, one: Term, other: Term) -> Term:
    """The one number where the condition holds, else the other."""
    if isinstance(condition, bool):
        return one if condition else other
    if isinstance(one, int) and isinstance(other, int) and one == other:
        return one
    return z3.If(condition, one, other)


def formula(part: Bit) -> z3.BoolRef:
    """A bit as a z3 formula."""
    return z3.BoolVal(part) if isinstance(part, bool) else part


@dataclass(frozen=True, slots=True)
class Tri:
    """A judgement in three values: when it is true and when it is false; else it is unknown."""

    true: Bit
    false: Bit

    @property
    def unknown(self) -> Bit:
        """When it is neither."""
        return opposite(either(self.true, self.false))


UNKNOWN = Tri(False, False)


def judged(known: Bit, holds: Bit) -> Tri:
    """A judgement that is known only under a condition."""
    return Tri(both(known, holds), both(known, opposite(holds)))


def all_of(parts: list[Tri]) -> Tri:
    """且 in three values."""
    return Tri(both(*(part.true for part in parts)), either(*(part.false for part in parts)))


def any_of(parts: list[Tri]) -> Tri:
    """或 in three values."""
    return Tri(either(*(part.true for part in parts)), both(*(part.false for part in parts)))
