"""The names an evaluation may read: answers, facts, contexts, parameters, code lists, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import Matter, Parameter
from engine.model.people import Actor
from engine.model.types import Type
from engine.model.values import Json, Missing, Unavailable, Value
from engine.pipeline.context import Application

NO_AUTHORITY = "无"


def names_beside_form(
    matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str], law_day: date
) -> dict[str, Value]:
    """Everything a rule may read but the answers.

    Parameters are those in force on `law_day`. Facts not gathered are PENDING.
    """
    subject = application.subject
    names: dict[str, Value] = {
        "today": today,
        "accepted_on": today,
        "calendar": dict(calendar),
        "code": dict(matter.codes),
        "param": {parameter.id: parameter_on(parameter, law_day) for parameter in matter.parameters},
        "applicant": {
            "code": subject.code,
            "name": subject.name,
            "kind": subject.kind,
            "level": actor.level,
            "authority": actor.authority or NO_AUTHORITY,
            "agent": actor.name,
        },
        "material": {need.id: bool(application.uploads.get(need.id)) for need in matter.materials},
        "risk": {},
    }
    if application.authority is not None:
        office = application.authority
        names["authority"] = {
            "code": office.code, "name": office.name, "district": office.district, "short": office.short
        }  # fmt: skip
    if matter.acts_on is not None:
        names["original"] = _original(matter, application.original)
    for need in matter.facts:
        names[need.key] = fact_value(need.type, application.facts.get(need.key))
    return names


def parameter_on(parameter: Parameter, day: date) -> Value:
    """The value in force on a day: the newest entry not later than it; EMPTY before the first."""
    entry = next((entry for entry in reversed(parameter.entries) if entry.since <= day.isoformat()), None)
    return Missing.EMPTY if entry is None else typed(parameter.type, entry.value)


def fact_value(type_: Type, fact: Fact | None) -> Value:
    """A gathered fact as a typed value."""
    if fact is None or fact.state == "pending":
        return Missing.PENDING
    if fact.state == "not_applicable":  # nobody was asked; where it turns out to be needed, that is an outage
        return Unavailable(fact.source, "没有查询", fact.fetched_at)
    if fact.state == "unavailable":
        return Unavailable(fact.source, fact.reason, fact.fetched_at)
    if fact.state == "empty":
        return Missing.EMPTY if type_.kind != "rows" else ()
    return typed(type_, fact.value)


def typed(type_: Type, raw: Json) -> Value:
    """JSON as a value of the type; what does not fit is EMPTY (sources are checked before they are stored)."""
    if raw is None or raw == "":
        return Missing.EMPTY
    match type_.kind:
        case "record":
            found = raw if isinstance(raw, dict) else {}
            return {key: typed(part.type, found.get(key)) for key, part in type_.parts.items()}
        case "rows":
            row = Type("record", parts=type_.parts)
            return tuple(typed(row, item) for item in raw) if isinstance(raw, list | tuple) else Missing.EMPTY
        case "multi":
            return tuple(raw) if isinstance(raw, list | tuple) else Missing.EMPTY
        case "number":
            return _number(raw, type_.places)
        case "date":
            return _day(raw)
        case _:
            return raw if isinstance(raw, bool | str) else str(raw)


def _number(raw: Json, places: int) -> Value:
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        return Missing.EMPTY
    return int(value) if places == 0 and value == int(value) else value


def _day(raw: Json) -> Value:
    try:
        return date.fromisoformat(str(raw)[:10])
    except ValueError:
        return Missing.EMPTY


def _original(matter: Matter, certificate: Certificate | None) -> Value:
    if certificate is None:
        return Missing.EMPTY
    types = matter.acts_on.items if matter.acts_on else {}
    item: dict[str, Value] = {key: typed(type_, certificate.item.get(key)) for key, type_ in types.items()}
    for definition in matter.certificates:
        for key in definition.item:
            item.setdefault(key, _kept(certificate.item.get(key)))
    for key, raw in certificate.item.items():
        item.setdefault(key, _kept(raw))
    return {
        **item,
        "number": certificate.number,
        "status": certificate.status.value,
        "holder_code": certificate.holder_code,
        "holder_name": certificate.holder_name,
        "authority": certificate.authority_name,
        "district": certificate.district,
        "valid_from": _day(certificate.valid_from) if certificate.valid_from else Missing.EMPTY,
        "valid_to": _day(certificate.valid_to) if certificate.valid_to else Missing.EMPTY,
        "issued_on": _day(certificate.issued_on) if certificate.issued_on else Missing.EMPTY,
        "face": dict(certificate.face),
    }


def _kept(raw: Json) -> Value:
    if raw is None or raw == "":
        return Missing.EMPTY
    if isinstance(raw, list):
        return tuple(_kept(item) for item in raw)
    if isinstance(raw, dict):
        return {key: _kept(item) for key, item in raw.items()}
    value: Value = raw
    return value
