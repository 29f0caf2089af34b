"""Site inspections 现场核查: planned, two people sent, and what they bring back kept with the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import UNDER_WAY, Case, StepRecord
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.field_commands import AddPhoto, PlanVisit, ReportVisit
from engine.model.fieldwork import DECLINED, HALVES, Attest, Visit
from engine.model.matter import Matter
from engine.model.route import Step as RouteStep
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import expect, require_may_act, stamp
from engine.stages.fieldwork import LEAST_INSPECTORS, visit_of
from engine.stages.workflow import barred_people, open_record, step_of, task_id

VISITING = "核查"
MOST_PHOTOS = 60


def plan_visit(matter: Matter, case: Case, command: PlanVisit, facts: Mapping[str, Fact], context: Context) -> Step:
    """Plan the visit of the open step; the applicant is told when, where and by whom.

    C004 for fewer than two inspectors, one without a certificate number, one who is barred, a day that has passed; C001
    when somebody has signed the step.
    """
    record, step = _inspecting(matter, case, command.step)
    if record.signed:
        raise ZhunyuError("C001", "已有人签署本次核查，不能再改安排。", "请由原定人员办结本环节。", status=409)
    _require_people(case, step, command)
    _require_time(command, context)
    before = visit_of(case, task_id(record))
    visit = Visit(
        task=task_id(record), step=command.step, day=command.day, half=command.half, place=command.place.strip(),
        contact=command.contact.strip(), phone=command.phone.strip(), inspectors=command.inspectors,
        planned_by=context.actor, planned_at=stamp(context),
    )  # fmt: skip
    if before is not None:
        visit = msgspec.structs.replace(
            before, day=visit.day, half=visit.half, place=visit.place, contact=visit.contact, phone=visit.phone,
            inspectors=visit.inspectors, planned_by=visit.planned_by, planned_at=visit.planned_at,
        )  # fmt: skip
        if msgspec.structs.replace(visit, planned_by=before.planned_by, planned_at=before.planned_at) == before:
            return Step(case, ())
    word = "改在" if before is not None else "安排在"
    told = f"“{record.title}”{word} {visit.day} {visit.half}，地点：{visit.place}。"
    told += f"联系人：{visit.contact}（{visit.phone}）。"
    people = "、".join(f"{one.name}（执法证 {one.number}）" for one in visit.inspectors)
    return Step(_with(case, visit), (Happened("环节", told, f"核查人员：{people}"),))


def add_photo(matter: Matter, case: Case, command: AddPhoto, facts: Mapping[str, Fact], context: Context) -> Step:
    """Keep a photo of the visit, once for its key; C001 after somebody has signed, C004 beyond the most."""
    _, visit = _visited(matter, case, command.step, context)
    if any(one.key == command.photo.key for one in visit.photos):
        return Step(case, ())
    if len(visit.photos) >= MOST_PHOTOS:
        raise ZhunyuError("C004", f"一次核查最多留 {MOST_PHOTOS} 张照片。", "请在手机上删去不需要的。", status=422)
    kept = msgspec.structs.replace(visit, photos=(*visit.photos, command.photo))
    return Step(
        _with(case, kept), (Noted("现场核查", f"{context.actor.name}上传了现场照片（第 {len(kept.photos)} 张）。"),)
    )


def report_visit(matter: Matter, case: Case, command: ReportVisit, facts: Mapping[str, Fact], context: Context) -> Step:
    """Keep what was written down at the visit; the shell has merged it with what others wrote. Once for its key.

    C001 after somebody has signed; C004 for a refusal to sign without reason or witness.
    """
    record, visit = _visited(matter, case, command.step, context)
    if command.key in visit.sent:
        return Step(case, ())
    step = step_of(matter, record.step)
    known = {field.id for field in step.form.fields} if step is not None and step.form is not None else set()
    if command.result and (step is None or command.result not in step.results):
        raise ZhunyuError("C004", f"本环节没有“{command.result}”这种结论。", "请刷新后重新选择。", status=422)
    if command.attest is not None:
        _require_attest(command.attest)
    kept = msgspec.structs.replace(
        visit, result=command.result or visit.result, opinion=command.opinion or visit.opinion,
        attest=command.attest or visit.attest, sent=(*visit.sent, command.key), reported_by=context.actor,
        reported_at=stamp(context),
    )  # fmt: skip
    filled = msgspec.structs.replace(record, answers={k: v for k, v in command.record.items() if k in known})
    steps = tuple(filled if one is record else one for one in case.steps)
    told = f"{context.actor.name}提交了“{record.title}”的现场记录。"
    events: tuple[Event, ...] = (Noted("现场核查", told),)
    return Step(_with(msgspec.structs.replace(case, steps=steps), kept), events)


def _inspecting(matter: Matter, case: Case, id: str) -> tuple[StepRecord, RouteStep]:
    expect(case, *UNDER_WAY)
    record = open_record(case)
    step = step_of(matter, record.step) if record is not None else None
    if record is None or step is None or record.step != id or step.role != VISITING:
        raise ZhunyuError("C001", "办件现在没有待办的现场核查。", "请刷新后查看最新状态。", status=409)
    return record, step


def _visited(matter: Matter, case: Case, id: str, context: Context) -> tuple[StepRecord, Visit]:
    record, _ = _inspecting(matter, case, id)
    visit = visit_of(case, task_id(record))
    if visit is None:
        raise ZhunyuError("C001", "这次核查还没有安排。", "请先在办件页面安排核查。", status=409)
    require_unsigned(record)
    require_may_act(matter, case, record, context)
    return record, visit


def require_unsigned(record: StepRecord) -> None:
    """C001 once somebody has signed the step: the record then changes with a signature only."""
    if record.signed:
        who = "、".join(one.name for one in record.signed)
        raise ZhunyuError(
            "C001", f"{who}已签署本次核查，现场记录不能再改。", "需要改动的，请在“完成环节”时改好后签署。", status=409
        )


def _require_people(case: Case, step: RouteStep, command: PlanVisit) -> None:
    least = max(LEAST_INSPECTORS, step.staff)
    if len({one.id for one in command.inspectors}) != len(command.inspectors) or len(command.inspectors) < least:
        raise ZhunyuError("C004", f"现场核查须指派 {least} 名以上核查人员。", "请选足人员。", status=422)
    for one in command.inspectors:
        if not one.number.strip():
            raise ZhunyuError("C004", f"{one.name}没有登记执法证号，不能参加核查。", "请先登记执法证号。", status=422)
        if one.id in barred_people(case, step):
            raise ZhunyuError("C004", f"{one.name}办理过前一环节，依规定不得参加核查。", "请改派他人。", status=422)


def _require_time(command: PlanVisit, context: Context) -> None:
    if command.half not in HALVES:
        raise ZhunyuError("C004", "没有写明上午还是下午。", "请选择。", status=422)
    try:
        day = date.fromisoformat(command.day)
    except ValueError:
        raise ZhunyuError("C004", "核查日期不对。", "请写成 2026-12-31。", status=422) from None
    if day < context.now.date():
        raise ZhunyuError("C004", "核查日期已经过去。", "请改为今天或以后。", status=422)
    if not (command.place.strip() and command.contact.strip() and command.phone.strip()):
        raise ZhunyuError("C004", "没有写明地点、联系人和电话。", "申请人会看到这些内容。", status=422)


def _require_attest(said: Attest) -> None:
    if not said.name.strip():
        raise ZhunyuError("C004", "没有写明被核查人的姓名。", "请填写在场人员的姓名。", status=422)
    if said.kind == DECLINED and not (said.reason.strip() and said.witness.strip()):
        raise ZhunyuError("C004", "拒绝签字的，须写明原因和见证人。", "请补填后再提交。", status=422)
    if said.kind != DECLINED and said.picture is None:
        raise ZhunyuError("C004", "没有被核查人的签名。", "请在屏幕上签名，或选择“拒绝签字”。", status=422)


def _with(case: Case, visit: Visit) -> Case:
    others = tuple(one for one in case.visits if one.task != visit.task)
    return msgspec.structs.replace(case, visits=(*others, visit))
