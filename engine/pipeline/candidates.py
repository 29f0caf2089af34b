"""The answers worth trying for a field: the values at which the rules of a matter change their mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine.model.form import Field
from engine.model.rule import Rule
from engine.model.values import Json, Value
from engine.pipeline.disclosing import RISK
from engine.rules.evaluator import test, value

_ORDERS = ("==", "!=", "<", ">", "<=", ">=")
_SETS = ("in", "intersects", "subset")
_FAR = Decimal(10) ** 9
_YEARS = 365 * 60
_MOST = 24
Names = Mapping[str, Value]


def candidates(field: Field, rules: tuple[Rule, ...], names: Names) -> tuple[Json, ...]:
    """Other answers to the field, in the stored shape, nearest to the present one first; at most 24.

    Numbers and dates: both sides of every threshold of a rule that reads the field, computed with all other names as
    they are, so a threshold that moves with another answer is found too. Choices: every option; multiple choices: one
    option more or fewer, and what a list of a rule leaves of them; 是否 and 承诺: the other word.
    """
    now = names.get(field.id)
    match field.kind:
        case "是否":
            return tuple(one for one in (True, False) if one is not now)
        case "承诺":
            return () if now is True else (True,)
        case "单选":
            return tuple(option.value for option in field.options if option.value != now)[:_MOST]
        case "多选":
            return _selections(field, rules, names)
        case "数" | "金额" | "整数":
            return _numbers(field, rules, names)
        case "日期":
            return _days(field, rules, names)
    return ()


def _selections(field: Field, rules: tuple[Rule, ...], names: Names) -> tuple[Json, ...]:
    given = names.get(field.id)
    now = tuple(map(str, given)) if isinstance(given, tuple) else ()
    found: dict[tuple[str, ...], None] = {}
    for rule in rules:
        for atom in _atoms(rule.logic, field.id):
            name, sides = next(iter(atom.items()))
            if name in _SETS:
                for side in sides:
                    listed = value(Rule("", side), names) if not _reads(side, field.id) else ()
                    if isinstance(listed, tuple | Mapping):
                        found.setdefault(tuple(one for one in now if one in listed), None)
    options = tuple(option.value for option in field.options)
    for option in options:
        changed = tuple(one for one in options if (one in now) != (one == option))
        found.setdefault(changed)
    kept = [one for one in found if one and one != now]
    return tuple(list(one) for one in sorted(kept, key=lambda one: len({*one} ^ {*now}))[:_MOST])


def _numbers(field: Field, rules: tuple[Rule, ...], names: Names) -> tuple[Json, ...]:
    step = Decimal(1).scaleb(-field.places)
    now = names.get(field.id)
    start = Decimal(now) if isinstance(now, int | Decimal) and not isinstance(now, bool) else Decimal(0)
    found: dict[Decimal, None] = {}
    for edge in _edges(field, rules, names):
        for near in (edge, edge.quantize(step, ROUND_FLOOR), edge.quantize(step, ROUND_CEILING)):
            for one in (near - step, near, near + step):
                found.setdefault(one.quantize(step, ROUND_FLOOR) + 0)
    for bound in filter(None, (field.min, field.max)):
        found.setdefault(Decimal(bound))
    if field.above:
        found.setdefault(Decimal(field.above) + step)
    if field.below:
        found.setdefault(Decimal(field.below) - step)
    other = (one for one in found if now is None or one != start or not isinstance(now, int | Decimal))
    best = sorted((one for one in other if _within(field, one)), key=lambda one: (abs(one - start), one))[:_MOST]
    return tuple(int(one) if field.kind == "整数" else format(one, "f") for one in best)


def _within(field: Field, number: Decimal) -> bool:
    return not (
        (field.min and number < Decimal(field.min)) or (field.max and number > Decimal(field.max))
        or (field.above and number <= Decimal(field.above)) or (field.below and number >= Decimal(field.below))
    )  # fmt: skip


def _edges(field: Field, rules: tuple[Rule, ...], names: Names) -> Iterator[Decimal]:
    """Where the two sides of a comparison that reads the number meet, when their difference is linear in it."""
    for rule in rules:
        for atom in _atoms(rule.logic, field.id):
            name, sides = next(iter(atom.items()))
            if name not in _ORDERS:
                continue
            apart = [_apart(sides, {**names, field.id: at}) for at in (Decimal(0), Decimal(1), Decimal(1000))]
            zero, one, far = apart
            if zero is None or one is None or far is None:
                continue
            slope = one - zero
            if slope and far - zero == slope * 1000:
                root = -zero / slope
                if abs(root) < _FAR:
                    yield root


def _apart(sides: Json, names: Names) -> Decimal | None:
    left, right = (value(Rule("", side), names) for side in sides)
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    both = isinstance(left, int | Decimal) and isinstance(right, int | Decimal)
    return Decimal(left) - Decimal(right) if both else None


def _days(field: Field, rules: tuple[Rule, ...], names: Names) -> tuple[Json, ...]:
    given, today = names.get(field.id), names.get("today")
    start = given if isinstance(given, date) else today if isinstance(today, date) else None
    if start is None:
        return ()
    found: dict[date, None] = {}
    for rule in rules:
        for atom in _atoms(rule.logic, field.id):
            turn = _turn(Rule("", atom), field.id, names, start)
            for day in turn:
                found.setdefault(day)
    best = sorted((one for one in found if one != given), key=lambda one: (abs((one - start).days), one))[:_MOST]
    return tuple(one.isoformat() for one in best)


def _turn(atom: Rule, id: str, names: Names, start: date) -> tuple[date, ...]:
    """The days on both sides of where the atom turns, before and after the start, and the day of an equality."""
    found: list[date] = []
    name, sides = next(iter(atom.logic.items()))
    if name in ("==", "!="):
        for side in sides:
            other = None if _reads(side, id) else value(Rule("", side), names)
            if isinstance(other, date):
                found += [other, other + timedelta(days=1), other - timedelta(days=1)]
        return tuple(found)

    def says(days: int) -> object:
        return test(atom, {**names, id: start + timedelta(days=days)})

    first = says(0)
    if first is not True and first is not False:
        return ()
    for end in (-_YEARS, _YEARS):
        if says(end) is not (not first):
            continue
        near, far = 0, end
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if says(middle) is first else (near, middle)
        found += [start + timedelta(days=far), start + timedelta(days=near)]
    return tuple(found)


def _atoms(logic: Json, id: str) -> Iterator[Json]:
    """The comparisons and called operators within a rule that read the field, none that would betray the watch."""
    if not isinstance(logic, dict):
        return
    name, given = next(iter(logic.items()))
    if name in ("and", "or", "!"):
        for part in given:
            yield from _atoms(part, id)
    elif name not in ("var", "dec", "date") and _reads(logic, id) and not _reads(logic, RISK):
        yield logic


def _reads(logic: Json, id: str) -> bool:
    if isinstance(logic, list | tuple):
        return any(_reads(part, id) for part in logic)
    if not isinstance(logic, dict):
        return False
    name, given = next(iter(logic.items()))
    if name == "var":
        return str(given) == id or str(given).startswith(id + ".")
    return name not in ("dec", "date") and _reads(given, id)
