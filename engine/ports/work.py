"""The staff's lists: tasks by urgency, cases by what is known of them, saved views."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.saved_views import Filters, SavedView
from engine.ports.cases import CaseLine, TaskRow

MOST_COUNTED = 999  # a view that holds more is told as "999+"
MARKS = ("stopped", "returned", "alert", "reminded")


class WorkRow(msgspec.Struct, frozen=True):
    """A task with its case, as a work list shows them. `version` is the case's."""

    case: CaseLine
    task: TaskRow
    version: int
    risk: int
    channel: str
    marks: tuple[str, ...] = ()


class Reach(msgspec.Struct, frozen=True):
    """Where a role reaches: in `districts` (() all), for `matters` (None: all), for `steps` by title (() all); `level`
    "市级" or "区级" narrows it to cases of that level."""

    role: str
    districts: tuple[str, ...] = ()
    matters: tuple[str, ...] | None = None
    steps: tuple[str, ...] = ()
    level: str = ""


class WorkQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a work list asks for.

    `view`: mine (claimed by `person`) | group (unclaimed, of `roles` in `district`) | department (at the person's own
    `office`, its district) | all (open, in `district` or of a case of it) | overdue, today, alerts (by the ISO days
    `today` and `soon`, or marked) | stopped, returned (marked) | checks (after the decision, of `roles` in `district`;
    the others are without, but for mine) | done (closed by `person`).
    An empty `district` sees every district. `matters` narrows to these ids, as a line does; () narrows nothing.
    `reverse` turns the order round, what is due last first. `after` is the cursor the last page gave. `reach` says how
    far each role reaches where that is less, or more, than `roles` and `district` can say; then `district` is "".
    """

    person: str
    roles: tuple[str, ...]
    district: str
    office: str = ""
    view: str = "group"
    filters: Filters = Filters()
    matters: tuple[str, ...] = ()
    today: str = ""
    soon: str = ""
    reverse: bool = False
    after: str = ""
    limit: int = 20
    reach: tuple[Reach, ...] = ()


class SearchQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cases, running and finished, newest first. `state`: "" | open | closed. Days are ISO, both included; `number` is
    a case number or its beginning, `certificate` a whole certificate number, `text` a part of a name, matter, summary
    or district. `after` is the cursor of the last page."""

    text: str = ""
    number: str = ""
    certificate: str = ""
    matter: str = ""
    district: str = ""
    status: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    after: str = ""
    limit: int = 20


class Standing(msgspec.Struct, frozen=True):
    """What the lists need of a case, as a commit leaves it. `due` is the case's own, for tasks without one; `stopped`
    whether its clock stands; `marks` those of MARKS that hold; `risk` as the desk weighs it."""

    case: str
    matter: str
    district: str
    status: str
    channel: str
    due: str
    risk: int
    marks: tuple[str, ...]
    text: str
    number: str
    received_at: str
    closed: bool

    @property
    def stopped(self) -> bool:
        """Whether the clock of the case stands."""
        return "stopped" in self.marks


class WorkStore(Protocol):
    """Lists, each by an index; what a commit changes of them; saved views."""

    def refresh(self, standing: Standing, *, tasks: bool = True) -> None:
        """Bring the sort keys, filters and marks of a case's tasks (when it may have any), and its line in the search,
        up to date."""
        ...

    def page(self, query: WorkQuery) -> tuple[tuple[WorkRow, ...], str]:
        """A page of tasks, most urgent first (done: newest first), and the cursor of the next page or ""."""
        ...

    def counts(self, query: WorkQuery) -> dict[str, int]:
        """How many tasks each view but done holds for the person, whatever else is asked; never more than
        MOST_COUNTED + 1 are counted."""
        ...

    def search(self, query: SearchQuery) -> tuple[tuple[CaseLine, ...], str]:
        """A page of cases and the cursor of the next page or ""."""
        ...

    def held_by(self, person: str, limit: int) -> tuple[WorkRow, ...]:
        """The open tasks a person has claimed, most urgent first."""
        ...

    def hand_over(self, case: str, task: str, giver: str, taker: str) -> bool:
        """Move a claimed open task from one person to another; False when the giver does not hold it any more."""
        ...

    def views(self, account: str) -> tuple[SavedView, ...]:
        """The saved views of an account by name."""
        ...

    def save_view(self, view: SavedView) -> bool:
        """Keep a view, or change it; False when another of the account has its name."""
        ...

    def drop_view(self, account: str, id: str) -> bool:
        """Delete a view; False when the account has none such."""
        ...
