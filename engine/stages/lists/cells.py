"""One cell of a list as the answer a form takes, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.model.form import Field
from engine.model.values import Json

DIGITS_KEPT = 15  # a spreadsheet keeps no more of a number
LONGEST = 5000
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_BETWEEN = re.compile(r"[、，,；;\n]+")
_YES = {"是": True, "否": False, "TRUE": True, "FALSE": False}


def answer_of(field: Field, value: Any) -> tuple[Json, str]:
    """What a cell says as a raw answer, None where it is blank; and why the file cannot be taken, "" where it can.

    Nothing is computed: a formula is refused, and so is a number that has lost digits.
    """
    if isinstance(value, bool):
        return (value if field.kind == "是否" else "是" if value else "否"), ""
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, (int, float)):
        if abs(value) >= 10**DIGITS_KEPT:
            return None, "是按数字保存的，末几位已经丢失；请把这一列设为“文本”，重新填写"
        value = str(int(value)) if float(value).is_integer() else format(Decimal(repr(value)), "f")
    text = str(value if value is not None else "").strip()
    if text.startswith("="):
        return None, "是公式；请改成写定的内容（选择性粘贴为值）"
    if len(text) > LONGEST:
        return None, f"超过 {LONGEST} 个字"
    return (_typed(field, text) if text else None), ""


def _typed(field: Field, text: str) -> Json:
    if field.kind == "日期":
        found = _DAY.fullmatch(text)
        if found is None:
            return text
        year, month, day = [part for part in found.groups() if part is not None]
        return f"{year}-{int(month):02d}-{int(day):02d}"
    if field.kind == "是否":
        return _YES.get(text.upper(), text)
    if field.kind == "多选":
        return [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    return text


def text_of(field: Field, value: Json) -> str:
    """An answer as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple)):
        return "、".join(str(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values())
    return str(value)
