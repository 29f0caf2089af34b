"""虚假材料: a finding by two people, the ban that follows from it, and the lead for enforcement."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_years
from engine.model.case import Case, Status
from engine.model.disputes import Banned, DecideFalsehood, Falsehood, ReportFalsehood
from engine.model.events import Event, Happened, Noted, Notified, TaskClosed, TaskOpened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.disputes import needed
from engine.pipeline.progress import stamp
from engine.stages.push import APPLICANT_TYPES
from engine.stages.workflow import DECIDE_ROLE

ENFORCEMENT = "enforcement"
STEP = "after.falsehood"
_KIND = "虚假材料"
_GRANTED = (Status.GRANTED, Status.ISSUED)


def report_falsehood(
    matter: Matter, case: Case, command: ReportFalsehood, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Propose a finding: what is false and on which evidence; somebody who decides gets a task. C001 while another
    waits, C004 without facts or evidence."""
    if matter.ex_officio:
        raise ZhunyuError("C001", "依职权的办件没有申请材料。", "", status=409)
    if any(one.found is None for one in case.falsehoods):
        raise ZhunyuError("C001", "已经有一项认定等待决定。", "请先办结那一项。", status=409)
    told = needed(command.facts, "没有写认定的事实。", "请写明哪一项材料或者哪一项填报不真实。")
    evidence = needed(command.evidence, "没有写证据。", "请列出证据的名称和来源。")
    made = Falsehood(f"falsehood-{len(case.falsehoods) + 1}", told, evidence, context.actor, stamp(context))
    case = msgspec.structs.replace(case, falsehoods=(*case.falsehoods, made))
    task = TaskOpened(
        task=made.id, step=STEP, title="认定虚假材料", role=DECIDE_ROLE, due="", barred=(context.actor.id,)
    )
    return Step(case, (task, Noted(_KIND, "拟认定提供虚假材料，已转审批人员决定。")))


def decide_falsehood(
    matter: Matter, case: Case, command: DecideFalsehood, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Decide a finding. Found before the grant it bars for one year (行政许可法第七十八条, where the licence concerns
    public safety or health), after a grant that was obtained by it for three (第七十九条); the lead goes to
    enforcement. C004 by who reported it, without reasons, or without what the applicant said."""
    waiting = next((one for one in case.falsehoods if one.id == command.falsehood), None)
    if waiting is None or waiting.found is not None:
        raise ZhunyuError("C001", "这一项认定已经办结，或者没有这一项。", "请刷新后查看。", status=409)
    if context.actor.id == waiting.reported_by.id:
        raise ZhunyuError("C004", "提出认定的人不能决定。", "请由另一名审批人员决定。", status=403)
    reason = needed(command.reason, "没有写决定的理由。", "请写明认定或者不予认定的理由。")
    statement = command.statement.strip()
    if command.found and not statement:
        what = "没有记录当事人的陈述申辩。"
        raise ZhunyuError("C004", what, "请写明当事人怎样说；放弃的写“放弃陈述申辩”。", status=422)
    after = case.status in _GRANTED
    years = (3 if after else 1) if command.found and command.ban else 0
    today = context.now.date()
    until = add_years(today, years).isoformat() if years else ""
    made = msgspec.structs.replace(
        waiting, found=command.found, years=years, until=until, reason=reason, statement=statement,
        decided_by=context.actor, decided_at=stamp(context),
    )
    case = msgspec.structs.replace(
        case, falsehoods=tuple(made if one is waiting else one for one in case.falsehoods)
    )
    events: list[Event] = [TaskClosed(made.id, "认定" if command.found else "不予认定")]
    if not command.found:
        return Step(case, (*events, Noted(_KIND, f"不予认定提供虚假材料：{reason}")))
    ground = _ground(after)
    words = f"已认定您在申请中提供虚假材料（{ground}）。"
    words += f"到 {until} 为止不得再次申请{matter.line}类许可。" if years else ""
    events.append(Happened(_KIND, words, reason))
    if years:
        events.append(Banned(matter.line, f"提供虚假材料（办件 {case.number}）", today.isoformat(), until))
    events.append(Notified(ENFORCEMENT, "线索移送", _lead(matter, case, made, ground, context)))
    if after:
        events.append(Noted(_KIND, "准予以后发现的，请依职权办理撤销。"))
    return Step(case, tuple(events))


def _ground(after: bool) -> str:
    return "《行政许可法》第七十九条" if after else "《行政许可法》第七十八条"


def _lead(matter: Matter, case: Case, found: Falsehood, ground: str, context: Context) -> dict[str, object]:
    """What enforcement is told; of a person no number."""
    subject = case.subjects[0]
    body: dict[str, object] = {
        "project_no": case.number, "event": "线索移送", "event_time": stamp(context), "task_id": matter.id,
        "task_name": matter.title, "subject_name": subject.name,
        "subject_type": APPLICANT_TYPES.get(subject.kind, "9"), "facts": found.facts, "evidence": found.evidence,
        "ground": ground, "banned_until": found.until, "org_name": case.authority_name, "org_code": case.authority,
    }  # fmt: skip
    return {**body, "subject_code": subject.code} if subject.kind == "法人" else body
