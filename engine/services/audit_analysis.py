"""What stands out in the logs: unusual hours, many people's data, failed sign-ins, use of privileges.

Reads roll-ups by hour and never the entries: the cost follows the span asked for, not the length of the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.activity import ACTIVITIES, title_of
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.auditing import name_of, require
from engine.services.separation import AUDIT, SECURITY

DAYS, LONGEST = 30, 366
PRIVILEGES = ("unmask", "download", "safeguard", "matter", "account", "token", "keys", "audit")
WORK = ("case", "view", "search", "download", "unmask", "session", "safeguard", "matter")
_MACHINES = ("system", "")
_PLACES = {"login": "登录名", "address": "地址"}
SHOWN = 50


class Thresholds(msgspec.Struct, frozen=True):
    """From when on something stands out: outside the hours `first` until before `last`; `subjects` in an hour;
    `failures` of a login or an address, and `privileges` of a kind, in a day."""

    first: int = 7
    last: int = 20
    subjects: int = 30
    failures: int = 5
    privileges: int = 10


class Figure(msgspec.Struct, frozen=True):
    """A line of the analysis: who, on which day ("" the whole span), how often, whether it stands out, and what to ask
    a log for to see the entries."""

    who: str
    what: str
    day: str
    times: int
    outstanding: bool
    asks: dict[str, str]


class Analysis(msgspec.Struct, frozen=True):
    """The analysis of a span of days, inclusive. `days` holds for each day how often each activity took place."""

    since: str
    until: str
    odd_hours: tuple[Figure, ...]
    breadth: tuple[Figure, ...]
    failures: tuple[Figure, ...]
    privileges: tuple[Figure, ...]
    people: tuple[Figure, ...]
    days: tuple[tuple[str, dict[str, int]], ...]

    @property
    def outstanding(self) -> int:
        """How many lines stand out."""
        lines = (*self.odd_hours, *self.breadth, *self.failures, *self.privileges)
        return sum(line.outstanding for line in lines)


class AuditAnalysis:
    """Analyses the logs. A002 unless auditor or security officer."""

    def __init__(self, *, store: Store, clock: Clock, thresholds: Thresholds = Thresholds()) -> None:
        self._store, self._clock, self.thresholds = store, clock, thresholds

    def of(self, session: Session, since: str = "", until: str = "") -> Analysis:
        """The analysis of the days; the last 30 by default, 366 at most (A004)."""
        require(session, (AUDIT, SECURITY))
        first, last = self._span(since, until)
        with self._store.read() as tx:
            return _Reading(tx, self.thresholds, first, last).analysis()

    def _span(self, since: str, until: str) -> tuple[date, date]:
        try:
            last = date.fromisoformat(until) if until else self._clock.now().date()
            first = date.fromisoformat(since) if since else last - timedelta(days=DAYS - 1)
        except (ValueError, OverflowError) as error:
            raise ZhunyuError("A004", "起止日期填写有误。", "请按 2026-11-25 的样子填写。", status=422) from error
        if not 0 <= (last - first).days < LONGEST or not 1 < last.year < 9999:
            raise ZhunyuError("A004", f"起止日期应先后有序，至多 {LONGEST} 天。", "请重新选择。", status=422)
        return first, last


class _Reading:
    """The figures of one span in one view of the database."""

    def __init__(self, tx: Transaction, limits: Thresholds, first: date, last: date) -> None:
        self._tx, self._limits = tx, limits
        self._first, self._last = first.isoformat(), last.isoformat()
        self._span = self._first, (last + timedelta(days=1)).isoformat()
        self._names: dict[str, str] = {}

    def analysis(self) -> Analysis:
        return Analysis(
            self._first, self._last, odd_hours=tuple(self._odd_hours())[:SHOWN], breadth=tuple(self._breadth())[:SHOWN],
            failures=tuple(self._failures())[:SHOWN], privileges=tuple(self._privileges())[:SHOWN],
            people=tuple(self._people())[:SHOWN], days=self._days(),
        )  # fmt: skip

    def _odd_hours(self) -> Iterator[Figure]:
        limits = self._limits
        for day, who, times in self._tx.activity.odd_hours(WORK, *self._span, limits.first, limits.last):
            if who not in _MACHINES:
                what = f"{limits.first} 时前或 {limits.last} 时后"
                yield Figure(self._name(who), what, day, times, True, {"person": who, "since": day, "until": day})

    def _breadth(self) -> Iterator[Figure]:
        for one in self._tx.activity.breadths(*self._span, self._limits.subjects):
            day = one.hour[:10]
            asks = {"person": one.account, "activity": "view", "since": day, "until": day}
            yield Figure(self._name(one.account), f"{int(one.hour[11:])} 时内的不同主体", day, one.subjects, True, asks)

    def _failures(self) -> Iterator[Figure]:
        for day, who, _, times in self._tx.activity.daily(("failure",), *self._span):
            kind, _, value = who.partition(":")
            if kind in _PLACES:
                asks = {"activity": "failure", "place": who, "since": day, "until": day}
                yield Figure(value, _PLACES[kind], day, times, times >= self._limits.failures, asks)

    def _privileges(self) -> Iterator[Figure]:
        for day, who, activity, times in self._tx.activity.daily(PRIVILEGES, *self._span):
            if who not in _MACHINES:
                asks = {"person": who, "activity": activity, "since": day, "until": day}
                outstanding = times >= self._limits.privileges
                yield Figure(self._name(who), title_of(activity), day, times, outstanding, asks)

    def _people(self) -> Iterator[Figure]:
        counted: dict[str, list[tuple[int, str]]] = {}
        for who, activity, times in self._tx.activity.by_actor(tuple(ACTIVITIES), *self._span):
            if who not in _MACHINES and who.partition(":")[0] not in _PLACES:
                counted.setdefault(who, []).append((times, activity))
        totals = {who: sum(times for times, _ in done) for who, done in counted.items()}
        for who in sorted(counted, key=lambda one: (-totals[one], one))[:SHOWN]:
            what = "　".join(f"{title_of(activity)} {times}" for times, activity in sorted(counted[who], reverse=True))
            asks = {"person": who, "since": self._first, "until": self._last}
            yield Figure(self._name(who), what, "", totals[who], False, asks)

    def _days(self) -> tuple[tuple[str, dict[str, int]], ...]:
        days: dict[str, dict[str, int]] = {}
        for day, activity, times in self._tx.activity.by_day(tuple(ACTIVITIES), *self._span):
            days.setdefault(day, {})[activity] = times
        return tuple(sorted(days.items(), reverse=True))

    def _name(self, actor: str) -> str:
        if actor not in self._names:
            self._names[actor] = name_of(self._tx, actor)
        return self._names[actor]
