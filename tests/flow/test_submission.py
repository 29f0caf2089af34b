"""Filing an application, alone and against others."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.ports.cases import CaseQuery
from engine.ports.world import Answer
from tests.flow.world import World, located, session, together


def number_of_cases(world: World) -> int:
    with world.store.read() as tx:
        return len(tx.cases.lines(CaseQuery()))


def test_an_application_that_fits_is_granted_in_the_same_act(world: World) -> None:
    assert world.filed(session()).status is Status.GRANTED


def test_what_is_stored_is_what_was_submitted(world: World) -> None:
    case = world.filed(session())
    assert world.load(case.id) == case


def test_submitting_a_draft_again_gives_the_same_case(world: World) -> None:
    draft = world.draft(session())
    first = world.cases.submit(session(), draft.id, "k1")
    assert world.cases.submit(session(), draft.id, "k1").id == first.id


def test_submitting_a_draft_again_under_another_key_gives_the_same_case(world: World) -> None:
    draft = world.draft(session())
    first = world.cases.submit(session(), draft.id, "k1")
    assert world.cases.submit(session(), draft.id, "k2").id == first.id


def test_a_key_used_for_another_draft_is_refused(world: World) -> None:
    world.cases.submit(session(), world.draft(session()).id, "k1")
    other = world.draft(session(), site="中山东一路2号")
    with pytest.raises(ZhunyuError, match="A005"):
        world.cases.submit(session(), other.id, "k1")


def test_a_draft_submitted_in_eight_threads_makes_one_case(world: World) -> None:
    draft = world.draft(session())
    results = together(8, lambda _: world.cases.submit(session(), draft.id, "k1"))
    assert number_of_cases(world) == 1
    assert len({case.id for case in results if isinstance(case, Case)}) == 1


def test_of_eight_alike_applications_one_is_filed_and_the_others_are_told_so(world: World) -> None:
    drafts = [world.draft(session()) for _ in range(8)]
    results = together(8, lambda place: world.cases.submit(session(), drafts[place].id, ""))
    codes = sorted(one.code if isinstance(one, ZhunyuError) else "filed" for one in results)
    assert codes == ["A009"] * 7 + ["filed"]


def test_a_refused_application_leaves_nothing_behind(world: World) -> None:
    world.filed(session())
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session())
    assert number_of_cases(world) == 1


def test_an_application_may_be_repeated_after_it_was_withdrawn(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    case = world.filed(session())
    world.cases.withdraw(session(), case.id, "改主意")
    assert world.filed(session()).id != case.id


def test_a_source_that_is_down_sends_the_application_to_a_person(world: World) -> None:
    world.registry.says = lambda _: Answer("unavailable", reason="连接不上来源")
    assert world.filed(session()).status is Status.RECEIVED


def test_an_answer_that_breaks_the_agreement_counts_as_none(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": 5})
    assert world.filed(session()).facts["licence"].reason.startswith("返回内容不符合约定")


def test_a_source_is_only_asked_about_the_subject_that_signed_in(world: World) -> None:
    world.filed(session(3))
    assert {asked["code"] for asked in world.registry.asked} == {"913101010000000003"}


def test_a_draft_of_somebody_else_is_not_found(world: World) -> None:
    draft = world.draft(session(1))
    with pytest.raises(ZhunyuError, match="A003"):
        world.cases.submit(session(2), draft.id, "")


def test_a_matter_withdrawn_while_the_draft_is_open_refuses_it(world: World) -> None:
    draft = world.draft(session())
    world.publishing.withdraw("sample_new")
    with pytest.raises(ZhunyuError, match="A008"):
        world.cases.submit(session(), draft.id, "")


def test_a_matter_changed_while_the_draft_is_open_refuses_it(world: World) -> None:
    draft = world.draft(session())
    world.publish(located(title="示例许可（新办二版）"))
    with pytest.raises(ZhunyuError, match="A008"):
        world.cases.submit(session(), draft.id, "")


def test_the_draft_of_a_changed_matter_is_kept(world: World) -> None:
    draft = world.draft(session())
    world.publish(located(title="示例许可（新办二版）"))
    with pytest.raises(ZhunyuError):
        world.cases.submit(session(), draft.id, "")
    with world.store.read() as tx:
        assert tx.drafts.get(draft.id) == draft


def test_the_daily_cap_is_kept_when_eight_come_at_once(world: World) -> None:
    world.publish(located(daily_cap=3))
    drafts = [world.draft(session(number)) for number in range(8)]
    results = together(8, lambda place: world.cases.submit(session(place), drafts[place].id, ""))
    granted = [one for one in results if isinstance(one, Case) and one.status is Status.GRANTED]
    assert len(granted) == 3


def test_filing_wakes_the_effects_process(world: World) -> None:
    world.filed(session())
    assert world.waker.count == 1


def test_the_applicant_sees_the_case_in_the_list(world: World) -> None:
    case = world.filed(session())
    assert [line.id for line in world.cases.mine(session())] == [case.id]


def test_nobody_else_sees_the_case(world: World) -> None:
    case = world.filed(session(1))
    with pytest.raises(ZhunyuError, match="A003"):
        world.cases.view(session(2), case.id)


def test_the_timeline_tells_the_milestones_in_order(world: World) -> None:
    case = world.issued(session())
    kinds = [moment.kind for moment in world.cases.view(session(), case.id).timeline]
    assert kinds == ["收件", "预审", "受理", "决定", "发证"]
