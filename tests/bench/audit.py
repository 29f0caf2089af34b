"""The audit over a million events: pages of the logs, analysis, tracing. Seeded; SQLite on this machine."""

from __future__ import annotations

import contextlib
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from engine.adapters.keys import RingHistoryKeys, RingSealer
from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.adapters.sql.tables.audit import activity_hours, data_views
from engine.adapters.sql.tables.cases import case_events, case_subjects, cases
from engine.adapters.sql.tables.history import audit_entries
from engine.model.activity import activity_of, log_of
from engine.model.case import Case
from engine.ports.accounts import Account
from engine.services.accounts import Session
from engine.services.audit_analysis import AuditAnalysis
from engine.services.auditing import Auditing, LogQuery
from engine.services.history import History
from engine.services.tracing_back import TracingBack
from engine.services.watching import Watching
from tests.bench.figures import Line, line
from tests.flow.postgres import running_postgres
from tests.flow.world import World, located, session

SECTION = "审计"
EVENTS, A_CASE, LOOKS, CHUNK = 1_000_000, 8, 40, 20_000
AIM = 500.0  # ms, p95
AUDITOR = Session("", Account("AUDITOR", "audit", "staff", "计示", roles=("审计",), district="市级"), None, "", "")
_KINDS = (
    ("case", "受理"), ("case", "环节"), ("access", "查看办件 1"), ("account", "登录"), ("unmask", "显示完整信息 1"),
)  # fmt: skip
_WEIGHTS = (45, 40, 12, 2, 1)


def measure(*on: str) -> list[Line]:
    """p95 of each page over a million entries and events, `on` "sqlite", "postgresql" (a server of its own) or both."""
    found: list[Line] = []
    if "sqlite" in on:
        with tempfile.TemporaryDirectory(prefix="zhunyu-audit-") as folder:
            found += _measured(f"sqlite:///{Path(folder) / 'audit.db'}", SECTION)
    if "postgresql" in on:
        with running_postgres() as folder:
            found += _measured(f"postgresql://postgres@/postgres?host={folder}", f"{SECTION}（PostgreSQL）")
    return found


def _measured(url: str, section: str) -> list[Line]:
    with contextlib.closing(Database(url)) as database:
        migrate(database)
        world = World(database, located())
        filled = [world.issued(session(number)) for number in range(1, 21)]
        history = History(store=world.store, clock=world.clock, keys=_keys(world))
        while history.seal_pending():
            pass
        began = time.monotonic()
        _fill(database, filled[0])
        made = line(section, f"生成 {EVENTS:,} 条记录与事件", time.monotonic() - began, "s")
        if database.dialect == "postgresql":
            with database.engine.connect() as connection:  # as its own daemon does after a while
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        found = [made, *_pages(world, history, filled, section)]
        world.facts.close()
    return found


def _keys(world: World) -> RingHistoryKeys:
    from tests.flow.world import RING

    return RingHistoryKeys(RING, RingSealer(RING))


def _fill(database: Database, model: Case) -> None:
    """Entries, events and their cases, and the roll-ups that sealing would have left."""
    dice = random.Random(11)
    with database.write() as connection:
        template = dict(connection.execute(sa.select(cases).limit(1)).one()._mapping)
        event = dict(connection.execute(sa.select(case_events).limit(1)).one()._mapping)
        first = connection.execute(sa.select(sa.func.max(audit_entries.c.number))).scalar_one()
        for at in range(0, EVENTS, CHUNK):
            _fill_chunk(connection, dice, template, event, at, first + 1)
        hours = [{"hour": f"2026-{month:02d}-{day:02d}T{hour:02d}", "actor": f"A{actor:025d}", "activity": activity,
                  "times": dice.randrange(1, 30)}
                 for month in (10, 11) for day in range(1, 31) for hour in range(8, 18) for actor in range(60)
                 for activity in ("case", "view")]  # fmt: skip
        _put(connection, activity_hours, hours)
        views = [{"hour": f"2026-{day // 28 + 10:02d}-{day % 28 + 1:02d}T{hour:02d}", "account": f"A{actor:025d}",
                  "case": f"C{place:025d}", "subject": f"{place}", "times": 1}
                 for day in range(56) for hour in range(8, 18) for actor in range(40) for place in range(10)
                 ]  # fmt: skip
        _put(connection, data_views, views)


