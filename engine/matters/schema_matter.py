"""The schema of a matter file, section by section."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_form import FACT, GROUP, MATERIAL, RECORD
from engine.matters.schema_words import Schema

UNKNOWN_YET = "待业务确认"
KINDS = ("行政许可", "行政备案", "行政确认", "其他行政权力", "公共服务")
ROLES = ("窗口", "审查", "核查", "专家", "审批", "制发证")
ON_FAIL = ("当场更正", "一次补正", "转人工", "改办", "建议不予受理", "提示")
ACTIONS = ("新发", "变更", "延续", "补证", "注销", "撤销", "加注")
STOP_GROUNDS = ("听证", "检验", "检测", "检疫", "鉴定", "招标", "拍卖", "专家评审")  # 行政许可法第四十五条
UNDECIDED = ("视为准予延续", "视为准予", "可先行开展")
SIGNED = ("申请", "承诺", "撤回", "确认", "签收")
_UNITS = ("工作日", "自然日", "小时")
_DAYS = w.either("天数", "integer", w.count("天数"), w.word("天数", "当场", "无规定"), "天数、当场或无规定。")
_PROMISED = w.either("天数", "integer", w.count("天数"), w.word("天数", UNKNOWN_YET), "工作日数；未定的写 待业务确认。")

ITEM = w.open_record(
    "事项归类",
    {
        "kind": w.word("事项类型", *KINDS),
        "line": w.text("业务条线"),
        "applicant": w.words("申请人类型", "法人", "自然人"),
        "labels": w.texts("标签", "例如 双100、好办、快办。"),
        "starts": w.word("如何开始", "申请", "依职权", "转入"),
        "main": w.text("主项名称"),
        "business": w.text("业务类型", "新办、变更、延续、补证、注销……"),
        "code": w.text("事项代码"),
        "level": w.text("实施层级"),
        "status": w.word("是否启用", "启用", "停用", note="不写为启用。停用的照样检查、测试，但不上架，不能申请。"),
        "because": w.text("停用的理由", "告诉来办事的人为什么不能办，停用时必写。"),
        "confidential": w.truth(
            "重特事项", "是：材料、意见、决定和证照整体加密，不公开检索，只有经办人可见，推送不带内容。"
        ),
    },
    ("kind", "line", "applicant"),
)
LIMIT = w.open_record(
    "时限",
    {
        "legal": w.either(
            "法定时限",
            "object",
            w.record(
                "法定时限",
                {
                    "days": _DAYS,
                    "hours": w.count("小时数", 1, "按小时计的写这个，不写 days；夜间、节假日照算。"),
                    "unit": w.word("单位", *_UNITS),
                    "from": w.word("起算", "收到", "受理", "决定"),
                    "extend": w.record("延长", {"days": w.count("延长天数", 1), "by": w.text("由谁批准")}, ("days",)),
                },
            ),
            _DAYS,
        ),
        "promised": w.record("承诺时限（工作日）", {"秒批": _PROMISED, "转人工": _PROMISED}),
        "supplement": w.record(
            "补正",
            {
                "tell": w.count("几日内告知补正", note="工作日，法定五日。"),
                "untold": w.text("逾期不告知的后果"),
                "answer": w.count("申请人几日内补正", note="自然日。"),
                "unanswered": w.text("逾期不补正的后果"),
            },
        ),
        "undecided": w.word(
            "到期没有决定的后果", *UNDECIDED, note="法定时限届满没有作出决定的，依法怎样；须写明依据。"
        ),
        "undecided_basis": w.text("后果的依据", "法律条款。"),
        "warn": w.many(
            "提醒的时点", w.count("百分之几", 1), "已用时限的百分比，两个数：提醒、预警；不写即 [70, 90]。"
        ),
        "stops": w.texts("可以停表的法定情形", "、".join(STOP_GROUNDS) + "。"),
    },
    ("legal",),
)
CHECK = w.record(
    "核对",
    {
        "id": w.identifier("核对 id"),
        "title": w.text("名称"),
        "when": w.rule("何时核对", "为假则不适用。"),
        "require": w.rule("要求", "为真即通过；不能确定的转人工。"),
        "else": w.text("不通过时的说明", "可写 {字段标题}。"),
        "mend": w.text("如何改正"),
        "on_fail": w.word("不通过的后果", *ON_FAIL),
        "basis": w.text("依据"),
        "to": w.identifier("改办到哪个事项"),
        "auto": w.truth("是否自动发补正"),
        "fields": w.texts("与哪些字段有关", "不写则由规则推出。"),
        "condition": w.text("证明哪一条准予条件", "写那一条里的几个字，只能与一条相符。"),
    },
    ("id", "require", "on_fail"),
)
ROW = w.record(
    "裁决",
    {
        "id": w.identifier("裁决 id"),
        "when": w.rule("条件"),
        "outcome": w.word("结果", "秒批", "转人工"),
        "commitment": w.truth("是否凭书面承诺"),
        "reason": w.text("理由"),
        "suggest": w.text("给审批人的建议"),
        "basis": w.text("依据"),
    },
    ("id", "when", "outcome"),
)
TABLE = w.record(
    "决策表",
    {
        "table": w.text("表格", "写在 table: | 下面，单元格之间用 | 分开；列名、单元格的写法见 决策表.md。"),
        "hit": w.word("命中", "先中", "唯一", note="先中：自上而下先中先得（不写即是）；唯一：不止一行成立的转人工。"),
        "as": w.identifier("编号前缀", "各行编号前面加上“前缀”。"),
    },
    ("table",),
)
_PERIOD: dict[str, Schema] = {"days": w.count("天数", 1), "unit": w.word("单位", "工作日", "自然日")}
_WAIT = w.record(
    "等待期",
    {**_PERIOD, "for": w.word("等什么", "陈述申辩")},
    ("days", "for"),
    "从环节开始的次日起算；期满，或者记下了陈述、申辩或放弃，才能办结本环节。环节开始即可出具事先告知书。",
)
_PUBLICITY = w.record(
    "公示",
    {
        **_PERIOD,
        "shows": w.texts("公示哪些内容", "字段、原证或申请人的名称；公示页只有这些。", least=1),
        "basis": w.text("依据"),
        "excluded": w.truth("不计入时限", "是：公示的天数不计入时限，须写明依据。"),
    },
    ("days", "shows"),
    "环节开始即在门户公示，登录的人可以提出异议；期满才能办结，结论写 无异议 和 有异议 两种。",
)
_EXPERTS = w.record(
    "专家评审",
    {
        "invite": w.count("至少邀请几人", 1),
        "quorum": w.count("几份意见方可汇总", 1),
        "pass": w.word("怎样算通过", "平均分", "过半数", "三分之二", note="平均分按专家打分；另两种按同意的票数。"),
        "score": w.text("哪一项是得分", "记录表里的数字字段，pass 写 平均分 时写。"),
        "least": w.number("平均分不低于", "pass 写 平均分 时写。"),
        "days": w.count("几个工作日内提交意见", 1, "不写即 5。"),
        "by": w.word("由谁邀请和汇总", "审查", "核查", note="不写即 审查。"),
        "shows": w.texts("专家可以看哪些内容", "字段、原证的名称；不写即全部不敏感的内容。", least=1),
    },
    ("invite", "quorum", "pass"),
    "写在由专家办的环节：每位专家各填一份记录表、投票、写意见；回避的不计；够数后由 by 的人汇总办结。",
)
STEP = w.record(
    "环节",
    {
        "step": w.identifier("环节 id"),
        "title": w.text("名称"),
        "role": w.word("由谁办", *ROLES),
        "staff": w.count("人数", 1),
        "when": w.rule("何时需要"),
        "auto": w.rule("何时自动完成", "规则，或 预审全部通过。"),
        "within": w.count("几个工作日内"),
        "record": w.either("记录表", "object", RECORD, w.text("记录表")),
        "results": w.table("各结论的去向", w.text("去向", "环节 id、结束 或 again（再来一次）。")),
        "not_same_as": w.texts("不得与哪些环节同一人"),
        "wait": _WAIT,
        "office": w.text("由哪张授权表的机关办", "不写的由办理机关办；区初审、市审批的，市审批的环节写市级的授权表。"),
        "outside": w.text("等谁的答复", "系统以外的机关名称；收到来文、填写来文字号后这一环节才完成。"),
        "publicity": _PUBLICITY,
        "sign": w.word("怎样共同签署", "会签", "或签", note="会签：全部签署才办结；或签：第一人签署即办结。"),
        "signers": w.words("由哪些岗位签署", *ROLES, note="每个岗位各一人，第一个是 role；不写的按 staff 人数。"),
        "disagree": w.text("有人不同意时", "继续、退回（上一环节）或环节 id；不写是 继续，不同意的意见记入办件。"),
        "opinions": w.texts("意见模板", "办理时点一下即可写入意见的话。"),
        "experts": _EXPERTS,
        "before": w.word("法定须在何时之前", "决定", note="写明后，凡必经的核查、评审都使秒批不成立。"),
    },
    ("step", "title", "role"),
)
_TERM: dict[str, Schema] = {
    "from": w.text("起算", "决定日，或 原证.有效期止。"),
    "years": w.count("年"),
    "months": w.count("月"),
    "days": w.count("日"),
    "until": w.text("不超过", "一个日期，例如 聘用期止；与算出的到期日取早的一个。"),
}
_TERMS = w.many(
    "有效期",
    w.record("有效期", {"when": w.rule("何种情形"), **_TERM}),
    "分情形写成列表：自上而下，先中先得；最后一条不写 when。不能确定的不秒批，由人决定时取最短的。",
    least=1,
)
_ANNEX = w.record(
    "附表",
    {
        "title": w.text("附表名称"),
        "of": w.text("取自", "表单里的表格，或者 原证.登记内容。"),
        "columns": w.texts("印出的列", "列的 id 或标题，按印出的先后。", least=1),
    },
    ("title", "of", "columns"),
)
CERTIFICATE = w.open_record(
    "证照",
    {
        "type": w.text("证照类型", "rules/certificates 里的类型。"),
        "title": w.text("名称"),
        "action": w.word("动作", *ACTIONS),
        "media": w.words("介质", "电子", "纸质"),
        "valid": w.either(
            "有效期",
            "array",
            _TERMS,
            w.either("有效期", "object", w.record("有效期", _TERM), w.word("有效期", "不变", "长期")),
        ),
        "number": w.either(
            "编号",
            "object",
            w.record("编号", {"text": w.text("编号样式"), "restart": w.texts("何时重新编号")}, ("text",)),
            w.word("编号", "不变"),
        ),
        "lines": w.table("照面内容", w.rule("内容")),
        "item": w.table("登记内容", w.rule("内容"), "不写的按同名字段，再按原证。"),
        "also": w.many(
            "另外的内容",
            w.record("另外的内容", {"when": w.rule("何时"), "lines": w.table("照面内容", w.rule("内容")),
                                "item": w.table("登记内容", w.rule("内容"))}, ("when",)),
            "条件成立时，这里的照面和登记内容代替上面的。",
        ),
        "seal": w.text("印章"),
        "part": w.word("正副本", "正本", "副本"),
        "photo": w.identifier("持证人照片", "材料 id；材料只收一张 jpg 或 png，写 sensitive: true。"),
        "note": w.text("加注", "写进副本加注栏的话，可写 {字段标题}；日期由系统写。正本不动的，动作写 加注。"),
        "annexes": w.many("附表", _ANNEX, "表格作为证照的附页，随证登记、签章。"),
    },
    ("type", "action"),
)
DUTY = w.record(
    "后续核查或报告",
    {
        "check": w.text("核查名称", "由工作人员核查的写 check。"),
        "report": w.text("报告名称", "由持证人报告的写 report 和 matter。"),
        "matter": w.identifier("用哪个事项报告", "在同一张证（没有证的，同一持证人）上提交了它，即为已报告。"),
        "repeat": w.record("定期", {"months": w.count("每几个月", 1)}, ("months",), "提交以后，下一次从上次期限起算。"),
        "when": w.rule("何时需要"),
        "within": w.record(
            "时限",
            {
                "days": w.count("天数", 1),
                "unit": w.word("单位", *_UNITS),
                "from": w.word("起算", "收到", "受理", "决定"),
            },
            ("days",),
        ),
        "staff": w.count("人数", 1),
        "results": w.table(
            "各结论的去向",
            w.either(
                "去向",
                "object",
                w.record("去向", {"then": w.identifier("转到的事项")}, ("then",)),
                w.text("去向", "结束，或随后的措施。"),
            ),
        ),
    },
    ("within",),
)
COUNTERSIGN = w.record(
    "对方确认",
    {
        "id": w.identifier("确认 id"),
        "title": w.text("名称", "规则里写 确认.名称。"),
        "by": w.text("由谁确认", "给出对方代码的字段或事实，例如 拟执业机构代码。"),
        "of": w.texts("给对方看的字段", "恰好这些；改动了要重新确认。", least=1),
        "text": w.text("确认的话", "对方确认时同意的全文。"),
        "required": w.rule("何时必须", "不写为必须；为假时可以不确认。"),
    },
    ("id", "title", "by", "of", "text"),
)
_PERCENT = "^(100|[1-9][0-9]?)%$"
_GUARD = w.record(
    "守护",
    {
        "hourly": w.count("每小时上限", 1, "一个钟点里的秒批件数；不写则不设。"),
        "rise": w.matching("准予比例升幅", _PERCENT, "近 7 天比此前 28 天高出这么多个百分点；不写是 15%。"),
        "unknown": w.matching("事实缺失比例", _PERCENT, "近 24 小时收件里有事实未取到的比例；不写是 50%。"),
        "least": w.count("最少件数", 10, "所看的时段至少收了这么多件才判断；不写是 50。"),
    },
    (),
    "触发后秒批停下转人工，由人写明理由恢复。",
)
_PUSH = w.record(
    "推送",
    {"to": w.text("推送到"), "events": w.words("哪些进展", "收件", "受理", "进展", "决定", "发证")},
    ("to", "events"),
)
_WATCH = w.record(
    "异常监测",
    {
        "use": w.text("监测规则或片段"),
        "with": {"type": "object", "title": "参数"},
        "holds": w.truth("先于裁决", "成为事实 风险.规则名。"),
    },
    ("use",),
)

_AUTHORITY: dict[str, Schema] = {"by": w.text("按哪个区", "区的路径。"), "table": w.text("授权表")}

KEYS: dict[str, Schema] = {
    "matter": w.identifier("事项 id", "与文件名相同。"),
    "title": w.text("事项名称"),
    "together": w.many(
        "一并办理哪些事项",
        w.either("事项", "object", w.record("事项", {
            "matter": w.identifier("事项 id"),
            "settles": w.texts("办了它就不用的核对", "其余事项里因为这一项还没办才有的核对。"),
        }, ("matter",)), w.identifier("事项 id")),
        "所含变更事项的表单、材料、预审、裁决、环节和证照合成这一个事项，不再另写。", least=2,
    ),
    "made_of": w.texts("由哪些事项合成", "由程序写出：zhunyu show 打印的一并办理的事项里有它。"),
    "item": ITEM,
    "summary": w.text("一句话说明"),
    "keywords": w.lines("检索用的短词和别名"),
    "situations": w.lines("适用情形"),
    "authority": w.either(
        "由谁办理", "array",
        w.many("由谁办理", w.record("由谁办理", {**_AUTHORITY, "when": w.rule("什么情况")}, ("table",)), least=1),
        w.record("由谁办理", _AUTHORITY, ("table",)),
        "按条件分工的写成列表，自上而下取第一条成立的，最后一条不写 when。",
    ),
    "basis": w.lines("依据", least=1),
    "effective": w.day("施行日期"),
    "law_at": w.word("准予条件和参数按哪天", "决定日", "受理日"),
    "limit": LIMIT,
    "conditions": w.lines("准予条件"),
    "fees": w.text("收费"),
    "questions": w.many(
        "常见问题", w.usable(w.record("问答", {"ask": w.text("问"), "answer": w.text("答")}, ("ask", "answer")))
    ),
    "facts": {**w.table("事实", FACT, "表单以外的内容从哪里来。"), "properties": {"use": w.USE, "with": w.WITH}},
    "unique": w.lines("不得重复", "同样内容的在办件或有效证只能有一件。"),
    "acts_on": w.record(
        "办理哪张已有证照",
        {
            "type": w.text("证照类型"),
            "status": w.word("须为", "有效", "注销", "撤销"),
            "holder": w.text("持证人"),
            "lock": w.truth("办理期间锁定"),
        },
        ("type",),
    ),
    "form": w.many("表单", w.usable(GROUP), least=1),
    "countersign": w.many("对方确认", w.usable(COUNTERSIGN), "提交之前由另一方在自己的账号里确认。"),
    "materials": w.many("材料", w.usable(MATERIAL)),
    "precheck": w.many("预审", w.usable(CHECK)),
    "decide": w.many(
        "裁决表", w.usable(w.tabular(TABLE, ROW)), "自上而下，先中先得；最后一条兜底。可以是一张决策表。", least=1
    ),
    "never": w.many("绝不发生的事", w.usable(w.rule("规则")), "发布前要被证明的话，可用 秒批、转人工。"),
    "route": w.many("人工办理环节", w.usable(STEP)),
    "terminations": w.texts("可以终止办理的情形", "不写的按通用情形：申请人死亡、法律废止、不可抗力等。", least=1),
    "documents": w.open_record("文书", {"prefix": w.text("文号前缀"), "seal": w.text("印章")}),
    "sign": w.words("申请人须签名", *SIGNED),
    "certificate": CERTIFICATE,
    "certificates": w.many("几张证照", CERTIFICATE, least=1),
    "after": w.many("后续核查和报告", w.usable(DUTY)),
    "publish": w.open_record(
        "公示", {"to": w.texts("公示到"), "within": w.count("几个工作日内"), "hide": w.texts("不公示的字段")}
    ),
    "batch": w.record(
        "批量办理",
        {
            "of": w.word("批量办什么", "证照", "行"),
            "type": w.text("证照类型", "批量办证照的必须写，与 acts_on 相同。"),
            "where": w.texts("按什么筛选", "批量办证照的必须写：区、状态、有效期止，或证照登记内容的名称。", least=1),
            "table": w.text("清单的名称", "批量办行的必须写。"),
            "as": w.text("每一行是哪个事项", "批量办行的必须写：事项 id。列是它的表单里本事项没有的字段。"),
            "verify": w.count("每小时核验次数", 1, "每个账号每小时最多核验几次，默认 20；到了就等，不丢。"),
        },
        ("of",),
        "一件办理许多张证照（依职权：立案表填一次，没有问题的随批次决定，其余逐户复核），"
        "或者许多行（申请人导入清单，每一行各是一件申请，各自预审、决定）。",
    ),
    "push": w.many("推送", w.usable(_PUSH)),
    "watch": w.many("异常监测", _WATCH),
    "archive": w.open_record(
        "归档",
        {
            "class": w.text("门类", "rules/archive.yaml 里的门类。"),
            "retain": w.text("保管期限", "rules/archive.yaml 里的期限；不写的按门类。"),
            "file": w.word("基础档案", "持证人", "产品", note="办件和证照归到一户一档或一品一档；不写的不归。"),
            "by": w.text("按哪个字段归", "持证人不写的按 申请人.代码；产品必须写。"),
            "called": w.text("基础档案的名称取自", "不写的，持证人用名称，产品用 by 的内容。"),
        },
    ),
    "instant": w.record(
        "秒批的限度",
        {
            "daily_cap": w.count("每日上限", 1, "到达后当日转人工，次日自动恢复。"),
            "sample": w.matching(
                "抽查比例", r"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)%$", "写作 5%；秒批的办件按这个比例抽出来事后核查。"
            ),
            "guard": _GUARD,
        },
    ),
    "confirm": w.lines("待业务确认的内容"),
}
TOGETHER = ("matter", "title", "item", "together", "effective")
REQUIRED = ("matter", "title", "item", "authority", "basis", "effective", "limit", "form", "decide")


def matter() -> Schema:
    """The whole schema of a matter file; what one with `together:` does not say, its parts do."""
    return {
        "$schema": w.DRAFT, "$id": "matter.schema.json", **w.record("事项", KEYS),
        "if": {"required": ["together"]}, "then": {"required": list(TOGETHER)}, "else": {"required": list(REQUIRED)},
    }  # fmt: skip
