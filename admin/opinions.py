"""Opinion templates: sentences an officer starts from, by action and by result of a step."""

from __future__ import annotations

CLOCK_MEANING = {
    "suspend": "自今日起不计入办理时限，并书面告知申请人；现场核查、内部流转不能停表。",
    "resume": "自今日起继续计算办理时限，并告知申请人新的期限。",
    "propose_extension": "报请机关负责人批准；批准之前时限照常计算。",
    "extend": "办理期限延长一次，出具延长办理期限告知书并告知理由（行政许可法第四十二条）。",
    "refuse_extension": "时限照常计算；理由由报请人看到。",
    "tell_hearing": "告知申请人、利害关系人有权要求听证，五个工作日内可以提出；由本机关决定举行的，随即组织。",
    "ask_hearing": "自提出之日起二十个工作日内组织听证；本事项列明听证停表的，随即中止计时。",
    "call_hearing": "将时间、地点通知申请人和利害关系人；必要时另行公告。",
    "record_hearing": "笔录登记后继续计算时限；应当根据听证笔录作出决定。",
    "end_hearing": "不再举行听证，因听证中止的时限继续计算。",
}
OPINIONS: dict[str, tuple[str, ...]] = {
    "accept": ("申请材料齐全，符合法定形式，予以受理。", "经补正，申请材料齐全，符合法定形式，予以受理。"),
    "decline": ("申请事项依法不属于本机关职权范围。", "申请事项依法不需要取得行政许可。"),
    "ask_supplement": (),
    "finish_step": ("经核查，与申请内容一致。", "经核查，与申请内容不一致，具体情况：", "已要求现场整改，整改后复查。"),
    "grant": ("经审查，申请符合法定条件、标准，准予许可。",),
    "make_again": ("制证故障已排除，重新制证。",),
    "record_statement": (),
    "refuse": ("经审查，申请不符合法定条件、标准，具体为：",),
    **dict.fromkeys(CLOCK_MEANING, ()),
}
MEANING = {
    "accept": "受理后开始计算办理时限，并通知申请人。",
    "ask_supplement": "将一次告知申请人全部需要补正的内容；告知后不能再次要求补正。",
    "decline": "将作出不予受理决定，出具决定书并告知救济途径，办件随即办结。",
    "finish_step": "完成本环节，办件转入下一环节。",
    "grant": "将作出准予行政许可决定，随即编号、制证、签章并推送。",
    "make_again": "原编号已作废，将以新的编号重新制证、签章并推送。",
    "record_statement": "记下当事人的陈述、申辩，或者放弃的表示；记下后即可办结本环节。",
    "refuse": "将作出不予行政许可决定，出具决定书并告知救济途径，办件随即办结。",
    **CLOCK_MEANING,
}
GRAVE = frozenset({"decline", "refuse"})
EX_OFFICIO_MEANING = {
    "grant": "将作出决定并出具决定书，证照库随即改变这张证照的状态，不能撤回。",
    "refuse": "办件随即办结，证照不受影响。请写明理由和依据。",
}
EX_OFFICIO_OPINIONS: dict[str, tuple[str, ...]] = {
    "grant": ("经查证属实，已依法告知，当事人未提出异议。", "当事人的陈述、申辩意见经复核不成立，理由为："),
    "refuse": ("经复核，不符合法定情形，具体为：",),
}