def _fill_chunk(
    connection: sa.Connection, dice: random.Random, template: dict[str, object], event: dict[str, object], at: int,
    number: int,
) -> None:  # fmt: skip
    rows, events, made, subjects = [], [], [], []
    for place in range(at, at + CHUNK):
        case, step = f"C{place // A_CASE:025d}", place % A_CASE + 1
        kind, what = dice.choices(_KINDS, _WEIGHTS)[0]
        actor, when = f"A{dice.randrange(60):025d}", f"2026-{place * 10 // EVENTS + 1:02d}-{place % 28 + 1:02d}"
        instant = f"{when}T{8 + place % 10:02d}:{place % 60:02d}:00+08:00"
        trail = f"case:{case}" if kind == "case" else f"{kind}:{actor}:{place}"
        activity = activity_of(trail, what)
        rows.append({"id": f"E{place:025d}", "trail": trail, "counter": step, "at": instant, "actor": actor,
                     "what": what, "salt": f"{place:032x}", "tag": "0" * 64, "detail": "", "number": number + place,
                     "link": "0" * 64, "log": log_of(activity), "activity": activity})  # fmt: skip
        events.append({**event, "case": case, "seq": step, "version": step, "at": instant})
        if step == 1:
            made.append({**template, "id": case, "number": f"N{place:020d}", "received_at": instant})
            subjects.append({"case": case, "place": 0, "code_index": f"{place % 50_000}", "kind": "法人",
                             "name": f"示例{place % 50_000}公司"})  # fmt: skip
    _put(connection, cases, made)
    _put(connection, case_subjects, subjects)
    _put(connection, case_events, events)
    _put(connection, audit_entries, rows)


def _put(connection: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    """Many rows at once: by COPY where there is one, which takes minutes off a million rows."""
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    raw = connection.connection.dbapi_connection
    assert raw is not None
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _pages(world: World, history: History, filled: list[Case], section: str) -> list[Line]:
    watching = Watching(store=world.store, clock=world.clock, ids=world.ids)
    logs = Auditing(store=world.store, clock=world.clock, watching=watching)
    tracing = TracingBack(store=world.store, shelf=world.shelf, history=history)
    analysis = AuditAnalysis(store=world.store, clock=world.clock)
    dice = random.Random(7)

    def day() -> str:
        return f"2026-{dice.randrange(1, 11):02d}-{dice.randrange(1, 28):02d}"

    def page(**asked: str) -> Callable[[], object]:
        return lambda: logs.page(AUDITOR, LogQuery("operation", **asked))

    def after() -> object:
        at = day()
        return logs.page(AUDITOR, LogQuery("security", after=f"{at}T12:00:00+08:00|E"))

    def hits(by: str, value: Callable[[], str]) -> Callable[[], object]:
        return lambda: tracing.find(AUDITOR, by, value(), day(), "")

    number = lambda: f"N{dice.randrange(EVENTS // A_CASE) * A_CASE:020d}"  # noqa: E731
    asks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("操作日志首页", page()), ("安全日志，从任一时刻翻页", after),
        ("一类（显示完整信息）", lambda: logs.page(AUDITOR, LogQuery("security", activity="unmask", until=day()))),
        ("按文字，31 天内", lambda: logs.page(AUDITOR, LogQuery("operation", text="没有这样的", until=day()))),
        ("日志分析 30 天", lambda: analysis.of(AUDITOR, "2026-10-15", "2026-11-13")),
        ("追溯：按编号找", hits("number", number)),
        ("追溯：按申请人找", hits("subject", lambda: f"示例{dice.randrange(50_000)}公司")),
        ("追溯：按时间段找", lambda: tracing.find(AUDITOR, "span", "", day(), "")),
        ("追溯：按版本找", hits("version", lambda: filled[0].matter_hash)),
        ("追溯页：全过程与逐条核验", lambda: tracing.of(AUDITOR, dice.choice(filled).id)),
    )  # fmt: skip
    return [line(section, f"{name}，p95", _p95(ask), "ms", most=AIM) for name, ask in asks]


def _p95(ask: Callable[[], object]) -> float:
    taken = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[int(0.95 * (LOOKS - 1))]
