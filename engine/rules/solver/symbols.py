"""Symbolic values: what a path may hold, with the state it is in.

Numbers are integers scaled by ten to the power of their places, dates ordinal days, texts and choices integers that
stand for interned texts, lists a bounded row of slots that are there or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Union

from engine.rules.solver.bits import Bit, Term, Tri, both, choice, either, judged, opposite, pick


@dataclass(frozen=True, slots=True)
class State:
    """When a path has a value, is empty, not applicable, unavailable; else it cannot be computed or is pending."""

    has: Bit
    blank: Bit = False
    hidden: Bit = False
    away: Bit = False

    def then(self, inner: State) -> State:
        """The state of something below: this one unless this has a value."""
        if self.has is True:
            return inner
        return State(
            both(self.has, inner.has),
            either(self.blank, both(self.has, inner.blank)),
            either(self.hidden, both(self.has, inner.hidden)),
            either(self.away, both(self.has, inner.away)),
        )


HAS, BLANK, GAP = State(True), State(False, blank=True), State(False)


@dataclass(frozen=True, slots=True)
class Steps:
    """A step function of one date: `apply` gives the value at an ordinal day from `low` to `high`, elsewhere none."""

    apply: Callable[[int], int | None]
    of: Term
    rising: bool
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `kind`: bool | number | date | text | any. `steps` is set instead of an exact term; `open` marks
    a text that is no choice from a list."""

    kind: str
    state: State
    term: Term = 0
    places: int = 0
    steps: Steps | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a list and when it is taken."""

    present: Bit
    item: Symbol


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of at most as many items as it has slots; `ordered` slots are taken from the first on."""

    state: State
    slots: tuple[Slot, ...]
    ordered: bool = False

    @property
    def none(self) -> Bit:
        """When it has no item."""
        return both(*(opposite(slot.present) for slot in (self.slots[:1] if self.ordered else self.slots)))


@dataclass(frozen=True, slots=True)
class Record:
    """Named parts; a part that is not there is empty."""

    state: State
    parts: dict[str, Symbol]


Symbol = Union[Scalar, Listing, Record]
EMPTY, NOTHING = Scalar("any", BLANK), Scalar("any", GAP)


def under(outer: State, inner: Symbol) -> Symbol:
    """A symbol below something in that state."""
    return inner if outer.has is True else replace(inner, state=outer.then(inner.state))


def walk(value: Symbol, keys: tuple[str, ...]) -> Symbol:
    """What lies below a symbol; through a list the column."""
    for index, key in enumerate(keys):
        if isinstance(value, Record):
            value = under(value.state, value.parts.get(key, EMPTY))
        elif isinstance(value, Listing):
            rest = keys[index:]
            column = tuple(Slot(slot.present, walk(slot.item, rest)) for slot in value.slots)
            return Listing(value.state, column, value.ordered)
        else:
            lost = value.state
            return Scalar("any", State(False, lost.blank, lost.hidden, lost.away))
    return value


def selected(condition: Bit, one: Symbol, other: Symbol) -> Symbol:
    """One symbol where the condition holds, else the other; both single values of the same kind."""
    if isinstance(condition, bool):
        return one if condition else other
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return NOTHING
    state = State(
        pick(condition, one.state.has, other.state.has),
        pick(condition, one.state.blank, other.state.blank),
        pick(condition, one.state.hidden, other.state.hidden),
        pick(condition, one.state.away, other.state.away),
    )
    for valued, bare in ((one, other), (other, one)):
        if bare.kind == "any":
            return replace(valued, state=state)
    places = max(one.places, other.places)
    return Scalar(one.kind, state, choice(condition, scaled(one, places), scaled(other, places)), places)


def scaled(value: Scalar, places: int) -> Term:
    """The term of a number at more decimal places."""
    return value.term if places == value.places else value.term * 10 ** (places - value.places)


def as_judgement(value: Symbol | Tri) -> Tri:
    """A truth value read as a judgement."""
    if isinstance(value, Tri):
        return value
    if isinstance(value, Scalar) and value.kind == "bool":
        return judged(value.state.has, value.term)
    return Tri(False, False)


def as_value(value: Symbol | Tri) -> Symbol:
    """A judgement read as a truth value."""
    return Scalar("bool", State(either(value.true, value.false)), value.true) if isinstance(value, Tri) else value
