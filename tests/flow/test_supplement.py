"""一次补正 through the services."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status, SupplementItem, Upload
from engine.model.commands import AskSupplement
from engine.ports.world import Answer
from tests.flow.world import World, session
from tests.unit.pipeline.sample import CLERK

ITEMS = (SupplementItem("面积有误", fields=("area",)), SupplementItem("图不清楚", materials=("plan",)))


def asked(world: World) -> Case:
    """A case whose applicant is asked for a supplement."""
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.committing.carry_out(world.filed(session()), AskSupplement(ITEMS), CLERK)


def handed_in(world: World, case: Case) -> Upload:
    return world.cases.supplement_upload(session(), case.id, "plan", "新图.pdf", b"%PDF new")


def test_the_answer_to_a_supplement_is_taken(world: World) -> None:
    case = asked(world)
    answered = world.cases.answer_supplement(session(), case.id, {"area": "80"}, {"plan": (handed_in(world, case),)})
    assert (answered.status, answered.answers["area"]) == (Status.RECEIVED, "80")


def test_the_applicant_sees_that_an_answer_is_wanted(world: World) -> None:
    assert world.cases.view(session(), asked(world).id).can == ("withdraw", "answer_supplement")


def test_what_was_not_asked_for_is_not_taken(world: World) -> None:
    case = asked(world)
    with pytest.raises(ZhunyuError, match="A004"):
        world.cases.answer_supplement(session(), case.id, {"usable": "80"}, {})


def test_a_file_for_a_material_that_was_not_asked_for_is_refused(world: World) -> None:
    case = asked(world)
    with pytest.raises(ZhunyuError, match="A007"):
        world.cases.supplement_upload(session(), case.id, "licence_copy", "执照.pdf", b"%PDF")


def test_a_file_that_was_never_uploaded_is_refused(world: World) -> None:
    case = asked(world)
    made_up = msgspec.structs.replace(handed_in(world, case), id="NOWHERE")
    with pytest.raises(ZhunyuError, match="A007"):
        world.cases.answer_supplement(session(), case.id, {}, {"plan": (made_up,)})


def test_a_file_of_another_content_than_it_names_is_refused(world: World) -> None:
    case = asked(world)
    altered = msgspec.structs.replace(handed_in(world, case), digest="00" * 32)
    with pytest.raises(ZhunyuError, match="A007"):
        world.cases.answer_supplement(session(), case.id, {}, {"plan": (altered,)})


def test_an_unanswered_supplement_ends_the_case(world: World) -> None:
    case = asked(world)
    world.later(days=90)
    world.effects().due(world.clock.now())
    assert world.load(case.id).status is Status.TERMINATED


def test_an_ended_case_frees_what_may_exist_only_once(world: World) -> None:
    asked(world)
    world.later(days=90)
    world.effects().due(world.clock.now())
    assert world.filed(session()).status is Status.RECEIVED


def test_nobody_else_may_answer(world: World) -> None:
    case = asked(world)
    with pytest.raises(ZhunyuError, match="A003"):
        world.cases.answer_supplement(session(2), case.id, {"area": "80"}, {})
