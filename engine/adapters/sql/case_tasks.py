"""Tasks and work lists in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.case_lists import case_line, line_columns
from engine.adapters.sql.database import contains, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.cases import cases, tasks
from engine.model.authority import CITY
from engine.ports.cases import Reach, TaskRow, WorkQuery, WorkRow

_NO_DUE = "9999-12-31"  # sorts behind every day
_VIEWS = ("mine", "group", "all", "checks")
_AFTERWARDS = tasks.c.step.like("after.%")  # checks after the decision have a view of their own


class SqlTasks:
    """The part of `CaseStore` that serves the staff's lists."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open_task(self, task: TaskRow) -> None:
        change = {
            "step": task.step, "title": task.title, "role": task.role, "district": task.district,
            "due": task.due or _NO_DUE, "people": task.people, "barred": pack(task.barred),
            "claimed_by": task.claimed_by, "state": task.state, "opened_at": task.opened_at, "closed_at": "",
            "closed_by": "", "reason": "",
        }  # fmt: skip
        query = insert(self._connection, tasks).values(case=task.case, task=task.task, **change)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case", "task"], set_=change))
        self._show_open(task.case)

    def close_task(self, case: str, task: str, at: str, by: str, reason: str) -> None:
        query = sa.update(tasks).where(tasks.c.case == case, tasks.c.task == task, tasks.c.state != "closed")
        self._connection.execute(query.values(state="closed", closed_at=at, closed_by=by, reason=reason))
        self._show_open(case)

    def tasks(self, case: str) -> tuple[TaskRow, ...]:
        query = sa.select(tasks).where(tasks.c.case == case).order_by(tasks.c.opened_at, tasks.c.task)
        return tuple(_task(row) for row in self._connection.execute(query))

    def claim_task(self, case: str, task: str, person: str) -> bool:
        return self._hand(case, task, "", person)

    def release_task(self, case: str, task: str, person: str) -> bool:
        return self._hand(case, task, person, "")

    def claimed_by(self, people: tuple[str, ...], limit: int = 500) -> tuple[TaskRow, ...]:
        query = sa.select(tasks).where(tasks.c.claimed_by.in_(people), tasks.c.state == "open")
        query = query.order_by(tasks.c.due, tasks.c.case, tasks.c.task).limit(limit)
        return tuple(_task(row) for row in self._connection.execute(query))

    def pass_task(self, case: str, task: str, before: str, after: str) -> bool:
        return self._hand(case, task, before, after)

    def work(self, query: WorkQuery) -> tuple[tuple[WorkRow, ...], str]:
        done = query.view == "done"
        key = tasks.c.closed_at if done else tasks.c.due
        order = (key, tasks.c.case, tasks.c.task)
        found = (
            sa.select(*(column.label(f"task_{column.name}") for column in tasks.c), *line_columns())
            .join(cases, cases.c.id == tasks.c.case)
            .where(_view(query, query.view), *_narrowed(query))
            .order_by(*(column.desc() if done else column for column in order))
            .limit(query.limit + 1)
        )
        cursor = query.after.split("|")
        if len(cursor) == 3:
            place, mark = sa.tuple_(*order), sa.tuple_(*(sa.literal(part) for part in cursor))
            found = found.where(place < mark if done else place > mark)
        rows = self._connection.execute(found).all()
        page = tuple(WorkRow(case=case_line(row), task=_task(row, "task_")) for row in rows[: query.limit])
        if len(rows) <= query.limit:
            return page, ""
        last = rows[query.limit - 1]
        return page, f"{last.task_closed_at if done else last.task_due}|{last.task_case}|{last.task_task}"

    def work_counts(self, query: WorkQuery) -> dict[str, int]:
        counts = [sa.select(sa.func.count()).where(_view(query, view)).scalar_subquery().label(view) for view in _VIEWS]
        row = self._connection.execute(sa.select(*counts)).one()
        return {view: int(getattr(row, view)) for view in _VIEWS}

    def _hand(self, case: str, task: str, before: str, after: str) -> bool:
        query = sa.update(tasks).where(
            tasks.c.case == case, tasks.c.task == task, tasks.c.state == "open", tasks.c.claimed_by == before
        )
        return bool(self._connection.execute(query.values(claimed_by=after)).rowcount)

    def _show_open(self, case: str) -> None:
        first = (
            sa.select(tasks.c.title)
            .where(tasks.c.case == case, tasks.c.state == "open", sa.not_(_AFTERWARDS))
            .order_by(tasks.c.opened_at, tasks.c.task)
            .limit(1)
            .scalar_subquery()
        )
        query = sa.update(cases).where(cases.c.id == case)
        self._connection.execute(query.values(task=sa.func.coalesce(first, "")))


def _view(query: WorkQuery, view: str) -> sa.ColumnElement[bool]:
    if view == "done":
        return sa.and_(tasks.c.state == "closed", tasks.c.closed_by == query.person)
    still = [tasks.c.state == "open"]
    if view == "mine":
        return sa.and_(*still, tasks.c.claimed_by == query.person)
    if query.district and view == "all":  # what was sent on to another office is still their case
        still.append(sa.or_(tasks.c.district == query.district, _of_district(query.district)))
    elif query.district:
        still.append(tasks.c.district == query.district)
    if query.reach and view != "mine":
        still.append(sa.or_(*(_reached(one, of_role=view != "all") for one in query.reach)))
    if view in ("group", "all"):
        still.append(sa.not_(_AFTERWARDS))
    if view == "checks":
        still += [_AFTERWARDS, tasks.c.role.in_(query.roles)]
    if view == "group":
        still += [tasks.c.claimed_by == "", tasks.c.role.in_(query.roles)]
    return sa.and_(*still)


def _reached(reach: Reach, *, of_role: bool) -> sa.ColumnElement[bool]:
    """The tasks a role reaches; all those of its cases where `of_role` is off."""
    own, conditions = cases.alias(), list[sa.ColumnElement[bool]]((sa.true(),))
    case = sa.exists().where(own.c.id == tasks.c.case)
    if reach.matters is not None:
        conditions.append(case.where(own.c.matter.in_(reach.matters)))
    if reach.districts:
        here = tasks.c.district.in_(reach.districts)
        conditions.append(here if of_role else sa.or_(here, case.where(own.c.district.in_(reach.districts))))
    if reach.level:
        city = tasks.c.district.in_(("", CITY))
        conditions.append(city if reach.level == CITY else sa.not_(city))
    if of_role:
        conditions.append(tasks.c.role == reach.role)
        conditions += [tasks.c.title.in_(reach.steps)] if reach.steps else []
    return sa.and_(*conditions)


def _of_district(district: str) -> sa.ColumnElement[bool]:
    own = cases.alias()
    return sa.exists().where(own.c.id == tasks.c.case, own.c.district == district)


def _narrowed(query: WorkQuery) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if query.matter:
        conditions.append(cases.c.matter == query.matter)
    if query.status:
        conditions.append(cases.c.status == query.status)
    if query.text:
        conditions.append(
            sa.or_(
                cases.c.number == query.text,
                contains(cases.c.subject_name, query.text),
                contains(cases.c.summary, query.text),
            )
        )
    return conditions


def _task(row: sa.Row[tuple[object, ...]], prefix: str = "") -> TaskRow:
    told = {column.name: getattr(row, prefix + column.name) for column in tasks.c}
    due = "" if told["due"] == _NO_DUE else told["due"]
    return TaskRow(**{**told, "due": due, "barred": unpack(told["barred"], tuple[str, ...])})
