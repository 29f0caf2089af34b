"""A stored rule over columns: Polars expressions whose null is unknown, so that 且, 或 and 非 have their three values.

What has no expression (rows, tables, patterns, calendar functions, several classes in a column, numbers that could
leave 64 bits) is judged once for each distinct combination of the values it reads, by the compiled function.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from engine.model.values import Json
from engine.rules.columnar_table import (
    EMPTY,
    NO_ROWS,
    NOT_APPLICABLE,
    PENDING,
    RANGE,
    UNAVAILABLE,
    VALUE,
    Column,
    Table,
    paths_of,
)
from engine.rules.compiled import compiled, node_of
from engine.rules.gaps import EXACT

UNKNOWN = pl.lit(None, pl.Boolean())
_COMPARE: dict[str, Callable[[Any, Any], pl.Expr]] = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
Make = Callable[[Json], Callable[[Mapping[str, Any]], Any]]


class NoExpressionError(Exception):
    """A node that columns cannot compute, with the reason in Chinese."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison: its kind, its expression, and for a number its scale and bounds; `value` a literal."""

    kind: str
    column: pl.Expr
    places: int = 0
    low: int = 0
    high: int = 0
    value: Any = None


class Columnar:
    """Rules over one table. `strict` joins as the independent evaluator does: from the left, an unknown ends all.

    `make` makes the function that judges what has no expression; `by_row` tells what that was, why, and for how many
    combinations.
    """

    def __init__(self, table: Table, *, strict: bool = False, make: Make = compiled) -> None:
        self.table, self.strict, self.make = table, strict, make
        self.by_row: list[tuple[Json, str, int]] = []

    def truth(self, logic: Json, need: pl.Expr | None = None) -> pl.Expr:
        """The truth of a rule in each case: true, false, or null for unknown.

        Where `need` is given, it is only asked where that is true; elsewhere null may stand for anything.
        """
        try:
            return self._expression(logic)
        except NoExpressionError as why:
            name, given = node_of(logic)
            if name in ("and", "or"):
                return self._chain(name, given, need)
            if name == "!":
                return ~self.truth(given[0], need)
            return self._combinations(logic, str(why), need)

    def _expression(self, logic: Json) -> pl.Expr:
        if isinstance(logic, bool):
            return pl.lit(logic)
        name, given = node_of(logic)
        if name in ("and", "or"):
            return self._joined(name, [self._expression(part) for part in given])
        return ~self._expression(given[0]) if name == "!" else self._atom(name, given)

    def _joined(self, name: str, parts: list[pl.Expr]) -> pl.Expr:
        if self.strict:
            return functools.reduce(lambda rest, part: _sequence(name, part, rest), reversed(parts))
        return functools.reduce(operator.and_ if name == "and" else operator.or_, parts)

    def _chain(self, name: str, given: list[Json], need: pl.Expr | None) -> pl.Expr:
        """且 or 或 of which a part has no expression: that part is only judged where the others leave it open."""
        made: list[pl.Expr] = []
        for part in given if self.strict else sorted(given, key=self._has_none):
            open_ = need
            if made:
                settled = self._joined(name, made)
                left = settled.ne_missing(name == "or") if not self.strict else settled.eq_missing(name == "and")
                open_ = left if need is None else need & left
            made.append(self.truth(part, open_))
        return self._joined(name, made)

    def _has_none(self, logic: Json) -> bool:
        try:
            self._expression(logic)
        except NoExpressionError:
            return True
        return False

    def _atom(self, name: str, given: Any) -> pl.Expr:
        if name in _COMPARE:
            return self._compare(name, self._operand(given[0]), self._operand(given[1]))
        if name == "in":
            return self._membership(given[0], given[1])
        if name in ("empty", "unavailable"):
            return self._state(name, given[0])
        if name == "var":
            one = self._operand({"var": given})
            return one.column if one.kind == "bool" else UNKNOWN
        raise NoExpressionError("这种运算没有列式")

    def _compare(self, name: str, one: Operand, other: Operand) -> pl.Expr:
        if one.kind != other.kind or (name not in ("==", "!=") and one.kind not in ("number", "date")):
            return UNKNOWN
        if one.kind == "number":
            one, other = _aligned(one, other)
        return _COMPARE[name](one.column, other.column)

    def _membership(self, needle: Json, hay: Json) -> pl.Expr:
        one = self._operand(needle)
        if isinstance(hay, dict) and "var" in hay:
            column = self._column(hay["var"])
            if column.kind == "text" and one.kind == "text":
                return pl.col(f"v:{hay['var']}").str.contains(one.column, literal=True)
            values: Any = column.pool[0] if column.kind == "pool" and len(column.pool) == 1 and column.whole else None
            values = tuple(values) if isinstance(values, Mapping) else values
        else:
            values = hay
        if (
            one.kind != "text"
            or not isinstance(values, (list, tuple))
            or not all(isinstance(v, str) and v for v in values)
        ):
            raise NoExpressionError("清单不是固定的文本")
        among = one.column.is_in(list(values)) if values else pl.lit(False)
        return pl.when(one.column.is_not_null()).then(among).otherwise(UNKNOWN)

    def _state(self, name: str, inner: Json) -> pl.Expr:
        if not (isinstance(inner, dict) and "var" in inner):
            raise NoExpressionError("不是名称")
        self._column(inner["var"])
        state = pl.col(f"s:{inner['var']}")
        if name == "unavailable":
            return state == UNAVAILABLE
        empty = state.is_in([EMPTY, NOT_APPLICABLE, NO_ROWS])
        return pl.when(empty | (state == VALUE)).then(empty).otherwise(UNKNOWN)

    def _operand(self, logic: Json) -> Operand:
        if isinstance(logic, bool):
            return Operand("bool", pl.lit(logic), value=logic)
        if isinstance(logic, int):
            return _number(Decimal(logic))
        if isinstance(logic, str):
            return Operand("text", pl.lit(logic), value=logic)
        name, given = node_of(logic)
        if name == "dec":
            return _number(Decimal(given))
        if name == "date":
            day = date.fromisoformat(given)
            return Operand("date", pl.lit(day), value=day)
        if name == "var":
            column = self._column(given)
            if column.kind == "pool":
                raise NoExpressionError("值不是单一的数、日期、文本或是否")
            return Operand(column.kind, pl.col(f"v:{given}"), column.places, column.low, column.high)
        if name in ("+", "-", "*", "days"):
            return self._arithmetic(name, [self._operand(part) for part in given])
        if name == "if":
            return self._choice(self._expression(given[0]), self._operand(given[1]), self._operand(given[2]))
        raise NoExpressionError("这种运算没有列式")

    @staticmethod
    def _choice(truth: pl.Expr, one: Operand, other: Operand) -> Operand:
        if one.kind != other.kind:
            raise NoExpressionError("两个值的类型不同")
        if one.kind == "number":
            one, other = _aligned(one, other)
        column = pl.when(truth).then(one.column).when(~truth).then(other.column).otherwise(None)
        return Operand(one.kind, column, one.places, min(one.low, other.low), max(one.high, other.high))

    def _arithmetic(self, name: str, parts: list[Operand]) -> Operand:
        if name == "days" and parts[0].kind == parts[1].kind == "date":
            span = (parts[1].column - parts[0].column).dt.total_days()
            return Operand("number", span, 0, -(10**7), 10**7)
        if any(part.kind != "number" for part in parts):
            raise NoExpressionError("参数不是数")
        if name == "-" and len(parts) == 1:
            parts = [_number(Decimal(0)), *parts]
        made = parts[0]
        for part in parts[1:]:
            made = _product(made, part) if name == "*" else _sum(made, part, 1 if name == "+" else -1)
        return made

    def _column(self, path: str) -> Column:
        found = self.table.columns.get(path)
        if found is None:
            raise NoExpressionError("没有这一列")
        return found

    def _combinations(self, logic: Json, why: str, need: pl.Expr | None) -> pl.Expr:
        """Judge each distinct combination of what the node reads, and put the results beside the cases."""
        paths, frame = sorted(paths_of(logic)), self.table.frame
        columns = [(path, self.table.columns[path]) for path in paths if not self.table.columns[path].constant]
        keys = [f"v:{path}" for path, _ in columns] + [f"s:{path}" for path, column in columns if not column.whole]
        name = f"{'o' if self.strict else 'j'}:{len(self.by_row)}"
        if not keys:
            self.by_row.append((logic, why, 1))
            return pl.lit(self._judged(self.make(logic), {}, paths), pl.Boolean())
        asked = frame.select(keys) if need is None else frame.select(*keys, need.alias("need")).with_row_index("place")
        asked = asked if need is None else asked.filter("need")
        distinct = asked.select(keys).unique()
        run = self.make(logic)
        results = [self._judged(run, row, paths) for row in distinct.iter_rows(named=True)]
        self.by_row.append((logic, why, len(results)))
        distinct = distinct.with_columns(pl.Series(name, results, pl.Boolean()))
        joined = asked.join(distinct, on=keys, how="left", nulls_equal=True, maintain_order="left")[name]
        if need is not None:
            joined = (
                pl.Series(name, [None], pl.Boolean()).new_from_index(0, frame.height).scatter(asked["place"], joined)
            )
        self.table.frame = frame.with_columns(joined.alias(name))
        return pl.col(name)

    def _judged(
        self, run: Callable[[Mapping[str, Any]], Any], row: Mapping[str, Any], paths: list[str]
    ) -> bool | None:
        value = run(self.table.environment(row, paths))
        return value if value is True or value is False else None


