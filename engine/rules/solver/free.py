"""Free symbols: a variable of a declared type, in one of the states that it may be in."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import z3

from engine.model.types import Type
from engine.rules.solver.bits import Bit, both, either, formula, opposite
from engine.rules.solver.symbols import HAS, Listing, Record, Scalar, Slot, State, Symbol
from engine.rules.solver.texts import Texts

EARLIEST, LATEST = date(1900, 1, 1).toordinal(), date(2999, 12, 31).toordinal()
LARGEST = 10**15
ROWS = 3
EVERY = ("has", "blank", "hidden", "away", "gap")


class Free:
    """Makes variables; what is assumed of them is added to `assumptions`. Lists have at most `rows` items."""

    def __init__(self, texts: Texts, rows: int = ROWS) -> None:
        self.texts, self.rows = texts, rows
        self.assumptions: list[z3.BoolRef] = []

    def assume(self, *bits: Bit) -> None:
        """Take something for granted."""
        self.assumptions += [formula(bit) for bit in bits if bit is not True]

    def state(self, label: str, states: tuple[str, ...]) -> State:
        """A state that is one of those named: has blank hidden away gap."""
        if len(states) == 1:
            return State(**{"has": False, **({states[0]: True} if states[0] != "gap" else {})})
        if len(states) == 2:
            first = z3.Bool(f"{label}?")
            flags: list[Bit] = [first, z3.Not(first)]
        else:
            number = z3.Int(f"{label}?")
            self.assume(number >= 0, number < len(states))
            flags = [number == place for place in range(len(states))]
        made = {state: flag for state, flag in zip(states, flags, strict=True) if state != "gap"}
        return State(**{"has": False, **made})

    def symbol(self, label: str, type_: Type, state: State = HAS, parts: tuple[str, ...] = ("has", "blank")) -> Symbol:
        """A variable of a type; `parts` are the states of what lies below it."""
        if type_.kind == "record":
            below = {}
            for key, part in type_.parts.items():
                name = f"{label}.{key}"
                below[key] = self.symbol(name, part.type, self.state(name, self._part(part.type, parts)), parts)
            return Record(state, below)
        if type_.kind in ("rows", "multi"):
            return self._listing(label, type_, state, parts)
        return self.single(label, type_, state)

    @staticmethod
    def _part(type_: Type, states: tuple[str, ...]) -> tuple[str, ...]:
        return ("has", "blank") if type_.optional and states == ("has",) else states

    def single(self, label: str, type_: Type, state: State) -> Scalar:
        """A variable that holds one value."""
        if type_.kind == "bool":
            return Scalar("bool", state, z3.Bool(label))
        term = z3.Int(label)
        if type_.kind == "number":
            limit = LARGEST * 10**type_.places
            self.assume(term > -limit, term < limit)
            return Scalar("number", state, term, type_.places)
        if type_.kind == "date":
            self.assume(term >= EARLIEST, term <= LATEST)
            return Scalar("date", state, term)
        if type_.values:
            self.assume(either(*(term == self.texts.id(value) for value in type_.values)))
        return Scalar("text", state, term, open=not type_.values)

    def _listing(self, label: str, type_: Type, state: State, parts: tuple[str, ...]) -> Listing:
        if type_.kind == "multi" and type_.values:
            chosen = (Slot(z3.Bool(f"{label}={value}"), _word(self.texts, value)) for value in type_.values)
            return Listing(state, tuple(chosen))
        row = Type("record", parts=type_.parts) if type_.kind == "rows" else Type("text")
        slots = []
        for place in range(self.rows):
            present = z3.Bool(f"{label}[{place}]" if place else f"{label}#")
            slots.append(Slot(present, self.symbol(f"{label}[{place}].", row, HAS, parts)))
        for before, after in pairwise(slots):
            self.assume(either(opposite(after.present), before.present))  # taken from the top
        return Listing(state, tuple(slots), ordered=True)

    def at_least_one(self, listing: Listing) -> None:
        """An answered list is not empty."""
        self.assume(either(opposite(listing.state.has), opposite(listing.none)))


def _word(texts: Texts, value: str) -> Scalar:
    return Scalar("text", HAS, texts.id(value))


def counted(listing: Listing) -> list[Bit]:
    """When each item is there."""
    return [both(listing.state.has, slot.present) for slot in listing.slots]
