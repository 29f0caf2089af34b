"""Steps of another level and replies from outside: who does them, what they record, and in whose name is decided."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Case, Reply
from engine.model.commands import Accept, FinishStep, Grant, Refuse
from engine.model.events import CertificateOrdered, Happened, TaskOpened
from engine.model.matter import Matter, Step
from engine.model.people import Actor
from engine.pipeline.advance import advance
from engine.pipeline.context import Step as Result
from engine.services.offices import office_for
from engine.stages.workflow import office_of, open_record
from tests.unit.pipeline import sample

CITY = Authority("", "上海市卫生健康委员会", "市级", "沪卫健", "沪")
CITY_APPROVER = Actor("staff", "st-9", "市审批", roles=("审批",), district="市级")
NATIONAL = "国家卫生健康委员会"
REPLY = Reply("国卫函〔2026〕12号", "2026-02-10")


def matter(**changes: object) -> Matter:
    """区初审, the reply of the state, 市审批."""
    route = (
        Step("accept", "受理", "窗口"),
        Step("first", "区初审", "审查", staff=2),
        Step("ask", "转报", "审查", outside=NATIONAL, results={"同意": "", "不同意": ""}),
        Step("approve", "市级审批", "审批", offices=(CITY,)),
    )
    return sample.matter(route=route, **changes)


def act(case: Case, command: object, actor: Actor = sample.CLERK) -> Result:
    return advance(matter(), case, command, {}, sample.context(actor))


def reviewed() -> Result:
    filed = advance(matter(), None, sample.filing(), sample.licence_fact(address="别处2号"), sample.context()).case
    case = act(act(filed, Accept()).case, FinishStep("first", "", "同意"), sample.INSPECTOR).case
    return act(case, FinishStep("first", "", "同意"), sample.SECOND_INSPECTOR)


def answered(reply: Reply | None = REPLY) -> Result:
    return act(reviewed().case, FinishStep("ask", "同意", "见来文", reply=reply), sample.INSPECTOR)


def words(step: Result) -> list[str]:
    return [event.words for event in step.events if isinstance(event, Happened)]


def test_the_applicant_is_told_that_a_body_outside_is_waited_for() -> None:
    assert words(reviewed())[-1] == "已报送国家卫生健康委员会，正在等待答复。"


@pytest.mark.parametrize("reply", [None, Reply("", "2026-02-10"), Reply("一号", "昨天"), Reply("一号", "2026-02-11")])
def test_a_reply_without_a_number_or_with_an_impossible_day_does_not_finish_the_step(reply: Reply | None) -> None:
    with pytest.raises(ZhunyuError, match="C004"):
        answered(reply)


def test_the_reply_stands_in_the_record_of_the_step() -> None:
    assert (answered().case.steps[2].reply, answered().case.steps[2].result) == (REPLY, "同意")


def test_the_step_of_the_city_is_a_task_of_the_city_and_the_applicant_is_told() -> None:
    step = answered()
    (task,) = [event for event in step.events if isinstance(event, TaskOpened)]
    assert (task.step, task.district, step.case.district) == ("approve", "市级", "黄浦区")
    assert words(step)[-1] == "已报送上海市卫生健康委员会审查。"


def test_the_clock_is_the_same_whoever_has_the_case() -> None:
    assert (answered().case.due_legal, answered().case.due_promised) == (
        reviewed().case.due_legal, reviewed().case.due_promised,
    )  # fmt: skip


def test_the_decision_and_the_certificate_are_those_of_the_office_that_decided() -> None:
    step = act(answered().case, Grant("同意"), CITY_APPROVER)
    (order,) = [event for event in step.events if isinstance(event, CertificateOrdered)]
    assert step.case.decision is not None and step.case.decision.office == CITY
    assert (order.authority_name, order.district, order.names["机关简称"]) == (CITY.name, "市级", "沪卫健")
    assert order.face["发证机关"] == CITY.name


def test_a_refusal_is_that_of_the_office_that_decided() -> None:
    step = act(answered().case, Refuse("不符合条件", ("条例第四条",)), CITY_APPROVER)
    assert step.case.decision is not None and step.case.decision.office == CITY


def test_an_instant_grant_is_that_of_the_office_that_would_have_decided() -> None:
    step = advance(matter(), None, sample.filing(), sample.licence_fact(), sample.context())
    assert step.case.decision is not None and step.case.decision.automatic
    assert step.case.decision.office == CITY


def test_of_a_table_of_districts_the_office_of_the_case_does_the_step_and_the_newest_counts() -> None:
    table = (
        CITY,
        Authority("1", "黄浦旧", "黄浦区", since="2018-01-01"),
        Authority("2", "黄浦新", "黄浦区", since="2026-01-01"),
        Authority("3", "黄浦将来", "黄浦区", since="2027-01-01"),
    )
    step = Step("review", "审查", "审查", offices=table)
    found = [office_of(step, place, sample.NOW.date()) for place in ("黄浦区", "徐汇区")]
    assert [one.name for one in found if one is not None] == ["黄浦新", CITY.name]


def test_a_step_back_at_the_first_office_is_told_as_such() -> None:
    back = msgspec.structs.replace(
        matter(), route=(Step("accept", "受理", "窗口"), Step("check", "市级核查", "核查", offices=(CITY,)),
                         Step("approve", "审批", "审批"))
    )  # fmt: skip
    filed = advance(back, None, sample.filing(), sample.licence_fact(address="别处"), sample.context()).case
    case = advance(back, filed, Accept(), {}, sample.context(sample.CLERK)).case
    step = advance(back, case, FinishStep("check", "", "已核"), {}, sample.context(CITY_APPROVER))
    assert words(step)[-1] == "已转回上海市黄浦区卫生健康委员会继续办理。"


def test_a_case_finishes_with_the_authority_it_began_with_and_the_next_one_goes_to_the_new() -> None:
    received = sample.NOW.date()
    table = (CITY, Authority("9", "黄浦区承接机关", "黄浦区", since=(received + timedelta(days=1)).isoformat()))
    granted = msgspec.structs.replace(
        matter(), authority_by="", authorities=table, authority_rules=(),
        route=(Step("accept", "受理", "窗口"), Step("approve", "审批", "审批", offices=table)),
    )  # fmt: skip
    filed = advance(granted, None, sample.filing(), sample.licence_fact(address="别处"), sample.context()).case
    later = msgspec.structs.replace(sample.context(sample.CLERK), now=sample.NOW + timedelta(days=2))
    case = advance(granted, filed, Accept(), {}, later).case
    record = open_record(case)
    assert record is not None and record.office == CITY
    assert office_of(granted.route[1], "黄浦区", received + timedelta(days=2)) == table[1]
    assert office_for(granted, {}, None, received) == CITY
    assert office_for(granted, {}, None, received + timedelta(days=1)) == table[1]
