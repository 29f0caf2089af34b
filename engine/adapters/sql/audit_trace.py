"""Finding the cases to trace, each way by an index."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.case_lists import case_line, line_columns
from engine.adapters.sql.case_records import SUBJECT_CODE
from engine.adapters.sql.tables.cases import case_subjects, cases
from engine.adapters.sql.tables.certificates import certificate_versions
from engine.adapters.sql.tables.history import audit_entries
from engine.ports.audit import TraceQuery
from engine.ports.cases import CaseLine, Sealer

_CASE = "case:"
_NEWEST = 500  # entries of an officer looked through for a page


class SqlTraces:
    """Fulfils `TraceStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def find(self, query: TraceQuery) -> tuple[CaseLine, ...]:
        return tuple(case_line(row) for row in self._connection.execute(self.statement(query)))

    def statement(self, query: TraceQuery) -> sa.Select[Any]:
        """The one statement of a search."""
        found = sa.select(*line_columns()).where(*self._wanted(query))
        if query.district:
            found = found.where(cases.c.district == query.district)
        if query.since and query.by != "person":
            found = found.where(cases.c.received_at >= query.since)
        if query.until and query.by != "person":
            found = found.where(cases.c.received_at < query.until)
        at, _, id = query.after.partition("|")
        if id:
            found = found.where(cases.c.received_at <= at, sa.or_(cases.c.received_at < at, cases.c.id < id))
        return found.order_by(cases.c.received_at.desc(), cases.c.id.desc()).limit(query.limit)

    def _wanted(self, query: TraceQuery) -> tuple[sa.ColumnElement[bool], ...]:
        of = case_subjects.c
        if query.by == "number":
            return (cases.c.number == query.value,)
        if query.by == "certificate":
            made = sa.select(certificate_versions.c.case).where(certificate_versions.c.number == query.value)
            return (cases.c.id.in_(made),)
        if query.by == "subject":
            index = self._sealer.blind(SUBJECT_CODE, query.value)
            named = sa.select(of.case).where(of.name == query.value)
            return (cases.c.id.in_(sa.union(sa.select(of.case).where(of.code_index == index), named)),)
        if query.by == "version":
            return (cases.c.hash == query.value,)
        if query.by == "person":
            return (cases.c.id.in_(self._acted_on(query)),)
        return ()

    def _acted_on(self, query: TraceQuery) -> tuple[str, ...]:
        """The cases of an officer's newest entries in the span."""
        table = audit_entries.c
        found = sa.select(table.trail).where(table.actor == query.value, table.activity == "case")
        if query.since:
            found = found.where(table.at >= query.since)
        if query.until:
            found = found.where(table.at < query.until)
        newest = found.order_by(table.at.desc(), table.id.desc()).limit(_NEWEST)
        return tuple({trail.removeprefix(_CASE) for trail in self._connection.execute(newest).scalars()})
