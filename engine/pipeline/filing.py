"""Filing: an application becomes a case — received, pre-checked and, where the rules hold, granted in the same act."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Assessment, Case, Status
from engine.model.clock import Timing
from engine.model.commands import FileRows, Initiate, Submit
from engine.model.events import CertificateLocked, DueSet, Event, Happened, Reserved
from engine.model.facts import Fact
from engine.model.matter import HANDED_IN, Matter
from engine.model.people import Subject
from engine.model.values import Value, value_at
from engine.model.wording import in_one, in_words
from engine.pipeline.assess import form_and_names, judge
from engine.pipeline.confirming import lacking
from engine.pipeline.context import Application, Context, Step
from engine.pipeline.course import renews
from engine.pipeline.deciding import granted
from engine.pipeline.guarding import guarded
from engine.pipeline.progress import accepted, open_next, precheck_passed, require_form, stamp, started
from engine.stages.clock import end_of, supplement_tell_day
from engine.stages.form.check import FormReading
from engine.stages.push import notices
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

UNCHECKED, BY_HAND = "申请表还有内容需要更正。", "转人工"


def submit(matter: Matter, command: Submit, facts: Mapping[str, Fact], context: Context) -> Step:
    """File an application.

    Raises A004 with every problem when the form or a 当场更正 check is not in order, A010 when the actor may not
    act for the subject, C004 for a 改办 or an uninsisted 建议不予受理.
    """
    _require_authority(matter, command, context)
    today = context.now.date()
    application = Application(
        command.answers, command.uploads, command.subject, dict(facts), context.original, context.authority,
        command.confirmations,
    )  # fmt: skip
    reading, names = form_and_names(matter, application, context.actor, today, context.calendar)
    require_form(matter, reading, UNCHECKED, "请按提示逐项更正后再提交。")
    if context.authority is None:
        raise ZhunyuError("A004", "所填地址不在办理范围内，没有对应的办理机关。", "请核对所在区。")
    application = msgspec.structs.replace(application, answers=reading.answers)
    assessment, stopped = guarded(matter, judge(matter, application, context.actor, names, today), facts, context)
    require_filable(matter, assessment, command)
    _require_confirmed(matter, names)
    case = new_case(matter, command, reading, assessment, context, context.authority, names, facts)
    words = f"已收到您的申请，办件编号 {case.number}。"
    events: list[Event] = [Happened("收件", words), *(Reserved(key) for key in case.reservations)]
    if matter.acts_on is not None and matter.acts_on.lock and context.original is not None:
        events.append(CertificateLocked(context.original.id, context.original.version))
    events += notices(matter, case, "收件", stamp(context), words)
    events += [Happened("预审", *_precheck_words(assessment)), *stopped]
    if assessment.outcome == "秒批":
        case, more = accepted(matter, case, context, "秒批")
        events += more
        step = granted(matter, case, names, context, automatic=True, reason=assessment.reason)
        return Step(step.case, (*events, *step.events))
    tell = supplement_tell_day(matter.limits, today, context.calendar)
    events.append(DueSet("untold_supplement", end_of(tell, context.now)))
    if matter.limits.legal.start == "收到":
        case, clock = started(matter, case, context)
        events += clock
    names["precheck_passed"] = precheck_passed(assessment)
    case, more = open_next(matter, case, names, context, "")
    return Step(case, (*events, *more))


def _require_authority(matter: Matter, command: Submit, context: Context) -> None:
    if matter.batch is not None and matter.batch.of_rows:
        raise ZhunyuError("A010", f"“{matter.title}”要导入清单办理。", "请在门户打开申请表，导入清单。", status=403)
    if (matter.starts == HANDED_IN) != (command.outside is not None):
        told = "由别的系统转入办理，不能在这里申请" if command.outside is None else "不接收转入的办件"
        raise ZhunyuError("A010", f"“{matter.title}”{told}。", status=403)
    if matter.ex_officio:
        raise ZhunyuError("A010", f"“{matter.title}”由行政机关依职权办理，不接受申请。", status=403)
    require_representing(command.subject, context)


def require_representing(subject: Subject, context: Context) -> None:
    """A010 where the applicant has no authority to act for the subject."""
    if context.actor.kind == "applicant" and not context.actor.authority:
        raise ZhunyuError(
            "A010",
            f"您没有代“{subject.name}”办理的授权。",
            "请先登记授权，或切换到您可以代表的主体。",
            status=403,
        )


def require_filable(matter: Matter, assessment: Assessment, command: Submit | Initiate | FileRows) -> None:
    """Refuse what may not become a case: materials missing, 当场更正, 改办, an uninsisted 建议不予受理."""
    handed_in = isinstance(command, Submit) and command.outside is not None
    if assessment.missing and not handed_in:  # what a handed-in case lacks is asked for by the staff
        titles = {need.id: need.title for need in matter.materials}
        problems = tuple(Problem("A004", f"请上传{titles[key]}。", file=key) for key in assessment.missing)
        raise ZhunyuError("A004", "还有材料没有提交。", "请上传后再提交。", status=422, problems=problems)
    failed = [finding for finding in assessment.findings if finding.result == "failed"]
    if assessment.outcome == "当场更正":
        problems = tuple(
            Problem("A004", finding.message, finding.mend, file=(finding.fields or ("",))[0])
            for finding in failed
            if finding.action == "当场更正"
        )
        raise ZhunyuError("A004", UNCHECKED, "请按提示逐项更正后再提交。", status=422, problems=problems)
    if assessment.outcome == "改办":
        raise ZhunyuError("C004", assessment.reason, "请改办所提示的事项，已填内容可以带过去。", status=409)
    if assessment.outcome == "建议不予受理" and not command.insist:
        raise ZhunyuError("C004", assessment.reason, "如仍要提交，请确认后提交，由工作人员决定是否受理。", status=409)


def _require_confirmed(matter: Matter, names: Mapping[str, Value]) -> None:
    problems = tuple(
        Problem("A004", f"还没有得到“{sign.title}”。", "请送请对方确认，对方确认后再提交。", file=f"c-{sign.id}")
        for sign in lacking(matter, names)
    )
    if problems:
        raise ZhunyuError("A004", "还没有得到对方的确认。", "对方确认后再提交。", status=422, problems=problems)


def received_by_hand(
    matter: Matter, command: Initiate | FileRows, facts: Mapping[str, Fact], context: Context,
    unchecked: tuple[str, str], nowhere: str,
) -> tuple[Case, Assessment, dict[str, Value]]:  # fmt: skip
    """A case that is judged like an application but never decided by itself, with its names.

    A004 in the words of `unchecked` (what, next) when the form is not in order, in those of `nowhere` when no office is
    competent; else refused as `require_filable`.
    """
    application = Application(
        command.answers, command.uploads, command.subject, dict(facts), context.original, context.authority
    )
    today = context.now.date()
    reading, names = form_and_names(matter, application, context.actor, today, context.calendar)
    require_form(matter, reading, *unchecked)
    if context.authority is None:
        raise ZhunyuError("A004", nowhere, "请核对所在区。", status=422)
    application = msgspec.structs.replace(application, answers=reading.answers)
    assessment = judge(matter, application, context.actor, names, today)
    require_filable(matter, assessment, command)
    if assessment.outcome != BY_HAND:
        assessment = msgspec.structs.replace(assessment, outcome=BY_HAND)
    case = new_case(matter, command, reading, assessment, context, context.authority, names, facts)
    return case, assessment, names


def new_case(
    matter: Matter,
    command: Submit | Initiate | FileRows,
    reading: FormReading,
    assessment: Assessment,
    context: Context,
    authority: Authority,
    names: Mapping[str, Value],
    facts: Mapping[str, Fact],
) -> Case:
    """A case as it is received."""
    return Case(
        id=context.case_id,
        number=context.case_number,
        matter=matter.id,
        matter_title=matter.title,
        matter_hash=matter.hash,
        origin=command.origin,
        initiator=context.actor,
        subjects=(command.subject,),
        authority=authority.code,
        authority_name=authority.name,
        district=authority.district,
        status=Status.RECEIVED,
        received_at=stamp(context),
        answers=reading.answers,
        uploads=command.uploads,
        facts=dict(facts),
        assessment=assessment,
        acts_on=context.original.id if matter.acts_on is not None and context.original is not None else "",
        reservations=reservations_of(matter, names),
        summary=_summary(matter, command, names),
        confidential=matter.confidential,
        confirmations=dict(command.confirmations) if isinstance(command, Submit) else {},
        outside=command.outside if isinstance(command, Submit) else None,
        parent=command.parent if isinstance(command, Submit) else "",
        counter=command.counter if isinstance(command, Submit) else None,
        timing=Timing(expires=_expires(matter, context)),
    )


def _expires(matter: Matter, context: Context) -> str:
    """The last day of the certificate that is to be renewed, unless that is over already."""
    last = context.original.valid_to if context.original is not None and renews(matter) else ""
    return last if last >= context.now.date().isoformat() else ""


def reservations_of(matter: Matter, names: Mapping[str, Value]) -> tuple[str, ...]:
    """One key over the values of `unique:`, shared by all matters of the main item; no value stands in it."""
    if not matter.unique:
        return ()
    values = [in_words(value_at(path, names)) for path in matter.unique]
    return (f"{matter.main_item or matter.id}:{sm3_hex(canonical(values))}",)


def _summary(matter: Matter, command: Submit | Initiate | FileRows, names: Mapping[str, Value]) -> str:
    """What the case is about in a line: the subject and the first address the applicant gave."""
    given = (field for field in matter.fields() if field.kind == "地址" and not field.sensitive and not field.locked)
    place = next(given, None)
    value = names.get(place.id) if place is not None else None
    return f"{command.subject.name} · {value}" if isinstance(value, str) and value else command.subject.name


def _precheck_words(assessment: Assessment) -> tuple[str, str]:
    failed = [finding for finding in assessment.findings if finding.result in ("failed", "unknown") and finding.action]
    if assessment.outcome == "秒批":
        return "预检全部通过，符合即时办理条件。", assessment.reason
    detail = in_one(finding.message or finding.title for finding in failed) or assessment.reason
    return "预检已完成，将由工作人员办理。", detail
