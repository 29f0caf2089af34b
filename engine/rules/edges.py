"""Bounds of a matter: every comparison of two numbers or two days, and on which side of it a scene stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from engine.model.matter import Matter
from engine.model.values import Json
from engine.rules import evaluator
from engine.rules import inventory as kinds
from engine.rules.closures import build
from engine.rules.inventory import Entry, entries
from engine.rules.mutation import steps_of, unit_of
from engine.rules.printer import by_titles
from engine.rules.profile import OPERATORS

BELOW, AT, ABOVE = "少", "等于", "多"
SIDES = (BELOW, AT, ABOVE)
_ORDERS = (">", "<", ">=", "<=")


class Edge(msgspec.Struct, frozen=True):
    """One comparison in a rule of the matter: its text, its two sides as stored and in words, one unit of them.

    `days` where days are compared: the unit is a day then.
    """

    entry: Entry
    text: str
    left: Json
    right: Json
    said: tuple[str, str]
    unit: Decimal
    days: bool

    def distance(self, names: Mapping[str, Any]) -> Decimal | None:
        """Left less right, in the unit of numbers or in days; None where one of them has no value."""
        one, other = (build(side)(names) for side in (self.left, self.right))
        if isinstance(one, date) and isinstance(other, date):
            return Decimal((one - other).days)
        if _number(one) and _number(other):
            return Decimal(one) - Decimal(other)
        return None

    def side(self, names: Mapping[str, Any]) -> str:
        """少 (left is one unit less), 等于 or 多; "" anywhere else."""
        found = self.distance(names)
        return {-self.unit: BELOW, Decimal(0): AT, self.unit: ABOVE}.get(found, "") if found is not None else ""

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides asked for: all three, but nothing below a literal zero."""
        return tuple(
            side for side in SIDES if not ((self.right == 0 and side == BELOW) or (self.left == 0 and side == ABOVE))
        )

    def words(self, side: str) -> str:
        """What a scene on a side of it looks like."""
        left, right = (one if one.isdecimal() else f"“{one}”" for one in self.said)
        if side == AT:
            return f"{left}刚好等于{right}"
        return f"{left}比{right}{side}{'一天' if self.days else f' {self.unit} '}"


def edges(matter: Matter) -> tuple[Edge, ...]:
    """Every bound of the matter, except those inside judgements of rows and those of duties."""
    steps, words, dates = steps_of(matter), by_titles(matter.titles), frozenset(_dates(matter))
    found: dict[tuple[kinds.Path, str], Edge] = {}
    for entry in entries(matter):
        if entry.kind == kinds.DUTY:
            continue
        for name, given in _comparisons(entry.rule.logic):
            text = words.rule({name: given})
            said = (words.rule(given[0]), words.rule(given[1]))
            days = any(_day(side, dates) for side in given)
            edge = Edge(entry, text, given[0], given[1], said, Decimal(1) if days else unit_of(given, steps), days)
            found.setdefault((entry.path, text), edge)
    return tuple(found.values())


def _comparisons(logic: Json) -> Iterator[tuple[str, Json]]:
    if not isinstance(logic, dict):
        return
    name, given = next(iter(logic.items()))
    if name in ("and", "or", "!"):
        for part in given:
            yield from _comparisons(part)
    elif name in _ORDERS and evaluator.judges(logic):
        yield name, given


def _dates(matter: Matter) -> Iterator[str]:
    """The paths known to hold days."""
    yield from ("today", "accepted_on")
    known = {one.id: one.type for one in matter.fields()} | {one.key: one.type for one in matter.facts}
    for head, type_ in known.items():
        if type_.kind == "date":
            yield head
        yield from (f"{head}.{key}" for key, part in type_.parts.items() if part.type.kind == "date")


def _day(side: Json, dates: frozenset[str]) -> bool:
    """Whether a side is a day by itself; the other side then is one too."""
    if not isinstance(side, dict):
        return False
    name, given = next(iter(side.items()))
    return given in dates if name == "var" else name == "date" or OPERATORS[name].gives == "date"


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
