"""Values as people read them, and templates filled by names only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from engine.model.form import Field, MaterialNeed, Waiver
from engine.model.rule import ALWAYS
from engine.model.values import Json, Missing, Unavailable, Value

_PLACE = re.compile(r"\{([^{}:]+)(?::0(\d{1,2})d)?\}")


def day_in_words(day: date) -> str:
    """2026年11月23日, as certificates and documents print it."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_words(value: Value) -> str:
    """The value in Chinese: lists joined by 、, records by a blank, what is missing in brackets."""
    match value:
        case Missing.EMPTY:
            return "（空）"
        case Missing.NOT_APPLICABLE:
            return "（不适用）"
        case Missing.PENDING:
            return "（待填）"
        case Unavailable():
            return "（未取到）"
        case bool():
            return "是" if value else "否"
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return day_in_words(value)
        case tuple():
            return "、".join(in_words(item) for item in value)
        case Mapping():
            return " ".join(in_words(item) for item in value.values() if not isinstance(item, Missing))
        case _:
            return str(value)


def answer_in_words(field: Field, answer: Json) -> str:
    """An answer as the applicant reads it: choices joined, days spelt out, the unit behind a number."""
    if answer is None or answer == "" or answer == []:
        return "（未填）"
    if isinstance(answer, bool):
        if field.kind == "承诺":
            return "已承诺" if answer else "未承诺"
        return "是" if answer else "否"
    if isinstance(answer, list | tuple):
        return "、".join(map(str, answer))
    if field.kind == "日期":
        try:
            return day_in_words(date.fromisoformat(str(answer)))
        except ValueError:
            return str(answer)
    return f"{answer} {field.unit}" if field.unit else str(answer)


def waived_in_words(waiver: Waiver) -> str:
    """Why a material is not handed in, as the applicant reads it: 免交：已由企业登记库核验."""
    if waiver.say:
        return f"免交：{waiver.say}"
    if waiver.way == "告知承诺":
        return "免交：已作出书面承诺"
    if waiver.sources:
        return f"免交：已由{'、'.join(waiver.sources)}核验"
    return "免交：由填报内容生成" if waiver.when == ALWAYS else "免交：已由填报内容核对"


def waivable_in_words(waiver: Waiver) -> str:
    """In what case a material will not have to be handed in, before that is known: 可免交：由企业登记库核验一致的."""
    if waiver.say:
        return f"可免交：{waiver.say}"
    if waiver.way == "告知承诺":
        return "可免交：作出书面承诺的"
    if waiver.sources:
        return f"可免交：由{'、'.join(waiver.sources)}核验一致的"
    return waived_in_words(waiver) if waiver.when == ALWAYS else "可免交：填报内容核对一致的"


def waived_by(need: MaterialNeed, way: str) -> str:
    """The words of a material waived by that way; "" where it is not waived."""
    found = next((waiver for waiver in need.waive if waiver.way == way), None)
    return waived_in_words(found) if found is not None else f"免交：{way}" if way else ""


def fill(template: str, lookup: Callable[[str], str]) -> str:
    """Fill `{name}` and `{name:05d}` places; nothing but a plain name is ever looked up."""

    def place(match: re.Match[str]) -> str:
        text = lookup(match[1].strip())
        return text.zfill(int(match[2])) if match[2] else text

    return _PLACE.sub(place, template)


def places(template: str) -> tuple[str, ...]:
    """The names a template asks for, in order."""
    return tuple(match[1].strip() for match in _PLACE.finditer(template))


def in_one(sentences: Iterable[str]) -> str:
    """Several sentences as one: their full stops make way for semicolons; "" for none."""
    told = "；".join(one.rstrip("。") for one in sentences)
    return told + "。" if told else ""
