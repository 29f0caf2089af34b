"""Periods a step lets pass: what is said within them, and whether the step may be finished."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, Statement, StepRecord
from engine.model.commands import Object, RecordStatement
from engine.model.events import Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.route import OBJECTION, STATEMENT, UNOPPOSED, WAIVER
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import expect, require_may_act, stamp
from engine.stages.workflow import open_record, still_running, task_id

LONGEST = 4000


def record_statement(
    matter: Matter, case: Case, command: RecordStatement, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Put a statement, or its waiver, on record at the open step that waits for it."""
    expect(case, *UNDER_WAY)
    record = open_record(case)
    if record is None or record.step != command.step or not record.until or record.public:
        raise ZhunyuError("C001", "现在没有等待陈述申辩的环节。", "请刷新后查看最新状态。", status=409)
    require_may_act(matter, case, record, context)
    if command.kind not in (STATEMENT, WAIVER):
        raise ZhunyuError("C004", "没有写明是陈述申辩还是放弃。", "请选择一项。", status=422)
    if not command.by.strip() or (command.kind == STATEMENT and not command.words.strip()):
        raise ZhunyuError("C004", "陈述申辩没有写全。", "请写明陈述人和内容。", status=422)
    if len(command.words) > LONGEST or len(command.by) > LONGEST:
        raise ZhunyuError("C004", f"内容过长，请控制在 {LONGEST} 字以内。", status=422)
    made = Statement(
        task_id(record), command.kind, command.by.strip(), command.words.strip(), stamp(context), context.actor
    )
    told = "已收到陈述、申辩意见。" if command.kind == STATEMENT else "当事人已放弃陈述、申辩。"
    case = msgspec.structs.replace(case, statements=(*case.statements, made))
    events: tuple[Event, ...] = (Happened(STATEMENT, told, f"{made.by}：{made.words or command.kind}"),)
    return Step(case, events)


def object_to(matter: Matter, case: Case, command: Object, facts: Mapping[str, Fact], context: Context) -> Step:
    """异议 within a publicity period by somebody who is signed in, once each."""
    record = open_record(case)
    today = context.now.date().isoformat()
    if record is None or not record.public or task_id(record) != command.task or today > record.until:
        raise ZhunyuError("C001", "公示已经结束，不再接收异议。", "请向办理机关反映。", status=409)
    words = command.words.strip()
    if not words or len(words) > LONGEST:
        raise ZhunyuError("C004", f"请写明异议的内容，不超过 {LONGEST} 字。", status=422)
    if any(one.task == command.task and one.recorded.id == context.actor.id for one in case.statements):
        raise ZhunyuError("C004", "您已经对这次公示提出过异议。", "办理机关已经收到，不用重复提交。", status=409)
    made = Statement(command.task, OBJECTION, context.actor.name, words, stamp(context), context.actor)
    case = msgspec.structs.replace(case, statements=(*case.statements, made))
    return Step(case, (Happened(OBJECTION, "公示期间收到一件异议。", f"{made.by}：{words}"),))


def objections(case: Case, record: StepRecord) -> int:
    """How many objected to what a publicity step shows."""
    return sum(one.task == task_id(record) and one.kind == OBJECTION for one in case.statements)


def require_result_fits(case: Case, record: StepRecord, result: str) -> None:
    """C004 when a publicity step is to end without objection although there are some."""
    count = objections(case, record) if record.public and result == UNOPPOSED else 0
    if count:
        raise ZhunyuError("C004", f"公示期间收到 {count} 件异议。", "请选择“有异议”，由后面的环节复核。", status=422)


def require_period_over(matter: Matter, case: Case, context: Context) -> None:
    """C004 while the period of the open step is running."""
    record = open_record(case)
    if record is not None and (why := still_running(matter, case, record, context.now.date())):
        raise ZhunyuError("C004", why, "期满后再办结本环节。", status=409)
