"""The outbox and the reminders: leases, order, retries, dead letters."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Status
from engine.ports.effects import Job
from engine.ports.world import Answer
from engine.services.effects import ATTEMPTS
from tests.flow.world import World, session, together

KINDS = ("push", "seal_certificate")


def waiting_for_a_person(world: World) -> str:
    """A case that waits for the window, whose only push is the receipt."""
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.filed(session()).id


def refuse(job: Job) -> str:
    raise ZhunyuError("S006", "对方拒收。", status=502)


def break_down(job: Job) -> str:
    raise RuntimeError("broken")


def drain(world: World, kinds: tuple[str, ...] = KINDS) -> list[Job]:
    effects, done = world.effects(), []
    while jobs := effects.claim(kinds, 1):
        for job in jobs:
            effects.run(job)
            done.append(job)
    return done


def test_a_commit_leaves_its_pushes_in_the_outbox(world: World) -> None:
    case = world.filed(session())
    with world.store.read() as tx:
        events = [job.event for job in tx.effects.of_case(case.id) if job.kind == "push"]
    assert events == ["收件", "受理", "决定"]


def test_pushes_of_a_case_go_out_in_order(world: World) -> None:
    case = world.filed(session())
    sent = [job.event for job in drain(world) if job.kind == "push"]
    assert (sent, world.load(case.id).status) == (["收件", "受理", "决定", "发证"], Status.ISSUED)


def test_a_second_push_waits_until_the_first_is_delivered(world: World) -> None:
    world.filed(session())
    jobs = world.effects().claim(("push",), 10)
    assert [job.event for job in jobs] == ["收件"]


def test_a_claimed_job_is_not_handed_out_again(world: World) -> None:
    waiting_for_a_person(world)
    world.effects().claim(KINDS, 10)
    assert world.effects().claim(KINDS, 10) == ()


def test_a_job_whose_holder_died_is_handed_out_after_its_lease(world: World) -> None:
    waiting_for_a_person(world)
    (first,) = world.effects().claim(KINDS, 10)
    world.later(seconds=61)
    (second,) = world.effects().claim(KINDS, 10)
    assert (second.id, second.lease == first.lease) == (first.id, False)


def test_who_lost_the_lease_cannot_mark_the_job(world: World) -> None:
    waiting_for_a_person(world)
    (first,) = world.effects().claim(KINDS, 10)
    world.later(seconds=61)
    world.effects().claim(KINDS, 10)
    with world.store.write() as tx:
        assert tx.effects.done(first.id, first.lease, world.at) is False


def test_eight_workers_never_hold_the_same_job(world: World) -> None:
    for number in range(12):
        world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
        world.filed(session(number))
    claimed = together(8, lambda _: world.effects().claim(KINDS, 2))
    ids = [job.id for jobs in claimed if not isinstance(jobs, ZhunyuError) for job in jobs]
    assert (len(ids), len(set(ids))) == (12, 12)


def test_a_push_that_fails_is_tried_again_later(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=lambda job: "连接不上对方")
    for job in effects.claim(KINDS, 1):
        effects.run(job)
    assert (effects.claim(KINDS, 1), effects.counts()) == ((), {"waiting": 1})


def test_a_push_that_failed_is_ripe_after_its_delay(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=lambda job: "连接不上对方")
    for job in effects.claim(KINDS, 1):
        effects.run(job)
    world.later(seconds=2)
    assert [job.attempts for job in effects.claim(KINDS, 1)] == [2]


def test_a_handler_that_breaks_counts_as_a_failure(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=break_down)
    (job,) = effects.claim(KINDS, 1)
    effects.run(job)
    with world.store.read() as tx:
        kept = tx.effects.job(job.id)
    assert kept is not None and kept.last_error == "RuntimeError: broken"


def test_a_push_refused_for_good_becomes_a_dead_letter(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=refuse)
    for job in effects.claim(KINDS, 1):
        effects.run(job)
    assert [job.state for job in effects.dead()] == ["dead"]


def test_a_push_that_fails_too_often_becomes_a_dead_letter(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=lambda job: "连接不上对方")
    for _ in range(ATTEMPTS):
        for job in effects.claim(KINDS, 1):
            effects.run(job)
        world.later(hours=2)
    assert [job.last_error for job in effects.dead()] == ["连接不上对方"]


def test_a_dead_letter_can_be_sent_again(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=refuse)
    for job in effects.claim(KINDS, 1):
        effects.run(job)
    effects.resend(effects.dead()[0].id)
    drain(world)
    assert effects.counts() == {"done": 1}


def test_what_is_not_dead_cannot_be_sent_again(world: World) -> None:
    waiting_for_a_person(world)
    (job,) = world.effects().claim(KINDS, 1)
    with pytest.raises(ZhunyuError, match="C001"):
        world.effects().resend(job.id)


def test_a_job_that_takes_every_process_down_is_buried(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects()
    for _ in range(ATTEMPTS + 1):
        (job,) = effects.claim(KINDS, 1)
        world.later(seconds=61)
    effects.run(job)
    assert effects.counts() == {"dead": 1}


def test_an_application_nobody_answered_is_accepted_when_the_limit_passes(world: World) -> None:
    case = waiting_for_a_person(world)
    world.later(days=30)
    ran = world.effects().due(world.clock.now())
    assert (ran, world.load(case).status) == (2, Status.ACCEPTED)  # the limit of the acceptance and the clock's colours


def test_a_reminder_does_not_come_before_its_day(world: World) -> None:
    waiting_for_a_person(world)
    assert world.effects().due(world.clock.now()) == 0


def test_a_reminder_comes_once(world: World) -> None:
    case = waiting_for_a_person(world)
    world.later(days=30)
    ran = [world.effects().due(world.clock.now()) for _ in range(3)]  # the second sets the colours of the limits begun
    with world.store.read() as tx:
        stood = [one for one in tx.cases.events(case) if getattr(one.event, "kind", "") == "受理"]
    assert (ran, len(stood)) == ([2, 1, 0], 1)


def test_a_reminder_of_a_case_that_is_over_is_gone(world: World) -> None:
    case = waiting_for_a_person(world)
    world.cases.withdraw(session(), case)
    world.later(days=30)
    assert world.effects().due(world.clock.now()) == 0


def test_nothing_is_ripe_when_all_is_done(world: World) -> None:
    waiting_for_a_person(world)
    drain(world)
    assert world.effects().ripe() is False


def test_the_next_effects_process_takes_over_what_the_dead_one_held(world: World) -> None:
    waiting_for_a_person(world)
    (held,) = world.effects().claim(KINDS, 10)
    taken = world.effects().take_over()
    (again,) = world.effects().claim(KINDS, 10)
    assert (taken, again.id, again.attempts) == (1, held.id, 2)


def test_taking_over_leaves_what_is_done_and_what_is_dead(world: World) -> None:
    waiting_for_a_person(world)
    effects = world.effects(push=refuse)
    for job in effects.claim(KINDS, 1):
        effects.run(job)
    assert (effects.take_over(), effects.counts()) == (0, {"dead": 1})


def test_work_carries_out_everything_that_is_ripe(world: World) -> None:
    world.filed(session())
    world.effects().work(KINDS, 4, lambda: False)
    assert world.effects().counts().keys() == {"done"}


def test_what_went_well_is_marked_before_the_work_stops(world: World) -> None:
    world.filed(session())
    began = iter((False, True, True))
    world.effects().work(("push",), 4, lambda: next(began))
    assert world.effects().counts()["done"] == 1


def test_a_job_that_fails_among_others_is_tried_again_alone(world: World) -> None:
    for number in (1, 2):
        world.filed(session(number))
    broken = iter((RuntimeError("broken"),))

    def first_fails(job: Job) -> str:
        for error in broken:
            raise error
        return ""

    effects = world.effects(first_fails)
    effects.work(("push",), 2, lambda: False)
    assert effects.counts()["done"] == 3
