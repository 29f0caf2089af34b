"""Where cases are kept, with what one commit projects beside them; and the keys that protect what lies there."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.case import Case
from engine.model.events import Event
from engine.model.people import Actor


class Sealer(Protocol):
    """The keys of one transaction. Places are "table.column", rows the primary key.

    What it seals is under the data key of its owner: of the table, or of the case or draft that `of` names.
    """

    def of(self, owner: str) -> Sealer:
        """The same for what belongs to a case or draft; "" is the table."""
        ...

    def share(self, owner: str, other: str) -> None:
        """`other` gets the data key that `owner` has: a draft's, when it becomes a case. Nothing when it has none."""
        ...

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        """A token that opens only in this place and row."""
        ...

    def open(self, place: str, row: str, token: str) -> bytes:
        """The plaintext; ZhunyuError K004 when the token was altered or moved, K006 when its owner's key has been
        destroyed."""
        ...

    def blind(self, place: str, value: str) -> str:
        """A keyed digest, equal for equal values of one place for the life of the installation (a root key's
        rotation must not change it: unique indexes rest on it)."""
        ...

    def tag(self, salt: bytes, content: bytes) -> str:
        """The keyed tag (hex) of a history entry's content, under the entry's own key."""
        ...

    def entry_key(self, salt: bytes) -> bytes:
        """The key of one history entry's tag, which may be disclosed with its content; it opens no other."""
        ...


class CaseLine(msgspec.Struct, frozen=True):
    """A case in a list. `due` is the earlier of the promised and the legal limit while open; `task` the title of the
    first open task, "" when there is none; `stopped_at` since when its
    clocks stand, `clock_level` the worst level they have been told of."""

    id: str
    number: str
    matter: str
    matter_title: str
    summary: str
    status: str
    received_at: str
    subject_name: str
    district: str
    automatic: bool
    due: str
    certificate_number: str = ""
    task: str = ""
    stopped_at: str = ""
    clock_level: str = ""


class TaskRow(msgspec.Struct, frozen=True):
    """A task of a case. `state`: open | held | closed. `barred` are the ids of staff who may not take it."""

    case: str
    task: str
    step: str
    title: str
    role: str
    district: str
    due: str
    people: int
    barred: tuple[str, ...]
    claimed_by: str
    state: str
    opened_at: str
    closed_at: str = ""
    closed_by: str = ""
    reason: str = ""


class CaseQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cases newest first. `account` or `subject_code` narrow to an applicant; `after` is the last line's cursor."""

    account: str = ""
    subject_code: str = ""
    text: str = ""
    matter: str = ""
    status: str = ""
    district: str = ""
    after: str = ""
    limit: int = 50


class RecordedEvent(msgspec.Struct, frozen=True):
    """One event of a case's history: `seq` counts from 1, `version` is the case version it led to."""

    seq: int
    at: str
    version: int
    actor: Actor
    event: Event


class CaseStore(Protocol):
    """Cases and their projections."""

    def load(self, case: str) -> Case | None:
        """The case with all its answers; ZhunyuError K006 (410) when its key was destroyed."""
        ...

    def outline(self, case: str) -> Case | None:
        """What lies in the clear of a case: for lists, which need no key and show destroyed cases, too."""
        ...

    def version(self, case: str) -> int:
        """How many commits the case has had, whether or not it can be read; 0 when there is none such."""
        ...

    def by_number(self, number: str) -> str | None:
        """The id of the case with this number."""
        ...

    def add(self, case: Case, sensitive: tuple[str, ...], account: str) -> bool:
        """Keep a new case; answers of the `sensitive` field ids are sealed. False when its number is taken."""
        ...

    def replace(self, before: int, case: Case, sensitive: tuple[str, ...]) -> bool:
        """Compare-and-set on `before`; False when another commit was first."""
        ...

    def show_certificate(self, case: str, number: str) -> None:
        """Put a certificate number into the case's line."""
        ...

    def append(
        self, case: str, version: int, at: str, actor: Actor, events: tuple[Event, ...], *, confidential: bool = False
    ) -> int:
        """Append to the history; the seq of the first event appended. All of a `confidential` case is sealed."""
        ...

    def events(self, case: str, *, personal: bool = True) -> tuple[RecordedEvent, ...]:
        """The history, oldest first; without `personal` only what names nobody and needs no key to read."""
        ...

    def open_task(self, task: TaskRow) -> None:
        """Open a task (again, when it was closed)."""
        ...

    def close_task(self, case: str, task: str, at: str, by: str, reason: str) -> None:
        """Close a task."""
        ...

    def move_task(self, case: str, task: str, due: str) -> None:
        """Give an open task another due day, "" for none."""
        ...

    def tasks(self, case: str) -> tuple[TaskRow, ...]:
        """All tasks of a case, in the order they were opened."""
        ...

    def claim_task(self, case: str, task: str, person: str) -> bool:
        """Take an open unclaimed task; False when another has it or it is closed."""
        ...

    def release_task(self, case: str, task: str, person: str) -> bool:
        """Give a claimed task back to the group."""
        ...

    def bar_from_tasks(self, case: str, person: str) -> None:
        """Give the person's open tasks of the case back, and let them take none of them."""
        ...

    def claimed_by(self, people: tuple[str, ...], limit: int = 500) -> tuple[TaskRow, ...]:
        """The open tasks that any of some people has taken, most urgent first."""
        ...

    def pass_task(self, case: str, task: str, before: str, after: str) -> bool:
        """A task one person has taken goes to another ("": back to the group); False when it is not theirs now."""
        ...

    def reserve(self, key: str, case: str, acts_on: str, today: str) -> bool:
        """Hold a key. False when another open case, or a valid certificate other than `acts_on`, holds it."""
        ...

    def release(self, key: str, case: str) -> None:
        """Give a key back that this case holds."""
        ...

    def pass_on_reservations(self, case: str, certificate: str, keys: tuple[str, ...]) -> None:
        """The keys of the case are now held by the certificate; what it held beside them is given back."""
        ...

    def release_reservations(self, certificate: str) -> None:
        """Give back all keys the certificate holds."""
        ...

    def submitted(self, draft: str) -> str | None:
        """The id of the case made from a draft."""
        ...

    def submitted_key(self, account: str, key: str) -> str | None:
        """The draft that was submitted under an idempotency key."""
        ...

    def submit_once(self, draft: str, account: str, key: str, case: str, at: str) -> bool:
        """Record that the draft became the case; False when the draft or the key was used before."""
        ...

    def line(self, case: str) -> CaseLine | None:
        """One case as a line."""
        ...

    def lines(self, query: CaseQuery) -> tuple[CaseLine, ...]:
        """Cases newest first; the cursor for `after` is `received_at|id` of the last line."""
        ...
