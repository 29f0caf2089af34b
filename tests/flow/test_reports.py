"""Reports the holder owes after a decision: owed by the grant, settled by a filing, overdue by a day."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.case import Case
from engine.model.certificate import CertificateStatus
from engine.model.commands import RecordReport
from engine.model.matter import ActsOn, Duration, Matter, Report, Row
from engine.model.rule import ALWAYS
from engine.ports.cases import TaskRow
from engine.ports.work import WorkQuery
from engine.services.report_projection import KIND
from engine.services.reporting import Reporting, ReportLine
from tests.flow.test_after_checks import LISTED
from tests.flow.test_guard import SQLITE, staff
from tests.flow.world import World, hashed, located, session
from tests.unit.pipeline import sample

INSPECTOR = staff("核查", "核示甲")


def reporting_matter(months: int = 0, **changes: object) -> Matter:
    report = Report("结果报告", "sample_report", Duration(30, "自然日", "决定"), every_months=months)
    return located(reports=(report,), **changes)


def report_form() -> Matter:
    """The matter that files the report: on the certificate, without one of its own."""
    made = sample.matter(
        id="sample_report", title="结果报告", acts_on=ActsOn("sample"), unique=(), certificates=(), materials=(),
        authorities=(sample.OFFICE,), decide=(Row("otherwise", ALWAYS, "转人工"),),
    )  # fmt: skip
    return hashed(msgspec.structs.replace(made, acts_on=ActsOn("sample")))


def service(world: World) -> Reporting:
    return Reporting(store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing)


def lines(world: World, number: int = 1) -> tuple[ReportLine, ...]:
    return service(world).mine(session(number))


def granted(world: World, months: int = 0) -> Case:
    world.publish(reporting_matter(months), report_form())
    return world.issued(session())


def run(world: World) -> None:
    effects = world.effects()
    effects._handlers[KIND] = service(world).settle
    for job in effects.claim((KIND,), 10):
        effects.run(job)


def report(world: World, case: Case) -> Case:
    filed = world.filed(session(), "sample_report", case.certificates[0])
    run(world)
    return filed


def due(world: World) -> None:
    world.effects().due(world.clock.now())


def listed(world: World, query: WorkQuery = LISTED) -> list[TaskRow]:
    with world.store.read() as tx:
        return [row.task for row in tx.work.page(query)[0]]


def test_the_holder_sees_what_is_owed_and_filing_it_settles_it(world: World) -> None:
    case = granted(world)
    (line,) = lines(world)
    filed = report(world, case)
    (kept,) = world.load(case.id).reports
    assert (line.title, line.owed.due, line.owed.certificate, line.overdue, line.startable) == (
        "结果报告", "2026-03-12", case.certificates[0], False, True,
    )  # fmt: skip
    assert (lines(world), kept.filed_as, bool(kept.filed_at)) == ((), filed.number, True)


def test_what_is_not_filed_in_time_is_a_task_for_people(world: World) -> None:
    case = granted(world)
    world.later(days=31)
    due(world)
    (task,) = listed(world)
    (line,) = lines(world)
    assert (task.title, task.step, line.overdue) == ("逾期未报告：结果报告", "after.report", True)
    version = world.load(case.id).version
    done = world.after_checks.record(INSPECTOR, case.id, task.task, "已督促补报", "已电话督促。", version)
    assert (listed(world), done.checks[-1].result) == ([], "已督促补报")


def test_a_report_that_comes_late_is_taken_all_the_same(world: World) -> None:
    case = granted(world)
    world.later(days=31)
    due(world)
    report(world, case)
    assert lines(world) == () and world.load(case.id).reports[0].filed_as


@SQLITE
def test_what_repeats_is_owed_again_from_the_last_day_on(world: World) -> None:
    case = granted(world, months=12)
    report(world, case)
    (line,) = lines(world)
    assert (line.owed.report, line.owed.due) == ("report-1.2", "2027-03-12")


@SQLITE
def test_nothing_more_is_asked_once_the_certificate_has_ended(world: World) -> None:
    case = granted(world)
    with world.store.write() as tx:
        tx.certificates.change(case.certificates[0], CertificateStatus.CANCELLED, "注销")
    before = lines(world)
    world.later(days=31)
    due(world)
    assert (before, listed(world), world.load(case.id).checks) == ((), [], ())


@SQLITE
def test_nobody_else_settles_or_sees_what_a_holder_owes(world: World) -> None:
    granted(world)
    assert lines(world, 2) == ()


@SQLITE
def test_telling_a_case_twice_that_its_report_was_filed_changes_nothing(world: World) -> None:
    case = granted(world)
    report(world, case)
    before = world.load(case.id)
    world.committing.report(case.id, RecordReport("report-1", "另一件"))
    assert world.load(case.id) == before


@SQLITE
def test_a_report_whose_condition_was_false_is_not_owed(world: World) -> None:
    never = sample.rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, "hvac")
    found = Report("空调报告", "sample_report", Duration(30, "自然日", "决定"), never)
    world.publish(located(reports=(found,)), report_form())
    assert world.filed(session()).reports == ()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_filing_on_another_certificate_settles_nothing(world: World) -> None:
    rows = (Row("instant", sample.ALIVE, "秒批", "登记存续。"), Row("otherwise", ALWAYS, "转人工"))
    world.publish(reporting_matter(decide=rows), report_form())
    case = world.issued(session())
    other = world.issued(session(), site="另一处2号")
    filed = world.filed(session(), "sample_report", other.certificates[0])
    run(world)
    assert [line.owed.case for line in lines(world)] == [case.id]
    assert world.load(other.id).reports[0].filed_as == filed.number
