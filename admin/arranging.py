"""How the work list is asked for: a view with filters, columns, order and size in the address, and back again."""

from __future__ import annotations

from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from engine.model.saved_views import COLUMNS, SIZES, USUAL, VIEWS, Arrangement, Filters
from engine.services.worklist import sound

TITLES = {
    "group": "本岗待办", "mine": "我领取的", "department": "本部门", "overdue": "已逾期", "today": "今日到期",
    "stopped": "已停表", "returned": "申请人已补正", "alerts": "预警", "checks": "抽查与后续核查", "done": "我办结的",
    "all": "全部在办",
}  # fmt: skip
COLUMN_TITLES = {
    "subject": "申请人", "step": "环节", "due": "期限", "risk": "核对", "status": "状态", "district": "区",
    "channel": "来源", "received": "收件日期", "holder": "领取",
}  # fmt: skip
ORDER_TITLES = {"urgent": "最急的在前", "latest": "期限最远的在前"}
RISKS = {"1": "有疑点", "4": "重点核对"}
CHANNELS = ("网上", "窗口", "接口", "依职权", "转入")
_TEXTS = ("text", "matter", "line", "status", "district", "due_from", "due_to", "channel")


def asked(args: MultiDict[str, str]) -> Arrangement:
    """What an address asks for; what is not known is as usual."""
    texts = {name: args.get(name, "").strip() for name in _TEXTS}
    risk = args.get("risk", "")
    return sound(
        Arrangement(
            view=args.get("view", "group"), filters=Filters(**texts, risk=int(risk) if risk in RISKS else 0),
            columns=tuple(args.getlist("column")) or USUAL, order=args.get("order", "urgent"),
            size=args.get("size", SIZES[0], type=int),
        )
    )


def address(one: Arrangement, **more: str) -> str:
    """The address that asks for an arrangement."""
    told: dict[str, Any] = {**values(one), **more}
    return url_for("workbench.work", **told)


def values(one: Arrangement) -> dict[str, Any]:
    """An arrangement as the values of an address: only what is not as usual."""
    found: dict[str, Any] = {"view": one.view}
    found |= {name: getattr(one.filters, name) for name in _TEXTS if getattr(one.filters, name)}
    if one.filters.risk:
        found["risk"] = one.filters.risk
    if one.columns != USUAL:
        found["column"] = list(one.columns)
    if one.order != "urgent":
        found["order"] = one.order
    if one.size != SIZES[0]:
        found["size"] = one.size
    return found


def pairs(one: Arrangement) -> list[tuple[str, str]]:
    """The same as names and values of a form."""
    told = ((name, value if isinstance(value, list) else [value]) for name, value in values(one).items())
    return [(name, str(each)) for name, many in told for each in many]


def choices() -> dict[str, Any]:
    """What the form of the list offers."""
    return {
        "views": [(name, TITLES[name]) for name in VIEWS],
        "all_columns": [(name, COLUMN_TITLES[name]) for name in COLUMNS],
        "orders": list(ORDER_TITLES.items()), "sizes": SIZES, "risks": list(RISKS.items()), "channels": CHANNELS,
        "column_titles": COLUMN_TITLES,
    }  # fmt: skip
