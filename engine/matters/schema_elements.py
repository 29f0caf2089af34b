"""The schema of rules/elements.yaml: the national codes of the matters."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_matter import KINDS
from engine.matters.schema_words import Schema

_TWO, _THREE = "^[0-9]{2}$", "^[0-9A-Z]{3}$"


def elements() -> Schema:
    """elements.yaml."""
    item = w.record(
        "主项",
        {
            "code": w.matching("主项码", _THREE, "三位，可含大写字母，加引号写。"),
            "sub": w.matching("子项码", _THREE, "没有子项的不写，即 000。"),
            "matters": w.texts("办理项", "事项 id，先后就是顺序码；停办的留着位置。", least=1),
        },
        ("code", "matters"),
    )
    keys = {
        "confirm": w.texts("待业务确认的内容"),
        "region": w.matching("区划段", _TWO, "两位，加引号写。"),
        "department": w.matching("主管部门段", _TWO, "两位，加引号写。"),
        "kinds": {**w.table("事项类型的代码", w.matching("代码", _TWO)), "required": list(KINDS)},
        "levels": {**w.table("行使层级的代码", w.matching("代码", "^[1-6]$")), "required": ["市级", "区级"]},
        "texts": w.table("各事项一样的要素", w.text("内容"), "键是实施清单的字段名。"),
        "items": w.table("主项", item),
    }
    required = ("region", "department", "kinds", "levels", "items")
    return {"$schema": w.DRAFT, "$id": "elements.schema.json", **w.record("国家要素", keys, required)}
