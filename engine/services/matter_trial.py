"""Trying a matter out: an application made up by hand, judged as a real one would be. Nothing is kept or asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.model.case import Assessment, Upload
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.facts import Fact
from engine.model.matter import FactNeed, Matter
from engine.model.people import Actor, Subject
from engine.model.values import Answers, Json
from engine.pipeline.assess import form_and_names, judge
from engine.pipeline.context import Application
from engine.services.offices import office_for
from engine.stages.form.check import FormReading

BY_HAND = "试算时写作未取到"
_SIMPLE = frozenset({"bool", "number", "text", "date", "enum"})


class FactInput(msgspec.Struct, frozen=True):
    """What is said of a fact by hand. `state`: value | empty | unavailable; `parts` its values by part, "" for none.

    A fact without parts has its one value under "".
    """

    state: str = "unavailable"
    parts: dict[str, str] = {}


class Attempt(msgspec.Struct, frozen=True):
    """An application made up by hand. `materials` are those handed in; `original` the certificate acted on."""

    answers: Answers
    facts: dict[str, FactInput]
    subject: Subject
    level: int
    authority: str
    day: date
    materials: tuple[str, ...] = ()
    original: dict[str, str] | None = None


class Tried(msgspec.Struct, frozen=True):
    """What came of it: the form as read, what the rules say, and what is missing in the form in words."""

    reading: FormReading
    assessment: Assessment
    missing: tuple[str, ...]


def try_out(matter: Matter, attempt: Attempt, calendar: Mapping[str, str]) -> Tried:
    """Judge an attempt on its day."""
    actor = Actor(
        kind="applicant", id="trial", name=attempt.subject.name, level=attempt.level, authority=attempt.authority
    )
    original = _original(matter, attempt)
    application = Application(
        answers=attempt.answers,
        uploads={id: (Upload(id, f"{id}.pdf", "application/pdf", 1, ""),) for id in attempt.materials},
        subject=attempt.subject,
        facts={need.key: _fact(need, attempt) for need in matter.facts},
        original=original,
        authority=office_for(matter, attempt.answers, original, attempt.day, attempt.subject),
    )
    reading, names = form_and_names(matter, application, actor, attempt.day, calendar)
    application = msgspec.structs.replace(application, answers=reading.answers)
    told = [f"{matter.titles.get(path, path)}：{message}" for path, message in reading.errors.items()]
    told += [f"没有填写{matter.titles.get(path, path)}" for path in reading.missing]
    return Tried(reading, judge(matter, application, actor, names, attempt.day), tuple(told))


def simple_parts(need: FactNeed) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """The parts of a fact that can be typed by hand: title, kind and permitted values by part; "" for a plain fact."""
    if need.type.kind in _SIMPLE:
        return {"": (need.title, need.type.kind, need.type.values)}
    return {
        id: (part.title, part.type.kind, part.type.values)
        for id, part in need.type.parts.items()
        if part.type.kind in _SIMPLE
    }


def _fact(need: FactNeed, attempt: Attempt) -> Fact:
    given = attempt.facts.get(need.key, FactInput())
    at = f"{attempt.day.isoformat()}T09:00:00+08:00"
    if given.state == "unavailable":
        return Fact(need.key, need.source, "unavailable", fetched_at=at, reason=BY_HAND)
    if given.state == "empty":
        return Fact(need.key, need.source, "empty", fetched_at=at)
    typed = {id: _json(kind, given.parts.get(id, "")) for id, (_, kind, _) in simple_parts(need).items()}
    if need.type.kind == "rows":
        return Fact(need.key, need.source, "value", [typed], fetched_at=at)
    return Fact(need.key, need.source, "value", typed if need.type.kind == "record" else typed.get(""), fetched_at=at)


def _json(kind: str, text: str) -> Json:
    text = text.strip()
    if kind == "bool":
        return {"是": True, "否": False}.get(text)
    return text or None


def _original(matter: Matter, attempt: Attempt) -> Certificate | None:
    if matter.acts_on is None or attempt.original is None:
        return None
    given = dict(attempt.original)
    status = given.pop("status", "") or matter.acts_on.status
    known = {value.value for value in CertificateStatus}
    return Certificate(
        id="trial", number=given.pop("number", ""), type=matter.acts_on.type, title="",
        holder_code=attempt.subject.code, holder_name=attempt.subject.name, authority="", authority_name="",
        district=given.pop("district", ""), status=CertificateStatus(status if status in known else "有效"), version=1,
        issued_on=given.pop("issued_on", ""), valid_from=given.pop("valid_from", ""),
        valid_to=given.pop("valid_to", ""), face={}, matter="", case="",
        item={key: value for key, value in given.items() if value},
    )  # fmt: skip
