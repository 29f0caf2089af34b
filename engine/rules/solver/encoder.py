"""Encodes typed JsonLogic as z3 formulas with the three-valued meaning of the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.model.values import Json
from engine.rules.profile import OPERATORS
from engine.rules.solver.bits import UNKNOWN, Tri, all_of, any_of, both, either, judged, opposite
from engine.rules.solver.calculating import Calculating, rows
from engine.rules.solver.comparing import Comparing, keys
from engine.rules.solver.constants import constant
from engine.rules.solver.stepping import Stepping
from engine.rules.solver.symbols import (
    NOTHING,
    Listing,
    Record,
    Scalar,
    Slot,
    State,
    Symbol,
    as_judgement,
    as_value,
    selected,
    walk,
)
from engine.rules.solver.texts import Texts

Names = Callable[[tuple[str, ...]], Symbol]
Frames = tuple[Symbol, ...]
_ORDER = (">", "<", ">=", "<=")
_CALENDAR = ("days", "months", "years", "age", "add_days", "add_months", "add_years", "workdays",
             "add_workdays")  # fmt: skip


class Encoder:
    """Encodes rules; `names` gives the symbol at a path of ids."""

    def __init__(self, names: Names, texts: Texts, stepping: Stepping) -> None:
        self._names, self._texts, self._stepping = names, texts, stepping
        self._comparing = Comparing(texts, stepping)
        self._calculating = Calculating(stepping, self._comparing)

    def judgement(self, logic: Json, frames: Frames = ()) -> Tri:
        """When a rule is true and when it is false."""
        return as_judgement(self._node(logic, frames))

    def value(self, logic: Json, frames: Frames = ()) -> Symbol:
        """The value of a rule."""
        return as_value(self._node(logic, frames))

    def _node(self, logic: Json, frames: Frames) -> Symbol | Tri:
        if isinstance(logic, (list, tuple)):
            return Listing(State(True), tuple(Slot(True, self.value(item, frames)) for item in logic))
        if not isinstance(logic, dict):
            return constant(logic, self._texts)
        name, given = next(iter(logic.items()))
        if name == "var":
            return self._variable(given, frames)
        if name in ("dec", "date"):
            return constant(Decimal(given) if name == "dec" else date.fromisoformat(given), self._texts)
        if name in ("and", "or"):
            parts = [self.judgement(part, frames) for part in given]
            return all_of(parts) if name == "and" else any_of(parts)
        if name == "!":
            inner = self.judgement(given[0], frames)
            return Tri(inner.false, inner.true)
        if name in ("all", "some"):
            return self._quantifier(name, given, frames)
        if name == "if":
            condition = self.judgement(given[0], frames)
            return self._calculating.choice(condition, *(self.value(part, frames) for part in given[1:]))
        if name == "entry":
            return self._entry(self.value(given[0], frames), self.value(given[1], frames), given[2])
        return self._operation(name, [self.value(part, frames) for part in given], given)

    def _operation(self, name: str, values: list[Symbol], given: Any) -> Symbol | Tri:
        comparing, calculating = self._comparing, self._calculating
        if name in ("==", *_ORDER):
            return comparing.relation(name, values[0], values[1])
        if name == "!=":
            same = comparing.relation("==", values[0], values[1])
            return Tri(same.false, same.true)
        if name == "in":
            return comparing.membership(values[0], values[1])
        if name in ("intersects", "subset"):
            return comparing.sets(values[0], values[1], name == "intersects")
        if name == "distinct":
            return comparing.distinct(rows(values[0]))
        if name == "empty":
            return _empty(values[0])
        if name == "unavailable":
            return Tri(values[0].state.away, opposite(values[0].state.away))
        if name == "matches":
            return self._said(f"匹配 {given[1]}", values[0])
        if name in ("count", "sum"):
            listed = keys(values[0], self._texts) if name == "count" else values[0]
            return calculating.count(listed) if name == "count" else calculating.total(listed)
        if name in ("+", "-", "*", "/", "max", "min"):
            return calculating.call(name, values)
        return self._lookup(values) if name == "lookup" else self._function(name, values)

    def _variable(self, path: str, frames: Frames) -> Symbol:
        ups = 0
        while path.startswith("^."):
            path, ups = path[2:], ups + 1
        found = tuple(path.split(".")) if path else ()
        return walk(frames[-1 - ups], found) if ups < len(frames) else self._names(found)

    def _quantifier(self, name: str, given: Any, frames: Frames) -> Tri:
        listing = rows(keys(self.value(given[0], frames), self._texts))
        if not isinstance(listing, Listing):
            # A name left blank has no rows; what is no list at all is unknown.
            blank = listing.state.blank
            return Tri(blank, False) if name == "all" else Tri(False, blank)
        ends, goes = [], []
        for slot in listing.slots:
            body = self.judgement(given[1], (*frames, slot.item))
            end, go = (body.true, body.false) if name == "some" else (body.false, body.true)
            ends.append(both(slot.present, end))
            goes.append(either(opposite(slot.present), go))
        known = listing.state.has
        stopped, through = both(known, either(*ends)), both(known, *goes)
        return Tri(stopped, through) if name == "some" else Tri(through, stopped)

    def _said(self, predicate: str, value: Symbol) -> Tri:
        if not isinstance(value, Scalar) or value.kind != "text":
            return UNKNOWN
        return judged(value.state.has, self._texts.says(predicate, value.term))

    def _function(self, name: str, values: list[Symbol]) -> Symbol | Tri:
        first = values[0]
        if name == "uscc_valid":
            return self._said("信用代码有效", first)
        if name == "id_valid":
            return self._said("身份证有效", first)
        if name == "birth_date":
            if not isinstance(first, Scalar) or first.kind != "text":
                return NOTHING
            known = both(first.state.has, self._texts.says("有出生日期", first.term))
            return Scalar("date", replace(first.state, has=known), self._texts.birth(first.term))
        scalars = [value for value in values if isinstance(value, Scalar)]
        if name == "full_years":
            due = self._stepping.call("add_years", scalars[:2])
            return self._comparing.relation("<=", due, scalars[2])
        if name in _CALENDAR:
            made = self._stepping.call(name, scalars[:2])
            if name != "age":
                return made
            born = self._comparing.relation(">=", scalars[1], scalars[0]).true
            return replace(made, state=replace(made.state, has=both(made.state.has, born)))
        return self._stepping.open(OPERATORS[name].gives)

    def _lookup(self, values: list[Symbol]) -> Symbol:
        table, *wanted = values
        if isinstance(table, Listing):
            found: Symbol = NOTHING
            for slot in reversed(table.slots):
                cells = list(slot.item.parts.values()) if isinstance(slot.item, Record) else []
                if len(cells) > len(wanted):
                    same = [self._comparing.relation("==", *pair).true for pair in zip(cells, wanted, strict=False)]
                    found = selected(both(slot.present, *same), cells[-1], found)
            return _when([table, *wanted], found)
        return _when([table, *wanted], self._descend(table, wanted))

    def _descend(self, table: Symbol, wanted: list[Symbol]) -> Symbol:
        if not wanted:
            return table
        found: Symbol = NOTHING
        for key, below in (table.parts.items() if isinstance(table, Record) else ()):
            found = selected(self._is(wanted[0], key), self._descend(below, wanted[1:]), found)
        return found

    def _is(self, wanted: Symbol, key: str) -> Any:
        if isinstance(wanted, Scalar) and wanted.kind == "number":
            try:
                return self._comparing.relation("==", wanted, constant(Decimal(key), self._texts)).true
            except InvalidOperation:
                return False
        return self._comparing.relation("==", wanted, constant(key, self._texts)).true

    def _entry(self, table: Symbol, key: Symbol, column: str) -> Symbol:
        found: Symbol = NOTHING
        for name, one in (table.parts.items() if isinstance(table, Record) else ()):
            if isinstance(one, Record):
                found = selected(self._is(key, name), walk(one, (column,)), found)
        return _when([table, key], found)


def _when(needed: list[Symbol], value: Symbol) -> Symbol:
    has = both(*(one.state.has for one in needed))
    state = value.state
    return replace(value, state=State(both(has, state.has), both(has, state.blank)))


def _empty(value: Symbol) -> Tri:
    state = value.state
    none = value.none if isinstance(value, Listing) else False
    return Tri(
        either(state.blank, state.hidden, both(state.has, none)), both(state.has, opposite(none))
    )  # fmt: skip
