"""What is shown to everybody: cases under 公示, and results."""

from __future__ import annotations

from typing import Protocol

import msgspec

Lines = tuple[tuple[str, str], ...]


class Notice(msgspec.Struct, frozen=True):
    """One page of 公示. `id` is the case's id, a dot and the step's task id; `until` the last ISO day.

    `state` is open | closed; `result` how it ended. `rows` are the items of a batch, a tuple of values each.
    """

    id: str
    case: str
    task: str
    matter_title: str
    title: str
    authority: str
    district: str
    since: str
    until: str
    lines: Lines
    basis: str = ""
    state: str = "open"
    result: str = ""
    rows: tuple[Lines, ...] = ()


class Result(msgspec.Struct, frozen=True):
    """A decision as everybody may read it. `numbers` are those of certificates made with it."""

    case: str
    matter_title: str
    subject: str
    outcome: str
    authority: str
    district: str
    decided_on: str
    lines: Lines
    numbers: tuple[str, ...] = ()


class PublicityStore(Protocol):
    """Pages for everybody; nothing in them is sealed."""

    def open(self, notice: Notice) -> None:
        """A page begins."""
        ...

    def close(self, id: str, result: str) -> None:
        """A page is over; absent is fine."""
        ...

    def notice(self, id: str) -> Notice | None:
        """A page by its id."""
        ...

    def notices(self, text: str, state: str, after: str, limit: int) -> tuple[Notice, ...]:
        """Pages in a state that have the text in them, newest first; `after` is `since|id` of the last one seen."""
        ...

    def publish(self, result: Result) -> None:
        """A decision is shown; once for each case."""
        ...

    def results(self, text: str, after: str, limit: int) -> tuple[Result, ...]:
        """Decisions that have the text in them, newest first; `after` is `decided_on|case` of the last one seen."""
        ...
