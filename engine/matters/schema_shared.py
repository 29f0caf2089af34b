"""The schemas of the shared data in `rules/` and of test files."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_form import FIELD, KIND_NAMES
from engine.matters.schema_words import Schema

SECTIONS = (
    "form", "fields", "facts", "materials", "precheck", "decide", "never", "route", "limit", "push", "after", "watch",
    "publish", "archive", "item", "documents", "certificate", "conditions", "questions", "basis", "situations",
    "keywords", "confirm", "unique", "countersign",
)  # fmt: skip
PARAM_KINDS = ("文本", "数", "整数", "是否", "名称", "规则", "列表", "日期")
_PART_KINDS = tuple(name for name in KIND_NAMES if name not in ("承诺",))
_FIELD_KEYS: dict[str, Schema] = FIELD["properties"]


def _part(columns: Schema | None = None) -> Schema:
    keys = {
        "title": w.text("名称"),
        "kind": w.word("种类", *_PART_KINDS),
        **{key: _FIELD_KEYS[key] for key in ("of", "unit", "places", "sensitive")},
    }
    if columns:
        keys["columns"] = w.table("表格的列", columns, names=w.ID)
    return w.record("内容", keys, ("title", "kind"))


PART = _part(_part())
PARTS = w.table("给出的内容", PART, "键是存储用的 id。", names=w.ID)
_VALUE: Schema = {"title": "值", "type": ["string", "number", "boolean", "array", "object"]}


def _file(name: str, title: str, keys: dict[str, Schema], required: tuple[str, ...]) -> Schema:
    return {"$schema": w.DRAFT, "$id": f"{name}.schema.json", **w.record(title, keys, required)}


def codes() -> Schema:
    """codes.yaml: named code lists."""
    lists = w.table("代码表", w.texts("代码", least=1))
    return _file("codes", "代码表", {"codes": lists}, ("codes",))


def parameters() -> Schema:
    """parameters.yaml: dated values with their legal basis."""
    entry = w.record(
        "条目",
        {"since": w.day("自何日起"), "value": _VALUE, "basis": w.text("依据"), "recorded": w.text("何时登记")},
        ("since", "value"),
    )
    parameter = w.record(
        "参数",
        {
            "title": w.text("名称"),
            "id": w.identifier("参数 id"),
            "kind": w.word("种类", "数", "整数", "金额", "文本", "日期", "是否", "多选"),
            "unit": w.text("单位"),
            "places": w.count("小数位数"),
            "entries": w.many("条目", entry, "按日期先后。", least=1),
        },
        ("id", "kind", "entries"),
    )
    return _file("parameters", "参数", {"parameters": w.table("参数", parameter)}, ("parameters",))


def sources() -> Schema:
    """sources.yaml: whom facts are asked of."""
    source = w.record(
        "来源",
        {
            "title": w.text("名称"),
            "authoritative": w.truth("是否权威"),
            "via": w.word("从何处取", "peer", "own"),
            "path": w.text("接口路径"),
            "timeout": w.number("超时（秒）"),
            "asks": w.word("可以问谁", "申请人", "核验", "公开"),
            "args": w.table("参数", w.text("参数种类"), names=w.ID),
            "many": w.truth("是否多条"),
            "gives": PARTS,
        },
        ("title", "via", "asks", "gives"),
    )
    return _file("sources", "事实来源", {"sources": w.table("来源", source)}, ("sources",))


def certificates() -> Schema:
    """certificates.yaml: the types of certificates."""
    kind = w.record(
        "证照类型",
        {
            "title": w.text("名称"),
            "code": w.matching(
                "证照类型代码", "^[0-9A-Z]{18}[0-9]{3}$",
                "定义机构的统一社会信用代码 18 位和顺序号 3 位（GB/T 36904-2018），加引号写；还没有代码的不写。",
            ),
            "holder": w.word("持证人", "法人", "自然人"),
            "layout": w.identifier("版式"),
            "labels": w.record(
                "系统填写的项在照面上叫什么",
                {key: w.text(key) for key in ("编号", "发证机关", "发证日期", "有效期限")},
                note="例如备案凭证的 编号 叫 备案编号；face 里写照面上的叫法。"
                "有效期限 的叫法以“至”结尾的（有效期至），只写到期日。",
            ),
            "named": w.text("持证人名称是照面的哪一项", "不写的是 单位名称 或 姓名。"),
            "face": w.texts("照面内容", "按照面先后。", least=1),
            "item": w.table("登记内容", PART, names=w.ID),
            "overprint": w.record(
                "套打",
                {
                    "paper": {**w.many("宽和高，毫米", w.number("毫米"), least=2), "maxItems": 2},
                    "lines": w.table(
                        "打印位置",
                        {**w.many("左边距、上边距（毫米）和字号（磅）", w.number("数"), least=3), "maxItems": 3},
                        "照面的项目: [左, 上, 字号]。",
                    ),
                },
                ("paper", "lines"),
                "纸质证照打印在有编号的空白证书上时写；空白证书由制发证台入库、领用、作废。",
            ),
            "renewal": w.record("延续窗口", {"from": w.count("到期前几日起"), "to": w.count("到期前几日止")}),
        },
        ("title", "face"),
    )
    return _file("certificates", "证照类型", {"types": w.table("证照类型", kind, names=w.ID)}, ("types",))


def authorities() -> Schema:
    """authorities.yaml: which office serves which district, and which matters' tables they stand in."""
    text = {"type": ["string", "number"], "title": "内容"}
    keys = {key: {**text, "title": title} for key, title in {
        "district": "区", "code": "机关代码", "name": "机关名称", "short": "简称", "district_short": "区简称",
    }.items()}  # fmt: skip
    office = w.record("机关", keys, ("name",))
    since = w.day("自何日起")
    granted = w.record("机关名单", {"offices": w.text("机关名单", "offices 里的名单。"), "since": since}, ("offices",))
    one = w.record("机关", {**keys, "since": since}, ("name",))
    row = {"if": {"type": "object", "required": ["offices"]}, "then": granted, "else": one}
    return _file("authorities", "授权表", {
        "offices": w.table("机关名单", w.many("机关", office, least=1), "几张授权表共用的机关，写一次。"),
        "tables": w.table("授权表", w.many("机关", row, least=1)),
    }, ())  # fmt: skip


