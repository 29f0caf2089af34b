"""What the pages show of a draft: lists, the preview with its materials and facts, and certificates to start from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from engine.model.case import Assessment, Upload
from engine.model.certificate import Certificate
from engine.model.confirming import CONFIRMED, Countersign
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.model.values import Answers, Value
from engine.model.wording import waived_by
from engine.pipeline.assess import Assessed
from engine.pipeline.confirming import digest_of, party_of
from engine.pipeline.context import Application
from engine.ports.confirming import ASKED, Request
from engine.ports.drafts import Draft
from engine.rules.evaluator import test


class DraftLine(msgspec.Struct, frozen=True):
    """A draft in a list."""

    id: str
    matter: str
    matter_title: str
    about: str
    updated_at: str


class Choice(msgspec.Struct, frozen=True):
    """A certificate a matter may act on; `why` says why it is not usable, or what to know when it is."""

    certificate: Certificate
    usable: bool
    why: str = ""


class Opening(msgspec.Struct, frozen=True):
    """A draft whose form is opened: the subject that is acted for from now on, where it had to be switched, and
    whether the draft moved to a newer version of its matter."""

    draft: Draft
    switched: Subject | None = None
    moved: bool = False


class MaterialState(msgspec.Struct, frozen=True):
    """A material and how it stands: demanded, or waived by a way and why in words; and the files handed in.

    `undecided`: whether it is needed hangs on an answer still to come.
    """

    id: str
    title: str
    need: str
    demanded: bool
    waived_by: str
    waived_why: str
    uploads: tuple[Upload, ...]
    accept: tuple[str, ...]
    max_mb: int
    max_files: int
    help: str = ""
    basis: str = ""
    undecided: bool = False

    @property
    def shown(self) -> bool:
        """Whether the applicant should see it: demanded, waived, optional, or handed in already."""
        return self.demanded or bool(self.waived_by) or self.need == "非必要" or bool(self.uploads)

    @property
    def lacking(self) -> bool:
        """Whether it must still be handed in."""
        return self.demanded and not self.uploads and not self.undecided


class FactState(msgspec.Struct, frozen=True):
    """A fact and how it stands: 已取到 | 未取到 | 不适用 | 待核验 | 待填 | 无记录; `since` an ISO instant.

    `consent_needed`: the source is asked only after the applicant presses 核验.
    """

    key: str
    title: str
    source: str
    state: str
    since: str = ""
    reason: str = ""
    consent_needed: bool = False


class SignState(msgspec.Struct, frozen=True):
    """A confirmation of a second party as the applicant sees it.

    `state`: 未送请 | 待确认 | 已确认 | 未同意 | 已失效 (the answers have changed since). `required`: the application
    cannot be filed without it. `party` is the party's code, "" while it is not filled in.
    """

    sign: Countersign
    state: str
    required: bool
    party: str
    at: str = ""
    reason: str = ""
    remindable: bool = False

    @property
    def lacking(self) -> bool:
        """Whether the application cannot be filed for want of it."""
        return self.required and self.state != CONFIRMED


class Preview(msgspec.Struct, frozen=True):
    """An application as it stands, judged.

    `errors` by field path for answers that were given; `missing` the required answers not yet given, by path.
    `locked` maps fields taken from a source to the title of the source. `ready`: it may be submitted as it is;
    `instant`: and would then be granted on the spot. `application` is what was judged;
    `changed`: sources gave answers that are not stored yet.
    """

    draft: Draft
    matter: Matter
    visible: dict[str, bool]
    errors: dict[str, str]
    missing: tuple[str, ...]
    assessed: Assessed
    materials: tuple[MaterialState, ...]
    facts: tuple[FactState, ...]
    locked: dict[str, str]
    original: Certificate | None
    ready: bool
    instant: bool
    application: Application
    changed: bool = False
    confirmations: tuple[SignState, ...] = ()

    @property
    def assessment(self) -> Assessment:
        """What the rules say, without traces: those are in `assessed`."""
        return self.assessed.bare


def sign_states(
    matter: Matter, application: Application, answers: Answers, names: Mapping[str, Value],
    requests: tuple[Request, ...], now: datetime,
) -> tuple[SignState, ...]:  # fmt: skip
    """How every confirmation of the matter stands; one bound to other answers than those of now is 已失效."""
    found = []
    for sign in matter.countersign:
        party = party_of(sign, application, answers)
        asked = next((one for one in requests if one.sign == sign.id), None)
        state = "未送请" if asked is None else asked.state
        if asked is not None and (asked.party != party or asked.digest != digest_of(sign, party, answers)):
            state = "已失效"
        at = (asked.answered_at or asked.asked_at) if asked is not None else ""
        last = (asked.reminded_at or asked.asked_at) if asked is not None else ""
        remindable = state == ASKED and now - datetime.fromisoformat(last) >= timedelta(hours=24)
        required = test(sign.required, names) is not False
        found.append(SignState(sign, state, required, party, at, asked.reason if asked else "", remindable))
    return tuple(found)


def material_states(
    matter: Matter,
    assessment: Assessment,
    uploads: Mapping[str, tuple[Upload, ...]],
    undecided: frozenset[str] = frozenset(),
) -> tuple[MaterialState, ...]:
    """How every material of the matter stands."""
    states = []
    for need in matter.materials:
        way = assessment.waived.get(need.id, "")
        states.append(
            MaterialState(
                need.id, need.title, need.need, need.id in assessment.demanded, way, waived_by(need, way),
                uploads.get(need.id, ()), need.accept, need.max_mb, need.max_files, need.help, need.basis,
                need.id in undecided,
            )
        )
    return tuple(states)


_STATES = {"value": "已取到", "empty": "无记录", "unavailable": "未取到", "not_applicable": "不适用"}


def fact_states(
    matter: Matter, facts: Mapping[str, Fact], titles: Mapping[str, str], on_consent: frozenset[str]
) -> tuple[FactState, ...]:
    """How every fact of the matter stands.

    `titles` are the sources' titles; `on_consent` the keys of facts asked only after a 核验 that can be asked now.
    """
    states = []
    for need in matter.facts:
        fact = facts.get(need.key)
        waits = fact is None or fact.state == "pending"
        state = _waiting(need.key in on_consent, fact) if waits else _STATES[fact.state if fact else ""]
        states.append(
            FactState(
                need.key, need.title, titles.get(need.source, need.title), state, fact.fetched_at if fact else "",
                fact.reason if fact else "", need.key in on_consent,
            )
        )
    return tuple(states)


def _waiting(on_consent: bool, fact: Fact | None) -> str:
    """A source that waits for consent says so in its reason; before that the question itself is not answered."""
    return "待核验" if on_consent and fact is not None and "核验" in fact.reason else "待填"
