"""The work list: the tasks a member of staff may do, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.saved_views import COLUMNS, ORDERS, SIZES, USUAL, VIEWS, Arrangement, Filters, SavedView
from engine.ports.cases import CaseLine
from engine.ports.store import Store
from engine.ports.work import SearchQuery, WorkQuery, WorkRow
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.desk_access import district_of, reach_of, staff_of
from engine.services.desk_views import TaskLine, WorkPage, days_left
from engine.services.shelf import Shelf

SOON = 2  # working days before a due day in which it is told as an alert
LONGEST_NAME, MOST_VIEWS = 30, 20


class WorkList:
    """The lists a member of staff works from."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf) -> None:
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf

    def page(
        self, session: Session, view: str = "group", filters: Filters | None = None, after: str = "", limit: int = 20,
        reverse: bool = False,
    ) -> WorkPage:  # fmt: skip
        """A page of a view of the work list, most urgent first; `after` is the page's cursor."""
        account, filters = staff_of(session).account, filters or Filters()
        matters = self._of_line(filters.line)
        query = msgspec.structs.replace(
            self._query(session), view=view if view in VIEWS else "group", filters=filters, matters=matters,
            after=after, limit=min(max(limit, 1), SIZES[-1]), reverse=reverse,
        )  # fmt: skip
        with self._store.read() as store:
            rows, next = store.work.page(query) if matters or not filters.line else ((), "")
            counts = store.work.counts(query)
            seen = store.accounts.readings(account.id, tuple({row.case.id for row in rows}))
        today, calendar = self._clock.now().date(), self._shelf.reference_calendar()
        return WorkPage(tuple(_line(row, seen, today, calendar) for row in rows), next, counts)

    def counts(self, session: Session) -> dict[str, int]:
        """How many tasks each view of the work list holds, counted to 999 and one more."""
        query = self._query(session)
        with self._store.read() as store:
            return store.work.counts(query)

    def holding(self, session: Session, limit: int = 500) -> tuple[WorkRow, ...]:
        """The tasks one has claimed, most urgent first."""
        person = staff_of(session).account.id
        with self._store.read() as store:
            return store.work.held_by(person, limit)

    def search(self, session: Session, query: SearchQuery) -> tuple[tuple[CaseLine, ...], str]:
        """Cases, running and finished, of one's district, newest first, and the cursor of the next page. A004 for a
        text of a single letter, which tells nothing apart."""
        own = district_of(staff_of(session).account)
        if len(query.text.strip()) == 1:
            raise ZhunyuError("A004", "一个字找不准。", "请输入至少两个字，或者完整的编号。", status=422)
        wanted = msgspec.structs.replace(query, district=own or query.district, limit=min(max(query.limit, 1), 100))
        with self._store.read() as store:
            return store.work.search(wanted)

    def views(self, session: Session) -> tuple[SavedView, ...]:
        """One's saved views, by name."""
        account = staff_of(session).account
        with self._store.read() as store:
            return store.work.views(account.id)

    def keep_view(
        self, session: Session, name: str, arrangement: Arrangement, *, id: str = "", usual: bool = False
    ) -> SavedView:
        """Keep an arrangement under a name, or change the view `id`. C004 for no name or a long one, A005 when another
        view of one's own has it, A004 for too many."""
        account, called = staff_of(session).account, " ".join(name.split())
        if not called or len(called) > LONGEST_NAME:
            raise ZhunyuError("C004", "没有写视图的名称，或者太长。", f"请写 1 至 {LONGEST_NAME} 个字。", status=422)
        with self._store.write() as store:
            mine = {one.id: one for one in store.work.views(account.id)}
            if id and id not in mine:
                raise _no_view()
            if not id and len(mine) >= MOST_VIEWS:
                raise ZhunyuError(
                    "A004", f"最多保存 {MOST_VIEWS} 个视图。", "请先删除不用的视图。", status=422
                )
            view = SavedView(id or self._ids.new(), account.id, called, sound(arrangement), usual)
            if not store.work.save_view(view):
                raise ZhunyuError("A004", f"您已有名为“{called}”的视图。", "请换一个名称。", status=422)
        return view

    def rename_view(self, session: Session, id: str, name: str, *, usual: bool) -> SavedView:
        """Give a view another name, or make it the usual one; A003 when there is none, else as `keep_view`."""
        found = next((one for one in self.views(session) if one.id == id), None)
        if found is None:
            raise _no_view()
        return self.keep_view(session, name, found.arrangement, id=id, usual=usual)

    def drop_view(self, session: Session, id: str) -> None:
        """Delete a view of one's own; A003 when there is none."""
        account = staff_of(session).account
        with self._store.write() as store:
            if not store.work.drop_view(account.id, id):
                raise _no_view()

    def _query(self, session: Session) -> WorkQuery:
        account = staff_of(session).account
        district, reach = reach_of(account)
        today = self._clock.now().date()
        soon = add_workdays(today, SOON, self._shelf.reference_calendar())
        return WorkQuery(
            person=account.id, roles=account.roles, district=district, reach=reach, office=account.district,
            today=today.isoformat(), soon=soon.isoformat(),
        )  # fmt: skip

    def _of_line(self, line: str) -> tuple[str, ...]:
        """The matters of a line; of none for ""."""
        return tuple(card.id for card in self._shelf.cards() if card.line == line) if line else ()


def sound(one: Arrangement) -> Arrangement:
    """The arrangement with only what there is; what is not known is as usual."""
    columns = tuple(dict.fromkeys(name for name in one.columns if name in COLUMNS))
    return msgspec.structs.replace(
        one, view=one.view if one.view in VIEWS else "group", columns=columns or USUAL,
        order=one.order if one.order in ORDERS else ORDERS[0], size=one.size if one.size in SIZES else SIZES[0],
    )  # fmt: skip


def _no_view() -> ZhunyuError:
    return ZhunyuError("A003", "没有这个视图。", "请从待办列表重新选择。", status=404)


def _line(row: WorkRow, seen: Mapping[str, int], today: date, calendar: Mapping[str, str]) -> TaskLine:
    due, stopped = row.task.due or row.case.due, "stopped" in row.marks
    late = bool(due) and row.task.state == "open" and due[:10] < today.isoformat()
    return TaskLine(
        case=row.case, task=row.task.task, step=row.task.step, title=row.task.title, due=due,
        overdue=late and not stopped, days_left=days_left(due, today, calendar), risk=row.risk,
        unread=seen.get(row.case.id) != row.version, claimed_by=row.task.claimed_by, marks=row.marks,
        channel=row.channel, version=row.version,
    )  # fmt: skip
