"""What each view of the work list is made of: branches that do not meet, each read along one index in its order."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.tables.cases import tasks
from engine.adapters.sql.tables.work import task_marks
from engine.model.authority import CITY
from engine.ports.work import Reach, WorkQuery

LATER = "~"  # sorts behind every sign of a sort key, so that day + LATER is the end of the day
Conditions = list[sa.ColumnElement[bool]]
OPEN = tasks.c.state == sa.literal_column("'open'")
_WORK = tasks.c.after == sa.false()


class Branch:
    """One part of a view: the conditions, whether it goes through the marks, and the columns it is ordered by.

    A part that goes through the marks `alone` has no condition on the tasks themselves.
    """

    def __init__(self, conditions: Conditions, *, marked: bool = False, alone: bool = False) -> None:
        self.conditions, self.marked, self.alone = conditions, marked, alone

    @property
    def rank(self) -> sa.ColumnElement[str]:
        """The sort key the index of the branch has."""
        return task_marks.c.rank if self.marked else tasks.c.rank

    @property
    def place(self) -> tuple[sa.ColumnElement[str], sa.ColumnElement[str]]:
        """What tells tasks of one sort key apart, in the order of the index."""
        return (task_marks.c.case, task_marks.c.task) if self.marked else (tasks.c.case, tasks.c.task)

    def source(self, further: bool = False) -> sa.FromClause:
        """Where the rows come from; `further` conditions on the tasks may follow."""
        if not self.marked:
            return tasks
        if self.alone and not further:
            return task_marks
        on = sa.and_(tasks.c.case == task_marks.c.case, tasks.c.task == task_marks.c.task)
        return task_marks.join(tasks, on)


def branches(query: WorkQuery, view: str) -> list[Branch]:
    """The branches of a view for the person who asks, as far as their roles reach."""
    found = _branches(query, view)
    if query.reach and view not in ("mine", "done"):
        reached = sa.or_(*(_reached(one, of_role=view in ("group", "checks")) for one in query.reach))
        for one in found:
            one.conditions.append(reached)
            one.alone = False
    return found


def _reached(reach: Reach, *, of_role: bool) -> sa.ColumnElement[bool]:
    """The tasks a role reaches; all those of its cases where `of_role` is off."""
    conditions: Conditions = [sa.true()]
    if reach.matters is not None:
        conditions.append(tasks.c.matter.in_(reach.matters))
    if reach.districts:
        here = tasks.c.district.in_(reach.districts)
        conditions.append(here if of_role else sa.or_(here, tasks.c.place.in_(reach.districts)))
    if reach.level:
        city = tasks.c.district.in_(("", CITY))
        conditions.append(city if reach.level == CITY else sa.not_(city))
    if of_role:
        conditions.append(tasks.c.role == reach.role)
        conditions += [tasks.c.title.in_(reach.steps)] if reach.steps else []
    return sa.and_(*conditions)


def _branches(query: WorkQuery, view: str) -> list[Branch]:
    if view == "mine":
        return [Branch([OPEN, tasks.c.claimed_by == query.person])]
    if view == "done":
        return [Branch([tasks.c.state == "closed", tasks.c.closed_by == query.person])]
    if view == "group":
        free = [OPEN, _WORK, tasks.c.claimed_by == sa.literal_column("''")]
        return [Branch([*free, tasks.c.role == role, *_here(query)]) for role in query.roles]
    if view == "checks":
        return [_marked(query, f"after:{role}") for role in query.roles]
    if view in ("stopped", "returned"):
        return [_marked(query, view)]
    if view == "department":
        return [Branch([OPEN, _WORK, tasks.c.district == (query.office or query.district)])]
    rank = tasks.c.rank
    if view == "overdue":
        return [Branch([OPEN, _WORK, *_here(query), rank < query.today])]
    if view == "today":
        return [Branch([OPEN, _WORK, *_here(query), rank >= query.today, rank < query.today + LATER])]
    if view == "alerts":  # what is due soon, and what is marked for another reason
        first, last = query.today + LATER, query.soon + LATER
        rest = _marked(query, "alert")
        rest.conditions.append(sa.or_(task_marks.c.rank <= first, task_marks.c.rank >= last))
        return [Branch([OPEN, _WORK, *_here(query), rank > first, rank < last]), rest]
    if not query.district:
        return [Branch([OPEN, _WORK])]
    elsewhere = [tasks.c.elsewhere == sa.true(), tasks.c.place == query.district]
    return [Branch([OPEN, _WORK, tasks.c.district == query.district]), Branch([OPEN, _WORK, *elsewhere])]


def _here(query: WorkQuery) -> Conditions:
    return [tasks.c.district == query.district] if query.district else []


def _marked(query: WorkQuery, mark: str) -> Branch:
    """Only open tasks bear marks, but for checks after the decision, which may be held back."""
    later = mark.startswith("after:")
    conditions: Conditions = [task_marks.c.mark == mark, *([OPEN] if later else [])]
    if query.district:
        conditions.append(task_marks.c.district == query.district)
    return Branch(conditions, marked=True, alone=not later)


def narrowed(query: WorkQuery) -> Conditions:
    """The filters but the text, over the columns that lie with the tasks."""
    wanted, found = query.filters, list[sa.ColumnElement[bool]]()
    if wanted.matter:
        found.append(tasks.c.matter == wanted.matter)
    if query.matters:
        found.append(tasks.c.matter.in_(query.matters))
    if wanted.status:
        found.append(tasks.c.status == wanted.status)
    if wanted.district:
        found.append(tasks.c.place == wanted.district)
    if wanted.channel:
        found.append(tasks.c.channel == wanted.channel)
    if wanted.risk:
        found.append(tasks.c.risk >= wanted.risk)
    if wanted.due_from:
        found.append(tasks.c.rank >= wanted.due_from)
    if wanted.due_to:
        found.append(tasks.c.rank < wanted.due_to + LATER)
    return found
