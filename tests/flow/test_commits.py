"""One commit at a time: who was second is told, tasks follow the case, history and audit are complete."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.history import audit_entries
from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept
from engine.ports.work import WorkQuery
from engine.ports.world import Answer
from tests.flow.world import World, session, together
from tests.unit.pipeline.sample import APPROVER, CLERK

QUERY = WorkQuery(person=CLERK.id, roles=CLERK.roles, district="黄浦区")


def received(world: World, number: int = 1) -> Case:
    """A case that waits for the window."""
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.filed(session(number))


def titles(world: World, query: WorkQuery) -> list[str]:
    with world.store.read() as tx:
        return [row.task.title for row in tx.work.page(query)[0]]


def test_a_command_counts_the_version(world: World) -> None:
    case = received(world)
    assert world.committing.carry_out(case, Accept(), CLERK).version == case.version + 1


def test_who_acts_on_what_another_has_changed_is_told_so(world: World) -> None:
    case = received(world)
    world.committing.carry_out(case, Accept(), CLERK)
    with pytest.raises(ZhunyuError, match="C002"):
        world.committing.carry_out(case, Accept(), CLERK)


def test_of_six_people_who_accept_at_once_one_does(world: World) -> None:
    case = received(world)
    results = together(6, lambda _: world.committing.carry_out(case, Accept(), CLERK))
    codes = sorted(one.code if isinstance(one, ZhunyuError) else "accepted" for one in results)
    assert codes == ["C002"] * 5 + ["accepted"]


def test_a_received_case_is_in_the_list_of_the_window(world: World) -> None:
    received(world)
    assert titles(world, QUERY) == ["受理"]


def test_a_task_is_in_no_other_district(world: World) -> None:
    received(world)
    elsewhere = WorkQuery(person=CLERK.id, roles=CLERK.roles, district="徐汇区")
    assert titles(world, elsewhere) == []


def test_a_task_is_in_no_list_of_another_role(world: World) -> None:
    received(world)
    assert titles(world, WorkQuery(person=APPROVER.id, roles=APPROVER.roles, district="黄浦区")) == []


def test_an_accepted_case_leaves_the_list_of_the_window(world: World) -> None:
    world.committing.carry_out(received(world), Accept(), CLERK)
    assert titles(world, QUERY) == []


def test_a_finished_task_is_in_the_list_of_what_one_has_done(world: World) -> None:
    world.committing.carry_out(received(world), Accept(), CLERK)
    done = WorkQuery(person=CLERK.id, roles=CLERK.roles, district="黄浦区", view="done")
    assert titles(world, done) == ["受理"]


def test_the_line_of_a_case_names_its_open_task(world: World) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    assert [line.task for line in world.cases.mine(session()) if line.id == case.id] == ["现场核查"]


def test_a_task_is_taken_by_one_person_only(world: World) -> None:
    case = received(world)

    def take(place: int) -> bool:
        with world.store.write() as tx:
            return tx.cases.claim_task(case.id, "accept-1", f"st-{place}")

    assert sorted(map(str, together(4, take))) == ["False"] * 3 + ["True"]


def test_a_work_list_is_paged_without_losing_or_repeating_a_row(world: World) -> None:
    made = {received(world, number).id for number in range(7)}
    seen: list[str] = []
    after = ""
    while True:
        with world.store.read() as tx:
            page = WorkQuery(person=CLERK.id, roles=CLERK.roles, district="黄浦区", after=after, limit=3)
            rows, after = tx.work.page(page)
        seen += [row.case.id for row in rows]
        if not after:
            break
    assert (len(seen), set(seen)) == (7, made)


def test_the_counts_of_the_views_are_what_the_lists_hold(world: World) -> None:
    received(world)
    with world.store.read() as tx:
        asked = msgspec.structs.replace(QUERY, office="黄浦区", today="2026-02-10", soon="2026-02-12")
        found = tx.work.counts(asked)
    assert {view for view, count in found.items() if count == 1} == {"group", "department", "alerts", "all"}
    assert sum(found.values()) == 4


def test_every_event_is_in_the_history_with_a_number_of_its_own(world: World) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    with world.store.read() as tx:
        events = tx.cases.events(case.id)
    assert [one.seq for one in events] == list(range(1, len(events) + 1))


def test_every_commit_leaves_one_audit_entry(world: World) -> None:
    case = world.committing.carry_out(received(world), Accept(), CLERK)
    with world.database.read() as connection:
        query = sa.select(audit_entries.c.counter).where(audit_entries.c.trail == f"case:{case.id}")
        assert sorted(connection.execute(query).scalars()) == [1, 2]


def test_an_audit_entry_is_tagged_under_a_salt_of_its_own(world: World) -> None:
    received(world, 1), received(world, 2)
    with world.database.read() as connection:
        columns = sa.select(audit_entries.c.salt, audit_entries.c.tag)
        rows = connection.execute(columns.where(audit_entries.c.trail.startswith("case:"))).all()
    assert len({salt for salt, _ in rows}) == len({tag for _, tag in rows}) == 2


def test_a_withdrawn_case_is_over(world: World) -> None:
    assert world.cases.withdraw(session(), received(world).id, "改主意").status is Status.WITHDRAWN


def test_a_case_may_be_withdrawn_only_while_it_is_open(world: World) -> None:
    case = world.issued(session())
    with pytest.raises(ZhunyuError, match="C001"):
        world.cases.withdraw(session(), case.id)


def test_a_failing_block_writes_nothing(world: World) -> None:
    with pytest.raises(RuntimeError), world.store.write() as tx:
        tx.certificates.draw("key")
        raise RuntimeError
    with world.store.read() as tx:
        assert tx.certificates.count("key") == 0


def test_a_reader_does_not_see_what_is_not_committed(world: World) -> None:
    with world.store.write() as tx:
        tx.certificates.draw("key")
        with world.store.read() as other:
            assert other.certificates.count("key") == 0
