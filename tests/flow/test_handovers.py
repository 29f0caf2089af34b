"""转入: cases that another system hands in under its own number."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.matter import Row
from engine.model.people import Subject
from engine.model.rule import ALWAYS
from engine.ports.accounts import Account
from engine.services.accounts import Session
from engine.services.handovers import Handed, Handovers
from tests.flow.world import PHONE, World, located, session, together
from tests.unit.pipeline import sample

HOTEL = Subject("法人", "91310101MADEM0011X", "上海示例泊云酒店有限公司")
GIVEN = Handed("SH-2026-000001", "sample_in", HOTEL, {**sample.ANSWERS, "phone": PHONE})


def system(login: str = "platform") -> Session:
    account = Account(id=f"D-{login}", login=login, kind="department", name="某统一受理平台")
    return Session(token="", account=account, subject=None, authority="", expires_at="")


@pytest.fixture
def handovers(world: World) -> Handovers:
    rows = (Row("otherwise", ALWAYS, "转人工", "由工作人员办理。"),)
    world.publish(located(), located(id="sample_in", starts="转入", decide=rows))
    return Handovers(
        store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf, facts=world.facts, waker=world.waker
    )


def changed(**parts: object) -> Handed:
    return msgspec.structs.replace(GIVEN, **parts)


def refused(act: Callable[..., object], *given: object) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act(*given)
    return refusal.value.code


def test_what_is_handed_in_becomes_a_case_for_the_window(world: World, handovers: Handovers) -> None:
    case, new = handovers.take(system(), GIVEN)
    assert (new, case.origin, case.status, case.subjects) == (True, "转入", Status.RECEIVED, (HOTEL,))
    assert case.outside is not None and (case.outside.system, case.outside.number) == ("platform", "SH-2026-000001")
    assert case.steps[0].step == "accept" and world.load(case.id) == case
    assert case.assessment is not None and case.assessment.missing == ("plan",)  # asked for by the staff


def test_sent_again_it_is_the_same_case(handovers: Handovers) -> None:
    first, _ = handovers.take(system(), GIVEN)
    again, new = handovers.take(system(), GIVEN)
    assert (again.id, new) == (first.id, False)


def test_a_number_is_never_used_for_anything_else(handovers: Handovers) -> None:
    handovers.take(system(), GIVEN)
    assert refused(handovers.take, system(), changed(answers={**GIVEN.answers, "area": "99"})) == "A005"
    assert refused(handovers.take, system("other"), GIVEN) == "A005"


def test_sent_at_once_from_several_threads_it_is_one_case(handovers: Handovers) -> None:
    results = together(4, lambda place: handovers.take(system(), GIVEN))
    cases = {one[0].id for one in results if not isinstance(one, ZhunyuError)}
    assert len(cases) == 1 and not [one for one in results if isinstance(one, ZhunyuError)]


def test_what_is_wrong_is_refused_and_the_number_stays_free(handovers: Handovers) -> None:
    assert refused(handovers.take, system(), changed(answers={})) == "A004"
    assert refused(handovers.take, system(), changed(subject=Subject("法人", "91310101MADEM0011Y", "某单位"))) == "A004"
    person = Subject("自然人", "310101197102111016", "陈示安")
    assert refused(handovers.take, system(), changed(subject=person)) == "A004"
    assert refused(handovers.take, system(), changed(matter="sample_new")) == "A010"
    assert refused(handovers.take, system(), changed(matter="nothing")) == "A003"
    assert handovers.take(system(), GIVEN)[1]


def test_the_system_asks_how_its_own_case_stands_and_no_other(handovers: Handovers) -> None:
    case, _ = handovers.take(system(), GIVEN)
    assert handovers.standing(system(), GIVEN.number).id == case.id
    assert refused(handovers.standing, system("other"), GIVEN.number) == "A003"
    assert refused(handovers.standing, system(), "SH-2026-999999") == "A003"


def test_nobody_applies_for_it_on_the_portal(world: World, handovers: Handovers) -> None:
    assert "sample_in" not in {card.id for card in world.shelf.offered()}
    assert refused(world.shelf.applied_for, "sample_in") == "A010"
    draft = world.draft(session(1), "sample_in")
    assert refused(world.cases.submit, session(1), draft.id, "") == "A010"


def test_the_applicant_follows_it_on_the_portal(world: World, handovers: Handovers) -> None:
    case, _ = handovers.take(system(), GIVEN)
    who = msgspec.structs.replace(session(1), subject=HOTEL)
    seen: Case = world.cases.view(who, case.id).case
    assert seen.id == case.id
