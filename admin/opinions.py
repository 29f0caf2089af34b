"""Opinion templates: sentences an officer starts from, by action and by result of a step."""

from __future__ import annotations

OPINIONS: dict[str, tuple[str, ...]] = {
    "accept": ("申请材料齐全，符合法定形式，予以受理。", "经补正，申请材料齐全，符合法定形式，予以受理。"),
    "decline": ("申请事项依法不属于本机关职权范围。", "申请事项依法不需要取得行政许可。"),
    "ask_supplement": (),
    "finish_step": ("经核查，与申请内容一致。", "经核查，与申请内容不一致，具体情况：", "已要求现场整改，整改后复查。"),
    "grant": ("经审查，申请符合法定条件、标准，准予许可。",),
    "make_again": ("制证故障已排除，重新制证。",),
    "record_statement": (),
    "refuse": ("经审查，申请不符合法定条件、标准，具体为：",),
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
