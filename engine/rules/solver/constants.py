"""Known values as symbols: literals, code lists, parameters in force on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.matter import Parameter
from engine.model.types import Type
from engine.model.values import Json, Missing, Unavailable
from engine.rules.solver.free import LARGEST
from engine.rules.solver.symbols import EMPTY, HAS, NOTHING, Listing, Record, Scalar, Slot, State, Symbol
from engine.rules.solver.texts import Texts


def constant(value: Any, texts: Texts) -> Symbol:
    """A typed value of an evaluation as a symbol."""
    if isinstance(value, Missing):
        states = {Missing.EMPTY: EMPTY, Missing.NOT_APPLICABLE: Scalar("any", State(False, hidden=True))}
        return states.get(value, NOTHING)
    if isinstance(value, Unavailable):
        return Scalar("any", State(False, away=True))
    if isinstance(value, bool):
        return Scalar("bool", HAS, value)
    if isinstance(value, int):
        return Scalar("number", HAS, value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, str):
        return Scalar("text", HAS, texts.id(value)) if value else EMPTY
    if isinstance(value, date):
        return Scalar("date", HAS, value.toordinal())
    if isinstance(value, Mapping):
        return Record(HAS, {str(key): constant(one, texts) for key, one in value.items()})
    if isinstance(value, (tuple, list)):
        return Listing(HAS, tuple(Slot(True, constant(one, texts)) for one in value))
    return EMPTY if value is None else NOTHING


def _decimal(value: Decimal) -> Scalar:
    exponent = value.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return Scalar("number", HAS, int(value.scaleb(places)), places)


def in_force(parameter: Parameter, day: date, texts: Texts) -> Symbol:
    """The value of a parameter on a day: the newest entry not later than it, empty before the first."""
    entry = next((one for one in reversed(parameter.entries) if one.since <= day.isoformat()), None)
    return EMPTY if entry is None else declared(parameter.type, entry.value, texts)


def declared(type_: Type, raw: Json, texts: Texts) -> Symbol:
    """JSON of a declared type as a symbol; what does not fit is empty, as in an evaluation."""
    if raw is None or raw == "":
        return EMPTY
    try:
        return _fitting(type_, raw, texts)
    except (ValueError, ArithmeticError):
        return EMPTY


def _fitting(type_: Type, raw: Json, texts: Texts) -> Symbol:
    if type_.kind == "record":
        given = raw if isinstance(raw, dict) else {}
        return Record(HAS, {key: declared(part.type, given.get(key), texts) for key, part in type_.parts.items()})
    if type_.kind == "rows":
        row = Type("record", parts=type_.parts)
        rows = raw if isinstance(raw, (list, tuple)) else ()
        return Listing(HAS, tuple(Slot(True, declared(row, one, texts)) for one in rows))
    if type_.kind == "number":
        number = Decimal(str(raw))
        return _decimal(number) if number.is_finite() and abs(number) < LARGEST else EMPTY
    if type_.kind == "date":
        return constant(date.fromisoformat(str(raw)[:10]), texts)
    return constant(raw if isinstance(raw, (bool, list, tuple)) else str(raw), texts)
