"""Work lists in SQL: every view is read along an index in its own order, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.case_lists import case_line, line_columns
from engine.adapters.sql.case_tasks import task_row
from engine.adapters.sql.database import contains
from engine.adapters.sql.tables.cases import cases, tasks
from engine.adapters.sql.tables.work import case_index, task_marks
from engine.adapters.sql.work_own import SqlOwnViews
from engine.adapters.sql.work_search import AT_FIRST, SqlCaseSearch, by_number, hits
from engine.adapters.sql.work_upkeep import SqlWorkUpkeep
from engine.adapters.sql.work_views import Branch, branches, narrowed
from engine.model.grams import plain
from engine.model.saved_views import VIEWS
from engine.ports.work import MOST_COUNTED, WorkQuery, WorkRow

Keys = Any  # a SELECT of key, case and task, whose shape the type of a SELECT cannot say here


class SqlWork(SqlWorkUpkeep, SqlCaseSearch, SqlOwnViews):
    """Fulfils `WorkStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(self, query: WorkQuery) -> tuple[tuple[WorkRow, ...], str]:
        keys = self._keys(query)
        rows = self._rows(keys[: query.limit])
        if len(keys) <= query.limit:
            return rows, ""
        return rows, "|".join(keys[query.limit - 1])

    def counts(self, query: WorkQuery) -> dict[str, int]:
        views = [view for view in VIEWS if view != "done"]
        told = [_counted(query, view).label(view) for view in views]
        row = self._connection.execute(sa.select(*told)).one()
        return {view: int(getattr(row, view)) for view in views}

    def held_by(self, person: str, limit: int) -> tuple[WorkRow, ...]:
        return self.page(WorkQuery(person, (), "", view="mine", limit=limit))[0]

    def hand_over(self, case: str, task: str, giver: str, taker: str) -> bool:
        query = sa.update(tasks).where(
            tasks.c.case == case, tasks.c.task == task, tasks.c.state == "open", tasks.c.claimed_by == giver
        )
        return bool(self._connection.execute(query.values(claimed_by=taker)).rowcount)

    def _keys(self, query: WorkQuery) -> list[tuple[str, str, str]]:
        text, number = plain(query.filters.text), by_number(query.filters.text)
        parts, most = branches(query, query.view), query.limit + 1
        if not parts:
            return []
        if not text:
            return self._merged(query, [_ordered(query, one).limit(most) for one in parts])
        if number is not None:
            found = sa.select(case_index.c.case).where(*number)
            return self._merged(query, [_ordered(query, one).where(_in(found, one)).limit(most) for one in parts])
        keys = self._merged(query, [_met(query, one, text, most) for one in parts])
        if len(keys) == most:
            return keys
        found = sa.select(hits(self._connection, query.filters.text).c.case)
        return self._merged(query, [_ordered(query, one).where(_in(found, one)).limit(most) for one in parts])

    def _merged(self, query: WorkQuery, parts: Sequence[Keys]) -> list[tuple[str, str, str]]:
        """The branches, each in order and bounded, merged to one page."""
        if len(parts) == 1:
            rows = self._connection.execute(parts[0])
        else:
            every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
            order = (every.c.key, every.c.case, every.c.task)
            merged = sa.select(every).order_by(*(_turned(query, column) for column in order))
            rows = self._connection.execute(merged.limit(query.limit + 1))
        return [(row.key, row.case, row.task) for row in rows]

    def _rows(self, keys: Sequence[tuple[str, str, str]]) -> tuple[WorkRow, ...]:
        if not keys:
            return ()
        wanted = sa.tuple_(tasks.c.case, tasks.c.task).in_([(case, task) for _, case, task in keys])
        query = (
            sa.select(*(column.label(f"task_{column.name}") for column in tasks.c), cases.c.version, *line_columns())
            .join(cases, cases.c.id == tasks.c.case)
            .where(tasks.c.case.in_([case for _, case, _ in keys]), wanted)
        )
        marked = sa.select(task_marks.c.case, task_marks.c.task, task_marks.c.mark).where(
            task_marks.c.case.in_([case for _, case, _ in keys])
        )
        marks: dict[tuple[str, str], set[str]] = {}
        for one in self._connection.execute(marked):
            marks.setdefault((one.case, one.task), set()).add(one.mark)
        found = {(row.task_case, row.task_task): row for row in self._connection.execute(query)}
        return tuple(_work_row(found[key[1:]], tuple(sorted(marks.get(key[1:], ())))) for key in keys)


def _work_row(row: Any, marks: tuple[str, ...]) -> WorkRow:
    return WorkRow(
        case=case_line(row), task=task_row(row, "task_"), version=row.version, risk=row.task_risk,
        channel=row.task_channel, marks=marks,
    )  # fmt: skip


def _key(query: WorkQuery, branch: Branch) -> sa.ColumnElement[str]:
    if query.view == "done":
        return tasks.c.closed_at
    return branch.rank


def _turned(query: WorkQuery, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return column.desc() if query.view == "done" or query.reverse else column


def _ordered(query: WorkQuery, branch: Branch) -> Keys:
    """The keys of a branch from the page's cursor on, in the order of its index."""
    key, (case, task) = _key(query, branch), branch.place
    columns = (key.label("key"), case.label("case"), task.label("task"))
    filters = narrowed(query)
    found: Keys = sa.select(*columns).select_from(branch.source(bool(filters)))
    found = found.where(*branch.conditions, *filters)
    cursor = query.after.split("|")
    if len(cursor) == 3:
        place, mark = sa.tuple_(key, case, task), sa.tuple_(*(sa.literal(part) for part in cursor))
        found = found.where(place < mark if query.view == "done" or query.reverse else place > mark)
    return found.order_by(*(_turned(query, column) for column in (key, case, task)))


def _met(query: WorkQuery, branch: Branch, text: str, most: int) -> Keys:
    """Those of the first rows of a branch whose case holds the text."""
    first = _ordered(query, branch).limit(AT_FIRST).subquery()
    found: Keys = sa.select(first.c.key, first.c.case, first.c.task)
    found = found.join(case_index, case_index.c.case == first.c.case)
    found = found.where(contains(case_index.c.text, text))
    return found.order_by(*(_turned(query, column) for column in (first.c.key, first.c.case, first.c.task))).limit(most)


def _in(found: sa.Select[tuple[str]], branch: Branch) -> sa.ColumnElement[bool]:
    return branch.place[0].in_(found)


def _counted(query: WorkQuery, view: str) -> sa.ScalarSelect[int]:
    """How many rows a view holds, counted no further than can be told; in the order of the index, since a planner
    that may take any rows would rather begin at the oldest end of the table."""
    one_each: sa.Select[Any] = sa.select(sa.literal_column("1").label("one"))
    parts: list[sa.Select[Any]] = [
        one_each.select_from(part.source()).where(*part.conditions).order_by(part.rank).limit(MOST_COUNTED + 1)
        for part in branches(query, view)
    ]
    if not parts:
        return sa.select(sa.literal(0)).scalar_subquery()
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).limit(MOST_COUNTED + 1).subquery()
    return sa.select(sa.func.count()).select_from(every).scalar_subquery()
