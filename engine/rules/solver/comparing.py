"""Comparisons of symbols in three values, exact for step functions of a date against a known value."""

from __future__ import annotations

from fractions import Fraction

from engine.rules.solver.bits import UNKNOWN, Bit, Tri, both, either, judged, opposite
from engine.rules.solver.stepping import Stepping
from engine.rules.solver.symbols import Listing, Record, Scalar, Steps, Symbol, scaled
from engine.rules.solver.texts import Texts

_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "=="}


class Comparing:
    """Compares symbols; `stepping` gives a step function a term where it must have one."""

    def __init__(self, texts: Texts, stepping: Stepping) -> None:
        self._texts, self._stepping = texts, stepping

    def relation(self, operator: str, one: Symbol, other: Symbol) -> Tri:
        """== > < >= <= of two single values; unknown unless both have one of the same kind."""
        if not isinstance(one, Scalar) or not isinstance(other, Scalar) or one.kind != other.kind:
            return UNKNOWN
        known = both(one.state.has, other.state.has)
        if known is False or (operator != "==" and one.kind not in ("number", "date")):
            return UNKNOWN
        if one.steps is not None and isinstance(other.term, int) and other.steps is None:
            return judged(known, _stepped(operator, one.steps, Fraction(other.term, 10**other.places)))
        if other.steps is not None and isinstance(one.term, int) and one.steps is None:
            return judged(known, _stepped(_TURNED[operator], other.steps, Fraction(one.term, 10**one.places)))
        return judged(known, self._plain(operator, self._stepping.settled(one), self._stepping.settled(other)))

    @staticmethod
    def _plain(operator: str, one: Scalar, other: Scalar) -> Bit:
        places = max(one.places, other.places)
        left, right = scaled(one, places), scaled(other, places)
        bit: Bit
        if operator == "==":
            bit = left == right
        elif operator in (">", ">="):
            bit = left > right if operator == ">" else left >= right
        else:
            bit = left < right if operator == "<" else left <= right
        return bit

    def holds(self, many: Listing, needle: Symbol) -> Tri:
        """Whether a list holds a value."""
        same = [(slot.present, self.relation("==", slot.item, needle)) for slot in many.slots]
        found = either(*(both(present, one.true) for present, one in same))
        return Tri(found, both(*(either(opposite(present), one.false) for present, one in same)))

    def membership(self, needle: Symbol, hay: Symbol) -> Tri:
        """A value in a list, or a text in a text."""
        hay = keys(hay, self._texts)
        if not isinstance(needle, Scalar):
            return UNKNOWN
        known = both(needle.state.has, hay.state.has)
        if isinstance(hay, Listing):
            found = self.holds(hay, needle)
            return Tri(both(known, found.true), both(known, found.false))
        if not isinstance(hay, Scalar) or hay.kind != "text" or needle.kind != "text":
            return UNKNOWN
        return judged(known, self._texts.says("包含", needle.term, hay.term))

    def sets(self, left: Symbol, right: Symbol, stop: bool) -> Tri:
        """Whether any (stop true) or every item of the left list is in the right one."""
        left, right = keys(left, self._texts), keys(right, self._texts)
        if not isinstance(left, Listing) or not isinstance(right, Listing):
            return UNKNOWN
        known = both(left.state.has, right.state.has)
        ends, goes = [], []
        for slot in left.slots:
            found = self.holds(right, slot.item)
            has = slot.item.state.has
            one, other = (found.true, found.false) if stop else (found.false, found.true)
            ends.append(both(slot.present, has, one))
            goes.append(either(opposite(slot.present), both(has, other)))
        stopped, through = both(known, either(*ends)), both(known, *goes)
        return Tri(stopped, through) if stop else Tri(through, stopped)


    def distinct(self, listing: Symbol) -> Tri:
        """Whether no two items of a column are the same; blank and hidden ones are left out."""
        if not isinstance(listing, Listing):
            return Tri(listing.state.blank, False)
        twice, sure = [], []
        for place, slot in enumerate(listing.slots):
            state = slot.item.state
            sure.append(either(opposite(slot.present), state.has, state.blank, state.hidden))
            for other in listing.slots[:place]:
                same = self.relation("==", slot.item, other.item)
                twice.append(both(slot.present, other.present, same.true))
        again = either(*twice)
        known = listing.state.has
        return Tri(both(known, opposite(again), *sure), both(known, again))


def keys(value: Symbol, texts: Texts) -> Symbol:
    """A table with keys as the list of its keys."""
    if not isinstance(value, Record):
        return value
    from engine.rules.solver.constants import constant

    listed = constant(tuple(value.parts), texts)
    return Listing(value.state, listed.slots if isinstance(listed, Listing) else ())


def _stepped(operator: str, steps: Steps, bound: Fraction) -> Bit:
    """The comparison of a step function with a number, as a bound on its date."""
    if operator == "==":
        if bound.denominator != 1:
            return False
        return both(_stepped(">=", steps, bound), _stepped("<=", steps, bound))
    if operator in ("<", "<="):
        return opposite(_stepped(">=" if operator == "<" else ">", steps, bound))
    least = bound.numerator // bound.denominator + 1 if operator == ">" else -(-bound.numerator // bound.denominator)
    low, high = steps.low, steps.high + 1
    while low < high:
        middle = (low + high) // 2
        value = steps.apply(middle)
        reached = value is not None and value >= least
        if reached is steps.rising:
            high = middle
        else:
            low = middle + 1
    return steps.of >= low if steps.rising else steps.of < low
