"""Words that a matter fills with answers: a sensitive one is never among what is stored, pushed or shown to others."""

from __future__ import annotations

import pytest

from engine.model.case import Case
from engine.model.events import Happened
from engine.model.matter import Check, Matter, PushDef, Row
from engine.model.rule import ALWAYS, Rule
from tests.flow.test_protection import everything
from tests.flow.world import PHONE, World, located, session

SAME = Rule("联系电话 = 经营地址", {"==": [{"var": "phone"}, {"var": "site"}]}, ("phone", "site"))
DIFFERENT = Rule("经营地址 ≠ 联系电话", {"!=": [{"var": "site"}, {"var": "phone"}]}, ("phone", "site"))


def telling(action: str = "转人工") -> Matter:
    """A matter whose author put the telephone number into every text there is."""
    return located(
        precheck=(
            Check("phone", SAME, "联系电话 {phone} 与登记不符。", action, mend="请核对 {phone}。", fields=("phone",)),
        ),
        decide=(
            Row("known", DIFFERENT, "转人工", "联系电话 {phone} 需要核实。", "请致电 {phone}"),
            Row("otherwise", ALWAYS, "转人工", "由人核实。"),
        ),
        unique=("phone",), push=(PushDef("ywtb", ("收件", "受理", "进展", "决定", "发证")),),
    )  # fmt: skip


@pytest.fixture
def told(world: World) -> tuple[World, Case]:
    world.publish(telling())
    return world, world.filed(session())


def test_a_text_filled_with_a_sensitive_answer_is_in_no_column(told: tuple[World, Case]) -> None:
    assert PHONE not in everything(told[0])


def test_a_text_filled_with_a_sensitive_answer_is_not_pushed(told: tuple[World, Case]) -> None:
    world, case = told
    with world.store.read() as tx:
        bodies = [str(job.body) for job in tx.effects.of_case(case.id)]
    assert bodies and not any(PHONE in body for body in bodies)


def test_the_timeline_holds_no_sensitive_answer(told: tuple[World, Case]) -> None:
    world, case = told
    with world.store.read() as tx:
        happened = [one.event for one in tx.cases.events(case.id) if isinstance(one.event, Happened)]
    texts = [event.words + event.detail for event in happened]
    assert texts and not any(PHONE in text for text in texts)


def test_a_refusal_on_the_spot_does_not_repeat_a_sensitive_answer(world: World) -> None:
    world.publish(telling("当场更正"))
    draft = world.draft(session())
    with pytest.raises(Exception) as refused:
        world.cases.submit(session(), draft.id, "")
    assert PHONE not in str(refused.value) + str(getattr(refused.value, "problems", ""))


def test_a_trace_shows_that_a_sensitive_answer_was_read_but_not_which(told: tuple[World, Case]) -> None:
    _, case = told
    assert case.assessment is not None
    traces = [finding.trace for finding in case.assessment.findings] + [row.trace for row in case.assessment.rows]
    assert any(traces) and PHONE not in str(traces)
