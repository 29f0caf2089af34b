"""Where it is counted who did what, kept who saw whose data, and how each case came to be as it is."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.case import Case
from engine.ports.cases import CaseLine
from engine.trust.history import Checkpoint


class Tally(msgspec.Struct, frozen=True):
    """How often somebody did something in one hour. `hour` is "2026-11-25T09"; `actor` an account's id, "login:<login>"
    or "address:<address>"."""

    hour: str
    actor: str
    activity: str
    times: int


class Seen(msgspec.Struct, frozen=True):
    """How often an account opened a case in one hour."""

    hour: str
    account: str
    case: str
    times: int


class Breadth(msgspec.Struct, frozen=True):
    """How many different subjects' data an account opened in one hour."""

    hour: str
    account: str
    subjects: int


class TokenUse(msgspec.Struct, frozen=True):
    """How often an API token was used on a day, and how many of the calls were refused."""

    day: str
    account: str
    name: str
    calls: int
    refused: int = 0


class ActivityStore(Protocol):
    """Counters that analysis reads instead of the entries themselves."""

    def count(self, tallies: tuple[Tally, ...]) -> None:
        """Add to the counters."""
        ...

    def by_day(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, int], ...]:
        """(day, activity, times) over all actors but logins and addresses."""
        ...

    def daily(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, str, int], ...]:
        """(day, actor, activity, times), most first."""
        ...

    def by_actor(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, int], ...]:
        """(actor, activity, times) over the span, most first."""
        ...

    def odd_hours(
        self, activities: tuple[str, ...], since: str, until: str, first: int, last: int
    ) -> tuple[tuple[str, str, int], ...]:
        """(day, actor, times) outside the hours from `first` until before `last` of the day, most first."""
        ...

    def saw(self, hour: str, account: str, case: str, subject: str) -> None:
        """The account opened the data of the case, whose first subject has the code `subject`."""
        ...

    def breadths(self, since: str, until: str, least: int) -> tuple[Breadth, ...]:
        """Hours in which an account opened the data of `least` different subjects or more, most first."""
        ...

    def viewers(self, case: str, limit: int = 100) -> tuple[Seen, ...]:
        """Who opened a case, newest first."""
        ...

    def used(self, uses: tuple[TokenUse, ...]) -> None:
        """Add to the uses of tokens."""
        ...

    def untold_uses(self, before: str) -> tuple[TokenUse, ...]:
        """Uses of days before `before` that the history was not told of yet."""
        ...

    def told_uses(self, uses: tuple[TokenUse, ...]) -> None:
        """The history has been told of them."""
        ...


class PastChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one commit changed of a case: the fields it set, as JSON values, and those that went back to their default.

    `whole`: the case from nothing. `salt` makes the digest of the change say nothing of what is in it.
    """

    set: dict[str, object]
    gone: tuple[str, ...] = ()
    whole: bool = False
    salt: str = ""


class StoredChange(msgspec.Struct, frozen=True):
    """A change as it is kept. `change` is None where it can no longer be opened, `reason` says why."""

    version: int
    at: str
    digest: str
    change: PastChange | None
    reason: str = ""


class PastStore(Protocol):
    """The changes a case is folded from."""

    def keep(self, before: Case | None, case: Case, at: str, salt: str) -> str:
        """Keep what the commit that led to `case` changed; the digest (SM3, hex) that the history commits to.

        Without the change before it (`before` is None, or the case is older than this record) the case is kept whole.
        """
        ...

    def changes(self, case: str, until: int = 0) -> tuple[StoredChange, ...]:
        """The changes in order, up to a version (0: all)."""
        ...

    def digests(self, case: str) -> dict[int, str]:
        """The digests by version, without opening anything."""
        ...


class TraceQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which cases to trace. `by`: number | certificate | subject (name or code) | version (a matter's hash) | person
    (account id of who acted) | span; `since` and `until` bound when it was received (person: when they acted)."""

    by: str
    value: str = ""
    since: str = ""
    until: str = ""
    district: str = ""
    after: str = ""
    limit: int = 50


class TraceStore(Protocol):
    """Finds cases to trace."""

    def find(self, query: TraceQuery) -> tuple[CaseLine, ...]:
        """Cases newest first; the cursor for `after` is `received_at|id` of the last line."""
        ...


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """A regular run: how far it is, and what the last whole one found. Instants are ISO 8601."""

    name: str
    at: str = ""
    next_at: str = ""
    started_at: str = ""
    position: int = 0
    after: str = ""
    entries: int = 0
    contents: int = 0
    faults: tuple[str, ...] = ()
    finished_at: str = ""
    found: tuple[str, ...] = ()
    looked_at: int = 0
    compared: int = 0
    exported: int = 0
    error: str = ""


class RunStore(Protocol):
    """Regular runs by name. One process at a time goes on with a run."""

    def run(self, name: str) -> Run:
        """The run as it stands; an empty one before the first."""
        ...

    def take(self, name: str, now: str, until: str) -> Run | None:
        """The run, when it is due and no other process has it; it is ours until `until` or until it is kept."""
        ...

    def keep(self, run: Run) -> None:
        """Keep how far it is; another process may take it from `next_at`."""
        ...


class Custodian(Protocol):
    """The second custodian of the checkpoints: another place that we only add to."""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        ...

    def keep(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        """Hand checkpoints over, again is harmless; ZhunyuError S006 when it cannot be reached or refuses."""
        ...

    def kept(self, after: int, limit: int) -> tuple[Checkpoint, ...]:
        """What it holds after a batch number; ZhunyuError S006 when it does not answer."""
        ...
