"""Past cases as they can be judged again: answers, files and facts of the case, the certificate as it was then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import workdays_between
from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.matter import Matter
from engine.model.values import Missing, Value
from engine.pipeline.assess import form_and_names
from engine.pipeline.context import Application
from engine.ports.cases import CaseQuery
from engine.ports.store import Transaction
from engine.services.as_found import original_of
from engine.services.offices import office_for
from engine.services.shelf import Shelf

_PAGE = 500
_OPENS, _CLOSES = 9.0, 17.0  # office hours, for the hours a step took
UNREADABLE, NOBODY, NO_VERSION = "加密内容打不开", "没有申请主体", "办理时的事项版本已不在"


class Past(msgspec.Struct, frozen=True):
    """A case to be judged again, with the fields its own version of the form asked."""

    case: Case
    asked: frozenset[str]
    original: Certificate | None = None


class Span(msgspec.Struct, frozen=True):
    """Which cases: received from `since` to `until` (ISO days, both included, "" for open), at most `limit`, newest
    first (0: all)."""

    since: str = ""
    until: str = ""
    limit: int = 0


def case_ids(tx: Transaction, matter: str, span: Span) -> Iterator[str]:
    """The ids of the cases of a matter in a span, newest first."""
    after, left = (f"{span.until}T24|" if span.until else ""), span.limit
    while True:
        size = min(_PAGE, left) if span.limit else _PAGE
        lines = tx.cases.lines(CaseQuery(matter=matter, after=after, limit=size)) if size else ()
        for line in lines:
            if line.received_at[:10] < span.since:
                return
            yield line.id
        if len(lines) < size or not lines:
            return
        after, left = f"{lines[-1].received_at}|{lines[-1].id}", left - len(lines)


def read_past(tx: Transaction, shelf: Shelf, id: str) -> Past | str:
    """A case to be judged again, or why it cannot be."""
    try:
        case = tx.cases.load(id)
    except ZhunyuError:
        return UNREADABLE
    if case is None or not case.subjects:
        return NOBODY
    try:
        filed = shelf.version(case.matter_hash)
    except ZhunyuError:
        return NO_VERSION
    try:
        return Past(case, frozenset(field.id for field in filed.fields()), original_of(tx, filed, case))
    except ZhunyuError:
        return UNREADABLE


def names_under(
    matter: Matter, past: Past, calendar: Mapping[str, str], law_day: date | None = None
) -> tuple[Application, dict[str, Value]]:
    """The application and all names, as a version of the matter sees the case on the day it was received.

    A question that the case was never asked, or whose answer the form no longer takes, is not answered yet: PENDING.
    """
    case, day = past.case, date.fromisoformat(past.case.received_at[:10])
    office = next((one for one in matter.authorities if one.code == case.authority), None)
    office = office or office_for(matter, case.answers, past.original, day, case.subjects[0])
    application = Application(case.answers, case.uploads, case.subjects[0], case.facts, past.original, office,
                              case.confirmations)  # fmt: skip
    reading, names = form_and_names(matter, application, case.initiator, day, calendar, law_day=law_day)
    wrong = {path.partition(".")[0] for path in reading.errors}
    for field in matter.fields():
        if names.get(field.id) is Missing.EMPTY and (field.id not in past.asked or field.id in wrong):
            names[field.id] = Missing.PENDING
    return application, names


def hours_spent(case: Case, calendar: Mapping[str, str]) -> float | None:
    """Office hours from the opening to the end of the steps that people finished, waiting included; None for none."""
    done = [
        _between(step.opened_at, step.finished_at, calendar)
        for step in case.steps
        if step.finished_at and step.by is not None and step.by.kind == "staff"
    ]
    return sum(done) if done else None


def _between(begun: str, ended: str, calendar: Mapping[str, str]) -> float:
    days = workdays_between(date.fromisoformat(begun[:10]), date.fromisoformat(ended[:10]), calendar)
    return max(0.0, days * (_CLOSES - _OPENS) + _hour(ended) - _hour(begun))


def _hour(at: str) -> float:
    return min(_CLOSES, max(_OPENS, int(at[11:13]) + int(at[14:16]) / 60))
