"""The schema of rules/archive.yaml: fonds, numbers, classes with their periods, and the four checks."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_words import Schema

_CODE = "^[A-Z0-9]{1,8}$"
_PERIOD = w.record(
    "保管期限",
    {"code": w.matching("代码", _CODE, "Y、D30、D10。"), "years": w.count("年数", 1, "永久的不写。")},
    ("code",),
)
_CLASS = w.record(
    "门类", {"code": w.matching("代码", _CODE), "retain": w.text("事项没有写时的保管期限")}, ("code", "retain")
)
_SCHEDULE = w.record(
    "一版归档表",
    {
        "since": w.day("自何日起"),
        "basis": w.text("依据"),
        "periods": w.table("保管期限", _PERIOD),
        "classes": w.table("门类", _CLASS),
        "ended": w.table("其他办结类型的保管期限", w.text("保管期限")),
    },
    ("since", "basis", "periods", "classes"),
)
_EXTERNAL = w.record(
    "外部检测项",
    {
        "id": w.text("名称"),
        "kind": w.word("四性", "真实性", "完整性", "可用性", "安全性"),
        "title": w.text("检测内容"),
        "how": w.text("由谁怎样检测"),
    },
    ("id", "kind", "title", "how"),
)


def archive() -> Schema:
    """archive.yaml."""
    days, code = w.count("天数"), w.matching("代码", _CODE)
    keys = {
        "confirm": w.texts("待业务确认的内容"),
        "fonds": w.record("全宗", {"number": w.text("全宗号"), "name": w.text("全宗名称")}, ("number", "name")),
        "category": w.matching("档案门类代码", _CODE),
        "number": w.text("档号的写法", "可用 全宗号 门类 类别 年度 保管期限 机构 件号。"),
        "secrecy": w.text("密级"),
        "organs": {**w.table("各区的机构代码", code), "required": ["other"]},
        "schedules": w.many("归档表", _SCHEDULE, "按日期先后。", least=1),
        "wait": {**w.table("办结后几日归档", days), "required": ["other"]},
        "checks": w.record(
            "四性检测",
            {
                "every": w.count("长期保存几日检测一次", 1),
                "sample": {"type": "integer", "minimum": 1, "maximum": 100, "title": "抽检比例（百分数）"},
                "formats": w.texts("适于长期保存的格式", least=1),
                "external": w.many("外部检测项", _EXTERNAL),
            },
            ("every", "sample", "formats"),
        ),
    }
    required = ("fonds", "category", "number", "secrecy", "organs", "schedules", "wait", "checks")
    return {"$schema": w.DRAFT, "$id": "archive.schema.json", **w.record("归档", keys, required)}
