"""What commits leave for the lists: sort keys and marks of tasks, the search's line of a case."""

from __future__ import annotations

import sqlalchemy as sa

from engine.adapters.sql.database import insert
from engine.adapters.sql.tables.cases import tasks
from engine.adapters.sql.tables.work import case_index, task_marks
from engine.model.grams import grams
from engine.ports.work import Standing

NO_DAY, STANDING = "9999-12-31", "9999-12-30"  # behind every day; a clock that stands is not late
_OF: sa.BindParameter[str] = sa.bindparam("of")
_TASKS = sa.select(
    tasks.c.task, tasks.c.step, tasks.c.role, tasks.c.district, tasks.c.due, tasks.c.state
).where(tasks.c.case == _OF, tasks.c.state != "closed")  # fmt: skip
_KEEP = sa.update(tasks).where(tasks.c.case == _OF, tasks.c.task == sa.bindparam("this"))
_FORGET = sa.delete(task_marks).where(task_marks.c.case == _OF)


def rank(due: str, risk: int, *, stopped: bool = False) -> str:
    """The stored sort key: the due day, then the risk, greatest first. What is overdue has an earlier day than today,
    so it comes first by itself, and the key need not be changed when a day passes."""
    return f"{STANDING if stopped else due[:10] or NO_DAY}.{9 - min(max(risk, 0), 9)}"


class SqlWorkUpkeep:
    """The part of `WorkStore` that keeps what lists are read from."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def refresh(self, standing: Standing, *, tasks: bool = True) -> None:
        if tasks:
            self._tasks(standing)
        self._index(standing)

    def _tasks(self, standing: Standing) -> None:
        rows = self._connection.execute(_TASKS, {"of": standing.case}).all()
        changes, marks = [], []
        for row in rows:
            after = row.step.startswith("after.")
            due = (row.due if row.due != NO_DAY else "") or ("" if after else standing.due)
            key = rank(due, standing.risk, stopped=standing.stopped and not after)
            changes.append({
                "of": standing.case, "this": row.task, "rank": key, "risk": standing.risk, "after": after,
                "matter": standing.matter, "place": standing.district, "status": standing.status,
                "channel": standing.channel, "elsewhere": row.district != standing.district,
            })  # fmt: skip
            for mark in (f"after:{row.role}",) if after else standing.marks:
                marks.append({"case": standing.case, "task": row.task, "mark": mark, "district": row.district,
                              "rank": key})  # fmt: skip
        self._connection.execute(_FORGET, {"of": standing.case})
        if changes:
            self._connection.execute(_KEEP, changes)
        if marks:
            self._connection.execute(sa.insert(task_marks), marks)

    def _index(self, standing: Standing) -> None:
        pairs: object = list(grams(standing.text)) if self._connection.dialect.name == "postgresql" else ""
        change = {
            "closed": standing.closed, "district": standing.district, "status": standing.status,
            "text": standing.text, "grams": pairs,
        }  # fmt: skip
        row = {
            **change, "case": standing.case, "number": standing.number, "received_at": standing.received_at,
            "matter": standing.matter, "certificate_number": "",
        }  # fmt: skip
        query = insert(self._connection, case_index).values(row)
        self._connection.execute(query.on_conflict_do_update(index_elements=["case"], set_=change))
