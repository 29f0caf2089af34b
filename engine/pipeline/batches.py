"""Batches: the parent case, the children that follow its decision, and those that go their own way."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Decision, Status
from engine.model.commands import Follow, OpenBatch, StartBatch, TakeOut
from engine.model.events import Event, Happened, Noted
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.rule import ALWAYS
from engine.pipeline.assess import form_and_names
from engine.pipeline.context import Application, Context, Step
from engine.pipeline.deciding import DROPPED, granted
from engine.pipeline.progress import close, expect, names_for, open_next, require_form, stamp
from engine.stages.clock import due_of, promised_day
from engine.stages.form.check import FormReading
from engine.stages.push import notices
from engine.stages.workflow import open_record

OWN = "original."  # answers taken from here are each child's own


def open_batch(matter: Matter, command: OpenBatch, facts: Mapping[str, Fact], context: Context) -> Step:
    """Start the parent of a batch; what every child has of its own is not asked for.

    Raises A002 unless staff start it, A004 with every problem of the shared part of the form.
    """
    if context.actor.kind != "staff" or matter.batch is None or context.authority is None:
        raise ZhunyuError("A002", f"“{matter.title}”不能这样立案。", "批量办理由工作人员在工作台立案。", status=403)
    today, office = context.now.date(), context.authority
    application = Application(command.answers, command.uploads, command.subject, dict(facts), None, office)
    reading, _ = form_and_names(matter, application, context.actor, today, context.calendar)
    require_form(matter, shared(matter, reading), "立案表还有内容需要更正。", "请按提示逐项更正后再立案。")
    always = [need for need in matter.materials if need.need == "必要" and need.when == ALWAYS and not need.waive]
    missing = [need.title for need in always if not command.uploads.get(need.id)]
    if missing:
        raise ZhunyuError("A004", f"请上传{'、'.join(missing)}。", "请上传后再立案。", status=422)
    case = Case(
        id=context.case_id, number=context.case_number, matter=matter.id, matter_title=matter.title,
        matter_hash=matter.hash, origin=command.origin, initiator=context.actor, subjects=(command.subject,),
        authority=office.code, authority_name=office.name, district=office.district, status=Status.OPENED,
        received_at=stamp(context), accepted_at=stamp(context), answers=reading.answers, uploads=command.uploads,
        due_legal=due_of(matter.limits.legal, context.now, context.calendar),
        due_promised=promised_day(matter.limits, "转人工", today, context.calendar), summary=matter.title,
    )  # fmt: skip
    words = f"本机关已依职权批量立案，办件编号 {case.number}。"
    told = Happened("立案", words, "正在逐户核对。")
    return Step(case, (told, *notices(matter, case, "受理", stamp(context), words)))


def shared(matter: Matter, reading: FormReading) -> FormReading:
    """The reading without what each child has of its own."""
    own = {field.id for field in matter.fields() if field.prefill.startswith(OWN)}
    return msgspec.structs.replace(
        reading,
        errors={path: text for path, text in reading.errors.items() if path.split(".")[0] not in own},
        missing=tuple(path for path in reading.missing if path.split(".")[0] not in own),
    )


def start_batch(matter: Matter, case: Case, command: StartBatch, facts: Mapping[str, Fact], context: Context) -> Step:
    """Every child is there: the route begins, or ends at once where none follows. Repeating is harmless."""
    if case.items or case.closed_at:
        return Step(case, ())
    case = msgspec.structs.replace(case, items=command.items)
    told = Happened("环节", f"逐户核对完毕，{command.following} 户随批次办理。")
    if not command.following:
        step = close(case, context, Status.TERMINATED, "没有可以随批次办理的证照", release=True)
        return Step(step.case, (told, Happened("终止", "批次已终止，其余各户逐户办理。"), *step.events))
    case, opened = open_next(matter, case, names_for(matter, case, facts, context), context, "")
    return Step(case, (told, *opened))


def follow(matter: Matter, case: Case, command: Follow, facts: Mapping[str, Fact], context: Context) -> Step:
    """A child gets its parent's decision; one that is over already stays as it is."""
    if case.closed_at or open_record(case) is not None or not case.parent:
        return Step(case, ())
    reason = f"随批次 {command.parent_number} 决定：{command.reason}"
    if command.granted:
        return granted(matter, case, names_for(matter, case, facts, context), context, automatic=False, reason=reason)
    decision = Decision(DROPPED, stamp(context), context.actor, False, reason, command.basis)
    step = close(
        msgspec.structs.replace(case, decision=decision), context, Status.TERMINATED, DROPPED, release=True
    )
    return Step(step.case, (Happened("终止", "本机关决定终止办理，证照不受影响。", reason), *step.events))


def take_out(matter: Matter, case: Case, command: TakeOut, facts: Mapping[str, Fact], context: Context) -> Step:
    """A child that followed goes through the route by itself from now on."""
    expect(case, Status.OPENED)
    if not case.parent or open_record(case) is not None:
        raise ZhunyuError("C001", "这一户已经在逐户办理。", "请刷新后查看最新状态。", status=409)
    if not command.reason.strip():
        raise ZhunyuError("C004", "没有写明转逐户复核的理由。", "请写明理由。", status=422)
    case, opened = open_next(matter, case, names_for(matter, case, facts, context), context, "")
    told: tuple[Event, ...] = (Noted("逐户复核", command.reason.strip()),)
    return Step(case, (*told, *opened))
