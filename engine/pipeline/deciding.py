"""Decisions: 准予 (by rule or by a person), 不予许可 and 不予受理 (only ever by a person)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.authority import Authority
from engine.model.case import UNDER_WAY, Case, Decision, Status
from engine.model.commands import Decline, Grant, Refuse
from engine.model.events import (
    BatchDecided,
    CertificateChanged,
    CertificateOrdered,
    CertificateUnlocked,
    DueCleared,
    Event,
    Granted,
    Happened,
    ResultPublished,
)
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.values import Value
from engine.pipeline.after_checks import is_drawn, opened_by_grant
from engine.pipeline.basis import basis_of
from engine.pipeline.context import Context, Step
from engine.pipeline.hearings import require_decidable
from engine.pipeline.periods import require_period_over
from engine.pipeline.progress import (
    authority_of,
    close,
    expect,
    finish_open,
    names_for,
    require_open_step,
    stamp,
)
from engine.pipeline.reports import owed_by_grant
from engine.pipeline.timing import UNDECIDED
from engine.stages.certificate.ordering import effects_on_register
from engine.stages.publicity import is_published, result_lines, shown_name
from engine.stages.push import notices
from engine.stages.workflow import ACCEPT_ROLE, DECIDE_ROLE, begun_on, deciding_office

DROPPED = "终止办理"


def grant(matter: Matter, case: Case, command: Grant, facts: Mapping[str, Fact], context: Context) -> Step:
    """准予 by a person at the deciding step."""
    expect(case, *UNDER_WAY)
    require_decidable(case)
    require_open_step(matter, case, DECIDE_ROLE, context)
    require_period_over(matter, case, context)
    names = names_for(matter, case, facts, context)
    case, closed = finish_open(case, context, matter.granting, command.opinion)
    reason = command.opinion or ("事实清楚，依据充分。" if matter.ex_officio else "符合法定条件、标准。")
    step = granted(matter, case, names, context, automatic=False, reason=reason)
    return Step(step.case, (*closed, *step.events))


def granted(
    matter: Matter, case: Case, names: Mapping[str, Value], context: Context, *, automatic: bool, reason: str
) -> Step:
    """Record the grant and order what follows: certificates made, or the one acted on ended."""
    office = _deciding(matter, case, context, automatic)
    decision = Decision(matter.granting, stamp(context), context.actor, automatic, reason, matter.basis, office=office)
    authority = office or context.authority or authority_of(case)
    orders: tuple[Event, ...] = ()
    if not case.items:  # the parent of a batch acts on nothing: its children do
        orders = effects_on_register(
            matter, case, names, context.now.date(), authority, context.original, context.certificate_ids
        )
    made = tuple(event.certificate for event in orders if isinstance(event, CertificateOrdered))
    status = Status.DECIDED if matter.ex_officio else Status.GRANTED
    case = msgspec.structs.replace(case, status=status, decision=decision, certificates=made)
    words = "已当场作出准予决定。" if automatic else f"已作出{matter.granting}决定。"
    if made:
        words += "证照正在制作。"
    draw = is_drawn(matter, case, context, automatic)
    basis = basis_of(matter, case.assessment, case.facts) if case.assessment else ()
    case, checks = opened_by_grant(matter, case, names, context, draw)
    case, owed = owed_by_grant(matter, case, names, context)
    events: list[Event] = [
        Happened("决定", words, reason),
        Granted(automatic, basis, matter.sample if automatic else "", draw),
        *notices(matter, case, "决定", stamp(context), words),
        *_published(matter, case, orders, context),
        *((BatchDecided(True),) if case.items else ()),
        *orders,
        *checks,
        *owed,
        *([DueCleared(UNDECIDED)] if case.undecided else []),
    ]
    if not made:
        case, ended = _without_certificate(case, orders, context)
        events += ended
    elif case.acts_on and not any(getattr(event, "certificate", "") == case.acts_on for event in orders):
        events.append(CertificateUnlocked(case.acts_on))  # another was made; this one stays as it is
    return Step(case, tuple(events))


def _deciding(matter: Matter, case: Case, context: Context, automatic: bool) -> Authority | None:
    """The office that decides, where it is not the case's own: of the step that decided, or that would have."""
    if automatic:
        return deciding_office(matter, case.district, begun_on(case, context.now.date()))
    return next((one.office for one in reversed(case.steps) if one.role == DECIDE_ROLE), None)


