"""Data as the second evaluator takes it: total values, numbers as scaled integers, everything else poison."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.model.values import Json, Missing, Unavailable

SCALE = 10**20
Needs = tuple[tuple[str, int, list[str], Any], ...]  # flat key, frames up, parts of the path, needs of its rows or None
LIMIT = 10**50


class NoOpinionError(Exception):
    """The data is not total, or a result has no value."""


class Poison:
    """Stands for a value that is not there; any use of it raises."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, state: str) -> None:
        self.state = state

    def _touch(self, *_: object) -> Any:
        raise NoOpinionError

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = _touch
    __contains__ = __int__ = __float__ = __str__ = __index__ = __getitem__ = _touch


def scaled(value: Any) -> Any:
    """A total value as the second evaluator holds it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int):
        if abs(value) * SCALE >= LIMIT:
            raise NoOpinionError
        return value * SCALE
    if isinstance(value, Decimal):
        number = Fraction(value) * SCALE
        if number.denominator != 1 or abs(number) >= LIMIT:
            raise NoOpinionError
        return int(number)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or value == "":
        return Poison("empty")
    if isinstance(value, Missing):
        return Poison(value.value)
    if isinstance(value, Unavailable):
        return Poison("unavailable")
    if isinstance(value, Mapping):
        return {str(key): scaled(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [scaled(item) for item in value]
    raise NoOpinionError


def rows_of(value: Any) -> list[Any]:
    """The rows of a scaled list; none when it was left blank."""
    if isinstance(value, Poison) and value.state == "empty":
        return []
    if isinstance(value, dict):
        return list(value)
    if not isinstance(value, list):
        raise NoOpinionError
    return value


def needs_of(logic: Json, frame: dict[str, Any], outer: tuple[dict[str, Any], ...]) -> None:
    """Collect for each frame the paths read from it; a quantifier's rows hang in its own frame under path + '#'."""
    if isinstance(logic, (list, tuple)):
        for part in logic:
            needs_of(part, frame, outer)
    if not isinstance(logic, dict):
        return
    name, given = next(iter(logic.items()))
    if name == "var":
        path, ups = climb(given)
        (frame, *outer)[ups].setdefault(path, None)
    elif name in ("all", "some"):
        rows = frame.setdefault(given[0]["var"] + "#", {})
        needs_of(given[1], rows, (frame, *outer))
    elif name not in ("dec", "date"):
        needs_of(list(given), frame, outer)


def climb(path: str) -> tuple[str, int]:
    """A stored path without its `^.`, and how many there were."""
    ups = 0
    while path.startswith("^."):
        path, ups = path[2:], ups + 1
    return path, ups


def _read(value: Any, keys: list[str], absent: str) -> Any:
    for index, key in enumerate(keys):
        if isinstance(value, Mapping):
            value = value[key] if key in value else Missing(absent if index == 0 else "empty")
        elif isinstance(value, (tuple, list)):
            return [_read(row, keys[index:], "empty") for row in value]
        elif value is None or isinstance(value, (Missing, Unavailable)):
            break
        else:
            raise NoOpinionError
    return value


def frame_of(
    sources: tuple[Any, ...], needs: Needs, above: dict[str, Any] | None, known: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The data of one frame by flat keys; rows of a quantifier are frames with this one under `^`.

    `sources` are the raw row at hand and the raw data around it, the innermost first. `known` is a frame of the same
    sources made for other rules: what it has already is not scaled again.
    """
    data: dict[str, Any] = {"^": above} if known is None else known
    for key, ups, keys, rows in needs:
        if rows is None and key in data:
            continue
        absent = "pending" if ups == len(sources) - 1 else "empty"
        raw = _read(sources[ups], keys, absent)
        value = scaled(raw)
        if rows is None:
            data[key] = value
            continue
        try:
            rows_of(value)
            listed = list(raw) if isinstance(raw, (Mapping, tuple, list)) else []
            data[key] = [frame_of((row, *sources), rows, data) for row in listed]
        except NoOpinionError:
            data[key] = Poison("rows")
    return data


def prepared(needs: dict[str, Any]) -> Needs:
    """What `needs_of` collected, as `frame_of` takes it."""
    found = []
    for path, rows in needs.items():
        plain, ups = climb(path.removesuffix("#"))
        keys = plain.split(".") if plain else []
        found.append((flat(path), ups, keys, prepared(rows) if rows is not None else None))
    return tuple(found)


def flat(path: str) -> str:
    """The key of a path within its frame: the second evaluator would take a dot for a step."""
    return path.replace(".", "/") or "@"
