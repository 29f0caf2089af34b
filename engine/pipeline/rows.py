"""A list of rows: the parent case that an applicant files, and its end when every row has its result."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import EndRows, FileRows
from engine.model.events import Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.filing import UNCHECKED, received_by_hand, require_representing
from engine.pipeline.progress import close, stamp
from engine.stages.push import notices


def file_rows(matter: Matter, command: FileRows, facts: Mapping[str, Fact], context: Context) -> Step:
    """Start the parent of a list; it is judged like an application and decides nothing itself.

    Raises A010 for a matter without a list or an actor without authority, A004 with every problem of the shared part
    of the form or where there is no row, C004 where the pre-check says that there is nothing to apply for.
    """
    if matter.batch is None or not matter.batch.of_rows or context.actor.kind != "applicant":
        raise ZhunyuError("A010", f"“{matter.title}”不能导入清单办理。", status=403)
    require_representing(command.subject, context)
    if command.count < 1:
        raise ZhunyuError("A004", "没有可以提交的行。", "请先导入清单，更正提示的内容。", status=422)
    case, _, _ = received_by_hand(
        matter, command, facts, context, (UNCHECKED, "请按提示逐项更正后再提交。"),
        "所填地址不在办理范围内，没有对应的办理机关。",
    )  # fmt: skip
    words = f"已收到您的清单，共 {command.count} 行，办件编号 {case.number}。"
    detail = f"已同意就清单里的人员核验：{'、'.join(command.consented)}。" if command.consented else ""
    told = (Happened("收件", words), Happened("环节", "正在逐行办理。", detail))
    return Step(case, (*told, *notices(matter, case, "收件", stamp(context), words)))


def end_rows(matter: Matter, case: Case, command: EndRows, facts: Mapping[str, Fact], context: Context) -> Step:
    """Every row has its result: the parent is over. Repeating is harmless."""
    if case.closed_at:
        return Step(case, ())
    reason = f"清单里 {command.decided} 行已有结果"
    reason += f"，{command.unfiled} 行没有提交成功。" if command.unfiled else "。"
    step = close(case, context, Status.DECIDED, reason, release=True)
    told = notices(matter, step.case, "进展", stamp(context), reason)
    return Step(step.case, (Happened("办结", reason), *told, *step.events))
