"""Reminders on the day they fall due, with two dispatchers looking at the same moment: each has effect exactly once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.model.case import Case, Status, SupplementItem
from engine.model.commands import AskSupplement
from engine.model.events import Happened
from engine.ports.world import Answer
from engine.worker.dispatcher import Dispatcher
from tests.flow.test_effects_dispatcher import LANES, Quiet, eventually
from tests.flow.world import World, session, together
from tests.unit.pipeline.sample import CLERK

CASES = 5
ASKED = AskSupplement((SupplementItem("面积有误", fields=("area",)),))


def waiting(world: World) -> list[Case]:
    """Cases nobody has looked at."""
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return [world.filed(session(number)) for number in range(1, CASES + 1)]


def asked(world: World) -> list[Case]:
    """Cases whose applicants were asked for a supplement and do not answer."""
    return [world.committing.carry_out(case, ASKED, CLERK) for case in waiting(world)]


def told(world: World, case: Case, kind: str) -> tuple[int, int]:
    """How often the milestone stands in the history, and how many pushes the case has of its name."""
    with world.store.read() as tx:
        happened = [one.event.kind for one in tx.cases.events(case.id) if isinstance(one.event, Happened)]
        pushed = [job.event for job in tx.effects.of_case(case.id) if job.kind == "push"]
    return happened.count(kind), pushed.count(kind)


@contextmanager
def two_dispatchers(world: World) -> Iterator[list[str]]:
    """Two dispatchers on one database; what they complained of."""
    said = list[str]()
    running = [
        Dispatcher(
            effects=world.effects(), clock=world.clock, listener=Quiet(), lanes=LANES,
            say=lambda event, words: said.append(f"{event} {words}"),
        )
        for _ in range(2)
    ]  # fmt: skip
    threads = [threading.Thread(target=one.run) for one in running]
    for thread in threads:
        thread.start()
    try:
        yield said
    finally:
        for one in running:
            one.stop()
        for thread in threads:
            thread.join(20)


def settled(world: World) -> bool:
    return not world.effects().ripe() and set(world.effects().counts()) <= {"done"}


def test_an_application_nobody_looked_at_is_deemed_accepted_once(world: World) -> None:
    cases = waiting(world)
    world.later(days=30)
    with two_dispatchers(world) as said:
        assert eventually(lambda: settled(world)), said
    assert [told(world, case, "受理") for case in cases] == [(1, 1)] * CASES


def test_a_deemed_acceptance_counts_from_the_day_of_receipt(world: World) -> None:
    (case, *_) = waiting(world)
    world.later(days=30)
    together(2, lambda _: world.effects().due(world.clock.now()))
    assert world.load(case.id).accepted_at == case.received_at


def test_an_application_whose_supplement_never_came_is_ended_once(world: World) -> None:
    cases = asked(world)
    world.later(days=90)
    with two_dispatchers(world) as said:
        assert eventually(lambda: settled(world)), said
    found = [(world.load(case.id).status, told(world, case, "终止")[0]) for case in cases]
    assert found == [(Status.TERMINATED, 1)] * CASES


def test_the_peer_hears_once_of_a_case_that_was_ended(world: World) -> None:
    (case, *_) = asked(world)
    before = told(world, case, "进展")[1]
    world.later(days=90)
    together(3, lambda _: world.effects().due(world.clock.now()))
    assert told(world, case, "进展")[1] == before + 1


def test_a_reminder_that_lost_the_race_is_not_left_waiting(world: World) -> None:
    waiting(world)
    world.later(days=30)
    together(4, lambda _: world.effects().due(world.clock.now()))
    world.later(days=1)
    with world.store.read() as tx:
        assert {job.what for job in tx.effects.due(world.at, 100)} == {"clock"}  # that of the clocks goes on


def test_no_reminder_comes_while_the_clock_has_not_reached_it(world: World) -> None:
    cases = waiting(world)
    together(2, lambda _: world.effects().due(world.clock.now()))
    assert {world.load(case.id).status for case in cases} == {Status.RECEIVED}
