"""Lists of cases in SQL: narrow rows, newest first, paged by keyset."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.case_records import SUBJECT_CODE
from engine.adapters.sql.database import contains
from engine.adapters.sql.tables.cases import case_subjects, cases
from engine.ports.cases import CaseLine, CaseQuery, Sealer

_NAMES = (
    "id", "number", "matter", "matter_title", "summary", "status", "received_at", "subject_name", "district",
    "automatic", "due", "certificate_number", "task", "stopped_at", "clock_level",
)  # fmt: skip


def line_columns() -> list[sa.Column[Any]]:
    """The columns of a line."""
    return [cases.c[name] for name in _NAMES]


# Asked by every look at an application, so it is built once.
_OF_SUBJECT = (
    sa.select(*line_columns())
    .where(cases.c.id.in_(sa.select(case_subjects.c.case).where(case_subjects.c.code_index == sa.bindparam("index"))))
    .order_by(cases.c.received_at.desc(), cases.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def case_line(row: sa.Row[Any]) -> CaseLine:
    """A row of `line_columns` as a line."""
    return CaseLine(**{name: getattr(row, name) for name in _NAMES})


class SqlCaseLists:
    """The part of `CaseStore` that lists cases."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def line(self, case: str) -> CaseLine | None:
        row = self._connection.execute(sa.select(*line_columns()).where(cases.c.id == case)).first()
        return None if row is None else case_line(row)

    def lines(self, query: CaseQuery) -> tuple[CaseLine, ...]:
        if query == CaseQuery(subject_code=query.subject_code, limit=query.limit) and query.subject_code:
            of = {"index": self._sealer.blind(SUBJECT_CODE, query.subject_code), "most": query.limit}
            return tuple(case_line(row) for row in self._connection.execute(_OF_SUBJECT, of))
        found = sa.select(*line_columns()).where(*self._conditions(query))
        found = found.order_by(cases.c.received_at.desc(), cases.c.id.desc()).limit(query.limit)
        cursor = query.after.split("|")
        if len(cursor) == 2:
            mark = sa.tuple_(*(sa.literal(part) for part in cursor))
            found = found.where(sa.tuple_(cases.c.received_at, cases.c.id) < mark)
        return tuple(case_line(row) for row in self._connection.execute(found))

    def _conditions(self, query: CaseQuery) -> list[sa.ColumnElement[bool]]:
        conditions: list[sa.ColumnElement[bool]] = []
        for name in ("account", "matter", "status", "district"):
            value = getattr(query, name)
            if value:
                conditions.append(cases.c[name] == value)
        if query.subject_code:
            index = self._sealer.blind(SUBJECT_CODE, query.subject_code)
            about = sa.select(case_subjects.c.case).where(case_subjects.c.code_index == index)
            conditions.append(cases.c.id.in_(about))
        if query.text:
            conditions.append(
                sa.or_(
                    cases.c.number == query.text,
                    cases.c.certificate_number == query.text,
                    contains(cases.c.subject_name, query.text),
                )
            )
        return conditions
