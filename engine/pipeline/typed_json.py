"""Typed values as JSON and back, without loss: what a receipt keeps of the names a decision read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.model.values import Json, Missing, Unavailable, Value

_LARGEST = 2**53 - 1


def to_json(value: Value) -> Json:
    """Text, truth, small integers and lists as they are; everything else as an object of one key that names it."""
    match value:
        case bool() | str():
            return value
        case int():
            return value if abs(value) <= _LARGEST else {"int": str(value)}
        case Decimal():
            return {"dec": format(value, "f")}
        case date():
            return {"date": value.isoformat()}
        case Missing():
            return {"missing": value.value}
        case Unavailable():
            return {"unavailable": [value.source, value.reason, value.since]}
        case tuple():
            return [to_json(one) for one in value]
        case Mapping():
            return {"record": {key: to_json(one) for key, one in value.items()}}
    raise TypeError(f"{type(value).__name__} is no typed value")


def from_json(raw: Json) -> Value:
    """The reverse of `to_json`; ValueError for anything it does not write."""
    if isinstance(raw, bool | str | int):
        return raw
    if isinstance(raw, list):
        return tuple(from_json(one) for one in raw)
    if isinstance(raw, dict) and len(raw) == 1:
        kind, content = next(iter(raw.items()))
        if kind == "record" and isinstance(content, dict):
            return {key: from_json(one) for key, one in content.items()}
        if kind == "unavailable" and isinstance(content, list) and len(content) == 3:
            return Unavailable(*map(str, content))
        if isinstance(content, str):
            return _scalar(kind, content)
    raise ValueError("not a typed value")


def _scalar(kind: str, content: str) -> Value:
    try:
        match kind:
            case "int":
                return int(content)
            case "dec":
                return Decimal(content)
            case "date":
                return date.fromisoformat(content)
            case "missing":
                return Missing(content)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    raise ValueError("not a typed value")
