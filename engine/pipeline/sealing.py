"""What the effects process reports of a certificate: sealed and verified, or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import MakeAgain, RecordSealed, RecordSealFailed
from engine.model.events import CertificateChanged, CertificateLocked, CertificateOrdered, Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.papers import ordered_papers
from engine.pipeline.progress import authority_of, expect, finish_open, names_for, require_open_step, stamp
from engine.stages.certificate.ordering import effects_on_register
from engine.stages.push import notices
from engine.stages.workflow import ISSUE_ROLE, MAKE_AGAIN, open_record, opening


def record_sealed(
    matter: Matter, case: Case, command: RecordSealed, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The certificate is valid from now on; with the last one the case is done. Repeating is harmless."""
    certificate = _of_case(case, command.certificate, context)
    if certificate.status is CertificateStatus.VALID and case.status is Status.ISSUED:
        return Step(case, ())
    waiting = [
        key
        for key in case.certificates
        if key != certificate.id and context.certificates[key].status is CertificateStatus.ISSUING
    ]
    words = f"《{certificate.title}》已制发，编号 {certificate.number}。"
    events: list[Event] = [
        CertificateChanged(certificate.id, CertificateStatus.VALID, "已签章"),
        Happened("发证", words, _sealed_words(command)),
    ]
    if not waiting:
        case = msgspec.structs.replace(case, status=Status.ISSUED, closed_at=stamp(context), close_reason="准予")
    valid = msgspec.structs.replace(certificate, status=CertificateStatus.VALID)
    case, papers = ordered_papers(matter, case, valid, context)
    events += papers
    events += notices(matter, case, "发证", stamp(context), words, valid)
    return Step(case, tuple(events))


def record_seal_failed(
    matter: Matter, case: Case, command: RecordSealFailed, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The file could not be made: its number is voided with a record and never used again; a task goes to people."""
    certificate = _of_case(case, command.certificate, context)
    events: tuple[Event, ...] = (
        CertificateChanged(certificate.id, CertificateStatus.VOIDED, command.reason),
        Happened("证照作废", "证照制作出现问题，工作人员正在处理。", command.reason),
    )
    case = msgspec.structs.replace(case, unmade=(*case.unmade, certificate.id))
    if open_record(case) is None:
        turn = opening(matter, case, MAKE_AGAIN, {}, stamp(context), context.now.date(), context.calendar)
        case = msgspec.structs.replace(case, steps=(*case.steps, turn.record))
        events = (*events, turn.task)
    return Step(case, events)


def make_again(matter: Matter, case: Case, command: MakeAgain, facts: Mapping[str, Fact], context: Context) -> Step:
    """重新制证 by a person: what was given up is ordered again under fresh numbers, as decided then."""
    expect(case, Status.GRANTED)
    require_open_step(matter, case, ISSUE_ROLE, context)
    assert case.decision is not None
    decided = datetime.fromisoformat(case.decision.at).date()
    office = case.decision.office if case.decision is not None else None
    authority = office or context.authority or authority_of(case)
    names = names_for(matter, case, facts, context)
    orders = [
        event
        for event in effects_on_register(
            matter, case, names, decided, authority, context.original, context.certificate_ids
        )
        if isinstance(event, CertificateOrdered)
    ]
    again = {old: order for old, order in zip(case.certificates, orders, strict=True) if old in case.unmade}
    case, closed = finish_open(case, context, "重新制证", command.opinion)
    made = tuple(again[old].certificate if old in again else old for old in case.certificates)
    case = msgspec.structs.replace(case, certificates=made, unmade=())
    locks = tuple(
        CertificateLocked(order.previous, order.previous_version) for order in again.values() if order.previous
    )
    events = (*closed, *locks, Happened("环节", "证照正在重新制作。", command.opinion), *again.values())
    return Step(case, events)


def _sealed_words(command: RecordSealed) -> str:
    made = f"，法定电子证照（OFD）摘要 {command.legal_digest[:16]}…"
    legal = made if command.legal_digest else "，未制作法定电子证照（OFD）：发证机关没有可用的电子签章证书"
    return f"签章摘要 {command.file_digest[:16]}…{legal}" + ("，已经第二套算法复验" if command.second else "")


def _of_case(case: Case, certificate_id: str, context: Context) -> Certificate:
    certificate = context.certificates.get(certificate_id)
    if certificate is None or certificate_id not in case.certificates:
        raise ZhunyuError("C005", "这份证照不属于本办件。", status=409)
    return certificate
