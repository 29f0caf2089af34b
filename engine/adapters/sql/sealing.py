"""Which parts of a stored value may not lie in the clear: taken out before storing, put back after reading."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.adapters.sql.documents import pack, unpack
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.model.case import Assessment, Case, Remand, StepRecord
from engine.model.certificate import Certificate, Note
from engine.model.clock import Stop, Timing, standing
from engine.model.confirming import Confirmation
from engine.model.counter import Counter
from engine.model.disputes import Dispute, Falsehood
from engine.model.events import CertificateOrdered, Event, Notified, Released, Reserved
from engine.model.facts import Fact
from engine.model.fieldwork import Panel, Visit
from engine.model.hearing import Hearing
from engine.model.moving import NO_MOVES, Moves
from engine.model.papers import Paper
from engine.model.people import Actor, Subject
from engine.ports.cases import Sealer

_PERSONAL = (CertificateOrdered, Notified, Released, Reserved)


class SealedCase(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is taken out of a case: sensitive answers, what was judged from them, facts, subjects and keys; of a
    confidential one the `whole`."""

    answers: dict[str, Any]
    subjects: tuple[Subject, ...]
    facts: dict[str, Fact] = {}
    assessment: Assessment | None = None
    reservations: tuple[str, ...] = ()
    whole: Case | None = None
    records: dict[str, dict[str, Any]] = {}  # by place of the step
    confirmations: dict[str, Confirmation] = {}
    counter: Counter | None = None
    hearing: Hearing | None = None
    papers: tuple[Paper, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    falsehoods: tuple[Falsehood, ...] = ()
    remands: tuple[Remand, ...] = ()
    moves: Moves = NO_MOVES
    visits: tuple[Visit, ...] = ()
    panels: tuple[Panel, ...] = ()


# What of a case is sealed whole, for it is about people, and what stands in its place in the clear.
_WHOLE: dict[str, Any] = {
    "subjects": (), "facts": {}, "assessment": None, "reservations": (), "confirmations": {}, "counter": None,
    "hearing": None, "papers": (), "disputes": (), "falsehoods": (), "remands": (),
    "moves": NO_MOVES, "visits": (), "panels": (),
}  # fmt: skip


class SealedCertificate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is taken out of a certificate: the holder's code, and face lines and items that hold personal data; the
    holder's name and all lines and items of a confidential one."""

    holder_code: str
    face: dict[str, str] = {}
    item: dict[str, object] = {}
    holder_name: str = ""
    notes: tuple[Note, ...] = ()


class SealedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that is kept whole in its token, because it names people, codes or keys, or is confidential: then with
    who acted."""

    event: Event
    actor: Actor | None = None


def hide_case(sealer: Sealer, case: Case, sensitive: tuple[str, ...]) -> tuple[str, str]:
    """The case as document and token; of a confidential one the document says only what lists and limits need."""
    if case.confidential:
        token = sealer.seal("cases.sealed", case.id, pack(SealedCase(answers={}, subjects=(), whole=case)).encode())
        return pack(_outline(case)), token
    hidden = {key: value for key, value in case.answers.items() if _is_or_holds(key, sensitive)}
    steps, records = _hidden_records(case, sensitive)
    secret = SealedCase(answers=hidden, records=records, **{name: getattr(case, name) for name in _WHOLE})
    open_answers = {key: value for key, value in case.answers.items() if key not in hidden}
    clear = msgspec.structs.replace(case, answers=open_answers, steps=steps, **_WHOLE)
    return pack(clear), sealer.seal("cases.sealed", case.id, pack(secret).encode())


def reveal_case(sealer: Sealer, id: str, document: str, token: str) -> Case:
    """The reverse of `hide_case`; answers come in the order of the form no more: clear ones first."""
    clear = unpack(document, Case)
    secret = unpack(sealer.open("cases.sealed", id, token), SealedCase)
    if secret.whole is not None:
        return secret.whole
    return msgspec.structs.replace(
        clear, answers={**clear.answers, **secret.answers}, **{name: getattr(secret, name) for name in _WHOLE},
        steps=tuple(
            msgspec.structs.replace(one, answers={**one.answers, **secret.records[str(place)]})
            if str(place) in secret.records else one
            for place, one in enumerate(clear.steps)
        ),
    )  # fmt: skip


def _hidden_records(case: Case, sensitive: tuple[str, ...]) -> tuple[tuple[StepRecord, ...], dict[str, dict[str, Any]]]:
    """The steps without what is sensitive in their records, and that by the place of the step."""
    steps, hidden = [], {}
    for place, one in enumerate(case.steps):
        found = {key: value for key, value in one.answers.items() if _is_or_holds(f"step.{one.step}.{key}", sensitive)}
        if found:
            hidden[str(place)] = found
            one = msgspec.structs.replace(one, answers={k: v for k, v in one.answers.items() if k not in found})
        steps.append(one)
    return tuple(steps), hidden


def _is_or_holds(path: str, sensitive: tuple[str, ...]) -> bool:
    """Whether the path is sensitive, or a part of it is: a person with a number, a table with such a column."""
    return any(one == path or one.startswith(f"{path}.") for one in sensitive)


def hide_certificate(
    sealer: Sealer, place: str, row: str, certificate: Certificate, sensitive: tuple[str, ...]
) -> tuple[str, str]:
    """The certificate as document and token. Face lines that print a sensitive item or the holder's code go with it;
    of a confidential one all lines, under the key of its case."""
    if certificate.confidential:
        whole = SealedCertificate(
            certificate.holder_code, dict(certificate.face), dict(certificate.item), certificate.holder_name,
            certificate.notes,
        )  # fmt: skip
        bare = msgspec.structs.replace(certificate, holder_code="", holder_name="", face={}, item={}, notes=())
        return pack(bare), sealer.of(certificate.case).seal(place, row, pack(whole).encode())
    hidden = {key: value for key, value in certificate.item.items() if key in sensitive}
    words = {certificate.holder_code, *(word for value in hidden.values() for word in _texts(value))} - {""}
    face = {title: text for title, text in certificate.face.items() if any(word in text for word in words)}
    secret = SealedCertificate(certificate.holder_code, face, hidden, notes=certificate.notes)
    clear = msgspec.structs.replace(
        certificate,
        holder_code="",
        face={title: "" if title in face else text for title, text in certificate.face.items()},
        item={key: value for key, value in certificate.item.items() if key not in hidden},
        notes=(),
    )
    return pack(clear), sealer.seal(place, row, pack(secret).encode())


def reveal_certificate(sealer: Sealer, place: str, row: str, document: str, token: str) -> Certificate:
    """The reverse of `hide_certificate`; the outline of a confidential one whose case's key was destroyed."""
    clear = unpack(document, Certificate)
    if clear.confidential:
        return _revealed(sealer.of(clear.case), place, row, clear, token)
    secret = unpack(sealer.open(place, row, token), SealedCertificate)
    return msgspec.structs.replace(
        clear, holder_code=secret.holder_code, face={**clear.face, **secret.face},
        item={**clear.item, **secret.item}, notes=secret.notes or clear.notes,
    )  # fmt: skip


def hide_event(sealer: Sealer, row: str, event: Event, actor: Actor | None = None) -> tuple[str, str]:
    """The event as document and token: one of the two is "". `actor` is given when the case is confidential."""
    if actor is not None:
        return "", sealer.seal("case_events.sealed", row, pack(SealedEvent(event, actor)).encode())
    if isinstance(event, _PERSONAL):
        return "", sealer.seal("case_events.sealed", row, pack(SealedEvent(event)).encode())
    return pack(event), ""


def reveal_event(sealer: Sealer, row: str, document: str, token: str, actor: Actor) -> tuple[Event, Actor]:
    """The reverse of `hide_event`, with who acted: `actor` is what lies in the clear."""
    if token:
        found = unpack(sealer.open("case_events.sealed", row, token), SealedEvent)
        return found.event, found.actor or actor
    event: Event = decoded(document, Event)
    return event, actor


def nameless(actor: Actor) -> Actor:
    """An actor by id only."""
    return Actor(id=actor.id, kind=actor.kind, name="")


def shown_timing(timing: Timing) -> Timing:
    """Whether the clocks stand and what they have come to, without why."""
    stop = standing(timing)
    bare = (Stop("", "", stop.at, 0, "", nameless(stop.by)),) if stop is not None else ()
    return Timing(stops=bare, reached=timing.reached, expires=timing.expires, wake=timing.wake)


def _outline(case: Case) -> Case:
    """What a list may say of a confidential case."""
    return Case(
        id=case.id, number=case.number, matter=case.matter, matter_title=case.matter_title,
        matter_hash=case.matter_hash, origin=case.origin, initiator=nameless(case.initiator), subjects=(),
        authority=case.authority, authority_name=case.authority_name, district=case.district, status=case.status,
        received_at=case.received_at, answers={}, accepted_at=case.accepted_at, due_legal=case.due_legal,
        due_promised=case.due_promised, closed_at=case.closed_at, version=case.version, confidential=True,
        timing=shown_timing(case.timing),
    )  # fmt: skip


def _revealed(sealer: Sealer, place: str, row: str, clear: Certificate, token: str) -> Certificate:
    try:
        secret = unpack(sealer.open(place, row, token), SealedCertificate)
    except ZhunyuError as error:
        if error.code != "K006":
            raise
        return msgspec.structs.replace(clear, holder_name="（已按规定销毁）")
    return msgspec.structs.replace(
        clear, holder_code=secret.holder_code, holder_name=secret.holder_name, face=secret.face, item=secret.item,
        notes=secret.notes,
    )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    """The texts in a value that are long enough to recognise a person by."""
    if isinstance(value, str):
        return (value,) if len(value) > 1 else ()
    if isinstance(value, dict):
        return tuple(text for one in value.values() for text in _texts(one))
    if isinstance(value, (list, tuple)):
        return tuple(text for one in value for text in _texts(one))
    return ()
