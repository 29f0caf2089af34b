"""The work list: the tasks a member of staff may do, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.model.case import Case
from engine.ports.cases import WorkQuery, WorkRow
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.desk_access import reach_of, staff_of
from engine.services.desk_views import TaskLine, WorkPage, days_left, risk_of
from engine.services.destroyed import or_outline
from engine.services.shelf import Shelf

VIEWS = ("group", "mine", "all", "checks", "done")


class WorkList:
    """The lists a member of staff works from."""

    def __init__(self, *, store: Store, clock: Clock, shelf: Shelf) -> None:
        self._store, self._clock, self._shelf = store, clock, shelf

    def page(
        self, session: Session, view: str = "group", text: str = "", matter: str = "", status: str = "",
        after: str = "", limit: int = 20,
    ) -> WorkPage:  # fmt: skip
        """A page of the work list, most urgent first. `view`: mine | group | done | all; `after` the page's cursor."""
        account = staff_of(session).account
        district, reach = reach_of(account)
        query = WorkQuery(
            person=account.id, roles=account.roles, district=district, reach=reach, text=text.strip(), matter=matter,
            view=view if view in VIEWS else "group", status=status, after=after, limit=min(max(limit, 1), 100),
        )  # fmt: skip
        with self._store.read() as store:
            rows, next = store.cases.work(query)
            counts = store.cases.work_counts(query)
            seen = store.accounts.readings(account.id, tuple({row.case.id for row in rows}))
            cases = {row.case.id: or_outline(store, row.case.id) for row in rows}
        today, calendar = self._clock.now().date(), self._shelf.reference_calendar()
        return WorkPage(tuple(_line(row, cases[row.case.id], seen, today, calendar) for row in rows), next, counts)

    def counts(self, session: Session) -> dict[str, int]:
        """How many tasks each view of the work list holds."""
        account = staff_of(session).account
        with self._store.read() as store:
            district, reach = reach_of(account)
            return store.cases.work_counts(WorkQuery(account.id, account.roles, district, reach=reach))


def _line(
    row: WorkRow, case: Case | None, seen: Mapping[str, int], today: date, calendar: Mapping[str, str]
) -> TaskLine:
    due = row.task.due or row.case.due
    return TaskLine(
        case=row.case, task=row.task.task, step=row.task.step, title=row.task.title, due=due,
        overdue=bool(due) and row.task.state == "open" and due[:10] < today.isoformat(),
        days_left=days_left(due, today, calendar), risk=risk_of(case) if case else 0,
        unread=case is not None and seen.get(case.id) != case.version, claimed_by=row.task.claimed_by,
    )  # fmt: skip
