"""Periods a step lets pass: what is said within them, and whether the step may be finished."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, Statement
from engine.model.commands import RecordStatement
from engine.model.events import Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.route import STATEMENT, WAIVER
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
    if record is None or record.step != command.step or not record.until:
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


def require_period_over(matter: Matter, case: Case, context: Context) -> None:
    """C004 while the period of the open step is running."""
    record = open_record(case)
    if record is not None and (why := still_running(matter, case, record, context.now.date())):
        raise ZhunyuError("C004", why, "期满后再办结本环节。", status=409)
