"""What the sheets of an archive say: 申请表, 审批记录, 制证记录, 发证记录; cover, index and 备考表 of a print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.model.archive import Deed, Description, Entry
from engine.model.case import Case, StepRecord
from engine.model.certificate import Certificate
from engine.model.form import Field, Group
from engine.model.matter import Matter
from engine.model.values import Answers, Json
from engine.model.wording import answer_in_words, waived_by
from engine.stages.archive.describing import APPROVAL, FORM_TITLE, ISSUING, MAKING

Page = Mapping[str, Json]
_RESULTS = {"passed": "通过", "failed": "未通过", "unknown": "未能核实", "not_applicable": "不适用", "pending": "待填"}


def application(matter: Matter, case: Case) -> Page:
    """申请表: who applied for what, every answer by group, and the materials."""
    subject = case.subjects[0]
    parts: list[Json] = [
        {"title": "申请", "rows": [
            ["事项", case.matter_title], ["办件编号", case.number], ["申请人", subject.name],
            ["申请人代码", subject.code],
            ["经办人", (case.counter.agent if case.counter else case.initiator).name],
            ["申请方式", case.origin], ["申请时间", _moment(case.received_at)],
            ["办理机关", case.authority_name],
        ]},
    ]  # fmt: skip
    for group in matter.groups:
        parts += answer_parts(group, case.answers)
    said = [
        [one.title, f"{case.confirmations[one.id].state}　{_moment(case.confirmations[one.id].at)}\n{one.text}"]
        for one in matter.countersign
        if one.id in case.confirmations
    ]
    parts += [{"title": "对方确认", "rows": said}] if said else []
    waived = case.assessment.waived if case.assessment else {}
    lines = [
        [str(place), need.title, str(len(case.uploads.get(need.id, ()))),
         waived_by(need, waived.get(need.id, ""))]
        for place, need in enumerate(matter.materials, 1)
    ]  # fmt: skip
    if lines:
        head, widths = ["序号", "材料", "份数", "备注"], ["12", "1fr", "16", "40"]
        parts.append({"title": "申请材料", "head": head, "widths": widths,
                      "lines": lines})  # fmt: skip
    return {"title": FORM_TITLE, "foot": case.number, "parts": parts}


def approval(matter: Matter, case: Case, deeds: Sequence[Deed]) -> Page:
    """审批记录: acceptance, pre-check, every step with signatures, opinion and record, supplement and decision."""
    parts: list[Json] = [
        {"title": "办理", "rows": [
            ["办件编号", case.number], ["事项", case.matter_title], ["收件时间", _moment(case.received_at)],
            ["受理时间", _moment(case.accepted_at) or "未受理"], ["法定办结期限", _moment(case.due_legal) or "—"],
            ["办结时间", _moment(case.closed_at)],
        ]},
    ]  # fmt: skip
    found = case.assessment
    if found is not None:
        checks = [
            [one.title or one.check, _RESULTS.get(one.result, one.result), one.message or one.basis]
            for one in found.findings
        ]
        parts.append({"title": "系统预审与建议", "rows": [
            ["结论", found.outcome], ["理由", found.reason or "—"], ["建议", found.suggest or "—"],
            ["适用条件日期", found.law_day or "—"],
        ]})  # fmt: skip
        if checks:
            parts.append(
                {"title": "预审意见", "head": ["核对", "结果", "说明"], "widths": ["45", "22", "1fr"], "lines": checks}
            )
    steps = [
        [_done_by(one), "、".join(who.name for who in one.signed) or (one.by.name if one.by else ""), one.result or "—",
         _moment(one.finished_at) or "未完成", "\n".join(filter(None, (_reply(one), one.opinion))) or "—"]
        for one in case.steps
    ]  # fmt: skip
    if steps:
        parts.append({"title": "办理环节", "head": ["环节", "办理人", "结论", "完成时间", "意见"],
                      "widths": ["22", "26", "20", "38", "1fr"], "lines": steps})  # fmt: skip
    parts += _records(matter, case)
    if case.supplement is not None:
        items = [[str(place), one.what, one.basis or "—"] for place, one in enumerate(case.supplement.items, 1)]
        parts.append(
            {"title": "一次补正", "head": ["序号", "内容", "依据"], "widths": ["12", "1fr", "50"], "lines": items}
        )
    decision = case.decision
    if decision is not None:
        parts.append({"title": "决定", "rows": [
            ["决定", decision.outcome], ["决定人", "系统自动作出" if decision.automatic else decision.by.name],
            ["决定时间", _moment(decision.at)], ["理由", decision.reason or "—"],
            ["依据", "\n".join(decision.basis) or "—"],
        ]})  # fmt: skip
    parts.append(_course(deeds))
    return {"title": APPROVAL, "foot": case.number, "parts": parts}


def making(case: Case, made: Sequence[Mapping[str, str]]) -> Page:
    """制证记录: `made` tells of each certificate version what was ordered and sealed, in rows."""
    parts = [{"title": one["证照"], "rows": [[name, text] for name, text in one.items()]} for one in made]
    return {"title": MAKING, "foot": case.number, "parts": parts}


def issuing(
    case: Case, certificates: Sequence[Certificate], deeds: Sequence[Deed], pushed: Sequence[Sequence[str]]
) -> Page:
    """发证记录: which certificates, to whom, when, and what other systems were told."""
    given = [[one.title, one.number, one.holder_name, one.issued_on, one.valid_to or "长期"] for one in certificates]
    issued = [one for one in deeds if one.what == "发证"]
    parts: list[Json] = [
        {"title": "证照", "head": ["证照", "编号", "持证人", "发证日期", "有效期至"],
         "widths": ["34", "1fr", "40", "24", "24"],
         "lines": given},
        _course(issued, "发证过程"),
    ]  # fmt: skip
    if pushed:
        parts.append({"title": "推送", "head": ["接收方", "内容", "状态", "时间"], "widths": ["40", "30", "30", "1fr"],
                      "lines": [list(one) for one in pushed]})  # fmt: skip
    return {"title": ISSUING, "foot": case.number, "parts": parts}


def cover(told: Description) -> Page:
    """封面."""
    entity = told.entity
    names = (
        "档号",
        "全宗名称",
        "类别",
        "年度",
        "保管期限",
        "密级",
        "责任者",
        "办件编号",
        "形成日期",
        "归档日期",
        "文件数",
        "页数",
    )
    return {"title": entity["题名"], "fonds": entity["责任者"], "rows": [[name, entity[name]] for name in names]}


def index(told: Description, pages: Mapping[str, str]) -> Page:
    """卷内目录: `pages` maps paths to the page they begin on, or to words for what is not printed."""
    lines = [
        [str(one.place), one.title, one.maker, one.day, *_at(pages.get(one.path, ""))] for one in told.catalogue
    ]  # fmt: skip
    return {"code": told.heading.code, "lines": lines}


def closing(
    told: Description, pages: int, unprinted: Iterable[Entry], checks: Sequence[Sequence[str]], day: str
) -> Page:
    """备考表: how much there is, what is missing or not printed, and how the checks came out."""
    left = "、".join(one.title for one in unprinted)
    rows = [
        ["本卷情况", f"本件共有电子文件 {len(told.catalogue)} 个，印出 {pages} 页。"],
        ["缺少的材料", "、".join(told.missing) or "无"], ["未印出的电子文件", left or "无"],
        ["归档版本", told.entity["归档版本"]], ["归档日期", told.entity["归档日期"]], ["印制日期", day],
    ]  # fmt: skip
    parts: list[Json] = [
        {"title": "卷内情况说明", "rows": rows},
        {"title": "四性检测", "head": ["环节", "时间", "检测人", "结果"], "widths": ["30", "45", "1fr", "35"],
         "lines": [list(one) for one in checks]},
    ]  # fmt: skip
    return {"title": "备考表", "foot": told.heading.code, "parts": parts}


def _done_by(record: StepRecord) -> str:
    return record.title if record.office is None else f"{record.title}（{record.office.name}）"


def _reply(record: StepRecord) -> str:
    reply = record.reply
    return "" if reply is None else f"{record.outside} {reply.date} {reply.number}"


def _records(matter: Matter, case: Case) -> list[Json]:
    """Every record that was filled in at a step, as signed."""
    forms = {step.id: step.form for step in matter.route if step.form is not None}
    found: list[Json] = []
    for one in case.steps:
        form = forms.get(one.step)
        if form is not None and one.answers and one.finished_at:
            title = f"{form.title}（第 {one.round} 次）" if one.round > 1 else form.title
            found += answer_parts(Group(one.step, title, form.fields), one.answers)
    return found


def answer_parts(group: Group, answers: Answers) -> list[Json]:
    """The answers of a group as parts of a sheet: a list, and a table for each field that is one."""
    rows, tables = [], []
    for field in group.fields:
        answer = answers.get(field.id)
        if answer is None:
            continue
        if field.kind == "表格" and isinstance(answer, list):
            tables.append(_table(field, answer))
        else:
            rows.append([field.title, _answer(field, answer)])
    found: list[Json] = [{"title": group.title, "rows": rows}] if rows else []
    return found + tables


def _table(field: Field, answer: list[Json]) -> Json:
    lines = [
        [_answer(column, row.get(column.id)) if isinstance(row, Mapping) else str(row) for column in field.columns]
        for row in answer
    ]
    return {"title": field.title, "head": [column.title for column in field.columns],
            "widths": ["1fr"] * len(field.columns), "lines": lines}  # fmt: skip


def _answer(field: Field, answer: Json) -> str:
    if isinstance(answer, Mapping):
        return " ".join(str(part) for part in answer.values() if part not in ("", None)) or "（未填）"
    words = answer_in_words(field, answer)
    return f"{words}\n{field.text}" if field.kind == "承诺" and field.text else words


def _course(deeds: Sequence[Deed], title: str = "全部过程") -> Json:
    lines = [[_moment(one.at), one.what, one.by, one.words or "—"] for one in deeds]
    return {
        "title": title,
        "head": ["时间", "行为", "办理者", "说明"],
        "widths": ["38", "22", "34", "1fr"],
        "lines": lines,
    }


def _at(words: str) -> tuple[str, str]:
    return (words, "") if words.isdigit() else ("", words)


def _moment(instant: str) -> str:
    return instant[:16].replace("T", " ")
