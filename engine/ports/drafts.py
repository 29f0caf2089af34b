"""Port: drafts of applications, recorded consents, what was typed into an expired session, and upload checking."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.batch import Pick
from engine.model.case import Upload
from engine.model.people import Subject
from engine.model.values import Answers


class Draft(msgspec.Struct, frozen=True):
    """An application that is still being filled in.

    `answers` are kept as typed, valid or not. `revision` counts from 1 and is compared and set by every save.
    `consents` are the fact keys whose source may be asked for the arguments recorded with the consent; `case` is
    the id of the case the draft became, "" before; `window` the browser window that saved last. `picks` is the list of
    certificates of a batch.
    """

    id: str
    account: str
    subject: Subject
    matter: str
    matter_hash: str
    acts_on: str
    answers: Answers
    uploads: dict[str, tuple[Upload, ...]]
    revision: int
    created_at: str
    updated_at: str
    consents: tuple[str, ...] = ()
    case: str = ""
    window: str = ""
    picks: tuple[Pick, ...] = ()


class Consent(msgspec.Struct, frozen=True):
    """The applicant's recorded consent that one source is asked with exactly these arguments (`digest`, SM3 hex)."""

    id: str
    draft: str
    account: str
    fact: str
    source: str
    digest: str
    given_at: str


class Parked(msgspec.Struct, frozen=True):
    """What was typed into a form whose session had expired, until its owner signs in again."""

    id: str
    draft: str
    answers: Answers
    parked_at: str


class DraftStore(Protocol):
    """Drafts and what belongs to them."""

    def get(self, draft_id: str, *, lock: bool = False) -> Draft | None:
        """The draft, or None; with `lock` nobody else changes it until the writing transaction ends."""
        ...

    def add(self, draft: Draft) -> None:
        """Store a new draft."""
        ...

    def replace(self, draft: Draft, expected: int) -> bool:
        """Store the draft if its stored revision is still `expected`; False when it is not."""
        ...

    def of(self, account: str, subject_code: str) -> tuple[Draft, ...]:
        """The open drafts of an account for a subject, last changed first, at most 200."""
        ...

    def begun_by(self, account: str) -> tuple[Draft, ...]:
        """The open drafts of an account for any subject, last changed first, at most 200."""
        ...

    def delete(self, draft_id: str) -> None:
        """Remove the draft, the rows of its list and what was parked for it; absent is fine."""
        ...

    def close(self, draft_id: str, case_id: str) -> None:
        """Mark the draft as having become the case; it leaves the list of open drafts."""
        ...

    def add_consent(self, consent: Consent) -> None:
        """Record a consent."""
        ...

    def consents(self, draft_id: str) -> tuple[Consent, ...]:
        """The consents given in a draft, oldest first."""
        ...

    def consents_since(self, account: str, since: str) -> int:
        """How many consents the account gave at or after the ISO instant `since`."""
        ...

    def park(self, parked: Parked) -> None:
        """Keep what was typed; what was parked for the same draft before the last three is dropped."""
        ...

    def parked(self, parked_id: str) -> Parked | None:
        """What was parked under the id, or None."""
        ...

    def unpark(self, parked_id: str) -> None:
        """Remove it; absent is fine."""
        ...


class CheckedUpload(msgspec.Struct, frozen=True):
    """What checking a file found: a safe name whose extension fits the content, media type, size, SM3 digest, pages."""

    name: str
    media: str
    size: int
    digest: str
    pages: int


class UploadChecker(Protocol):
    """Decides by its content whether a file may be taken."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        """What the file is; ZhunyuError A007 with the reason in Chinese when it may not be taken."""
        ...
