"""Merging scenes of tests, and turning what an author writes into the form in which answers are stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.matters import tree
from engine.matters.yaml_reader import ABSENT, Map
from engine.model.types import Type
from engine.model.values import Json


def merge(base: Map, over: Map) -> Map:
    """`base` with `over` laid on it: mappings merge, all else is replaced, `!absent` takes a key away."""
    made = Map(over.mark)
    for key in (*base, *(key for key in over if key not in base)):
        if key not in over:
            made.put(key, _settled(base[key]), base.key_at[key], base.value_at[key])
        elif over[key] is not ABSENT:
            both = isinstance(base.get(key), Map) and isinstance(over[key], Map)
            value = merge(base[key], over[key]) if both else _settled(over[key])
            made.put(key, value, over.key_at[key], over.value_at[key])
    return made


def _settled(value: Any) -> Any:
    """A mapping without keys that are marked absent."""
    return merge(Map(value.mark), value) if isinstance(value, Map) else value


def stored(type: Type, value: Any) -> Json:
    """A written value as JSON by its type: decimals and codes as text, whole numbers as numbers, rows as lists."""
    if isinstance(value, list):
        if type.kind == "rows":
            return [_record(type, one) for one in value]
        return [str(one) for one in value]
    if isinstance(value, dict):
        return _record(type, value)
    if isinstance(value, bool):
        return value
    if type.kind == "bool" and value in ("是", "否"):
        return bool(value == "是")
    if type.kind == "number" and type.places == 0 and isinstance(value, int):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _record(type: Type, value: Any) -> Json:
    if not isinstance(value, dict):
        return tree.bare(value)
    return {
        key: stored(type.parts[key].type, one) if key in type.parts else tree.bare(one)
        for key, one in value.items()
        if one is not None and one is not ABSENT
    }
