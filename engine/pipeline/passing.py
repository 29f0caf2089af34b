"""Passing a task on: the case tells who had it, who has it now, and why."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.events import Noted
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.passing import PassTask
from engine.pipeline.context import Context, Step
from engine.stages.workflow import task_id

DEPUTY = "代岗"


def pass_task(matter: Matter, case: Case, command: PassTask, facts: Mapping[str, Fact], context: Context) -> Step:
    """Note that an open task of the case changes hands; C001 when the case has no such open task."""
    titles = {task_id(record): record.title for record in case.steps if not record.finished_at}
    titles |= {check.id: check.title for check in case.checks if not check.finished_at}
    title = titles.get(command.task)
    if title is None:
        raise ZhunyuError("C001", "这项任务已经办结。", "请刷新后查看最新状态。", status=409)
    to = f"由{command.to_name}代为办理" if command.to_name else "退回本岗待办"
    return Step(case, (Noted(DEPUTY, f"“{title}”原由{command.from_name}领取，{command.reason}，{to}。"),))
