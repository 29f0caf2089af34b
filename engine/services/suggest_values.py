"""Values worth trying at a path: the other choices, the bounds of the rule and one unit beside them, equal texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.matters.tests_file import MatterTest
from engine.model.matter import Matter
from engine.model.types import Type
from engine.model.values import Json, Missing, value_at
from engine.rules.edges import Edge
from engine.services.suggest_scenes import ABSENT, moved, plain

_LEVELS = (1, 2, 3)
_AUTHORITIES = ("本人", "法定代表人", "授权", "无")


def alternatives(
    matter: Matter,
    names: Mapping[str, Any],
    path: str,
    beside: Iterable[str],
    bounds: Iterable[Edge],
    donors: Iterable[MatterTest],
    logic: Iterable[Json],
) -> Iterator[Any]:
    """Stored values to try at a path of a scene whose names are given.

    `beside` are the other paths its rule reads, `bounds` the comparisons in it, `logic` the stored rules, whose
    literals count as values; `donors` are scenes whose answers and facts may be taken over.
    """
    head = path.partition(".")[0]
    if path == "applicant.level":
        yield from _LEVELS
    elif path == "applicant.authority":
        yield from _AUTHORITIES
    elif head == "material":
        yield from (True, False)
    elif (type_ := type_of(matter, path)) is not None:
        now = value_at(path, names)
        fact = any(need.key == head for need in matter.facts)
        if fact and path == head:
            yield from ("unavailable", Missing.EMPTY)
        yield from _taken_over(path, donors)
        yield from _of_type(type_, now, names, path, tuple(beside), tuple(bounds), tuple(logic))
        yield Missing.EMPTY if fact else ABSENT


def type_of(matter: Matter, path: str) -> Type | None:
    """The type at a path of an answer, a fact, the applicant or the certificate acted on; None for what is fixed."""
    head, *rest = path.split(".")
    if head in ("applicant", "original"):
        return Type("text") if head == "applicant" else _guessed(rest)
    known = {one.id: one.type for one in matter.fields()} | {one.key: one.type for one in matter.facts}
    type_ = known.get(head)
    for part in rest:
        type_ = type_.parts[part].type if type_ is not None and part in type_.parts else None
    return type_


def _guessed(parts: list[str]) -> Type | None:
    """The register's own columns of a certificate; its items keep the type of what stands in them."""
    if len(parts) != 1:
        return None
    if parts[0] in ("valid_from", "valid_to", "issued_on"):
        return Type("date")
    if parts[0] == "status":
        return Type("enum", values=("有效", "注销", "撤销", "作废", "制证中"))
    return Type("text")


def _taken_over(path: str, donors: Iterable[MatterTest]) -> Iterator[Any]:
    head, *rest = path.split(".")
    seen: list[Any] = []
    for donor in donors:
        value = donor.answers.get(head, donor.facts.get(head))
        for part in rest:
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and value not in seen and len(seen) < 12:
            seen.append(value)
            yield value


def _of_type(
    type_: Type,
    now: Any,
    names: Mapping[str, Any],
    path: str,
    beside: tuple[str, ...],
    bounds: tuple[Edge, ...],
    logic: tuple[Json, ...],
) -> Iterator[Any]:
    match type_.kind:
        case "bool":
            yield from (True, False)
        case "enum":
            yield from type_.values or _texts(logic)
        case "multi":
            chosen = list(now) if isinstance(now, tuple) else []
            for value in type_.values:
                yield [value]
                yield [one for one in chosen if one != value] if value in chosen else [*chosen, value]
        case "number" | "date":
            yield from _near(type_, now, names, bounds)
        case "rows":
            yield [plain(Type("record", parts=type_.parts), _day(names))]
            yield []
        case "record":
            yield plain(type_, _day(names))
        case _:
            yield from _texts(logic)
            yield from _texts_beside(now, names, path, beside)


def _near(type_: Type, now: Any, names: Mapping[str, Any], bounds: Iterable[Edge]) -> Iterator[Any]:
    """The value moved so that the two sides of a bound are one unit apart or equal, whichever way it enters."""
    for edge in bounds:
        off = edge.distance(names)
        if off is None:
            continue
        for target in (-edge.unit, Decimal(0), edge.unit):
            for sign in (1, -1):
                shift = sign * (target - off)
                if isinstance(now, date):
                    yield moved(now.isoformat(), int(shift))
                elif isinstance(now, int | Decimal) and not isinstance(now, bool):
                    value = Decimal(now) + shift
                    yield int(value) if type_.places == 0 else format(value, "f")
    if type_.kind == "number":
        yield from (0, 1, 2) if type_.places == 0 else ("0", "1", "2")
    elif not isinstance(now, date):
        yield _day(names).isoformat()


def _texts_beside(now: Any, names: Mapping[str, Any], path: str, beside: Iterable[str]) -> Iterator[str]:
    yield f"{now if isinstance(now, str) else '示例'}甲"
    for other in beside:
        value = value_at(other, names)
        if other != path and isinstance(value, str):
            yield value
            yield f"{value}乙"


def _texts(logic: Any) -> Iterator[str]:
    """Every literal text of stored rules."""
    if isinstance(logic, str):
        yield logic
    elif isinstance(logic, dict):
        for name, given in logic.items():
            if name not in ("var", "dec", "date"):
                yield from _texts(given)
    elif isinstance(logic, list | tuple):
        for one in logic:
            yield from _texts(one)


def _day(names: Mapping[str, Any]) -> date:
    today = names["today"]
    assert isinstance(today, date)
    return today