def calendar() -> Schema:
    """calendar.yaml: days off and working days made up for them, by ISO date; 暂休 in years not announced yet."""
    days = w.table("日期", w.word("休、班或暂休", "休", "班", "暂休"), names=w.DATE)
    keys = {"days": days, "years": w.many("已公布的年份", w.count("年份")), "source": w.text("出处")}
    return _file("calendar", "工作日历", keys, ("days", "years"))


def expressions() -> Schema:
    """expressions.yaml: rules with a name, for every matter."""
    one = w.record(
        "共用表达式",
        {
            "rule": w.text("规则", "规则文字，或一个值的算法。") | {"type": "string"},
            "title": w.text("说明", "一句话说它判断什么。"),
            "basis": w.text("依据"),
        },
        ("rule", "title"),
    )
    names = r"^[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*$"
    table = w.table("共用表达式", one, "规则里写 表达式.名称。", names=names)
    return _file("expressions", "共用表达式", {"expressions": table}, ("expressions",))


def fragments() -> Schema:
    """A file of fragments: each gives a section, with its parameters."""
    param = w.record(
        "参数",
        {"kind": w.word("种类", *PARAM_KINDS), "default": _VALUE, "title": w.text("说明"), "of": w.texts("可选的值")},
        ("kind",),
    )
    fragment = w.record(
        "片段",
        {
            "title": w.text("说明"),
            "gives": w.word("用于哪一部分", *SECTIONS),
            "params": w.table("参数", param, names=w.ID),
            "needs": w.texts("需要哪些事实"),
            "body": {"title": "内容", "type": ["array", "object"]},
        },
        ("gives", "body"),
    )
    return {"$schema": w.DRAFT, "$id": "fragments.schema.json", **w.table("片段", fragment, names=w.ID)}


def _expected() -> Schema:
    data: Schema = {"type": "object"}
    return w.record(
        "期望",
        {
            "outcome": w.word("结果", "秒批", "转人工", "当场更正", "改办", "建议不予受理"),
            "by": w.text(
                "由哪一条",
                "裁决 id、核对 id，或 undecidable（有一行未知）、precheck（预检有意见）、"
                "disagreement（两套计算不一致）。",
            ),
            "findings": w.texts("没有通过的核对", "恰好这些，不含提示。"),
            "hints": w.texts("提示"),
            "waived": w.texts("免交的材料"),
            "demanded": w.texts("要交的材料"),
            "certificate": {**data, "title": "证照", "description": "照面内容、valid_to、number……"},
            "route": w.texts("依次打开的环节"),
            "to": w.text("改办的事项"),
            "office": w.text("办理机关", "机关名称。"),
            "barred": {"type": ["integer", "array"], "title": "不能秒批的原因", "description": "条数，或所含文字。"},
        },
    )


def tests() -> Schema:
    """A test file beside its matter."""
    data: Schema = {"type": "object"}
    scene = {
        "at": w.day("哪一天"),
        "applicant": {
            **data,
            "title": "申请人",
            "description": "代码、名称、核验级别、授权，可用 code name kind level authority。",
        },
        "given": {
            **data,
            "title": "填报内容",
            "description": "按字段 id；与上层逐项合并，列表整体替换，!absent 去掉。",
        },
        "materials": w.texts("已交材料的 id"),
        "original": {**data, "title": "原证"},
        "facts": {**data, "title": "事实", "description": "来源的答复；!empty 查无，!unavailable 未取到。"},
        "accepted_on": w.day("受理日"),
        "risk": {**data, "title": "风险"},
        "confirmations": w.table("对方的确认", w.truth("是否确认"), "按确认 id；不写的是还没有答复。"),
        "records": w.table("环节的记录", data, "按环节 id；之后的环节、照面和有效期据以计算。"),
    }
    unconfirmed = w.word("期望", "待确认")
    note = "期望的结果；还没有人确认的写 待确认：照样运行，不算通过也不算未通过。"
    expect = w.either("期望", "string", unconfirmed, _expected(), note)
    case = w.record("测试", {"name": w.text("名称", "一句话。"), **scene, "expect": expect}, ("name", "expect"))
    percent = {"type": "number", "minimum": 0, "maximum": 100}
    least = {
        key: {"title": title, **percent}
        for key, title in (
            ("rows", "裁决行"), ("findings", "核对结果"), ("atoms", "条件真假"), ("mcdc", "单独起作用（MC/DC）"),
            ("mutants", "变异"),
        )
    }  # fmt: skip
    coverage = w.record("覆盖下限", least, note="各项数字的最低百分比；test --coverage 和发布前的检查都按它。")
    keys = {
        "matter": w.identifier("事项 id"),
        "coverage": coverage,
        **scene,
        "tests": w.many("测试", case, least=1),
    }
    return _file("tests", "事项测试", keys, ("matter", "at", "tests"))