def pending(table: Table, reads: tuple[str, ...]) -> pl.Expr:
    """Whether any of the paths is not answered yet."""
    states = [pl.col(f"s:{path}") == PENDING for path in reads if path in table.columns]
    return functools.reduce(operator.or_, states) if states else pl.lit(False)


def _sequence(name: str, part: pl.Expr, rest: pl.Expr) -> pl.Expr:
    return pl.when(part if name == "and" else ~part).then(rest).otherwise(part)


def _number(value: Decimal) -> Operand:
    exponent = int(value.normalize(EXACT).as_tuple().exponent)
    places = max(0, -exponent)
    scaled = int(value.scaleb(places, EXACT))
    if places > 18 or abs(scaled) >= RANGE:
        raise NoExpressionError("数超出 64 位")
    return Operand("number", pl.lit(scaled, pl.Int64()), places, scaled, scaled, value)


def _aligned(one: Operand, other: Operand) -> tuple[Operand, Operand]:
    places = max(one.places, other.places)
    return _raised(one, places), _raised(other, places)


def _raised(one: Operand, places: int) -> Operand:
    factor = 10 ** (places - one.places)
    if factor == 1:
        return one
    return _within(one.column * factor, places, one.low * factor, one.high * factor)


def _sum(one: Operand, other: Operand, sign: int) -> Operand:
    one, other = _aligned(one, other)
    ends = (sign * other.low, sign * other.high)
    column = one.column + other.column if sign > 0 else one.column - other.column
    return _within(column, one.places, one.low + min(ends), one.high + max(ends))


def _product(one: Operand, other: Operand) -> Operand:
    corners = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
    return _within(one.column * other.column, one.places + other.places, min(corners), max(corners))


def _within(column: pl.Expr, places: int, low: int, high: int) -> Operand:
    if places > 18 or low <= -RANGE or high >= RANGE:
        raise NoExpressionError("数可能超出 64 位")
    return Operand("number", column, places, low, high)
