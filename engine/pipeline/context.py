"""What the shell hands to the pure core, and what it gets back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.model.authority import Authority
from engine.model.case import Case, Upload
from engine.model.certificate import Certificate
from engine.model.confirming import Confirmation
from engine.model.events import Event
from engine.model.facts import Fact
from engine.model.guard import Reading
from engine.model.people import Actor, Subject
from engine.model.values import Answers


class Application(msgspec.Struct, frozen=True):
    """What is judged: answers, files by material id, subject, facts by key, the certificate acted on, the office,
    what second parties said."""

    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    subject: Subject
    facts: dict[str, Fact] = {}
    original: Certificate | None = None
    authority: Authority | None = None
    confirmations: dict[str, Confirmation] = {}


class Context(msgspec.Struct, frozen=True):
    """Everything `advance` may not find out for itself.

    `now` is aware. `case_id`, `case_number` and `certificate_ids` are fresh and used only where the command makes
    something new. `calendar` maps ISO days to 休 or 班. `certificates` are those of the case by id (for
    RecordSealed). `instant_today` counts today's automatic grants of the matter; `guard` is what its guard reads;
    `seed` draws the grants that are checked afterwards (empty: none is drawn).
    """

    now: datetime
    actor: Actor
    calendar: dict[str, str]
    case_id: str = ""
    case_number: str = ""
    certificate_ids: tuple[str, ...] = ()
    authority: Authority | None = None
    original: Certificate | None = None
    certificates: dict[str, Certificate] = {}
    instant_today: int = 0
    guard: Reading = Reading()
    seed: bytes = b""


class Step(msgspec.Struct, frozen=True):
    """The result of a command: the case as it is now, and what happened, in order."""

    case: Case
    events: tuple[Event, ...]
