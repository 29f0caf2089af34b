"""Disputes about a case and their deadlines, a decision made again, findings of false materials and their ban."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import msgspec
import pytest

from engine.model.case import Case, Status
from engine.model.commands import Decline, Lapse
from engine.model.disputes import (
    AfterCommand,
    AnswerDispute,
    CloseDispute,
    DecideFalsehood,
    OpenDispute,
    Reopen,
    ReportFalsehood,
    StayDecision,
)
from engine.model.events import Notified
from engine.services.accounts import actor_of
from engine.services.disputes import Disputes
from tests.flow.test_guard import refused, staff
from tests.flow.world import World, located, session

ONE, TWO, CLERK = staff("审批", "黄批示"), staff("审批", "黄批乙"), staff("窗口", "黄窗示")
CLERK_ACTOR = actor_of(CLERK)


class Desk:
    """Who handles disputes in a world."""

    def __init__(self, world: World) -> None:
        world.publish(located())
        self.world = world
        self.disputes = Disputes(store=world.store, clock=world.clock, committing=world.committing)

    def act(self, case: Case, command: AfterCommand, who: object = ONE) -> Case:
        version = self.world.load(case.id).version
        return self.disputes.act(who, case.id, command, version)  # type: ignore[arg-type]

    def declined(self) -> Case:
        case = self.world.filed(session(), site="别处路9号")
        self.world.committing.carry_out(case, Decline("不属于本机关", ("条例第一条",)), CLERK_ACTOR)
        return self.world.load(case.id)

    def annulled(self) -> Case:
        case = self.act(self.declined(), self.opened())
        return self.act(case, CloseDispute("dispute-1", "撤销并责令重作", "沪府复〔2026〕1号"))

    def opened(self, kind: str = "行政复议", day: str = "") -> OpenDispute:
        return OpenDispute(kind, "沪府复字第1号", "张示例", "请求撤销不予受理决定。", day or self.today)

    @property
    def today(self) -> str:
        return self.world.clock.now().date().isoformat()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.parametrize(("kind", "unit"), [("行政复议", "工作日"), ("行政诉讼", "自然日"), ("投诉", "工作日")])
def test_a_dispute_has_the_deadline_of_its_law(desk: Desk, kind: str, unit: str) -> None:
    case = desk.act(desk.declined(), desk.opened(kind))
    days = {"行政复议": 10, "行政诉讼": 15, "投诉": 15}[kind]
    today = desk.world.clock.now().date()
    due = case.disputes[0].due
    least = today + timedelta(days=days if unit == "自然日" else days + 2)  # ten working days hold a weekend
    assert due == least.isoformat() if unit == "自然日" else due >= least.isoformat()
    assert [row.dispute for row in desk.disputes.page(ONE, "待答复").rows] == ["dispute-1"]


def test_the_same_dispute_is_registered_once(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    assert refused(desk.act, case, desk.opened()) == "C004"


@pytest.mark.parametrize("change", [{"number": " "}, {"party": ""}, {"claim": ""}, {"received_on": "2099-01-01"},
                                    {"received_on": "昨天"}, {"kind": "仲裁"}])  # fmt: skip
def test_a_dispute_without_what_must_be_known_is_refused(desk: Desk, change: dict[str, str]) -> None:
    command = msgspec.structs.replace(desk.opened(), **change)
    assert refused(desk.act, desk.declined(), command) == "C004"


def test_an_answered_dispute_is_not_told_overdue(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    case = desk.act(case, AnswerDispute("dispute-1", "依据充分，提交证据三份。"))
    desk.world.committing.report(case.id, Lapse("dispute:dispute-1"))
    assert not desk.world.load(case.id).disputes[0].overdue
    assert refused(desk.act, case, AnswerDispute("dispute-1", "再答")) == "C001"


def test_a_dispute_without_an_answer_is_told_overdue_once(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    for _ in range(2):
        desk.world.committing.report(case.id, Lapse("dispute:dispute-1"))
    assert desk.world.load(case.id).disputes[0].overdue


def test_a_stay_begins_and_ends_and_is_told(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    case = desk.act(case, StayDecision("dispute-1", True, "沪府停〔2026〕1号"))
    assert case.disputes[0].stay_since == desk.today and desk.disputes.page(ONE, "待答复").rows[0].stayed
    assert refused(desk.act, case, StayDecision("dispute-1", True, "再停")) == "C001"
    assert desk.act(case, StayDecision("dispute-1", False, "沪府停〔2026〕2号")).disputes[0].stay_since == ""


def test_the_end_of_a_dispute_ends_the_stay_and_takes_it_off_the_list(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    case = desk.act(case, StayDecision("dispute-1", True, "沪府停〔2026〕1号"))
    case = desk.act(case, CloseDispute("dispute-1", "维持", "沪府复〔2026〕1号"))
    assert (case.disputes[0].stay_since, desk.disputes.page(ONE, "待答复").counts["已结"]) == ("", 1)
    assert refused(desk.act, case, AnswerDispute("dispute-1", "迟了")) == "C001"


def test_a_decision_that_was_annulled_is_made_again_and_the_old_one_kept(desk: Desk) -> None:
    before = desk.annulled()
    case = desk.act(before, Reopen("dispute-1", "复议机关要求重新受理"))
    assert (case.status, case.decision, case.remands[0].decision) == (Status.ACCEPTED, None, before.decision)
    assert (case.steps[-1].step, case.due_legal > desk.today, case.closed_at) == ("inspect", True, "")
    assert refused(desk.act, case, Reopen("dispute-1", "再来")) == "C001"


def test_a_decision_that_was_upheld_is_not_made_again(desk: Desk) -> None:
    case = desk.act(desk.declined(), desk.opened())
    case = desk.act(case, CloseDispute("dispute-1", "维持", "沪府复〔2026〕1号"))
    assert refused(desk.act, case, Reopen("dispute-1", "想重办")) == "C001"


def test_a_grant_is_not_opened_again(desk: Desk) -> None:
    case = desk.act(desk.world.issued(session()), desk.opened())
    case = desk.act(case, CloseDispute("dispute-1", "撤销并责令重作", "沪府复〔2026〕1号"))
    assert refused(desk.act, case, Reopen("dispute-1", "撤销")) == "C001"


def test_another_open_application_keeps_an_annulled_one_from_being_opened(desk: Desk) -> None:
    case = desk.annulled()
    desk.world.filed(session(), site="别处路9号")
    assert refused(desk.act, case, Reopen("dispute-1", "重新受理")) == "A009"
    assert desk.world.load(case.id).status is Status.NOT_ACCEPTED


def test_a_finding_is_decided_by_somebody_else_and_bars_from_applying(desk: Desk) -> None:
    case = desk.act(desk.world.issued(session()), ReportFalsehood("租赁合同系伪造", "出租方说明一份"))
    decision = DecideFalsehood("falsehood-1", True, True, "放弃陈述申辩", "事实清楚")
    assert refused(desk.act, case, decision) == "C004"
    case = desk.act(case, decision, TWO)
    assert case.falsehoods[0].years == 3
    with desk.world.store.read() as tx:
        (ban,) = tx.facts.bans(case.subjects[0].code, "示例", desk.today)
        told = [one.event for one in tx.cases.events(case.id) if isinstance(one.event, Notified)]
    assert ban.until == case.falsehoods[0].until and told[-1].to == "enforcement"
    schema = Path(__file__).parents[2] / "deploy" / "sandbox" / "schemas" / "enforcement.json"
    jsonschema.validate(told[-1].body, json.loads(schema.read_text(encoding="utf-8")))


def test_a_finding_before_the_grant_bars_for_one_year(desk: Desk) -> None:
    case = desk.world.filed(session(), site="别处路9号")
    case = desk.act(case, ReportFalsehood("面积不实", "测绘报告"))
    case = desk.act(case, DecideFalsehood("falsehood-1", True, True, "承认", "事实清楚"), TWO)
    assert (case.falsehoods[0].years, case.falsehoods[0].until[:4]) == (1, str(int(desk.today[:4]) + 1))


def test_a_finding_that_is_not_confirmed_bars_nobody(desk: Desk) -> None:
    case = desk.act(desk.world.issued(session()), ReportFalsehood("存疑", "举报一封"))
    case = desk.act(case, DecideFalsehood("falsehood-1", False, True, "", "查无实据"), TWO)
    with desk.world.store.read() as tx:
        assert tx.facts.bans(case.subjects[0].code, "示例", desk.today) == ()
    assert case.falsehoods[0].found is False


def test_nobody_is_found_guilty_unheard(desk: Desk) -> None:
    case = desk.act(desk.world.issued(session()), ReportFalsehood("伪造", "说明"))
    assert refused(desk.act, case, DecideFalsehood("falsehood-1", True, True, " ", "事实清楚"), TWO) == "C004"


@pytest.mark.parametrize("who", [CLERK, staff("审批", "浦批示", "浦东新区"), staff("审计", "市计示")])
def test_others_have_no_business_with_disputes(desk: Desk, who: object) -> None:
    assert refused(desk.act, desk.declined(), desk.opened(), who) == "A002"


def test_who_reviews_does_not_decide(desk: Desk) -> None:
    case = desk.annulled()
    assert refused(desk.act, case, Reopen("dispute-1", "重新受理"), staff("审查", "黄审示")) == "A002"


def test_who_looked_at_an_earlier_state_is_told(desk: Desk) -> None:
    case = desk.declined()
    desk.act(case, desk.opened())
    assert refused(desk.disputes.act, ONE, case.id, desk.opened("投诉"), case.version) == "C002"
