"""Port: confirmations asked of second parties, from the asking to the answer."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.people import Subject
from engine.model.values import Answers

ASKED = "待确认"


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a party is asked to confirm of a draft, and what it said. `state`: 待确认 | 已确认 | 未同意.

    `sign` is the id of the countersign of the matter version `matter_hash`; `answers` are exactly those it shows.
    `digest` binds what is said to them. `signature` is the signed act as JSON where the party signed. Instants are
    ISO 8601.
    """

    id: str
    draft: str
    sign: str
    matter_hash: str
    matter_title: str
    applicant: Subject
    party: str
    digest: str
    answers: Answers
    asked_at: str
    state: str = ASKED
    reminded_at: str = ""
    answered_at: str = ""
    answered_by: str = ""
    reason: str = ""
    signature: str = ""


class ConfirmationStore(Protocol):
    """Requests for confirmation."""

    def put(self, request: Request) -> None:
        """Keep a request; an earlier one of the same draft and countersign is gone."""
        ...

    def load(self, id: str, *, lock: bool = False) -> Request | None:
        """The request, or None; with `lock` nobody else changes it until the writing transaction ends."""
        ...

    def of_draft(self, draft: str) -> tuple[Request, ...]:
        """The requests of a draft."""
        ...

    def of_party(self, code: str, limit: int) -> tuple[Request, ...]:
        """What a party is asked: open requests first, then the newest."""
        ...

    def waiting(self, code: str) -> int:
        """How many requests wait for the party."""
        ...

    def withdraw(self, draft: str, sign: str) -> bool:
        """Take the request of a draft back; False when there is none."""
        ...
