"""Whether what a source answered is what it declared, and the answer in the form that is stored."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.errors import ZhunyuError
from engine.model.types import Type
from engine.model.values import Json
from engine.ports.world import Answer

BROKEN = "返回内容不符合约定"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:T.*)?", re.ASCII)
_LONGEST = 10_000


def checked(answer: Answer, type_: Type) -> Answer:
    """The answer as declared, without parts nobody declared; unavailable when it does not fit."""
    if answer.state != "value":
        return answer
    try:
        value = _value(answer.value, type_)
    except ZhunyuError as error:
        return Answer(state="unavailable", reason=f"{BROKEN}：{error.what}")
    return Answer(state="empty") if type_.kind == "rows" and not value else Answer(state="value", value=value)


def _value(raw: Json, type_: Type) -> Json:
    match type_.kind:
        case "record":
            return _record(raw, type_)
        case "rows":
            if not isinstance(raw, list):
                raise _unfit("应为多行")
            return [_record(row, type_) for row in raw]
        case "bool":
            return _of(raw, bool, "应为是或否")
        case "number":
            return _number(raw, type_.places)
        case "date":
            return _day(raw)
        case "multi":
            choices = [_of(one, str, "应为选项") for one in _of(raw, list, "应为多个选项")]
            return [_choice(one, type_) for one in choices]
        case "enum":
            return _choice(_of(raw, str, "应为选项"), type_)
        case _:
            text: str = _of(raw, str, "应为文本")
            if len(text) > _LONGEST:
                raise _unfit("文本过长")
            return text


def _record(raw: Json, type_: Type) -> Json:
    if not isinstance(raw, dict):
        raise _unfit("应为一条记录")
    record: dict[str, Json] = {}
    for key, part in type_.parts.items():
        content = raw.get(key)
        if content is None or content == "":
            record[key] = None
            continue
        try:
            record[key] = _value(content, part.type)
        except ZhunyuError as error:
            raise _unfit(f"{part.title}{error.what}") from error
    return record


def _number(raw: Json, places: int) -> Json:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise _unfit("应为数")
    try:
        number = Decimal(str(raw))
    except InvalidOperation as error:
        raise _unfit("应为数") from error
    if not number.is_finite() or number != round(number, places):
        raise _unfit(f"应为至多 {places} 位小数的数")
    return format(round(number, places), "f") if places else int(number)


def _day(raw: Json) -> str:
    text: str = _of(raw, str, "应为日期")
    if not _DAY.fullmatch(text):
        raise _unfit("应为日期")
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise _unfit("应为日期") from error


def _choice(text: str, type_: Type) -> str:
    if type_.values and text not in type_.values:
        raise _unfit("不在约定的选项内")
    return text


def _of(raw: Json, kind: type, what: str) -> Json:
    if not isinstance(raw, kind):
        raise _unfit(what)
    return raw


def _unfit(what: str) -> ZhunyuError:
    return ZhunyuError("F002", what)