def _published(matter: Matter, case: Case, orders: tuple[Event, ...], context: Context) -> tuple[Event, ...]:
    if not is_published(matter, case) or case.items:
        return ()
    subject = case.subjects[0]
    lines = result_lines(matter, orders, context.original, subject)
    return (ResultPublished(shown_name(subject), matter.granting, lines),)


def _without_certificate(case: Case, orders: tuple[Event, ...], context: Context) -> tuple[Case, tuple[Event, ...]]:
    """A case that yields no file is over with its decision."""
    ended = [event for event in orders if isinstance(event, CertificateChanged)]
    events: tuple[Event, ...] = tuple(Happened("证照", f"原证照已{event.status.value}。") for event in ended)
    if case.acts_on and not ended:
        events = (*events, CertificateUnlocked(case.acts_on))
    return msgspec.structs.replace(
        case, closed_at=stamp(context), close_reason=case.decision.outcome if case.decision else ""
    ), events


def refuse(matter: Matter, case: Case, command: Refuse, facts: Mapping[str, Fact], context: Context) -> Step:
    """不予许可 by a person at the deciding step, with reasons and basis (行政许可法第三十八条)."""
    expect(case, *UNDER_WAY)
    if case.deemed_at:
        raise ZhunyuError(
            "C001", f"法定时限届满没有作出决定，已经{case.undecided}，不能再不予许可。",
            "请确认准予；认为不应准予的，依法另行撤销。", status=409,
        )  # fmt: skip
    require_decidable(case)
    require_open_step(matter, case, DECIDE_ROLE, context)
    if matter.ex_officio:
        return _dropped(matter, case, command, context)
    words = "已作出不予许可决定，理由和救济途径见决定书。"
    return _against(matter, case, command, context, Status.REFUSED, Happened("决定", words, command.reason))


def _dropped(matter: Matter, case: Case, command: Refuse, context: Context) -> Step:
    """An ex-officio case that comes to nothing: the certificate stays as it was."""
    told = Happened("终止", "本机关决定终止办理，证照不受影响。", command.reason)
    step = _against(matter, case, command, context, Status.TERMINATED, told, outcome=DROPPED)
    return Step(step.case, (*step.events, BatchDecided(False))) if case.items else step


def decline(matter: Matter, case: Case, command: Decline, facts: Mapping[str, Fact], context: Context) -> Step:
    """不予受理 by a person before acceptance, with reasons and basis (行政许可法第三十二条)."""
    expect(case, Status.RECEIVED, Status.SUPPLEMENT)
    require_open_step(matter, case, ACCEPT_ROLE, context)
    words = "您的申请未予受理，理由和救济途径见决定书。"
    return _against(matter, case, command, context, Status.NOT_ACCEPTED, Happened("不予受理", words, command.reason))


def _against(
    matter: Matter, case: Case, command: Refuse | Decline, context: Context, status: Status, told: Happened,
    outcome: str = "",
) -> Step:  # fmt: skip
    """A decision against the applicant: it names reasons and basis, ends the case, and gives back what it held."""
    _require_reasons(command.reason, command.basis)
    case, closed = finish_open(case, context, outcome or status.value, command.reason)
    last = case.steps[-1] if case.steps else None
    decision = Decision(
        outcome or status.value, stamp(context), context.actor, False, command.reason, command.basis,
        office=last.office if last is not None else None,
    )  # fmt: skip
    step = close(msgspec.structs.replace(case, decision=decision), context, status, status.value, release=True)
    pushed = notices(matter, step.case, "决定", stamp(context), told.words)
    return Step(step.case, (*closed, told, *pushed, *step.events))


def _require_reasons(reason: str, basis: tuple[str, ...]) -> None:
    if not reason.strip():
        raise ZhunyuError("C004", "没有填写理由。", "请写明不予的理由，申请人将在决定书上看到。", status=422)
    if not any(item.strip() for item in basis):
        raise ZhunyuError("C004", "没有填写依据。", "请写明所依据的法律条款。", status=422)
