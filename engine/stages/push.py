"""Pushes: what each peer is told of, in the field names of the national case tables (GB/T 39046-2020, standards §3)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.events import Notified
from engine.model.matter import Matter

APPLICANT_TYPES = {"自然人": "1", "法人": "2"}
ORIGINS = {"窗口": "1", "网上": "2", "接口": "2"}


def notices(
    matter: Matter, case: Case, event: str, at: str, words: str, certificate: Certificate | None = None
) -> tuple[Notified, ...]:
    """One notice per peer that asked for this event (收件 受理 进展 决定 发证). No form answer is in it; of a
    confidential case nothing but its number and state."""
    return tuple(
        Notified(to=push.to, event=event, body=_body(matter, case, event, at, words, certificate))
        for push in matter.push
        if event in push.events
    )


def _body(
    matter: Matter, case: Case, event: str, at: str, words: str, certificate: Certificate | None
) -> dict[str, object]:
    if case.confidential:
        return _silent(case, event, at)
    subject = case.subjects[0]
    body: dict[str, object] = {
        "project_no": case.number,
        "event": event,
        "event_time": at,
        "task_id": matter.id,
        "task_name": matter.title,
        "task_version": case.matter_hash[:16],
        "applyer_name": subject.name if subject.kind == "法人" else subject.name[:1] + "＊" * (len(subject.name) - 1),
        "applyer_type": APPLICANT_TYPES.get(subject.kind, "6"),
        "apply_type": ORIGINS.get(case.origin, "9"),
        "apply_date": case.received_at,
        "org_name": case.authority_name,
        "org_code": case.authority,
        "status": case.status.value,
        "handle_explain": words,
    }
    if subject.kind == "法人":
        body["applyer_page_code"] = subject.code
    return {**body, **_later(case, certificate)}


def _silent(case: Case, event: str, at: str) -> dict[str, object]:
    return {
        "project_no": case.number, "event": event, "event_time": at, "task_id": case.matter,
        "task_name": case.matter_title, "task_version": case.matter_hash[:16], "applyer_name": "＊",
        "applyer_type": APPLICANT_TYPES.get(case.subjects[0].kind, "6"), "apply_type": ORIGINS.get(case.origin, "9"),
        "apply_date": case.received_at, "org_name": case.authority_name, "org_code": case.authority,
        "status": case.status.value, "handle_explain": "本件内容不对外提供。",
    }  # fmt: skip


def _later(case: Case, certificate: Certificate | None) -> Mapping[str, object]:
    later: dict[str, object] = {}
    if case.accepted_at:
        later["accept_date"] = case.accepted_at
        later["statutory_date"] = case.due_legal[:10]
        later["promise_date"] = case.due_promised
    if case.decision is not None:
        later["result_type"] = case.decision.outcome
        later["result_date"] = case.decision.at
    if certificate is not None:
        later["result_cert_name"] = certificate.title
        later["result_cert_no"] = certificate.number
        later["certificate_status"] = certificate.status.value
        later["certificate_valid_to"] = certificate.valid_to
    return later
