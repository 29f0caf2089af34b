"""Exact arithmetic of symbols: sums, products and quotients by a known number; other products are approximated."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from engine.rules.gaps import PLACES
from engine.rules.solver.bits import Bit, Tri, both, choice, either, opposite
from engine.rules.solver.comparing import Comparing
from engine.rules.solver.free import counted
from engine.rules.solver.stepping import Stepping
from engine.rules.solver.symbols import GAP, HAS, NOTHING, Listing, Scalar, State, Symbol, scaled, selected


class Calculating:
    """Computes with numbers; what is no number makes the result a gap."""

    def __init__(self, stepping: Stepping, comparing: Comparing) -> None:
        self._stepping, self._comparing = stepping, comparing

    def call(self, name: str, values: list[Symbol]) -> Symbol:
        """+ - * / max min."""
        if name in ("max", "min"):
            return self._extreme(name, values)
        numbers = [self._stepping.settled(one) for one in values if isinstance(one, Scalar) and one.kind == "number"]
        if len(numbers) < len(values):
            return NOTHING
        state = reduce(lambda one, other: one.then(other), (one.state for one in numbers))
        if name == "+":
            return replace(reduce(_plus, numbers), state=state)
        if name == "-":
            first, last = numbers if len(numbers) == 2 else (Scalar("number", HAS), numbers[0])
            return replace(_plus(first, replace(last, term=-last.term)), state=state)
        if name == "*":
            return replace(reduce(self._times, numbers), state=state)
        return self._quotient(numbers[0], numbers[1], state)

    def choice(self, condition: Tri, then: Symbol, other: Symbol) -> Symbol:
        """One of two values by a condition; none where the condition is unknown."""
        one, two = (self._stepping.settled(side) if isinstance(side, Scalar) else side for side in (then, other))
        if not isinstance(one, Scalar) or not isinstance(two, Scalar) or "any" in (one.kind, two.kind):
            known = replace(HAS, has=either(condition.true, condition.false))
            return NOTHING if known.has is not True else selected(condition.true, one, two)
        made = selected(condition.true, one, two)
        return replace(made, state=State(either(condition.true, condition.false)).then(made.state))

    def _times(self, one: Scalar, other: Scalar) -> Scalar:
        places = one.places + other.places
        if isinstance(one.term, int) or isinstance(other.term, int):
            return Scalar("number", HAS, one.term * other.term, places)
        return Scalar("number", HAS, self._stepping.variable("×"), places)

    def _quotient(self, one: Scalar, other: Scalar, state: State) -> Scalar:
        nonzero = other.term != 0
        has = replace(state, has=both(state.has, nonzero))
        if not isinstance(other.term, int) or nonzero is False:
            return Scalar("number", has, self._stepping.variable("÷"), PLACES)
        above = one.term * 10 ** max(0, PLACES + other.places - one.places)
        below = abs(other.term) * 10 ** max(0, one.places - PLACES - other.places)
        above = above if other.term > 0 else -above
        size = choice(above >= 0, above, -above)
        rounded = (2 * size + below) // (2 * below) if isinstance(size, int) else (2 * size + below) / (2 * below)
        return Scalar("number", has, choice(above >= 0, rounded, -rounded), PLACES)

    def count(self, value: Symbol) -> Scalar:
        """The number of items; 0 of a list left blank."""
        listing = rows(value)
        if not isinstance(listing, Listing):
            return Scalar("number", replace(value.state, has=value.state.blank, blank=False), 0)
        terms = [choice(there, 1, 0) for there in counted(listing)]
        return Scalar("number", listing.state, sum(terms))

    def total(self, value: Symbol) -> Scalar:
        """The sum of a column; 0 of nothing."""
        listing = rows(value)
        if not isinstance(listing, Listing):
            return self.count(value)
        summed, has = Scalar("number", HAS), listing.state.has
        for slot, there in zip(listing.slots, counted(listing), strict=True):
            if not isinstance(slot.item, Scalar) or slot.item.kind not in ("number", "any"):
                return Scalar("number", GAP)
            has = both(has, either(opposite(slot.present), slot.item.state.has))
            summed = _plus(summed, replace(slot.item, term=choice(there, slot.item.term, 0)))
        return replace(summed, state=replace(listing.state, has=has))

    def _extreme(self, name: str, values: list[Symbol]) -> Symbol:
        if len(values) == 1 and isinstance(values[0], Listing):
            listing = values[0]
            items: list[tuple[Bit, Symbol]] = [(slot.present, slot.item) for slot in listing.slots]
            outer, some = listing.state, opposite(listing.none)
        else:
            items, outer, some = [(True, value) for value in values], HAS, True
        best: Scalar | None = None
        taken: Bit = False
        has = both(outer.has, some)
        for present, item in items:
            if not isinstance(item, Scalar):
                return NOTHING
            item = self._stepping.settled(item)
            has = both(has, either(opposite(present), item.state.has))
            bare = replace(item, state=HAS)
            if best is None:
                best = bare
            else:
                better = self._comparing.relation(">" if name == "max" else "<", bare, best).true
                chosen = selected(both(present, either(opposite(taken), better)), bare, best)
                best = chosen if isinstance(chosen, Scalar) else best
            taken = either(taken, present)
        if best is None:
            return NOTHING
        return replace(best, state=State(has))


def rows(value: Symbol) -> Symbol:
    """A list as its rows: none when it was left blank."""
    if not isinstance(value, Listing):
        return value
    state = value.state
    return replace(value, state=replace(state, has=either(state.has, state.blank), blank=False), slots=tuple(
        replace(slot, present=both(state.has, slot.present)) for slot in value.slots
    ))  # fmt: skip


def _plus(one: Scalar, other: Scalar) -> Scalar:
    places = max(one.places, other.places)
    return Scalar("number", HAS, scaled(one, places) + scaled(other, places), places)
