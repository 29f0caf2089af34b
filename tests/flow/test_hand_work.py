"""Many tasks at once: each signed, each a commit of its own; and hand-over lists that both sign."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.work import changeovers
from engine.errors import ZhunyuError
from engine.model.bulk import DONE, REFUSED, WAITING
from engine.model.case import Case, Status
from engine.model.changeover import TAKEN
from engine.services.accounts import Session
from engine.services.bulk import BulkActs
from engine.services.changeovers import Changeovers
from engine.services.moves import Moves
from engine.services.signing_review import Signatures
from tests.flow.signing_world import PIN, SignedWorld
from tests.flow.world import together

ONCE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what does not depend on the database


@pytest.fixture
def world(database: Database) -> Iterator[SignedWorld]:
    made = SignedWorld(database)
    yield made
    made.facts.close()


def bulk(world: SignedWorld) -> BulkActs:
    moves = Moves(
        store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, committing=world.committing,
        signing=world.signing,
    )  # fmt: skip
    return BulkActs(store=world.store, clock=world.clock, ids=world.ids, acting=world.acting, moves=moves)


def office(world: SignedWorld) -> Changeovers:
    signed = Signatures(world.authority, world.signing, world.applicants, world.review)
    return Changeovers(
        store=world.store, clock=world.clock, ids=world.ids, renderer=TypstRenderer(), signed=signed
    )


def chosen(*cases: Case) -> list[tuple[str, str]]:
    return [(case.id, "accept-1") for case in cases]


def people(world: SignedWorld, *roles: str) -> tuple[Session, Session]:
    """Two officers of the window, known to the installation."""
    pair = world.officer("移", "窗口"), world.officer("接", *(roles or ("窗口",)))
    with world.store.write() as tx:
        for one in pair:
            tx.accounts.add(one.account, "", world.at)
    return pair


def claimed(world: SignedWorld, by: Session, *numbers: int) -> list[Case]:
    cases = [world.waiting(number) for number in numbers]
    for case in cases:
        world.acting.claim(by, case.id, "accept-1")
    return cases


def refused(code: str, work: object) -> None:
    with pytest.raises(ZhunyuError) as raised:
        work()  # type: ignore[operator]
    assert raised.value.code == code


def test_many_are_accepted_under_one_pin_each_with_a_signature_of_its_own(world: SignedWorld) -> None:
    cases, clerk = [world.waiting(number) for number in (1, 2)], world.officer("窗", "窗口")
    run = bulk(world).draw_up(clerk, "accept", chosen(*cases))
    run = bulk(world).carry_on(clerk, run.id, "予以受理。", PIN, lambda: True)
    assert [item.state for item in run.items] == [DONE, DONE]
    assert [world.states(case) for case in cases] == [[("受理", "有效")]] * 2


@ONCE
def test_a_wrong_pin_is_one_failure_and_leaves_all_to_be_done(world: SignedWorld) -> None:
    cases, clerk = [world.waiting(number) for number in range(1, 8)], world.officer("窗", "窗口")
    acts = bulk(world)
    run = acts.draw_up(clerk, "accept", chosen(*cases))
    refused("K008", lambda: acts.carry_on(clerk, run.id, "", "wrong", lambda: True))
    assert {item.state for item in acts.show(clerk, run.id).items} == {WAITING}
    assert acts.carry_on(clerk, run.id, "", PIN, lambda: True).counted(DONE) == 7


@ONCE
def test_a_run_goes_on_where_it_stopped_and_does_nothing_twice(world: SignedWorld) -> None:
    cases, clerk = [world.waiting(number) for number in (1, 2, 3)], world.officer("窗", "窗口")
    acts = bulk(world)
    run = acts.draw_up(clerk, "accept", chosen(*cases))
    assert acts.carry_on(clerk, run.id, "", PIN, lambda: False).left == 2
    acts.carry_on(clerk, run.id, "", PIN, lambda: True)
    assert [world.load(case.id).version for case in cases] == [2, 2, 2]


def test_two_windows_that_carry_on_one_run_share_its_items(world: SignedWorld) -> None:
    cases, clerk = [world.waiting(number) for number in (1, 2, 3, 4)], world.officer("窗", "窗口")
    acts = bulk(world)
    run = acts.draw_up(clerk, "claim", chosen(*cases))
    together(2, lambda _: acts.carry_on(clerk, run.id, "", "", lambda: True))
    assert acts.show(clerk, run.id).counted(DONE) == 4


@ONCE
def test_what_may_not_be_done_to_one_is_done_to_the_others(world: SignedWorld) -> None:
    first, second, clerk = world.waiting(1), world.waiting(2), world.officer("窗", "窗口")
    acts = bulk(world)
    run = acts.draw_up(clerk, "claim", chosen(first, second))
    world.acting.claim(world.officer("窗二", "窗口"), first.id, "accept-1")
    run = acts.carry_on(clerk, run.id, "", "", lambda: True)
    assert [item.state for item in run.items] == [REFUSED, DONE]
    assert "已被他人领取" in run.items[0].words
    refused("C001", lambda: acts.undo(clerk, run.id, 0))


@ONCE
def test_an_acceptance_cannot_be_undone(world: SignedWorld) -> None:
    case, clerk = world.waiting(), world.officer("窗", "窗口")
    run = bulk(world).draw_up(clerk, "accept", chosen(case))
    bulk(world).carry_on(clerk, run.id, "", PIN, lambda: True)
    refused("C001", lambda: bulk(world).undo(clerk, run.id, 0))
    assert world.load(case.id).status is Status.ACCEPTED


def test_a_list_is_signed_by_both_and_moves_what_is_still_held(world: SignedWorld) -> None:
    giver, taker = people(world)
    kept, done = claimed(world, giver, 1, 2)
    lists = office(world)
    made = lists.propose(giver, taker.account.id, chosen(kept, done), "调岗", PIN)
    world.acting.release(giver, done.id, "accept-1")
    taken = lists.take(taker, made.id, PIN)
    with world.store.read() as tx:
        holders = [tx.cases.tasks(case.id)[0].claimed_by for case in (kept, done)]
        words = [one.act.statement.act for one in tx.signing.acts(made.id) if one.act]
    assert (taken.state, holders, words) == (TAKEN, [taker.account.id, ""], ["移交", "接收"])
    assert [bool(line.outcome) for line in taken.lines] == [False, True]
    assert (lists.view(giver, made.id).fault, lists.paper(taker, made.id)[1][:5]) == ("", b"%PDF-")
    refused("C001", lambda: lists.take(taker, made.id, PIN))


@ONCE
def test_a_list_that_was_altered_after_it_was_signed_shows_it(world: SignedWorld) -> None:
    giver, taker = people(world)
    lists = office(world)
    made = lists.propose(giver, taker.account.id, chosen(*claimed(world, giver, 1)), "调岗", PIN)
    for change, fault in (({"number": "JJ0"}, "签名属于另一办件"), ({"lines": ()}, "与双方所签的不符")):
        altered = msgspec.json.encode(msgspec.structs.replace(made, **change)).decode()
        with world.database.write() as connection:
            connection.execute(sa.update(changeovers).values(document=altered))
        assert fault in lists.view(giver, made.id).fault


@ONCE
def test_a_list_is_not_made_without_a_pin_or_of_what_is_not_ones_own(world: SignedWorld) -> None:
    giver, taker = people(world)
    mine, other = claimed(world, giver, 1)[0], world.waiting(2)
    lists, to = office(world), taker.account.id
    refused("K008", lambda: lists.propose(giver, to, chosen(mine), "休假", ""))
    refused("C002", lambda: lists.propose(giver, to, chosen(mine, other), "休假", PIN))
    refused("C004", lambda: lists.propose(giver, to, chosen(mine), " ", PIN))
    refused("A004", lambda: lists.propose(giver, giver.account.id, chosen(mine), "休假", PIN))
    assert lists.mine(giver) == ()


@ONCE
def test_who_may_not_do_a_task_does_not_take_it_over(world: SignedWorld) -> None:
    giver, taker = people(world, "窗口", "审批")
    both = msgspec.structs.replace(giver.account, roles=("窗口", "审批"))
    wide = msgspec.structs.replace(giver, account=both)
    mine = claimed(world, giver, 1)[0]
    narrow = msgspec.structs.replace(taker.account, roles=("审批",))
    with world.store.write() as tx:
        tx.accounts.update(narrow)
    refused("A004", lambda: office(world).propose(wide, taker.account.id, chosen(mine), "休假", PIN))


@ONCE
def test_a_list_is_withdrawn_by_the_giver_and_declined_by_the_taker_only(world: SignedWorld) -> None:
    giver, taker = people(world)
    mine = claimed(world, giver, 1)[0]
    lists = office(world)
    made = lists.propose(giver, taker.account.id, chosen(mine), "休假", PIN)
    assert (lists.held(giver), lists.awaiting(taker)) == ((), 1)
    refused("A002", lambda: lists.withdraw(taker, made.id))
    refused("A002", lambda: lists.take(giver, made.id, PIN))
    refused("A002", lambda: lists.view(world.officer("旁", "审批"), made.id))
    assert lists.decline(taker, made.id, "本周在外").answer == "本周在外"
    assert [row.case.id for row in lists.held(giver)] == [mine.id]


@ONCE
def test_many_are_assigned_to_one_person_and_lie_with_them(world: SignedWorld) -> None:
    cases, lead = [world.waiting(number) for number in (1, 2)], world.officer("审", "审批")
    clerk, _ = people(world)
    acts = bulk(world)
    run = acts.draw_up(lead, "assign", chosen(*cases))
    refused("C004", lambda: acts.carry_on(lead, run.id, "按分工", PIN, lambda: True))
    run = acts.carry_on(lead, run.id, "按分工", PIN, lambda: True, to=clerk.account.id)
    with world.store.read() as tx:
        held = [tx.cases.tasks(case.id)[0].claimed_by for case in cases]
    assert ([item.state for item in run.items], held) == ([DONE, DONE], [clerk.account.id] * 2)
