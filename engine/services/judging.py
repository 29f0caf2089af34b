"""Judging an application on its way: what is asked again about the very same application is not worked out again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date

import msgspec

from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.pipeline.assess import Assessed, assessed, form_and_names
from engine.pipeline.context import Application
from engine.services.draft_waiting import waiting_fields, waiting_materials
from engine.stages.form.check import FormReading

_MOST_KEPT = 64


class Judged(msgspec.Struct, frozen=True):
    """The form as read, what is still to be asked of it, and what the rules say, without and with its traces.

    `missing` are required answers not given; `waiting` fields and `undecided` materials hang on answers to come.
    """

    reading: FormReading
    missing: tuple[str, ...]
    waiting: frozenset[str]
    undecided: frozenset[str]
    assessed: Assessed

    @property
    def assessment(self) -> Assessment:
        """What the rules say, without traces."""
        return self.assessed.bare


class Judgements:
    """The last judgements, found by a digest of everything that was judged: applicant, answers, files, facts, day.

    A submission does not ask here: what is decided is always worked out afresh.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Judged] = OrderedDict()

    def of(
        self, matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str],
        *, complete: bool,
    ) -> Judged:  # fmt: skip
        """The judgement of an application on a day. With `complete` blank answers count as blank; otherwise as not
        answered yet, as long as any required answer is missing."""
        key = _digest(matter, application, actor, today, calendar, complete)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = self._made(matter, application, actor, today, calendar, complete)
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made

    def _made(
        self, matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str],
        complete: bool,
    ) -> Judged:  # fmt: skip
        reading, names = form_and_names(matter, application, actor, today, calendar, complete=complete)
        waiting: frozenset[str] = frozenset()
        if not complete:
            waiting = waiting_fields(matter, names)
            if not any(path.partition(".")[0] not in waiting for path in reading.missing):
                return self.of(matter, application, actor, today, calendar, complete=True)
        missing = tuple(path for path in reading.missing if path.partition(".")[0] not in waiting)
        undecided = frozenset() if complete else waiting_materials(matter, names)
        application = msgspec.structs.replace(application, answers=reading.answers)
        return Judged(reading, missing, waiting, undecided, assessed(matter, application, actor, names, today))


def _digest(
    matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str], complete: bool
) -> bytes:
    """Everything a judgement rests on. When a fact was fetched counts only where a rule can say so: an outage."""
    facts = [
        (key, fact.source, fact.state, fact.value, fact.reason, fact.fetched_at if fact.state == "unavailable" else "")
        for key, fact in application.facts.items()
    ]
    rest = msgspec.structs.replace(application, facts={})
    whole = msgspec.json.encode((matter.hash, rest, facts, actor, today, calendar, complete))
    return hashlib.sha256(whole).digest()
