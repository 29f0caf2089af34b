"""Converters of fields that hold one value: text, codes, numbers, days, choices."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.model.checkdigits import id_reason, uscc_reason
from engine.model.form import Field
from engine.model.values import Json
from engine.stages.form.registry import BLANK, Converted, converter, wrong

_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?")


def _plain(raw: Json) -> str | None:
    if raw is None:
        return ""
    if isinstance(raw, str):
        return unicodedata.normalize("NFC", raw).strip()
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    return None


@converter("文本", "长文本", "地址")
def text(field: Field, raw: Json, today: date) -> Converted:
    """Text within its length and pattern; control characters are refused, line ends only in long text."""
    value = _plain(raw)
    if value is None:
        return wrong(raw, "请填写文字。")
    if not value:
        return BLANK
    value = value.replace("\r\n", "\n")
    allowed = "\n\t" if field.kind == "长文本" else ""
    if any(unicodedata.category(sign) == "Cc" and sign not in allowed for sign in value):
        return wrong(raw, "含有不能显示的字符，请重新输入。")
    if field.min and len(value) < int(field.min):
        return wrong(value, f"至少填写 {field.min} 个字，现有 {len(value)} 个。")
    limit = int(field.max) if field.max else 2000 if field.kind == "长文本" else 200
    if len(value) > limit:
        return wrong(value, f"最多 {limit} 个字，现有 {len(value)} 个。")
    if field.pattern and not re.fullmatch(field.pattern, value):
        return wrong(value, field.pattern_hint or "格式不符合要求。")
    return Converted(value, value)


@converter("电话")
def phone(field: Field, raw: Json, today: date) -> Converted:
    """A mobile or fixed-line number; blanks inside are dropped."""
    value = _plain(raw)
    if value is None:
        return wrong(raw, "请填写电话号码。")
    value = value.replace(" ", "")
    if not value:
        return BLANK
    if not _PHONE.fullmatch(value):
        return wrong(raw, "请填写 11 位手机号，或带区号的座机号，例如 021-12345678。")
    return Converted(value, value)


def _checked_code(raw: Json, name: str, reason: Callable[[str], str]) -> Converted:
    value = _plain(raw)
    if value is None:
        return wrong(raw, f"请填写{name}。")
    value = unicodedata.normalize("NFKC", value).replace(" ", "").upper()
    if not value:
        return BLANK
    fault = reason(value)
    return wrong(value, fault) if fault else Converted(value, value)


@converter("统一社会信用代码")
def credit_code(field: Field, raw: Json, today: date) -> Converted:
    """GB 32100-2015, check character included."""
    return _checked_code(raw, "统一社会信用代码", uscc_reason)


@converter("身份证号")
def id_number(field: Field, raw: Json, today: date) -> Converted:
    """GB 11643-1999, date and check character included."""
    return _checked_code(raw, "身份证号码", lambda value: id_reason(value, today))


def _number(raw: Json) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, float):
        raw = repr(raw)
    value = _plain(raw)
    if value is None:
        return None
    value = unicodedata.normalize("NFKC", value).replace(",", "")
    if not _NUMBER.fullmatch(value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


@converter("数", "整数", "金额")
def number(field: Field, raw: Json, today: date) -> Converted:
    """An exact decimal within its bounds and declared places; 金额 has two places."""
    if raw is None or raw == "":
        return BLANK
    value = _number(raw)
    unit = f" {field.unit}" if field.unit else ""
    if value is None:
        return wrong(raw, f"请填写数字{f'，单位{field.unit}' if field.unit else ''}。")
    places = 0 if field.kind == "整数" else field.places
    if value != round(value, places):
        return wrong(raw, "请填写整数。" if places == 0 else f"最多 {places} 位小数。")
    for bound, beyond, words in (
        (field.min, operator.lt, "不能小于"),
        (field.max, operator.gt, "不能大于"),
        (field.above, operator.le, "必须大于"),
        (field.below, operator.ge, "必须小于"),
    ):
        if bound and beyond(value, Decimal(bound)):
            return wrong(raw, f"{words} {bound}{unit}。")
    if field.kind == "整数":
        return Converted(int(value), int(value))
    return Converted(value, format(value, "f"))


@converter("日期")
def day(field: Field, raw: Json, today: date) -> Converted:
    """An ISO day; bounds are ISO days or 今天."""
    value = _plain(raw)
    if value == "":
        return BLANK
    try:
        parsed = date.fromisoformat(unicodedata.normalize("NFKC", value or "").replace("/", "-"))
    except ValueError:
        return wrong(raw, "请填写存在的日期，例如 2026-05-01。")
    for bound, beyond, words in ((field.min, operator.lt, "不能早于"), (field.max, operator.gt, "不能晚于")):
        if bound and beyond(parsed, today if bound == "今天" else date.fromisoformat(bound)):
            return wrong(raw, f"{words}{bound}。")
    return Converted(parsed, parsed.isoformat())


@converter("单选")
def choice(field: Field, raw: Json, today: date) -> Converted:
    """One of the offered options, by its value."""
    value = _plain(raw)
    if value == "":
        return BLANK
    if value not in {option.value for option in field.options}:
        return wrong(None, "请从所列选项中选择。")
    return Converted(value, value)


@converter("多选")
def choices(field: Field, raw: Json, today: date) -> Converted:
    """Some of the offered options, in the order they are offered."""
    if raw in (None, "", []):
        return BLANK
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        return wrong(None, "请从所列选项中选择。")
    offered = [option.value for option in field.options]
    if any(item not in offered for item in raw):
        return wrong([item for item in raw if item in offered], "请从所列选项中选择。")
    chosen = [item for item in offered if item in raw]
    if field.max and len(chosen) > int(field.max):
        return wrong(chosen, f"最多选择 {field.max} 项。")
    return Converted(tuple(chosen), chosen)


@converter("是否")
def yes_no(field: Field, raw: Json, today: date) -> Converted:
    """Yes or no; both are answers."""
    if raw in (None, ""):
        return BLANK
    known = {True: True, False: False, "是": True, "否": False}
    if not isinstance(raw, bool | str) or raw not in known:
        return wrong(None, "请选择“是”或“否”。")
    return Converted(known[raw], known[raw])


@converter("承诺")
def commitment(field: Field, raw: Json, today: date) -> Converted:
    """A statement that is agreed to; not agreed is not an answer."""
    return Converted(True, True) if raw in (True, "是") else BLANK
