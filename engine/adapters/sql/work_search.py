"""Cases by what is known of them, in SQL. What is found often is met soon on the way from the newest; what is found
seldom is asked of the index of letter pairs (GIN over an array: PostgreSQL, openGauss and Kingbase have it without an
extension). SQLite, which has none, looks through the narrow lines."""

from __future__ import annotations

import re

import sqlalchemy as sa

from engine.adapters.sql.case_lists import case_line, line_columns
from engine.adapters.sql.database import contains
from engine.adapters.sql.tables.cases import cases
from engine.adapters.sql.tables.work import case_index
from engine.model.grams import grams, plain
from engine.ports.cases import CaseLine
from engine.ports.work import SearchQuery

AT_FIRST = 2_000  # lines that are looked at from the newest before the index is asked
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{3,}", re.ASCII)
_CERTIFICATE = re.compile(r"[〔\[(（].*号$")
_END = "\U0010ffff"
Conditions = list[sa.ColumnElement[bool]]


def by_number(text: str) -> Conditions | None:
    """The conditions for a text that is a case number, its beginning, or a certificate number; None for words."""
    wanted = "".join(text.split())
    if _CERTIFICATE.search(wanted):
        return [case_index.c.certificate_number == wanted]
    if _NUMBER.fullmatch(wanted.upper()):
        number = wanted.upper()
        return [case_index.c.number >= number, case_index.c.number < number + _END]
    return None


def holding(text: str) -> sa.ColumnElement[bool]:
    """Whether a line holds the text, letter by letter."""
    return contains(case_index.c.text, plain(text))


def hits(connection: sa.Connection, text: str) -> sa.CTE:
    """The cases whose line holds the text, by the index where there is one."""
    found = sa.select(case_index).where(holding(text))
    if connection.dialect.name == "postgresql":
        pairs = sa.cast(sa.literal(list(grams(text)), sa.ARRAY(sa.Text)), sa.ARRAY(sa.Text))
        found = found.where(case_index.c.grams.op("@>", is_comparison=True)(pairs))
    return found.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")


class SqlCaseSearch:
    """The part of `WorkStore` that finds cases."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def search(self, query: SearchQuery) -> tuple[tuple[CaseLine, ...], str]:
        ids = self._found(query)
        lines = sa.select(*line_columns()).where(cases.c.id.in_(ids[: query.limit]))
        by_id = {row.id: case_line(row) for row in self._connection.execute(lines)} if ids else {}
        page = tuple(by_id[id] for id in ids[: query.limit])
        return page, f"{page[-1].received_at}|{page[-1].id}" if len(ids) > query.limit else ""

    def _found(self, query: SearchQuery) -> list[str]:
        text, wanted = plain(query.text), _conditions(query)
        if text and (number := by_number(query.text)) is not None:
            wanted, text = [*wanted, *number], ""
        if not text:
            return self._ids(_newest(case_index, wanted).limit(query.limit + 1))
        first = _newest(case_index, wanted).add_columns(case_index.c.text).limit(AT_FIRST).subquery()
        met = sa.select(first.c.case).where(contains(first.c.text, text))
        met = met.order_by(first.c.received_at.desc(), first.c.case.desc()).limit(query.limit + 1)
        ids = self._ids(met)
        if len(ids) > query.limit:
            return ids
        found = hits(self._connection, query.text)
        return self._ids(_newest(found, _conditions(query, found)).limit(query.limit + 1))

    def _ids(self, query: sa.Select[tuple[str, str]]) -> list[str]:
        return [row.case for row in self._connection.execute(query)]


def _newest(source: sa.Table | sa.CTE, conditions: Conditions) -> sa.Select[tuple[str, str]]:
    query = sa.select(source.c.case, source.c.received_at).where(*conditions)
    return query.order_by(source.c.received_at.desc(), source.c.case.desc())


def _conditions(query: SearchQuery, source: sa.Table | sa.CTE = case_index) -> Conditions:
    found: Conditions = [
        source.c[name] == getattr(query, name) for name in ("matter", "district", "status") if getattr(query, name)
    ]
    if query.state:
        found.append(source.c.closed == (sa.true() if query.state == "closed" else sa.false()))
    if query.number:
        number = "".join(query.number.split()).upper()
        found += [source.c.number >= number, source.c.number < number + _END]
    if query.certificate:
        found.append(source.c.certificate_number == "".join(query.certificate.split()))
    if query.since:
        found.append(source.c.received_at >= query.since)
    if query.until:
        found.append(source.c.received_at < query.until + "U")  # behind every instant of the day, "…T…"
    mark = query.after.split("|")
    if len(mark) == 2:
        place = sa.tuple_(source.c.received_at, source.c.case)
        found.append(place < sa.tuple_(*(sa.literal(part) for part in mark)))
    return found
