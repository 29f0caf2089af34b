"""Read models that portal, admin and API share."""

from __future__ import annotations

import msgspec

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.matter import Matter
from engine.ports.cases import CaseLine
from engine.services.clock_letters import clock_letters

__all__ = ["CaseLine", "CaseView", "Moment"]


class Moment(msgspec.Struct, frozen=True):
    """One milestone of a case. `words` are for the applicant, `detail` for staff only."""

    at: str
    kind: str
    words: str
    detail: str = ""
    actor: str = ""


class CaseView(msgspec.Struct, frozen=True):
    """A case with everything a page shows beside it.

    `sealed`: every certificate of the case is ready for download. `etag` changes whenever the page would.
    `annex` is the list of a batch. `can` names what the viewer may do now: withdraw, answer_supplement, sign_for,
    ask_hearing.
    """

    case: Case
    matter: Matter
    timeline: tuple[Moment, ...]
    certificates: tuple[Certificate, ...]
    sealed: bool
    original: Certificate | None
    etag: str
    can: tuple[str, ...]
    annex: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def clock_letters(self) -> tuple[tuple[str, str], ...]:
        """The letters of the clock and the hearing, as (kind, title)."""
        return clock_letters(self.case)
