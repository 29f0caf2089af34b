"""How stored values read on a page: instants, days, sizes, answers, and the tone of a status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask

from engine.model.form import Field

TONES = {
    "已收件": "info", "待补正": "warn", "已受理": "info", "准予": "good", "已发证": "good", "不予许可": "bad",
    "不予受理": "bad", "已撤回": "quiet", "已终止": "quiet", "已立案": "info", "已决定": "good",
    "制证中": "warn", "有效": "good", "注销": "quiet", "撤销": "bad", "作废": "quiet",
    "秒批": "instant", "转人工": "info", "当场更正": "warn", "改办": "warn", "建议不予受理": "bad",
    "一次补正": "warn", "提示": "info",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"


def register(app: Flask) -> None:
    """Add the filters `instant day weekday deadline size answer tone` to the templates."""
    app.jinja_env.filters.update(instant=instant, day=day, weekday=weekday, deadline=deadline)
    app.jinja_env.filters.update(size=size, answer=answer, tone=tone)


def instant(text: str) -> str:
    """`2026-11-23 14:27` of an ISO instant; "" of an empty one."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M") if text else ""


def day(text: str) -> str:
    """`2026年11月23日` of an ISO day or instant; "" of an empty one."""
    if not text:
        return ""
    value = date.fromisoformat(text[:10])
    return f"{value.year}年{value.month}月{value.day}日"


def weekday(text: str) -> str:
    """`11月23日 星期一` of an ISO day or instant."""
    if not text:
        return ""
    value = date.fromisoformat(text[:10])
    return f"{value.month}月{value.day}日 星期{WEEKDAYS[value.weekday()]}"


def deadline(text: str) -> str:
    """As `weekday`, with the time of day where the limit is in hours."""
    return f"{weekday(text)} {text[11:16]}" if "T" in text else weekday(text)


def size(bytes_: int) -> str:
    """A file size in KB or MB."""
    return f"{bytes_ / 1_048_576:.1f} MB" if bytes_ >= 1_048_576 else f"{max(1, round(bytes_ / 1024))} KB"


def tone(status: object) -> str:
    """The colour name of a status word: good info warn bad quiet instant."""
    return TONES.get(str(getattr(status, "value", status)), "quiet")


def answer(value: object, field: Field | None = None) -> str:
    """An answer in words; tables are for `rows` of the template, here only their number of rows."""
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        if field is not None and field.kind == "承诺":
            return "已承诺" if value else "未承诺"
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return " ".join(str(part) for part in value.values() if part not in ("", None)) or "—"
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            return f"{len(value)} 行"
        return "、".join(str(part) for part in value)
    unit = f" {field.unit}" if field is not None and field.unit else ""
    return f"{value}{unit}"
