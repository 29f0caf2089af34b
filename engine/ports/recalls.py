"""What grants rested on, and the recalls that ask for a second look at them."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.guard import Basis


class Grant(msgspec.Struct, frozen=True):
    """A grant as it is indexed: `row` it rested on, `share` and `drawn` of 抽查 (share "" where nothing is drawn)."""

    case: str
    matter: str
    hash: str
    row: str
    district: str
    at: str
    automatic: bool
    share: str = ""
    drawn: bool = False


class BasisQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Grants that rested on something. `kind` and `key` as in `Freeze`; `matter` and `district` "" mean all.

    `since` and `until` (ISO instants, inclusive, "" open) bound when a source was asked, else when it was decided.
    `detail` narrows to how it came out (命中 …).
    """

    kind: str
    key: str
    matter: str = ""
    district: str = ""
    since: str = ""
    until: str = ""
    detail: str = ""


class GrantLine(msgspec.Struct, frozen=True):
    """A grant in a list; `detail` and `asked_at` tell of the basis asked for."""

    case: str
    number: str
    matter: str
    matter_title: str
    subject_name: str
    district: str
    status: str
    certificate_number: str
    at: str
    automatic: bool
    detail: str
    asked_at: str
    state: str = ""
    outcome: str = ""


class Recall(msgspec.Struct, frozen=True):
    """A recall. `state`: opening | opened | confirmed | undoing | undone. `total` grants are in it."""

    id: str
    query: BasisQuery
    reason: str
    by: str
    at: str
    state: str = "opening"
    total: int = 0
    settled_by: str = ""
    settled_at: str = ""


class RecallStore(Protocol):
    """Grants by what they rested on, and recalls. Every step of a recall may be repeated after a crash."""

    def keep(self, grant: Grant, basis: tuple[Basis, ...]) -> None:
        """Index a grant; the same one again changes nothing."""
        ...

    def find(self, query: BasisQuery, after: str = "", limit: int = 50) -> tuple[GrantLine, ...]:
        """Grants that rested on it, by case id; `after` is the last case id seen."""
        ...

    def count(self, query: BasisQuery) -> int:
        """How many grants rested on it."""
        ...

    def of_day(self, day: str, after: str = "", limit: int = 500) -> tuple[Grant, ...]:
        """The instant grants of a day by case id."""
        ...

    def open(self, recall: Recall) -> int:
        """Keep a recall with every grant that rests on its query, in one act; how many."""
        ...

    def recall(self, id: str) -> Recall | None:
        """One recall."""
        ...

    def recalls(self, limit: int = 50) -> tuple[Recall, ...]:
        """Recalls newest first."""
        ...

    def waiting(self, recall: str, state: str, limit: int) -> tuple[str, ...]:
        """Ids of its cases in a state: prepared | opened | dropped."""
        ...

    def mark(self, recall: str, case: str, state: str, during: str) -> bool:
        """The case's part is done; False when the recall is not in the state `during`, in which it then stays until
        this transaction ends."""
        ...

    def counts(self, recall: str) -> dict[str, int]:
        """How many of its cases are in each state; and of those opened how many have each outcome, by "outcome:…"."""
        ...

    def members(self, recall: str, after: str = "", limit: int = 50) -> tuple[GrantLine, ...]:
        """Its cases by id, with state and outcome."""
        ...

    def move(self, recall: str, before: tuple[str, ...], after: str, *, by: str = "", at: str = "") -> bool:
        """Move a recall on from one of some states; False when it is in another."""
        ...

    def release(self, recall: str, task: str) -> int:
        """Show the held tasks of a recall to staff, all in this transaction; how many."""
        ...

    def outcome(self, recall: str, case: str, outcome: str) -> None:
        """What a person decided: 维持 | 撤销."""
        ...
