"""Mutants of a matter: one small slip each, of the kind an author makes, which its tests ought to notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from engine.model.matter import Matter
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.model.values import Json
from engine.rules import inventory as kinds
from engine.rules.inventory import Entry, entries, replaced
from engine.rules.printer import by_titles

_EDGE = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_OPPOSITE = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_OTHER_QUANTIFIER = {"all": "some", "some": "all"}
Change = tuple[str, Json]
Places = Callable[[str], int | None]


class Mutant(msgspec.Struct, frozen=True):
    """One slip: whose rule (`kind` and `id` as in the inventory), what was done in words, and the matter with it.

    `path` leads to what was changed; `before` and `after` are the rule without and with the slip, None where a whole
    row, check or waiver was moved or removed.
    """

    kind: str
    id: str
    title: str
    change: str
    path: kinds.Path
    matter: Matter
    before: Rule | None = None
    after: Rule | None = None


def mutants(matter: Matter) -> Iterator[Mutant]:
    """Every mutant of the matter. The conditions of duties are left out: no expectation of a test speaks of them."""
    steps = steps_of(matter)
    words = by_titles(matter.titles)
    for entry in entries(matter):
        if entry.kind == kinds.DUTY:
            continue
        seen = {_key(entry.rule.logic)}
        for change, logic in _changes(entry.rule.logic, steps, words.rule):
            if _key(logic) not in seen:
                seen.add(_key(logic))
                yield _mutant(matter, entry, change, Rule(words.rule(logic), logic, entry.rule.reads))
        if entry.kind == kinds.GUARD:
            yield _mutant(matter, entry, "去掉前提，总是核对", ALWAYS)
    yield from _structural(matter)


def _mutant(matter: Matter, entry: Entry, change: str, rule: Rule) -> Mutant:
    changed = replaced(matter, entry.path, rule)
    return Mutant(entry.kind, entry.id, entry.title, change, entry.path, changed, entry.rule, rule)


def _structural(matter: Matter) -> Iterator[Mutant]:
    rows = matter.decide
    for place, row in enumerate(rows[:-1]):
        if row.unique and row.unique == rows[place + 1].unique:
            continue  # only one of them may hold: their order does not matter
        swapped = (*rows[:place], rows[place + 1], row, *rows[place + 2 :])
        change = f"与下一行 {rows[place + 1].id} 对调"
        yield Mutant(
            kinds.ROW, row.id, row.reason, change, ("decide", place), msgspec.structs.replace(matter, decide=swapped)
        )
    for place, check in enumerate(matter.precheck):
        fewer = msgspec.structs.replace(matter, precheck=(*matter.precheck[:place], *matter.precheck[place + 1 :]))
        yield Mutant(kinds.CHECK, check.id, check.title, "删去这条核对", ("precheck", place), fewer)
    for place, need in enumerate(matter.materials):
        for number, waiver in enumerate(need.waive if need.need != "非必要" else ()):
            left = (*need.waive[:number], *need.waive[number + 1 :])
            changed = replaced(matter, ("materials", place, "waive"), left)
            path: kinds.Path = ("materials", place, "waive", number)
            yield Mutant(kinds.WAIVER, need.id, need.title, f"删去免交方式 {waiver.way}", path, changed)


def _key(logic: Json) -> str:
    return json.dumps(logic, sort_keys=True)


def _changes(logic: Json, steps: Places, words: Callable[[Json], str]) -> Iterator[Change]:
    """Every slip in a judgement, with what was done and the judgement it gives."""
    if not isinstance(logic, dict):
        return
    name, given = next(iter(logic.items()))
    if name in ("and", "or"):
        for place, part in enumerate(given):
            rest = [*given[:place], *given[place + 1 :]]
            yield f"去掉“{words(part)}”", rest[0] if len(rest) == 1 else {name: rest}
            for change, new in _changes(part, steps, words):
                yield change, {name: [*given[:place], new, *given[place + 1 :]]}
        yield "整条取反", {"!": [logic]}
    elif name == "!" and isinstance(given[0], dict) and next(iter(given[0])) in ("and", "or", "!"):
        yield "去掉“非”", given[0]
        for change, new in _changes(given[0], steps, words):
            yield change, {"!": [new]}
    else:
        for new in _atom(logic, steps):
            yield f"“{words(logic)}”改成“{words(new)}”", new


def _atom(logic: dict[str, Json], steps: Places) -> Iterator[Json]:
    name, given = next(iter(logic.items()))
    if name == "!":
        yield given[0]
        return
    if name in _EDGE:
        yield {_EDGE[name]: given}
    yield {_OPPOSITE[name]: given} if name in _OPPOSITE else {"!": [logic]}
    if name in _OTHER_QUANTIFIER:
        yield {_OTHER_QUANTIFIER[name]: given}
        for _, new in _changes(given[1], steps, str):
            yield {name: [given[0], new]}
    elif name in _OPPOSITE:
        unit = unit_of(given, steps)
        for place, side in enumerate(given):
            for new in _moved(side, unit, steps):
                yield {name: [*given[:place], new, *given[place + 1 :]]}
    elif name not in ("in", "intersects", "subset", "empty", "unavailable", "matches", "var"):
        for place, part in enumerate(given):
            for new in _moved(part, Decimal(1), steps):
                yield {name: [*given[:place], new, *given[place + 1 :]]}


def _moved(logic: Json, unit: Decimal, steps: Places) -> Iterator[Json]:
    """An operand with one of its numbers, or a numeric parameter, one unit higher or lower."""
    for sign in (1, -1):
        if isinstance(logic, int) and not isinstance(logic, bool):
            yield _number(logic + sign * unit)
        elif isinstance(logic, dict) and "dec" in logic:
            yield _number(Decimal(logic["dec"]) + sign * unit)
        elif isinstance(logic, dict) and _parameter(path := logic.get("var", "")) and steps(path) is not None:
            yield {"+" if sign == 1 else "-": [logic, _number(unit)]}
    if isinstance(logic, dict) and next(iter(logic)) not in ("dec", "date", "var", "entry", "lookup"):
        name, given = next(iter(logic.items()))
        for place, part in enumerate(given):
            for new in _moved(part, unit, steps):
                yield {name: [*given[:place], new, *given[place + 1 :]]}


def _number(value: Decimal) -> Json:
    return int(value) if value == value.to_integral_value() else {"dec": str(value)}


def unit_of(operands: Json, steps: Places) -> Decimal:
    """One unit of the finest name compared; parameters only where nothing else is compared."""
    paths = list(_paths(operands))
    named = [places for path in paths if not _parameter(path) and (places := steps(path)) is not None]
    own = [places for path in paths if _parameter(path) and (places := steps(path)) is not None]
    return Decimal(1).scaleb(-max(named or own or [0]))


def _paths(logic: Json) -> Iterator[str]:
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name == "var":
            yield given
        elif name not in ("dec", "date"):
            yield from _paths(given)
    elif isinstance(logic, list | tuple):
        for part in logic:
            yield from _paths(part)


def _parameter(path: str) -> bool:
    return path.lstrip("^.").startswith("param.")


def steps_of(matter: Matter) -> Places:
    """Decimal places by path; None for what is not a number."""
    known: dict[str, Type] = {f"param.{one.id}": one.type for one in matter.parameters}
    known |= {one.id: one.type for one in matter.fields()} | {one.key: one.type for one in matter.facts}

    def places(path: str) -> int | None:
        path = path.lstrip("^.")
        head = path if path in known else path.partition(".")[0]
        type_ = known.get(head)
        for part in path[len(head) :].strip(".").split("."):
            if type_ is not None and part:
                type_ = type_.parts[part].type if part in type_.parts else None
        return type_.places if type_ is not None and type_.kind == "number" else None

    return places
