"""Where the work that follows a commit waits: the outbox and the reminders. The rows are the truth."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.values import Json


class Job(msgspec.Struct, frozen=True):
    """One effect to be carried out, or one that was.

    `kind`: push | seal_certificate. `seq` orders the jobs of one case; those of one case, kind and receiver are
    handed out one after the other. `key` is the idempotency key the receiver is given. `lease` proves that the
    holder still owns the job. `state`: waiting | leased | done | dead. `attempts` counts the claims.
    """

    id: str
    kind: str
    case: str
    seq: int
    to: str
    event: str
    body: dict[str, Json]
    key: str
    attempts: int = 0
    lease: str = ""
    state: str = "waiting"
    created_at: str = ""
    next_at: str = ""
    done_at: str = ""
    last_error: str = ""


class DueJob(msgspec.Struct, frozen=True):
    """A case that wanted to be woken with `Lapse(what)` at `at`."""

    case: str
    what: str
    at: str


class EffectStore(Protocol):
    """The outbox and the reminders."""

    def enqueue(self, job: Job) -> bool:
        """Add a job; False when its key is already there."""
        ...

    def claim(self, kinds: tuple[str, ...], limit: int, *, lease: str, now: str, until: str) -> tuple[Job, ...]:
        """Lease up to `limit` ripe jobs until `until`, oldest first; an expired lease counts as ripe."""
        ...

    def give_back(self, at: str) -> int:
        """Make every leased job ripe again; how many. Whoever still works on one has lost its lease."""
        ...

    def done(self, job: str, lease: str, at: str) -> bool:
        """The job is carried out; False when the lease was lost."""
        ...

    def retry(self, job: str, lease: str, next_at: str, error: str) -> bool:
        """Try again at `next_at`; False when the lease was lost."""
        ...

    def bury(self, job: str, lease: str, at: str, error: str) -> bool:
        """Give the job up (dead letter); False when the lease was lost."""
        ...

    def resend(self, job: str, at: str) -> bool:
        """Put a dead letter back, with its attempts forgotten; False when it is not dead."""
        ...

    def job(self, id: str) -> Job | None:
        """One job."""
        ...

    def dead(self, limit: int = 100) -> tuple[Job, ...]:
        """Dead letters, newest first."""
        ...

    def of_case(self, case: str) -> tuple[Job, ...]:
        """All jobs of a case in order."""
        ...

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        ...

    def ripe(self, now: str, kinds: tuple[str, ...] = ()) -> bool:
        """Whether anything could be claimed or is due: one cheap question for the poll. With `kinds`: whether a job of
        these kinds could be claimed."""
        ...

    def set_due(self, case: str, what: str, at: str) -> None:
        """Wake the case; the same `what` again replaces the instant."""
        ...

    def clear_due(self, case: str, what: str) -> None:
        """The reminder is no longer wanted."""
        ...

    def due(self, now: str, limit: int) -> tuple[DueJob, ...]:
        """Reminders whose instant has come, oldest first."""
        ...

    def delay_due(self, case: str, what: str, at: str, error: str) -> None:
        """Ask again later because the case could not be woken."""
        ...
