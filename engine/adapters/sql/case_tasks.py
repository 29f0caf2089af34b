"""Tasks in SQL; the lists of them are in `engine.adapters.sql.work`."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.cases import cases, tasks
from engine.ports.cases import TaskRow

_NO_DUE = "9999-12-31"  # sorts behind every day
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

    def move_task(self, case: str, task: str, due: str) -> None:
        query = sa.update(tasks).where(tasks.c.case == case, tasks.c.task == task, tasks.c.state != "closed")
        self._connection.execute(query.values(due=due or _NO_DUE))

    def tasks(self, case: str) -> tuple[TaskRow, ...]:
        query = sa.select(tasks).where(tasks.c.case == case).order_by(tasks.c.opened_at, tasks.c.task)
        return tuple(task_row(row) for row in self._connection.execute(query))

    def claim_task(self, case: str, task: str, person: str) -> bool:
        return self._hand(case, task, "", person)

    def release_task(self, case: str, task: str, person: str) -> bool:
        return self._hand(case, task, person, "")

    def bar_from_tasks(self, case: str, person: str) -> None:
        for one in self.tasks(case):
            if one.state == "closed":
                continue
            barred = pack(tuple(sorted({*one.barred, person})))
            holder = "" if one.claimed_by == person else one.claimed_by
            query = sa.update(tasks).where(tasks.c.case == case, tasks.c.task == one.task)
            self._connection.execute(query.values(barred=barred, claimed_by=holder))

    def claimed_by(self, people: tuple[str, ...], limit: int = 500) -> tuple[TaskRow, ...]:
        query = sa.select(tasks).where(tasks.c.claimed_by.in_(people), tasks.c.state == "open")
        query = query.order_by(tasks.c.due, tasks.c.case, tasks.c.task).limit(limit)
        return tuple(task_row(row) for row in self._connection.execute(query))

    def pass_task(self, case: str, task: str, before: str, after: str) -> bool:
        return self._hand(case, task, before, after)

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


def task_row(row: sa.Row[tuple[object, ...]], prefix: str = "") -> TaskRow:
    """A row of `tasks`, its columns behind a prefix, as a task."""
    told = {name: getattr(row, prefix + name) for name in TaskRow.__struct_fields__}
    due = "" if told["due"] == _NO_DUE else told["due"]
    return TaskRow(**{**told, "due": due, "barred": unpack(told["barred"], tuple[str, ...])})
