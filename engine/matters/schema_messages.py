"""The schemas of rules/messages/*.yaml and rules/ratings.yaml: what is told, and rating the service."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_words import Schema
from engine.model.messages import APPLICANT, CHANNELS, GROUP, HANDLER, HOLDER, POINTS, URGENT, USUAL
from engine.model.ratings import LEVELS, MOBILE, ONLINE


def messages() -> Schema:
    """A file of messages: event, audience, words, channels, urgency."""
    roles = ("窗口", "审查", "核查", "专家", "审批", "制发证", "监督", "业务管理", "档案", "系统", "安全", "审计")
    one = w.record(
        "消息",
        {
            "title": w.text("名称", "收件人看到的类别，也用来筛选和设置。"),
            "on": w.text("事件", "可用的事件见《编写事项》“消息”一节。"),
            "to": w.words(
                "发给谁", APPLICANT, HOLDER, HANDLER, GROUP, *roles,
                note="申请人、持证人、经办人（领取了任务的人）、本岗（任务所在的岗位和区），或一个角色（办件所在区的）。",
            ),
            "text": w.text("站内的话", "可用占位符，例如“{事项}”。"),
            "outward": w.text("外发的话", "经短信等渠道发出，不得含可能指向个人的内容；有 channels 时必写。"),
            "channels": w.words("外发渠道", *CHANNELS, note="不写就只在站内。"),
            "urgency": w.word("缓急", USUAL, URGENT, note="紧急的不受免打扰和汇总的限制。"),
            "statutory": w.truth("法定消息", "收件人不能关闭，也不并入汇总。"),
            "point": w.word("时点", *POINTS, note="只用于证照到期的事件。"),
            "days": w.count("提前天数", note="时点以前多少个自然日。"),
        },
        ("title", "on", "to", "text"),
    )
    keys = {"messages": w.table("消息", one, "键是消息的 id。", names=w.ID)}
    return {"$schema": w.DRAFT, "$id": "messages.schema.json", **w.record("消息", keys, ("messages",))}


def ratings() -> Schema:
    """ratings.yaml: how the service is rated (好差评)."""
    labels = w.record("各等级可选的理由", {level: w.texts(level, least=1) for level in LEVELS}, LEVELS)
    keys = {
        "change_days": w.count("可以改一次评价的天数", 1, "自然日。"),
        "answer_days": w.count("差评答复期限", 1, "工作日。"),
        "remind_days": w.count("到期前多少天提醒", 0, "自然日。"),
        "role": w.text("由谁答复差评", "角色。"),
        "receiver": w.text("推送对象", "国家政务服务平台评价系统的接收方名称；不写不推送。"),
        "channels": w.record("评价渠道代码", {ONLINE: w.text(ONLINE), MOBILE: w.text(MOBILE)}, (ONLINE, MOBILE)),
        "areas": w.table("行政区划代码", w.text("代码"), "键是区名，值按 GB/T 2260。"),
        "labels": labels,
    }
    whole = w.record("好差评", keys, ("answer_days", "change_days", "channels", "labels"))
    return {"$schema": w.DRAFT, "$id": "ratings.schema.json", **whole}
