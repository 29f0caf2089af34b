"""What a value can be: a value, empty, not applicable, pending, or unavailable.

Typed values are bool, int, Decimal, str, datetime.date, tuple (multiple choice, rows) and dict (a record:
person, region, table row, a fact's record). Everything else that a path may hold is a `Missing` or an
`Unavailable`; a comparison with either is unknown.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Union

import msgspec


class Missing(enum.Enum):
    """Why a path has no value."""

    EMPTY = "empty"  # asked and left blank, or the source answered "none"
    NOT_APPLICABLE = "not_applicable"  # the field's `when` is false
    PENDING = "pending"  # not answered yet; only before submission


class Unavailable(msgspec.Struct, frozen=True):
    """A fact that could not be had: which source, why, and since when (ISO 8601 with zone)."""

    source: str
    reason: str
    since: str


Scalar = Union[bool, int, Decimal, str, date]
Value = Union[Scalar, Missing, Unavailable, tuple["Value", ...], Mapping[str, "Value"]]

# Answers as they are stored, sent and shown: JSON, one key per field id.
#   文本 长文本 单选 电话 身份证号 统一社会信用代码 地址 -> str      数 金额 -> str, a plain decimal
#   整数 -> int      日期 -> "YYYY-MM-DD"      是否 承诺 -> bool      多选 -> list[str]
#   人员 -> {"name", "id_no", "phone"}      区街道 -> {"district", "street"}      表格 -> list of rows by column id
# A field left blank is absent.
Answers = dict[str, Any]
Json = Any


def value_at(path: str, names: Mapping[str, Value]) -> Value:
    """The value at a dotted path; below something missing or unavailable it is the same.

    A name that is not there is PENDING, a part that a present record lacks is EMPTY.
    """
    head, *rest = path.split(".")
    value = names.get(head, Missing.PENDING)
    for part in rest:
        if not isinstance(value, Mapping):
            return value
        value = value.get(part, Missing.EMPTY)
    return value
