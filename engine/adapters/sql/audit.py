"""What was done and who saw whose data, counted; and the regular runs."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.documents import pack, unpack
from engine.adapters.sql.tables.audit import activity_hours, audit_runs, data_views, token_uses
from engine.ports.audit import Breadth, Run, Seen, Tally, TokenUse
from engine.ports.cases import Sealer

SUBJECT = "data_views.subject"
_PLACES = ("login:", "address:")  # counted beside the account, so left out of totals


class SqlActivity:
    """Fulfils `ActivityStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def count(self, tallies: tuple[Tally, ...]) -> None:
        for tally in sorted(tallies, key=lambda one: (one.hour, one.actor, one.activity)):  # one order of locks
            self._add(activity_hours, msgspec.structs.asdict(tally), ("hour", "actor", "activity"), ("times",))

    def odd_hours(
        self, activities: tuple[str, ...], since: str, until: str, first: int, last: int
    ) -> tuple[tuple[str, str, int], ...]:
        table = activity_hours.c
        day, hour = sa.func.substr(table.hour, 1, 10).label("day"), sa.func.substr(table.hour, 12, 2)
        times = sa.func.sum(table.times).label("total")
        outside = sa.or_(hour < f"{first:02d}", hour >= f"{last:02d}")
        query = (
            sa.select(day, table.actor, times).where(*_span(activities, since, until), *_accounts(), outside)
            .group_by(day, table.actor).order_by(times.desc(), day.desc())
        )  # fmt: skip
        return tuple((row[0], row[1], int(row[2])) for row in self._connection.execute(query))

    def by_day(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, int], ...]:
        table = activity_hours.c
        day = sa.func.substr(table.hour, 1, 10).label("day")
        query = (
            sa.select(day, table.activity, sa.func.sum(table.times))
            .where(*_span(activities, since, until), *_accounts()).group_by(day, table.activity).order_by(day)
        )  # fmt: skip
        return tuple((row[0], row[1], int(row[2])) for row in self._connection.execute(query))

    def daily(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, str, int], ...]:
        table = activity_hours.c
        day = sa.func.substr(table.hour, 1, 10).label("day")
        times = sa.func.sum(table.times).label("total")
        query = (
            sa.select(day, table.actor, table.activity, times).where(*_span(activities, since, until))
            .group_by(day, table.actor, table.activity).order_by(times.desc(), day.desc(), table.actor)
        )  # fmt: skip
        return tuple((row[0], row[1], row[2], int(row[3])) for row in self._connection.execute(query))

    def by_actor(self, activities: tuple[str, ...], since: str, until: str) -> tuple[tuple[str, str, int], ...]:
        table = activity_hours.c
        times = sa.func.sum(table.times).label("total")
        query = (
            sa.select(table.actor, table.activity, times).where(*_span(activities, since, until))
            .group_by(table.actor, table.activity).order_by(times.desc(), table.actor)
        )  # fmt: skip
        return tuple((row[0], row[1], int(row[2])) for row in self._connection.execute(query))

    def saw(self, hour: str, account: str, case: str, subject: str) -> None:
        index = self._sealer.blind(SUBJECT, subject)
        row = {"hour": hour, "account": account, "case": case, "subject": index, "times": 1}
        self._add(data_views, row, ("hour", "account", "case"), ("times",))

    def breadths(self, since: str, until: str, least: int) -> tuple[Breadth, ...]:
        table = data_views.c
        many = (  # counting without telling subjects apart is cheap, and leaves few hours to look at closely
            sa.select(table.hour, table.account).where(table.hour >= since, table.hour < until)
            .group_by(table.hour, table.account).having(sa.func.count() >= least).subquery()
        )  # fmt: skip
        subjects = sa.func.count(table.subject.distinct()).label("subjects")
        query = (
            sa.select(table.hour, table.account, subjects)
            .join(many, sa.and_(many.c.hour == table.hour, many.c.account == table.account))
            .group_by(table.hour, table.account).having(subjects >= least)
            .order_by(subjects.desc(), table.hour.desc())
        )  # fmt: skip
        return tuple(Breadth(row.hour, row.account, int(row.subjects)) for row in self._connection.execute(query))

    def viewers(self, case: str, limit: int = 100) -> tuple[Seen, ...]:
        table = data_views.c
        query = sa.select(data_views).where(table.case == case).order_by(table.hour.desc(), table.account).limit(limit)
        return tuple(Seen(row.hour, row.account, row.case, row.times) for row in self._connection.execute(query))

    def used(self, uses: tuple[TokenUse, ...]) -> None:
        for use in sorted(uses, key=lambda one: (one.day, one.account, one.name)):
            row = {**msgspec.structs.asdict(use), "told": False}
            self._add(token_uses, row, ("day", "account", "name"), ("calls", "refused"))

    def untold_uses(self, before: str) -> tuple[TokenUse, ...]:
        table = token_uses.c
        query = sa.select(token_uses).where(table.day < before, sa.not_(table.told)).order_by(table.day, table.account)
        return tuple(
            TokenUse(row.day, row.account, row.name, row.calls, row.refused) for row in self._connection.execute(query)
        )

    def told_uses(self, uses: tuple[TokenUse, ...]) -> None:
        table = token_uses.c
        for use in uses:
            one = sa.and_(table.day == use.day, table.account == use.account, table.name == use.name)
            self._connection.execute(sa.update(token_uses).where(one).values(told=True))

    def _add(
        self, table: sa.Table, row: Mapping[str, object], key: tuple[str, ...], sums: tuple[str, ...]
    ) -> None:
        query = insert(self._connection, table).values(**row)
        more = {name: table.c[name] + query.excluded[name] for name in sums}
        self._connection.execute(query.on_conflict_do_update(index_elements=list(key), set_=more))


class SqlRuns:
    """Fulfils `RunStore`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def run(self, name: str) -> Run:
        document = self._connection.execute(
            sa.select(audit_runs.c.document).where(audit_runs.c.name == name)
        ).scalar()
        return unpack(document, Run) if document else Run(name)

    def take(self, name: str, now: str, until: str) -> Run | None:
        row = {"name": name, "at": "", "next_at": "", "lease_until": "", "document": pack(Run(name))}
        add_once(self._connection, audit_runs, row)
        table = audit_runs.c
        query = (
            sa.update(audit_runs).where(table.name == name, table.next_at <= now, table.lease_until <= now)
            .values(lease_until=until)
        )  # fmt: skip
        return self.run(name) if self._connection.execute(query).rowcount else None

    def keep(self, run: Run) -> None:
        values = {"at": run.at, "next_at": run.next_at, "lease_until": "", "document": pack(run)}
        self._connection.execute(sa.update(audit_runs).where(audit_runs.c.name == run.name).values(**values))


def _span(activities: tuple[str, ...], since: str, until: str) -> tuple[sa.ColumnElement[bool], ...]:
    table = activity_hours.c
    return table.activity.in_(activities), table.hour >= since, table.hour < until


def _accounts() -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(sa.not_(activity_hours.c.actor.startswith(place, autoescape=True)) for place in _PLACES)
