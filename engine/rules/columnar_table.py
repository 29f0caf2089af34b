"""Many cases as typed columns: one value column and one state column for each path that rules read.

Numbers are 64-bit integers scaled by the most decimal places the column has, dates, texts and truths are themselves.
A path whose values are of no such class, or of several, is pooled: the column holds places in a list of the values as
they are. The kinds are taken from the data, so that no value is ever bent to a declared type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from engine.model.values import Json, Missing, Unavailable
from engine.rules import closures
from engine.rules.gaps import EXACT, Gap

VALUE, EMPTY, NOT_APPLICABLE, PENDING, UNAVAILABLE, GAP, NO_ROWS = range(7)
RANGE = 2**62  # what is computed in columns stays below; the rest is computed row by row, exactly
_STATES = {Missing.EMPTY: EMPTY, Missing.NOT_APPLICABLE: NOT_APPLICABLE, Missing.PENDING: PENDING}
_AS_VALUES: dict[int, Any] = {
    EMPTY: Missing.EMPTY, NOT_APPLICABLE: Missing.NOT_APPLICABLE, PENDING: Missing.PENDING,
    UNAVAILABLE: Unavailable("", "", ""), GAP: Gap("没有可用的值"), NO_ROWS: (),
}  # fmt: skip
_KINDS = {int: "number", Decimal: "number", date: "date", str: "text", bool: "bool"}
_TYPES = {"number": pl.Int64(), "date": pl.Date(), "text": pl.String(), "bool": pl.Boolean(), "pool": pl.UInt32()}


@dataclass(slots=True)
class Column:
    """What a path's column holds. `kind`: number | date | text | bool | pool; numbers are scaled by 10^`places` and
    lie in `low`..`high`; `whole` tells that no case lacks the value."""

    kind: str
    places: int = 0
    low: int = 0
    high: int = 0
    pool: list[Any] = field(default_factory=list)
    whole: bool = True

    @property
    def constant(self) -> bool:
        """Whether every case has one and the same pooled value."""
        return self.whole and self.kind == "pool" and len(self.pool) == 1


@dataclass(slots=True)
class Table:
    """A chunk of cases: the frame with `v:` and `s:` columns, and what each path's column holds."""

    frame: pl.DataFrame
    columns: dict[str, Column]

    def filter(self, chosen: pl.Series) -> Table:
        """The chosen cases only."""
        return Table(self.frame.filter(chosen), self.columns)

    def environment(self, row: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
        """The names of a row of the frame, as rules read them."""
        env: dict[str, Any] = {}
        for path in sorted(paths):
            head, *rest = path.split(".")
            value = self._value(path, row)
            if not rest:
                env[head] = value
                continue
            at = env.setdefault(head, {})
            for part in rest[:-1]:
                at = at.setdefault(part, {}) if isinstance(at, dict) else at
            if isinstance(at, dict) and rest[-1] not in at:
                at[rest[-1]] = value
        return env

    def _value(self, path: str, row: Mapping[str, Any]) -> Any:
        column = self.columns[path]
        state = VALUE if column.whole else row[f"s:{path}"]
        if state not in (VALUE, NO_ROWS):
            return _AS_VALUES[state]
        value = 0 if column.constant else row[f"v:{path}"]
        if value is None:
            return _AS_VALUES.get(state, Missing.EMPTY)
        if column.kind == "pool":
            return column.pool[value]
        return Decimal(value).scaleb(-column.places, EXACT) if column.places else value


def table_of(envs: Sequence[Mapping[str, Any]], paths: Iterable[str]) -> Table:
    """The table of environments for these paths."""
    series, columns = [], {}
    for path in dict.fromkeys(paths):
        read = closures.build({"var": path})
        columns[path], made = column_of(path, [read(env) for env in envs])
        series += made
    return Table(pl.DataFrame(series), columns)


def column_of(path: str, values: list[Any]) -> tuple[Column, list[pl.Series]]:
    """The column of one path's values."""
    states = [_state(value) for value in values]
    held = [value if state in (VALUE, NO_ROWS) else None for value, state in zip(values, states, strict=True)]
    kinds = {_KINDS.get(value.__class__, "pool") for value in held if value is not None}
    kind = kinds.pop() if len(kinds) == 1 else "pool" if kinds else "text"
    column = Column(kind, whole=all(state in (VALUE, NO_ROWS) for state in states))
    if kind == "number":
        held = _scaled(held, column)
    if column.kind == "pool":
        held = _pooled(held, column)
    made = [pl.Series(f"v:{path}", held, _TYPES[column.kind]), pl.Series(f"s:{path}", states, pl.UInt8())]
    return column, made


def _state(value: Any) -> int:
    kind = value.__class__
    if kind is Missing:
        return _STATES[value]
    if kind is Unavailable:
        return UNAVAILABLE
    return GAP if kind is Gap else NO_ROWS if value == () else VALUE


def _scaled(held: list[Any], column: Column) -> list[Any]:
    """Numbers as scaled integers, or as they are in a pool where they do not fit."""
    exponents = [int(value.as_tuple().exponent) for value in held if value.__class__ is Decimal]
    places = max(0, *(-one for one in exponents)) if exponents else 0
    given = [value for value in held if value is not None]
    if places > 18 or max(abs(value) for value in given) * 10**places >= RANGE:
        column.kind = "pool"
        return held
    column.places, factor = places, 10**places
    made = [None if value is None else int(EXACT.multiply(Decimal(value), Decimal(factor))) if places else int(value)
            for value in held]  # fmt: skip
    whole = [value for value in made if value is not None]
    column.low, column.high = min(whole), max(whole)
    return made


def _pooled(held: list[Any], column: Column) -> list[Any]:
    places: dict[Any, int] = {}
    made: list[int | None] = []
    for value in held:
        if value is None:
            made.append(None)
            continue
        key = (value.__class__, value) if value.__class__ in _KINDS else repr(value)
        place = places.setdefault(key, len(places))
        if place == len(column.pool):
            column.pool.append(value)
        made.append(place)
    return made


def paths_of(logic: Json, depth: int = 0) -> set[str]:
    """The absolute paths a stored rule reads; what it reads of rows lies within the rows' own path."""
    if isinstance(logic, (list, tuple)):
        return {path for part in logic for path in paths_of(part, depth)}
    if not isinstance(logic, dict):
        return set()
    name, given = next(iter(logic.items()))
    if name == "var":
        ups = 0
        while given.startswith("^."):
            given, ups = given[2:], ups + 1
        return {given} if ups == depth else set()
    if name in ("dec", "date"):
        return set()
    if name in ("all", "some"):
        return paths_of(given[0], depth) | paths_of(given[1], depth + 1)
    return paths_of(list(given), depth)
