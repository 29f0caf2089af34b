"""From a faulty basis to every grant that rested on it, with a crash in the middle."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.ports.cases import TaskRow
from engine.ports.recalls import BasisQuery, Recall
from engine.ports.work import WorkQuery
from engine.services.accounts import Session
from engine.services.desk import timeline
from tests.flow.test_guard import SQLITE, refused, staff
from tests.flow.world import World, located, session, together

ROW = BasisQuery("row", "instant", "sample_new")
APPROVER = staff("审批", "批示甲")


def opened(world: World, count: int = 3, query: BasisQuery = ROW) -> tuple[Recall, list[Case]]:
    cases = [world.issued(session(number)) for number in range(count)]
    return world.recalls.open("钱示管", "S1", query, "经营地址的比对漏了门牌号"), cases


def tasks(world: World) -> list[TaskRow]:
    with world.store.read() as tx:
        return [row.task for row in tx.work.page(WorkQuery("S", ("审批",), "", view="checks", limit=100))[0]]


def decide(world: World, case: Case, result: str, who: Session = APPROVER) -> Case:
    (task,) = [task for task in tasks(world) if task.case == case.id]
    version = world.load(case.id).version
    return world.after_checks.record(who, case.id, task.task, result, "已调阅原始材料复核。", version)


def test_grants_are_found_by_what_they_rested_on(world: World) -> None:
    world.filed(session(1))
    world.later(hours=5)
    world.filed(session(2))
    questions = {
        ROW: 2,
        BasisQuery("check", "alive", "sample_new"): 2,
        BasisQuery("version", located().hash): 2,
        BasisQuery("source", "registry.business"): 2,
        BasisQuery("source", "registry.business", since="2026-02-10T09:00", until="2026-02-10T10:00"): 1,
        BasisQuery("source", "registry.business", since="2026-02-11"): 0,
        BasisQuery("row", "otherwise", "sample_new"): 0,
        BasisQuery("row", "instant", "another"): 0,
        BasisQuery("row", "instant", "sample_new", district="浦东新区"): 0,
    }
    found = {query: world.recalls.find(query) for query in questions}
    assert {query: one.total for query, one in found.items()} == questions
    assert {query: len(one.lines) for query, one in found.items()} == questions


def test_the_listing_pages_without_losing_a_grant(world: World) -> None:
    cases = {world.filed(session(number)).id for number in range(5)}
    first = world.recalls.find(ROW, limit=3)
    second = world.recalls.find(ROW, after=first.next, limit=3)
    assert {line.case for line in (*first.lines, *second.lines)} == cases and second.next == ""


def test_nothing_is_shown_to_staff_before_the_recall_is_confirmed(world: World) -> None:
    recall, _ = opened(world)
    world.recalls.work(recall.id)
    before = tasks(world)
    shown = world.recalls.confirm("钱示管", "S1", recall.id)
    assert (before, shown, len(tasks(world))) == ([], 3, 3)


@SQLITE
def test_the_history_that_staff_see_of_a_case_does_not_tell_of_a_recall_to_come(world: World) -> None:
    recall, (case, *_) = opened(world, 1)

    def told() -> list[str]:
        with world.store.read() as tx:
            return [moment.kind for moment in timeline(tx.cases.events(case.id))]

    before = told()
    world.recalls.work(recall.id)
    assert told() == before


@SQLITE
def test_a_recall_that_is_not_fully_made_cannot_be_confirmed(world: World) -> None:
    recall, _ = opened(world)
    world.recalls.work(recall.id, limit=2)
    with pytest.raises(ZhunyuError, match="C001"):
        world.recalls.confirm("钱示管", "S1", recall.id)
    assert world.recalls.progress(recall.id).counts == {"opened": 2, "prepared": 1}


def test_undoing_takes_everything_back(world: World) -> None:
    recall, cases = opened(world)
    world.recalls.work(recall.id, limit=2)
    world.recalls.undo("钱示管", "S1", recall.id)
    assert world.recalls.work(recall.id)
    assert world.recalls.progress(recall.id).recall.state == "undone"
    assert [world.load(case.id).checks for case in cases] == [()] * 3


@SQLITE
def test_a_confirmed_recall_is_not_undone(world: World) -> None:
    recall, _ = opened(world)
    world.recalls.work(recall.id)
    world.recalls.confirm("钱示管", "S1", recall.id)
    with pytest.raises(ZhunyuError, match="C001"):
        world.recalls.undo("钱示管", "S1", recall.id)


def test_who_dies_in_the_middle_is_followed_by_who_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    recall, cases = opened(world, 4)
    carry_out, calls = world.committing.carry_out, list[int]()

    def dying(*given: Any, **more: Any) -> Case:
        calls.append(1)
        if len(calls) == 3:
            raise SystemExit
        return carry_out(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(world.committing, "carry_out", dying)
        with pytest.raises(SystemExit):
            world.recalls.work(recall.id)
    assert world.recalls.progress(recall.id).done == 2
    assert world.recalls.work(recall.id)
    assert [len(world.load(case.id).checks) for case in cases] == [1] * 4


def test_workers_that_run_together_open_every_case_once(world: World) -> None:
    recall, cases = opened(world, 4)
    together(3, lambda _: world.recalls.work(recall.id))
    assert [len(world.load(case.id).checks) for case in cases] == [1] * 4
    assert world.recalls.progress(recall.id).recall.state == "opened"


def test_a_recall_undone_while_it_is_opened_leaves_nothing(world: World) -> None:
    recall, cases = opened(world, 4)

    def either(place: int) -> object:
        return world.recalls.work(recall.id) if place else world.recalls.undo("钱示管", "S1", recall.id)

    together(3, either)
    world.recalls.work(recall.id)
    assert world.recalls.progress(recall.id).recall.state == "undone"
    assert [world.load(case.id).checks for case in cases] == [()] * 4


@SQLITE
def test_the_effects_process_opens_a_recall_by_itself(world: World) -> None:
    recall, _ = opened(world)
    with world.store.read() as tx:
        (job,) = tx.effects.of_case(recall.id)
    assert (job.kind, world.recalls.run(job)) == ("recall", "")
    assert world.recalls.progress(recall.id).recall.state == "opened"


@SQLITE
def test_keeping_a_grant_ends_its_self_correction(world: World) -> None:
    recall, (case, *_) = opened(world)
    world.recalls.work(recall.id), world.recalls.confirm("钱示管", "S1", recall.id)
    decide(world, case, "维持")
    assert (world.recalls.progress(recall.id).outcomes, len(tasks(world))) == ({"维持": 1}, 2)


@SQLITE
def test_deciding_to_revoke_starts_a_procedure_and_revokes_nothing_by_itself(world: World) -> None:
    recall, (case, *_) = opened(world)
    world.recalls.work(recall.id), world.recalls.confirm("钱示管", "S1", recall.id)
    decided = decide(world, case, "撤销")
    with world.store.read() as tx:
        (certificate,) = tx.certificates.of_case(case.id)
    assert (decided.status, certificate.status) == (Status.ISSUED, CertificateStatus.VALID)
    assert decided.checks[-1].title == "依法启动撤销程序"
    assert world.recalls.progress(recall.id).outcomes == {"撤销": 1}


@SQLITE
def test_a_held_self_correction_cannot_be_recorded(world: World) -> None:
    recall, (case, *_) = opened(world)
    world.recalls.work(recall.id)
    with pytest.raises(ZhunyuError, match="A003"):
        world.after_checks.view(APPROVER, case.id, f"recall-{recall.id}")


@SQLITE
def test_a_recall_without_reason_grants_or_a_clear_question_is_not_opened(world: World) -> None:
    world.filed(session())
    orders = [
        (ROW, " "),
        (BasisQuery("row", "otherwise", "sample_new"), "有误"),
        (BasisQuery("row", "instant"), "有误"),
        (BasisQuery("", "instant"), "有误"),
        (BasisQuery("row", "instant", "sample_new", since="2026-03-01", until="2026-02-01"), "有误"),
    ]
    codes = [refused(world.recalls.open, "钱示管", "S1", query, reason) for query, reason in orders]
    assert (codes, world.recalls.recalls()) == (["C004", "C001", "A004", "A004", "A004"], ())


@SQLITE
def test_a_recall_is_in_the_history_step_by_step(world: World) -> None:
    recall, _ = opened(world)
    world.recalls.work(recall.id), world.recalls.confirm("钱示管", "S1", recall.id)
    with world.store.read() as tx:
        assert [one.entry.what for one in tx.history.of_trail(f"recall:{recall.id}")] == ["立案召回", "确认召回"]
