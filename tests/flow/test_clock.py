"""The clock in the shell: columns, tasks and reminders follow it; stops get numbers; reminders bring levels."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.cases import cases, tasks
from engine.adapters.sql.tables.effects import due_jobs
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.clock_commands import Extend, ProposeExtension, Resume, Suspend
from engine.model.commands import Accept, Command
from engine.model.events import ClockReached
from engine.model.matter import Duration, Limits
from engine.services.accounts import Session
from engine.services.clock_letters import ClockNotices
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.letters import Letters
from engine.services.worklist import WorkList
from tests.flow.test_ex_officio import officer
from tests.flow.world import World, hashed, located, session

CLERK, INSPECTOR, HEAD = officer("王窗口", "窗口"), officer("李核查", "核查"), officer("马负责", "负责人")
LIMITS = Limits(
    legal=Duration(20), promised={"秒批": 0, "转人工": 8}, extend_days=10, extend_by="机关负责人", stops=("专家评审",)
)
STOP = Suspend("专家评审", "", 15, "需要专家评审")


class Timed:
    """The desk over a world whose matter may be stopped and extended."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.publish(hashed(located(limits=LIMITS, document_prefix="示")))
        self.letters = Letters(
            store=world.store, clock=world.clock, ids=world.ids, files=world.files, seals=None,  # type: ignore[arg-type]
        )  # fmt: skip
        self.acting = DeskActing(
            store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing,
            notices=ClockNotices(letters=self.letters, shelf=world.shelf, clock=world.clock),
        )  # fmt: skip
        self.desk = Desk(store=world.store, clock=world.clock, files=world.files, shelf=world.shelf)
        self.work = WorkList(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf)

    def act(self, person: Session, case: Case, command: Command) -> Case:
        return self.acting.act(person, case.id, command, self.world.load(case.id).version)

    def accepted(self, number: int = 1) -> Case:
        elsewhere: dict[str, Any] = {"status": "存续", "address": "别处"}
        from engine.ports.world import Answer

        self.world.registry.says = lambda _: Answer("value", elsewhere)
        case = self.world.filed(session(number), site=f"中山东一路{number}号")
        return self.act(CLERK, case, Accept())

    def row(self, case: Case) -> Any:
        return self.one(sa.select(cases).where(cases.c.id == case.id))

    def task(self, case: Case, task: str) -> Any:
        return self.one(sa.select(tasks).where(tasks.c.case == case.id, tasks.c.task == task))

    def job(self, case: Case) -> Any:
        return self.one(sa.select(due_jobs).where(due_jobs.c.case == case.id, due_jobs.c.what == "clock"))

    def one(self, query: sa.Select[Any]) -> Any:
        with self.world.database.read() as connection:
            return connection.execute(query).one()

    def actions(self, person: Session, case: Case) -> dict[str, str]:
        seen = self.desk.case(person, case.id)
        return {one.name: one.why_not for one in seen.actions if one.place == "clock"}


@pytest.fixture
def timed(world: World) -> Timed:
    return Timed(world)


def test_columns_tasks_and_reminders_follow_a_stop_and_the_resumption(timed: Timed) -> None:
    case = timed.accepted()
    before, due = timed.row(case), timed.task(case, "inspect-1").due
    assert (before.due, before.stopped_at) == (min(case.due_legal, case.due_promised), "")
    timed.act(INSPECTOR, case, STOP)
    row = timed.row(case)
    assert (row.due, bool(row.stopped_at)) == ("", True)
    assert (timed.task(case, "inspect-1").due, timed.job(case).state) == ("9999-12-31", "done")
    (line,) = timed.work.page(INSPECTOR, "group").lines
    assert line.case.stopped_at and line.due == ""
    timed.world.later(days=9)
    back = timed.act(INSPECTOR, case, Resume("意见已出"))
    row = timed.row(case)
    assert (row.due, row.stopped_at) == (min(back.due_legal, back.due_promised), "") and row.due > before.due
    assert timed.task(case, "inspect-1").due > due and timed.job(case).state == "waiting"


