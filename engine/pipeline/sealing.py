"""What the effects process reports of a certificate: sealed and verified, or given up."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import RecordSealed, RecordSealFailed
from engine.model.events import CertificateChanged, Event, Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.pipeline.context import Context, Step
from engine.pipeline.progress import stamp
from engine.stages.push import notices


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
        Happened(
            "发证", words, f"签章摘要 {command.file_digest[:16]}…" + ("，已经第二套算法复验" if command.second else "")
        ),
    ]
    if not waiting:
        case = msgspec.structs.replace(case, status=Status.ISSUED, closed_at=stamp(context), close_reason="准予")
    valid = msgspec.structs.replace(certificate, status=CertificateStatus.VALID)
    events += notices(matter, case, "发证", stamp(context), words, valid)
    return Step(case, tuple(events))


def record_seal_failed(
    matter: Matter, case: Case, command: RecordSealFailed, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The file could not be made: the number is voided with a record and never used again; staff are told."""
    certificate = _of_case(case, command.certificate, context)
    events = (
        CertificateChanged(certificate.id, CertificateStatus.VOIDED, command.reason),
        Happened("证照作废", "证照制作出现问题，工作人员正在处理。", command.reason),
    )
    return Step(case, events)


def _of_case(case: Case, certificate_id: str, context: Context) -> Certificate:
    certificate = context.certificates.get(certificate_id)
    if certificate is None or certificate_id not in case.certificates:
        raise ZhunyuError("C005", "这份证照不属于本办件。", status=409)
    return certificate
