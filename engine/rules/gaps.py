"""Why an expression has no value although its names may have one."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

from engine.model.values import Missing, Unavailable


class Gap:
    """A result that cannot be computed, with the reason in Chinese (division by zero, out of range …)."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __repr__(self) -> str:
        return f"Gap({self.reason})"


NOTHING = frozenset({Missing, Unavailable, Gap})
EXACT = Context(prec=160)
LIMIT = Decimal(10) ** 30
PLACES = 10
MIXED = Gap("两边类型不同，无法比较")
TOO_BIG = Gap("数值超出可计算范围")
BY_ZERO = Gap("除数为零")
NO_SUCH_DAY = Gap("日期超出范围")
NO_ROWS = Gap("清单没有行，取不出最大或最小")
NO_KEY = Gap("表中没有这个键")
TOO_LONG = Gap("计算步数超出上限")
NOT_A_LIST = Gap("不是清单，无法逐行判断")


def number(value: Any) -> Any:
    """A finished number within the range that the browser computes too; otherwise a Gap."""
    if value.__class__ is int:
        return value if -(10**30) < value < 10**30 else TOO_BIG
    if not value.is_finite() or abs(value) >= LIMIT:
        return TOO_BIG
    if value.as_tuple().exponent < -20 and value.normalize(EXACT).as_tuple().exponent < -20:
        return TOO_BIG
    return value
