"""A matter changes or leaves the shelf while people are filling it in and while cases are under way."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept, FinishStep, Grant
from engine.model.matter import Matter, Row
from engine.model.people import Actor
from engine.model.route import Step
from engine.model.rule import ALWAYS
from engine.ports.certificates import CertificateVersion
from engine.ports.world import Answer
from engine.services.shelf import Shelf
from tests.flow.world import World, located, session
from tests.unit.pipeline.sample import APPROVER, CLERK, INSPECTOR, SECOND_INSPECTOR


def second() -> Matter:
    """The matter as it was changed: another route, nothing at once, another layout of words."""
    return located(
        title="示例许可（新办二版）", route=(Step("approve", "审批", "审批", within=2),),
        decide=(Row("otherwise", ALWAYS, "转人工", "一律由人核实。"),),
    )  # fmt: skip


def under_way(world: World) -> Case:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.filed(session())


def other_process(world: World) -> World:
    """Another process on the same database, which has not looked at the shelf since it started."""
    other = World.__new__(World)
    other.__dict__.update(world.__dict__)
    other.shelf = Shelf(store=world.store, timer=lambda: 0.0)
    other.shelf.cards()
    other.committing = type(world.committing)(
        store=world.store, clock=world.clock, ids=world.ids, shelf=other.shelf, waker=world.waker
    )
    return other


def decided(world: World, case: Case) -> Case:
    """The case carried through the route of the version it was filed under."""
    route: tuple[tuple[object, Actor], ...] = (
        (Accept(), CLERK),
        (FinishStep("inspect", "符合", "现场符合"), INSPECTOR),
        (FinishStep("inspect", "符合", "现场符合"), SECOND_INSPECTOR),
        (Grant("符合条件"), APPROVER),
    )
    for command, actor in route:
        case = world.committing.carry_out(case, command, actor)  # type: ignore[arg-type]
    return case


def version(world: World, case: Case) -> CertificateVersion:
    with world.store.read() as tx:
        return tx.certificates.versions(case.certificates[0])[-1]


def test_a_case_goes_the_route_of_its_own_version(world: World) -> None:
    case = under_way(world)
    world.publish(second())
    done = decided(world, case)
    assert (done.status, [one.step for one in done.steps]) == (Status.GRANTED, ["accept", "inspect", "approve"])


def test_a_process_that_holds_the_old_version_and_one_that_holds_the_new_go_on_alike(world: World) -> None:
    old = other_process(world)
    case = under_way(world)
    world.publish(second())
    case = old.committing.carry_out(case, Accept(), CLERK)
    new = other_process(world)
    case = new.committing.carry_out(case, FinishStep("inspect", "符合", "现场符合"), INSPECTOR)
    case = old.committing.carry_out(case, FinishStep("inspect", "符合", "现场符合"), SECOND_INSPECTOR)
    assert new.committing.carry_out(case, Grant("符合条件"), APPROVER).status is Status.GRANTED


def test_the_certificate_is_of_the_version_of_its_case(world: World) -> None:
    case = world.filed(session())
    world.publish(second())
    world.seal(case)
    assert (world.load(case.id).matter_hash, version(world, case).state) == (located().hash, "sealed")


def test_a_case_of_a_withdrawn_matter_comes_to_its_end(world: World) -> None:
    case = under_way(world)
    world.publishing.withdraw("sample_new")
    done = decided(world, case)
    world.seal(done)
    assert world.load(case.id).status is Status.ISSUED


def test_a_case_of_a_withdrawn_matter_can_be_looked_at(world: World) -> None:
    case = under_way(world)
    world.publishing.withdraw("sample_new")
    assert world.cases.view(session(), case.id).matter.title == "示例许可（新办）"


@pytest.mark.parametrize("what", ["changed", "withdrawn"])
def test_a_draft_is_kept_and_its_applicant_told_what_to_do(world: World, what: str) -> None:
    draft = world.draft(session())
    if what == "changed":
        world.publish(second())
    else:
        world.publishing.withdraw("sample_new")
    with pytest.raises(ZhunyuError) as refused:
        world.cases.submit(session(), draft.id, "")
    with world.store.read() as tx:
        kept = tx.drafts.get(draft.id)
    assert (refused.value.code, bool(refused.value.next), kept) == ("A008", True, draft)


def test_a_process_that_still_shows_the_old_version_does_not_file_under_it(world: World) -> None:
    draft = world.draft(session())
    late = other_process(world)
    world.publish(second())
    late.cases.submission._shelf = late.shelf
    with pytest.raises(ZhunyuError, match="A008"):
        late.cases.submit(session(), draft.id, "")


def test_a_matter_back_on_the_shelf_takes_the_draft_it_was_written_for(world: World) -> None:
    draft = world.draft(session())
    world.publish(second())
    world.publishing.restore("sample_new", draft.matter_hash, "测试")
    assert world.cases.submit(session(), draft.id, "").status is Status.GRANTED


def test_a_reminder_of_an_old_version_is_carried_out_after_a_change(world: World) -> None:
    case = under_way(world)
    world.publish(second())
    world.later(days=30)
    world.effects().due(world.clock.now())
    assert world.load(case.id).status is Status.ACCEPTED
