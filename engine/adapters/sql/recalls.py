"""Grants by their basis, and recalls, in SQL: every listing is an indexed query."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import add_once
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.cases import cases, tasks
from engine.adapters.sql.tables.safeguards import grant_basis, grants, recall_cases, recalls
from engine.model.guard import Basis
from engine.ports.recalls import BasisQuery, Grant, GrantLine, Recall

_LINE = (
    cases.c.number, cases.c.matter, cases.c.matter_title, cases.c.subject_name, cases.c.district, cases.c.status,
    cases.c.certificate_number, grants.c.at, grants.c.automatic,
)  # fmt: skip
_BASIS = sa.insert(grant_basis)


class SqlRecalls:
    """Fulfils `RecallStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, grant: Grant, basis: tuple[Basis, ...]) -> None:
        row = {name: getattr(grant, name) for name in grant.__struct_fields__}
        if not add_once(self._connection, grants, {**row, "day": grant.at[:10]}) or not basis:
            return
        rows = [
            {"case": grant.case, "matter": grant.matter, "kind": one.kind, "key": one.key, "detail": one.detail,
             "at": one.at or grant.at}
            for one in basis
        ]  # fmt: skip
        self._connection.execute(_BASIS, rows)

    def find(self, query: BasisQuery, after: str = "", limit: int = 50) -> tuple[GrantLine, ...]:
        found = _resting(query).subquery()
        lines = (
            sa.select(found.c.case, found.c.detail, found.c.asked_at, *_LINE)
            .join(cases, cases.c.id == found.c.case)
            .join(grants, grants.c.case == found.c.case)
            .where(found.c.case > after)
            .order_by(found.c.case)
            .limit(limit)
        )
        return tuple(GrantLine(**row._mapping) for row in self._connection.execute(lines))

    def count(self, query: BasisQuery) -> int:
        found = _resting(query).subquery()
        return int(self._connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())

    def of_day(self, day: str, after: str = "", limit: int = 500) -> tuple[Grant, ...]:
        query = sa.select(*(grants.c[name] for name in Grant.__struct_fields__)).where(
            grants.c.day == day, grants.c.automatic, grants.c.case > after
        )
        rows = self._connection.execute(query.order_by(grants.c.case).limit(limit))
        return tuple(Grant(**row._mapping) for row in rows)

    def open(self, recall: Recall) -> int:
        found = _resting(recall.query).subquery()
        members = sa.select(
            sa.literal(recall.id), found.c.case, sa.literal("prepared"), sa.literal(""), found.c.detail,
            found.c.asked_at,
        )  # fmt: skip
        names = ["recall", "case", "state", "outcome", "detail", "asked_at"]
        total = self._connection.execute(sa.insert(recall_cases).from_select(names, members)).rowcount
        row = {
            "id": recall.id, "query": pack(recall.query), "reason": recall.reason, "by": recall.by, "at": recall.at,
            "state": recall.state, "total": total, "settled_by": "", "settled_at": "",
        }  # fmt: skip
        self._connection.execute(sa.insert(recalls), row)
        return total

    def recall(self, id: str) -> Recall | None:
        row = self._connection.execute(sa.select(recalls).where(recalls.c.id == id)).first()
        return None if row is None else _recall(row)

    def recalls(self, limit: int = 50) -> tuple[Recall, ...]:
        query = sa.select(recalls).order_by(recalls.c.id.desc()).limit(limit)
        return tuple(_recall(row) for row in self._connection.execute(query))

    def waiting(self, recall: str, state: str, limit: int) -> tuple[str, ...]:
        query = sa.select(recall_cases.c.case).where(recall_cases.c.recall == recall, recall_cases.c.state == state)
        return tuple(self._connection.execute(query.order_by(recall_cases.c.case).limit(limit)).scalars())

    def mark(self, recall: str, case: str, state: str, during: str) -> bool:
        standing = sa.select(recalls.c.state).where(recalls.c.id == recall).with_for_update(read=True)
        if self._connection.execute(standing).scalar() != during:
            return False
        self._connection.execute(_member(recall, case).values(state=state))
        return True

    def counts(self, recall: str) -> dict[str, int]:
        query = sa.select(recall_cases.c.state, recall_cases.c.outcome, sa.func.count()).where(
            recall_cases.c.recall == recall
        )
        found: dict[str, int] = {}
        for state, outcome, count in self._connection.execute(query.group_by("state", "outcome")):
            found[state] = found.get(state, 0) + count
            if outcome:
                found[f"outcome:{outcome}"] = found.get(f"outcome:{outcome}", 0) + count
        return found

    def members(self, recall: str, after: str = "", limit: int = 50) -> tuple[GrantLine, ...]:
        mine = recall_cases.c
        query = (
            sa.select(mine.case, mine.detail, mine.asked_at, mine.state, mine.outcome, *_LINE)
            .join(cases, cases.c.id == mine.case)
            .join(grants, grants.c.case == mine.case)
            .where(mine.recall == recall, mine.case > after)
            .order_by(mine.case)
            .limit(limit)
        )
        return tuple(GrantLine(**row._mapping) for row in self._connection.execute(query))

    def move(self, recall: str, before: tuple[str, ...], after: str, *, by: str = "", at: str = "") -> bool:
        query = sa.update(recalls).where(recalls.c.id == recall, recalls.c.state.in_(before))
        change = {"state": after, **({"settled_by": by, "settled_at": at} if by else {})}
        return bool(self._connection.execute(query.values(change)).rowcount)

    def release(self, recall: str, task: str) -> int:
        mine = sa.select(recall_cases.c.case).where(recall_cases.c.recall == recall)
        query = sa.update(tasks).where(tasks.c.case.in_(mine), tasks.c.task == task, tasks.c.state == "held")
        return self._connection.execute(query.values(state="open")).rowcount

    def outcome(self, recall: str, case: str, outcome: str) -> None:
        self._connection.execute(_member(recall, case).values(outcome=outcome))


def _resting(query: BasisQuery) -> sa.Select[Any]:
    """One line a case: how its basis came out, and when the source was asked."""
    wanted = [grant_basis.c.kind == query.kind, grant_basis.c.key == query.key]
    if query.since:
        wanted.append(grant_basis.c.at >= query.since)
    if query.until:
        wanted.append(grant_basis.c.at <= query.until)
    if query.matter:
        wanted.append(grant_basis.c.matter == query.matter)
    if query.detail:
        wanted.append(grant_basis.c.detail == query.detail)
    found = sa.select(
        grant_basis.c.case, sa.func.min(grant_basis.c.detail).label("detail"),
        sa.func.min(grant_basis.c.at).label("asked_at"),
    ).where(*wanted)  # fmt: skip
    if query.district:
        found = found.join(grants, grants.c.case == grant_basis.c.case).where(grants.c.district == query.district)
    return found.group_by(grant_basis.c.case)


def _member(recall: str, case: str) -> sa.Update:
    return sa.update(recall_cases).where(recall_cases.c.recall == recall, recall_cases.c.case == case)


def _recall(row: sa.Row[Any]) -> Recall:
    told = dict(row._mapping)
    return Recall(**{**told, "query": unpack(told["query"], BasisQuery)})
