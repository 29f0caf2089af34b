"""The certificate of a granted case: its face, its term, its number's template — or the end of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from engine.model.calendar import add_months, add_years
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.events import CertificateChanged, CertificateOrdered, Event
from engine.model.matter import Authority, CertificateDef, Matter, Validity
from engine.model.values import Missing, Unavailable, Value, value_at
from engine.model.wording import day_in_words, in_words
from engine.rules.evaluator import evaluate, test

ENDING = {"注销": CertificateStatus.CANCELLED, "撤销": CertificateStatus.REVOKED}
NUMBER_PLACE = "{编号}"
LONG_TERM = "长期"


def effects_on_register(
    matter: Matter,
    case: Case,
    names: Mapping[str, Value],
    decided: date,
    authority: Authority,
    original: Certificate | None,
    ids: tuple[str, ...],
) -> tuple[Event, ...]:
    """What a grant does to the register: one order per certificate it yields, or the end of the one acted on.

    `ids` are fresh certificate ids, one per declared certificate; a certificate acted on keeps its own.
    """
    events: list[Event] = []
    for declared, fresh in zip(matter.certificates, ids, strict=False):
        definition = _settled(declared, names)
        if definition.action in ENDING and original is not None:
            status = ENDING[definition.action]
            events.append(CertificateChanged(original.id, status, matter.title, reservations_released=True))
        else:
            events.append(_order(definition, matter, case, names, decided, authority, original, fresh))
    return tuple(events)


def _settled(definition: CertificateDef, names: Mapping[str, Value]) -> CertificateDef:
    """The certificate with the lines and items whose condition is true in the place of its own."""
    for also in definition.also:
        if test(also.when, names) is True:
            definition = msgspec.structs.replace(
                definition, lines={**definition.lines, **also.lines}, item={**definition.item, **also.item}
            )
    return definition


def term(
    validity: Validity, decided: date, names: Mapping[str, Value], original: Certificate | None
) -> tuple[str, str]:
    """First and last day of validity as ISO days; the last is "" for 长期.

    A term of whole years from a day ends the day before that day comes round again.
    """
    if validity.kept and original is not None:
        return original.valid_from, original.valid_to
    if validity.start == "决定日":
        first = decided
    else:
        start = value_at(validity.start, names)
        first = start + timedelta(days=1) if isinstance(start, date) else decided
    if not (validity.years or validity.months or validity.days):
        return first.isoformat(), ""
    end = add_months(add_years(first, validity.years), validity.months) + timedelta(days=validity.days - 1)
    return first.isoformat(), end.isoformat()


def _order(
    definition: CertificateDef,
    matter: Matter,
    case: Case,
    names: Mapping[str, Value],
    decided: date,
    authority: Authority,
    original: Certificate | None,
    fresh: str,
) -> CertificateOrdered:
    subject = case.subjects[0]
    valid_from, valid_to = term(definition.valid, decided, names, original)
    year = str(decided.year)
    return CertificateOrdered(
        certificate=original.id if original else fresh,
        previous=original.id if original else "",
        previous_version=original.version if original else 0,
        action=definition.action,
        type=definition.type,
        title=definition.title,
        holder_code=subject.code,
        holder_name=_holder_name(definition, names, subject.name),
        authority=authority.code,
        authority_name=authority.name,
        district=authority.district or case.district,
        issued_on=decided.isoformat(),
        valid_from=valid_from,
        valid_to=valid_to,
        face=_face(definition, names, authority, decided, valid_from, valid_to),
        item={key: _json(evaluate(rule, names).value) for key, rule in definition.item.items()},
        layout=definition.layout,
        seal=definition.seal,
        numbering=definition.number,
        names={"年": year, "区简称": authority.district_short, "机关简称": authority.short, "区": authority.district},
        restart_key="|".join((definition.type, *_restart(definition, authority, year))),
    )


def _restart(definition: CertificateDef, authority: Authority, year: str) -> tuple[str, ...]:
    known = {"年": year, "区": authority.district, "机关": authority.name}
    return tuple(known.get(word, word) for word in definition.number.restart)


def _holder_name(definition: CertificateDef, names: Mapping[str, Value], fallback: str) -> str:
    rule = definition.lines.get("单位名称") or definition.lines.get("姓名")
    value = evaluate(rule, names).value if rule is not None else None
    return value if isinstance(value, str) and value else fallback


def _face(
    definition: CertificateDef,
    names: Mapping[str, Value],
    authority: Authority,
    decided: date,
    valid_from: str,
    valid_to: str,
) -> dict[str, str]:
    end = day_in_words(date.fromisoformat(valid_to)) if valid_to else ""
    start = day_in_words(date.fromisoformat(valid_from))
    own = {
        "编号": NUMBER_PLACE,
        "发证机关": authority.name,
        "发证日期": day_in_words(decided),
        "有效期限": f"{start}至{end}" if end else LONG_TERM,
    }
    face: dict[str, str] = {}
    for title in definition.face or (*definition.lines, *own):
        rule = definition.lines.get(title)
        if rule is not None:
            face[title] = in_words(evaluate(rule, names).value)
        elif title in own:
            face[title] = own[title]
    return face


def _json(value: Value) -> object:
    """A typed value as the register keeps it; what is missing is kept as null."""
    match value:
        case Missing() | Unavailable():
            return None
        case bool() | int() | str():
            return value
        case tuple():
            return [_json(item) for item in value]
        case Mapping():
            return {key: _json(item) for key, item in value.items()}
        case _:
            return str(value)
