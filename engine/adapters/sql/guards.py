"""The guard, freezes and seeds in SQL. Rows by matter and period; conditional updates decide every race."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import add_once, insert
from engine.adapters.sql.tables.safeguards import freezes, guard_tallies, guards, sampling_seeds
from engine.model.guard import Freeze, Reading, Tally
from engine.ports.cases import Sealer
from engine.ports.guards import FreezeLine, GuardState, Seed

_ALL = "*"  # the row that stands for every matter
_SEED = "sampling_seeds.sealed"
_MATTER: sa.BindParameter[str] = sa.bindparam("of")
# Asked with every filing, so they are built once.
_STATES = sa.select(guards).where(guards.c.matter.in_((_MATTER, _ALL)))
_HOLD = _STATES.with_for_update(read=True)
_HOLDING = sa.select(freezes).where(freezes.c.lifted_at == "", freezes.c.matter.in_((_MATTER, "")))
_TALLIES = sa.select(guard_tallies).where(
    guard_tallies.c.matter == _MATTER,
    guard_tallies.c.epoch == sa.bindparam("since"),
    sa.or_(
        guard_tallies.c.period.between(sa.bindparam("first_day"), sa.bindparam("last_day")),
        guard_tallies.c.period.between(sa.bindparam("first_hour"), sa.bindparam("last_hour")),
    ),
)


class SqlGuards:
    """Fulfils `GuardStore`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def reading(self, matter: str, now: datetime) -> Reading:
        rows = {row.matter: row for row in self._connection.execute(_STATES, {"of": matter})}
        state = rows.get(matter)
        epoch = state.epoch if state else 1
        held = self._connection.execute(_HOLDING, {"of": matter})
        wanted = {
            "of": matter, "since": epoch, "first_day": day_of(now - timedelta(days=34)), "last_day": day_of(now),
            "first_hour": hour_of(now - timedelta(hours=23)), "last_hour": hour_of(now),
        }  # fmt: skip
        tallies = {row.period: row for row in self._connection.execute(_TALLIES, wanted)}
        week = day_of(now - timedelta(days=6))
        return Reading(
            epoch=epoch,
            tripped=state.words if state and state.state == "tripped" else "",
            revision=sum(row.revision for row in rows.values()),
            hour=_sum([tallies[hour_of(now)]] if hour_of(now) in tallies else []),
            day=_sum([row for period, row in tallies.items() if period.startswith("H")]),
            recent=_sum([row for period, row in tallies.items() if period.startswith("D") and period >= week]),
            past=_sum([row for period, row in tallies.items() if period.startswith("D") and period < week]),
            freezes=tuple(_freeze(row) for row in held),
        )

    def hold(self, matter: str) -> int:
        rows = self._connection.execute(_HOLD, {"of": matter}).all()
        if len(rows) < 2:
            self._ensure(matter)
            self._ensure(_ALL)
            rows = self._connection.execute(_HOLD, {"of": matter}).all()
        return sum(row.revision for row in rows)

    def count(
        self, matter: str, epoch: int, now: datetime, *, instant: bool, unknown: bool, hourly: int | None
    ) -> bool:
        limit = guard_tallies.c.instant < hourly if instant and hourly is not None else None
        return self._bump(matter, epoch, hour_of(now), instant, unknown, limit) and self._bump(
            matter, epoch, day_of(now), instant, unknown, None
        )

    def trip(self, matter: str, epoch: int, *, cause: str, words: str, at: str, case: str) -> bool:
        self._ensure(matter)
        return self._change(
            matter, epoch, "armed", state="tripped", cause=cause, words=words, at=at, case=case
        )

    def arm(self, matter: str, epoch: int, *, by: str, reason: str, at: str) -> bool:
        return self._change(
            matter, epoch, "tripped", state="armed", epoch=epoch + 1, armed_by=by, armed_at=at, reason=reason
        )

    def states(self, tripped: bool = False) -> tuple[GuardState, ...]:
        query = sa.select(guards).where(guards.c.matter != _ALL).order_by(guards.c.matter)
        if tripped:
            query = query.where(guards.c.state == "tripped")
        return tuple(GuardState(**row._mapping) for row in self._connection.execute(query))

    def freeze(self, freeze: Freeze, *, at: str, by: str) -> bool:
        self._ensure(freeze.matter or _ALL)
        self._move(freeze.matter or _ALL)  # before the row: a filing under way ends first, every later one sees it
        row = {
            "id": freeze.id, "kind": freeze.kind, "matter": freeze.matter, "key": freeze.key, "reason": freeze.reason,
            "at": at, "by": by, "lifted_at": "", "lifted_by": "", "lifted_reason": "",
        }  # fmt: skip
        return add_once(self._connection, freezes, row)

    def lift(self, freeze: str, *, at: str, by: str, reason: str) -> bool:
        query = sa.update(freezes).where(freezes.c.id == freeze, freezes.c.lifted_at == "")
        change = query.values(lifted_at=at, lifted_by=by, lifted_reason=reason).returning(freezes.c.matter)
        found = self._connection.execute(change).first()
        if found is not None:
            self._move(found.matter or _ALL)
        return found is not None

    def freezes(self, holding: bool = True, limit: int = 100) -> tuple[FreezeLine, ...]:
        query = sa.select(freezes).order_by(freezes.c.at.desc(), freezes.c.id.desc()).limit(limit)
        if holding:
            query = query.where(freezes.c.lifted_at == "")
        return tuple(
            FreezeLine(_freeze(row), row.at, row.by, row.lifted_at, row.lifted_by, row.lifted_reason)
            for row in self._connection.execute(query)
        )

    def seed(self, day: str) -> Seed | None:
        row = self._connection.execute(sa.select(sampling_seeds).where(sampling_seeds.c.day == day)).first()
        return None if row is None else self._seed(row)

    def keep_seed(self, seed: Seed) -> bool:
        row = {
            "day": seed.day, "digest": seed.digest, "sealed": self._sealer.seal(_SEED, seed.day, seed.seed),
            "made_at": seed.made_at, "revealed_at": "",
        }  # fmt: skip
        return add_once(self._connection, sampling_seeds, row)

    def reveal(self, before: str, at: str) -> tuple[Seed, ...]:
        query = sa.update(sampling_seeds).where(sampling_seeds.c.day < before, sampling_seeds.c.revealed_at == "")
        rows = self._connection.execute(query.values(revealed_at=at).returning(*sampling_seeds.c))
        return tuple(self._seed(row) for row in rows)

    def seeds(self, limit: int = 40) -> tuple[Seed, ...]:
        query = sa.select(sampling_seeds).order_by(sampling_seeds.c.day.desc()).limit(limit)
        return tuple(self._seed(row) for row in self._connection.execute(query))

    def _seed(self, row: sa.Row[Any]) -> Seed:
        return Seed(row.day, self._sealer.open(_SEED, row.day, row.sealed), row.digest, row.made_at, row.revealed_at)

    def _ensure(self, matter: str) -> None:
        add_once(self._connection, guards, {**_FRESH, "matter": matter})

    def _change(self, matter: str, before: int, standing: str, **change: object) -> bool:
        query = sa.update(guards).where(
            guards.c.matter == matter, guards.c.epoch == before, guards.c.state == standing
        )
        return bool(self._connection.execute(query.values(revision=guards.c.revision + 1, **change)).rowcount)

    def _move(self, matter: str) -> None:
        query = sa.update(guards).where(guards.c.matter == matter)
        self._connection.execute(query.values(revision=guards.c.revision + 1))

    def _bump(
        self, matter: str, epoch: int, period: str, instant: bool, unknown: bool, limit: sa.ColumnElement[bool] | None
    ) -> bool:
        row = {"filed": 1, "instant": int(instant), "unknown": int(unknown)}
        query = insert(self._connection, guard_tallies).values(matter=matter, epoch=epoch, period=period, **row)
        query = query.on_conflict_do_update(
            index_elements=["matter", "epoch", "period"],
            set_={name: guard_tallies.c[name] + step for name, step in row.items()},
            where=limit,
        )
        return bool(self._connection.execute(query).rowcount)


_FRESH = {
    "epoch": 1, "state": "armed", "cause": "", "words": "", "at": "", "case": "", "armed_by": "", "armed_at": "",
    "reason": "", "revision": 0,
}  # fmt: skip


def day_of(now: datetime) -> str:
    """The period of a day."""
    return f"D{now:%Y-%m-%d}"


def hour_of(now: datetime) -> str:
    """The period of a clock hour."""
    return f"H{now:%Y-%m-%dT%H}"


def _sum(rows: list[Any]) -> Tally:
    return Tally(sum(row.filed for row in rows), sum(row.instant for row in rows), sum(row.unknown for row in rows))


def _freeze(row: sa.Row[Any]) -> Freeze:
    return Freeze(id=row.id, kind=row.kind, matter=row.matter, key=row.key, reason=row.reason)
