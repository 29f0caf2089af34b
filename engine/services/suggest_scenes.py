"""Changing a scene: a value at a path put in, what the form then asks for filled in, what is not needed taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from engine.matters.tests_file import MatterTest
from engine.model.form import Field
from engine.model.matter import Matter
from engine.model.types import Type
from engine.model.values import Json, Missing
from engine.pipeline.assess import check_form
from engine.services.matter_tests import scene

_SECTIONS = ("applicant", "answers", "facts", "original")
_TEXTS = {
    "身份证号": "310101199001010014", "统一社会信用代码": "91310101MADEM0011X", "电话": "13800000001",
    "地址": "示例路1号",
}  # fmt: skip
ABSENT = Missing.NOT_APPLICABLE  # a value that takes the path away


def put(matter: Matter, test: MatterTest, path: str, value: Any) -> MatterTest | None:
    """The scene with a value at a path that rules read; None where tests cannot say such a thing.

    ABSENT takes an answer away, Missing.EMPTY lets a source know nothing, "unavailable" lets it be silent.
    """
    head, *rest = path.split(".")
    if head in ("applicant", "original"):
        section = getattr(test, head)
        if section is None or len(rest) != 1 or (head == "applicant" and value is ABSENT):
            return None
        return msgspec.structs.replace(test, **{head: _with(section, rest[0], value)})
    if head == "material":
        others = tuple(id for id in test.materials if id != rest[0])
        return msgspec.structs.replace(test, materials=(*others, rest[0]) if value is True else others)
    if any(field.id == head for field in matter.fields()):
        return msgspec.structs.replace(test, answers=_deep(test.answers, [head, *rest], value))
    if any(need.key == head for need in matter.facts):
        if not rest and value is ABSENT:
            value = Missing.EMPTY
        if rest and not isinstance(test.facts.get(head), dict | list):
            return None
        return msgspec.structs.replace(test, facts=_deep(test.facts, [head, *rest], value))
    return None


def _with(section: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {name: one for name, one in section.items() if name != key}
    return rest if value is ABSENT or value is Missing.EMPTY else {**section, key: value}


def _deep(section: Mapping[str, Any], keys: list[str], value: Any) -> dict[str, Any]:
    """A mapping with a value deep inside; within rows, in the first of them."""
    head, *rest = keys
    if not rest:
        return {**_with(section, head, ABSENT), head: value} if value is not ABSENT else _with(section, head, ABSENT)
    inner = section.get(head)
    if isinstance(inner, list):
        return {**section, head: [_deep(inner[0], rest, value), *inner[1:]]} if inner else dict(section)
    if isinstance(inner, dict) and value is Missing.EMPTY:
        value = ABSENT
    return {**section, head: _deep(inner if isinstance(inner, dict) else {}, rest, value)}


def repaired(
    matter: Matter, test: MatterTest, donors: Iterable[MatterTest], calendar: Mapping[str, str]
) -> MatterTest | None:
    """The scene with what the form asks for filled in and what it does not ask for left out; None when it stays wrong.

    Answers are taken from other scenes where one has them.
    """
    today = date.fromisoformat(test.at)
    fields = {field.id: field for field in matter.fields()}
    for _ in range(4):
        ready = scene(matter, test)
        reading = check_form(matter, ready.application, ready.actor, today, calendar)
        if reading.errors:
            return None
        hidden = [key for key in test.answers if not reading.visible.get(key, False)]
        if not reading.missing and not hidden:
            return test
        answers = {key: value for key, value in test.answers.items() if key not in hidden}
        for path in reading.missing:
            head = path.partition(".")[0]
            found = next((one.answers[head] for one in donors if head in one.answers), None)
            answers[head] = default(fields[head], today) if found is None else found
        test = msgspec.structs.replace(test, answers=answers)
    return None


def default(field: Field, today: date) -> Json:
    """An answer that a field takes."""
    if field.kind == "表格":
        return [{one.id: default(one, today) for one in field.columns if one.required}]
    if field.type.kind == "number":
        step = Decimal(1).scaleb(-field.places)
        least = Decimal(field.above) + step if field.above else Decimal(field.min or 1)
        return int(least) if field.type.places == 0 else format(least, "f")
    if field.kind in ("文本", "长文本", "地址"):
        return "示例" * max(1, -(-int(field.min or 0) // 2))
    return _TEXTS.get(field.kind) or plain(field.type, today)


def plain(type_: Type, today: date) -> Json:
    """A stored value of a type."""
    match type_.kind:
        case "bool":
            return True
        case "number":
            return 1 if type_.places == 0 else "1"
        case "date":
            return today.isoformat()
        case "enum":
            return type_.values[0] if type_.values else "示例"
        case "multi":
            return [type_.values[0]] if type_.values else ["示例"]
        case "record":
            return {key: plain(part.type, today) for key, part in type_.parts.items()}
        case "rows":
            return [plain(Type("record", parts=type_.parts), today)]
    return "示例"


def moved(day: str, days: int) -> str:
    """A day so many days later; the same where the calendar ends."""
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return day


def reduced(test: MatterTest, base: MatterTest, good: Callable[[MatterTest], bool]) -> MatterTest:
    """The scene with every difference from `base` taken back that is not needed for it to be good."""
    for change in list(_ways_back(test, base)):
        found = change(test)
        if found != test and good(found):
            test = found
    return test


def _ways_back(test: MatterTest, base: MatterTest) -> Iterator[Callable[[MatterTest], MatterTest]]:
    for name in ("at", "accepted_on", "materials", "risk"):
        if getattr(test, name) != getattr(base, name):
            yield partial(_whole_back, base, name)
    for name in _SECTIONS:
        mine, theirs = getattr(test, name) or {}, getattr(base, name) or {}
        differing = [key for key in (*mine, *(key for key in theirs if key not in mine)) if _differs(key, mine, theirs)]
        if len(differing) > 1 and getattr(base, name) is not None:
            yield partial(_whole_back, base, name)
        for key in differing:
            yield partial(_back, base, name, [key])
            both = mine.get(key), theirs.get(key)
            if isinstance(both[0], dict) and isinstance(both[1], dict):
                yield from (partial(_back, base, name, [key, part]) for part in {**both[0], **both[1]})


def _whole_back(base: MatterTest, name: str, test: MatterTest) -> MatterTest:
    return msgspec.structs.replace(test, **{name: getattr(base, name)})


def _differs(key: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    return (key in mine) is not (key in theirs) or mine.get(key) != theirs.get(key)


def _back(base: MatterTest, name: str, keys: list[str], test: MatterTest) -> MatterTest:
    mine, theirs = getattr(test, name), getattr(base, name)
    if mine is None or theirs is None:
        return test
    value: Any = theirs
    for key in keys:
        value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    if len(keys) == 2 and not isinstance(mine.get(keys[0]), dict):
        return test
    return msgspec.structs.replace(test, **{name: _deep(mine, keys, value)})