def test_a_stop_without_a_number_gets_the_next_of_the_register_and_keeps_it(timed: Timed) -> None:
    first, second = timed.accepted(1), timed.accepted(2)
    numbers = [timed.act(INSPECTOR, case, STOP).timing.stops[0] for case in (first, second)]
    year = timed.world.at[:4]
    assert [(one.notice, one.own) for one in numbers] == [(f"示止〔{year}〕1号", True), (f"示止〔{year}〕2号", True)]
    own = Suspend("专家评审", "黄卫健告〔2026〕9号", 15, "需要专家评审")
    assert [(one.notice, one.own) for one in timed.act(INSPECTOR, timed.accepted(3), own).timing.stops] == [
        ("黄卫健告〔2026〕9号", False)
    ]


def test_only_who_may_do_the_open_step_stops_the_clock_and_only_the_head_extends(timed: Timed) -> None:
    case = timed.accepted()
    assert timed.actions(INSPECTOR, case)["suspend"] == ""
    assert "“核查”岗位" in timed.actions(CLERK, case)["suspend"]
    assert "extend" not in timed.actions(INSPECTOR, case) and timed.actions(HEAD, case)["extend"] == ""
    with pytest.raises(ZhunyuError, match="“核查”岗位"):
        timed.act(CLERK, case, STOP)
    timed.act(INSPECTOR, case, ProposeExtension(10, "案情复杂"))
    (line,) = timed.work.page(HEAD, "group").lines
    assert (line.title, line.case.id) == ("批准延长办理期限", case.id)
    with pytest.raises(ZhunyuError, match="“负责人”岗位"):
        timed.act(INSPECTOR, case, Extend(10, "案情复杂"))
    extended = timed.act(HEAD, case, Extend(10, "案情复杂"))
    assert extended.due_legal > case.due_legal and not timed.work.page(HEAD, "group").lines
    assert "extend" not in timed.actions(HEAD, case)


def test_reminders_bring_a_case_through_its_levels_and_the_line_says_the_worst(timed: Timed) -> None:
    case, effects = timed.accepted(), timed.world.effects()
    found = []
    for _ in range(40):
        timed.world.later(days=1)
        effects.due(timed.world.clock.now())
    with timed.world.store.read() as tx:
        events = [one.event for one in tx.cases.events(case.id)]
        found = [(one.clock, one.level) for one in events if isinstance(one, ClockReached)]
    assert [level for clock, level in found if clock == "legal"] == ["提醒", "预警", "逾期"]
    assert [level for clock, level in found if clock == "promised"] == ["提醒", "预警", "逾期"]
    assert timed.row(case).clock_level == "逾期" and timed.job(case).state == "done"


def test_a_clock_at_its_warning_stands_among_the_alerts_however_many_days_are_left(timed: Timed) -> None:
    slow, limits = located(), msgspec.structs.replace(LIMITS, warn=(10, 30), promised={"秒批": 0, "转人工": 20})
    route = tuple(msgspec.structs.replace(one, within=20) for one in slow.route)
    timed.world.publish(hashed(located(limits=limits, route=route, document_prefix="示")))
    case = timed.accepted()
    while timed.row(case).clock_level != "预警":
        assert timed.work.page(INSPECTOR, "alerts").lines == ()
        timed.world.later(days=1)
        timed.world.effects().due(timed.world.clock.now())
    (line,) = timed.work.page(INSPECTOR, "alerts").lines
    assert line.days_left is not None and line.days_left > 10


def test_what_is_due_is_found_by_the_index_of_the_reminders(timed: Timed) -> None:
    """No case is looked at: the plan goes over (state, at)."""
    timed.accepted()
    if timed.world.database.engine.dialect.name != "sqlite":
        pytest.skip("a table of a few rows is read whole on PostgreSQL")
    query = "EXPLAIN QUERY PLAN SELECT * FROM due_jobs WHERE state = 'waiting' AND at <= '2027' ORDER BY at LIMIT 100"
    with timed.world.database.read() as connection:
        plan = " ".join(str(row) for row in connection.execute(sa.text(query)))
    assert re.search("USING INDEX ix_due_jobs_state_at", plan) and "SCAN" not in plan
