"""The names and values that the tests of the rule language speak about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.model.values import Missing, Unavailable
from engine.rules.compiler import compile_rule
from engine.rules.scope import Name, Scope

D = Decimal
EMPTY, HIDDEN, PENDING = Missing.EMPTY, Missing.NOT_APPLICABLE, Missing.PENDING
AWAY = Unavailable("registry.business", "超时", "2025-01-20T08:00:00+08:00")
PLACES = ("宾馆", "旅店", "浴室")
TYPES = ("住宿", "沐浴", "游泳")
ITEMS = Type(
    "rows",
    parts={
        "qty": Part("数量", Type("number")),
        "price": Part("单价", Type("number", unit="元", places=2)),
        "name": Part("品名", Type("text")),
        "grade": Part("等级", Type("enum", values=("甲", "乙"))),
        "made": Part("生产日期", Type("date")),
    },
)
LICENCE = Type(
    "record",
    parts={
        "state": Part("状态", Type("enum", values=("存续", "注销"))),
        "name": Part("名称", Type("text")),
        "address": Part("地址", Type("text")),
        "since": Part("成立日期", Type("date")),
        "capital": Part("资本", Type("number", unit="元")),
    },
)
TABLE = Type("record", parts={"宾馆": Part("宾馆", Type("number")), "旅店": Part("旅店", Type("number"))})
KINDS = Type("multi", values=PLACES, parts={"start": Part("起点面积", Type("number", unit="平方米"))})
NAMES = (
    Name("area", "经营面积", Type("number", unit="平方米", places=2)),
    Name("usable", "使用面积", Type("number", unit="平方米", places=2)),
    Name("beds", "床位数", Type("number")),
    Name("capital", "注册资本", Type("number", unit="元", places=2)),
    Name("height", "层高", Type("number", unit="米", places=2)),
    Name("place", "场所类别", Type("enum", values=PLACES)),
    Name("types", "许可项目", Type("multi", values=TYPES)),
    Name("hvac", "集中空调", Type("bool")),
    Name("site", "经营地址", Type("text")),
    Name("phone", "联系电话", Type("text")),
    Name("born", "出生日期", Type("date")),
    Name("licence", "营业执照", LICENCE, authoritative=True),
    Name("items", "清单", ITEMS),
    Name("today", "今天", Type("date")),
    Name("legal.name", "姓名", Type("text"), group="法定代表人"),
    Name("agent.name", "姓名", Type("text"), group="经办人"),
    Name("agent.id_no", "证件号", Type("text"), group="经办人", sensitive=True),
    Name("paren", "营业（经营）面积", Type("number")),
    Name("param.start", "参数.起点面积", Type("number", unit="平方米")),
    Name("param.table", "参数.面积表", TABLE),
    Name("code.住宿类", "代码.住宿类", Type("multi")),
    Name("code.场所类型", "代码.场所类型", KINDS),
)
SCOPE = Scope(NAMES)
ENV: dict[str, Any] = {
    "area": D("72.5"),
    "usable": D("80.00"),
    "beds": 12,
    "capital": D("500000"),
    "height": D("2.6"),
    "place": "宾馆",
    "types": ("住宿", "沐浴"),
    "hvac": True,
    "site": "南京路1号",
    "phone": "13812345678",
    "born": date(2000, 2, 29),
    "licence": {"state": "存续", "name": "甲公司", "address": "上海市南京路1号2楼", "since": date(2023, 1, 31), "capital": 100},
    "items": (
        {"qty": 3, "price": D("1.10"), "name": "锅", "grade": "甲", "made": date(2024, 5, 1)},
        {"qty": 1, "price": D("2.20"), "name": "碗", "grade": "乙", "made": date(2024, 6, 1)},
    ),
    "today": date(2025, 1, 20),
    "calendar": {date(2025, 1, 26): "班", date(2025, 1, 28): "休"},
    "legal": {"name": "张三"},
    "agent": {"name": "李四", "id_no": "11010519491231002X"},
    "paren": 5,
    "param": {"start": 60, "table": {"宾馆": 100, "旅店": 50}},
    "code": {"住宿类": ("住宿", "宾馆", "旅店"), "场所类型": {"宾馆": {"start": 70}, "浴室": {}}},
}


def _without_unit(type: Type) -> Type:
    parts = {id: Part(part.title, _without_unit(part.type)) for id, part in type.parts.items()}
    return msgspec.structs.replace(type, unit="", parts=parts)


UNITLESS = Scope(msgspec.structs.replace(name, type=_without_unit(name.type)) for name in NAMES)


def rule(source: Any, expect: str = "bool", scope: Scope = SCOPE) -> Rule:
    """The compiled rule; the problems are the failure message."""
    made, problems = compile_rule(source, scope, expect=expect)
    assert made is not None, [str(problem) for problem in problems]
    return made
