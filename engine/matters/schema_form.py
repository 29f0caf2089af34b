"""The schema of the form, the materials and the facts of a matter."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_words import Schema
from engine.model.papers import SERVES

KIND_NAMES = (
    "文本", "长文本", "数", "整数", "金额", "日期", "单选", "多选", "是否", "人员", "统一社会信用代码",
    "身份证号", "电话", "区街道", "地址", "表格", "承诺",
)  # fmt: skip
_OPTION = w.either(
    "选项",
    "object",
    w.record("选项", {"value": w.text("值"), "note": w.text("说明")}, ("value",)),
    w.text("选项"),
)
_OF = w.either(
    "可选的值", "array", w.many("选项", _OPTION, least=1), w.matching("代码表", "^代码\\.."), "代码.表名，或直接列出。"
)


def _field(columns: Schema | None) -> Schema:
    keys: dict[str, Schema] = {
        "id": w.identifier("字段 id", "事项内唯一，存储和接口用。"),
        "title": w.text("标题", "申请人看到的、规则里引用的名称。"),
        "kind": w.word("种类", *(name for name in KIND_NAMES if columns or name not in ("表格", "承诺"))),
        "required": w.truth("是否必填", "不写为必填；只在字段可见时起作用。"),
        "when": w.rule("何时出现", "为真时才显示；没有写就总是显示。"),
        "unit": w.text("单位", "规则里写数时可带单位，必须一致。"),
        "places": w.count("小数位数", note="数默认 2 位。"),
        "min": w.number("最小", "含本数；文字为最少字数，表格为最少行数，多选为最少项数。"),
        "max": w.number("最大", "含本数；文字为最多字数，表格为最多行数，多选为最多项数。"),
        "above": w.number("大于", "不含本数。"),
        "below": w.number("小于", "不含本数。"),
        "pattern": w.text("格式", "正则表达式，整段匹配。"),
        "pattern_hint": w.text("格式说明", "不合格式时告诉申请人的话。"),
        "of": _OF,
        "help": w.text("填写说明"),
        "placeholder": w.text("示例"),
        "prefill": w.text("预填来源", "事实的路径，例如 营业执照.名称。"),
        "locked": w.truth("预填后不可改"),
        "sensitive": w.truth("是否敏感", "敏感内容不进检索、留痕和日志。"),
        "text": w.text("承诺书全文", "只用于承诺。"),
        "serves": w.word("用于送达", *SERVES, note="这一项决定证照和文书怎样交到申请人手里；每种至多一项。"),
        "default": {"title": "默认值", "type": ["string", "number", "boolean", "array"]},
    }
    if columns:
        keys["columns"] = w.many("表格的列", columns, "只用于表格；每列写法同字段。", least=1)
    return w.record("字段", keys, ("id", "title", "kind"))


FIELD = _field(_field(None))
GROUP = w.record(
    "字段组",
    {
        "group": w.text("组标题"),
        "id": w.identifier("组 id", "不写则按先后编为 g1、g2。"),
        "when": w.rule("何时出现", "为假时整组不显示、不提交。"),
        "help": w.text("填写说明"),
        "fields": w.many("字段", w.usable(FIELD), least=1),
    },
    ("group", "fields"),
)
RECORD = w.record(
    "记录表",
    {"title": w.text("名称"), "fields": w.many("字段", w.usable(FIELD), least=1)},
    ("title", "fields"),
    "经办人在本环节填写，写法同表单；后面的环节、照面和后续核查可写 环节.环节名称.字段标题。",
)


def _waiver(title: str) -> Schema:
    said = w.record(
        title,
        {
            "when": w.rule("何时免交"),
            "say": w.text("告诉申请人的话", "接在“免交：”后面；不写的由来源得出，例如 已由企业登记库核验。"),
        },
        ("when",),
    )
    return {"title": title, "if": {"type": "object", "required": ["when"]}, "then": said, "else": w.rule(title)}


MATERIAL = w.record(
    "材料",
    {
        "id": w.identifier("材料 id"),
        "title": w.text("材料名称"),
        "need": w.word("必要性", "必要", "情形必要", "非必要"),
        "when": w.rule("何种情形必要", "need 为情形必要时写。"),
        "accept": w.words("可接受的格式", "pdf", "jpg", "png", "ofd"),
        "max_mb": w.count("每个文件最大 MB", 1),
        "max_files": w.count("最多几个文件", 1),
        "source": w.text("来源渠道"),
        "help": w.text("要求说明"),
        "waive": w.record(
            "免交方式",
            {
                "数据共享": _waiver("数据共享核到时免交"),
                "电子证照": _waiver("有电子证照时免交"),
                "告知承诺": _waiver("承诺后免交"),
            },
            note="每种方式写一条规则，为真则免交；不能确定时不免。要自己写明的，写成 {when: 规则, say: 句子}。",
        ),
        "basis": w.text("依据"),
        "sensitive": w.truth("是否敏感"),
    },
    ("id", "title", "need"),
)
FACT = w.record(
    "事实",
    {
        "title": w.text("名称", "规则里引用的名称；不写则用来源的名称。"),
        "from": w.text("来源", "rules/sources 里的来源。"),
        "with": w.table("来源的参数", w.text("值", "路径，或加引号的文字。")),
        "retry": w.matching("多久内重取", "^[0-9]+ *(秒|分钟|小时|天)$", "例如 30 分钟。"),
        "max_age": w.matching("多久内有效", "^[0-9]+ *(秒|分钟|小时|天)$", "例如 1 天；过期的在提交时重取。"),
        "when": w.rule("何时查询", "为假时不查，其中的内容不适用。"),
        "each": w.text("逐行查询的表格", "表格字段；来源对每一行各问一次，参数用 它.列。"),
    },
    ("from",),
)
