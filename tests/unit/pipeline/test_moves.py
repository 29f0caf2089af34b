"""退回, 转办, 委派, 加签, 会签, 催办, 撤回, 终止, 回避: what the pure core allows, and what comes of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept, FinishStep, Grant, Withdraw
from engine.model.events import Happened, Noted, Notified, TaskClosed, TaskOpened
from engine.model.matter import Matter, PushDef
from engine.model.move_events import Copied, PersonBarred, Reminded, TaskHanded
from engine.model.moves import (
    AskCosign,
    AskRecusal,
    DecideRecusal,
    DropCosign,
    GiveBack,
    HandOver,
    Remind,
    SendBack,
    SendCopy,
    StateCosign,
    TakeBack,
    Terminate,
)
from engine.model.moving import AGREED, ASSIGN, DEPUTY, DROPPED, GROUNDS, Person
from engine.model.people import SYSTEM, Actor
from engine.model.route import Step as RouteStep
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from tests.unit.pipeline import sample
from tests.unit.pipeline.sample import APPROVER, CLERK, INSPECTOR, SECOND_INSPECTOR

EXPERT = Actor("staff", "st-6", "孙专家", roles=("专家",), district="黄浦区")
SECOND_APPROVER = Actor("staff", "st-7", "周审批", roles=("审批",), district="黄浦区")


def person(actor: Actor) -> Person:
    return Person(actor.id, actor.name, actor.roles, actor.district)


def act(case: Case, command: object, actor: Actor = CLERK, matter: Matter | None = None, **later: int) -> Step:
    context = sample.context(actor, now=sample.NOW + timedelta(**later))
    return advance(matter or sample.matter(), case, command, {}, context)


def received(matter: Matter | None = None) -> Case:
    facts = sample.licence_fact(address="别处2号")
    return advance(matter or sample.matter(), None, sample.filing(), facts, sample.context()).case


def accepted(matter: Matter | None = None) -> Case:
    return act(received(matter), Accept(), matter=matter).case


def inspected(matter: Matter | None = None) -> Case:
    case = act(accepted(matter), FinishStep("inspect", "符合", "属实"), INSPECTOR, matter).case
    return act(case, FinishStep("inspect", "符合", "一致"), SECOND_INSPECTOR, matter).case


def of_kind(step: Step, kind: type) -> list[object]:
    return [event for event in step.events if isinstance(event, kind)]


def words(step: Step) -> str:
    return "".join(one.words for one in step.events if isinstance(one, Happened | Noted))


def one_inspector() -> Matter:
    base = sample.matter()
    route = tuple(msgspec.structs.replace(step, staff=1) if step.id == "inspect" else step for step in base.route)
    return sample.matter(route=route)


def test_a_step_sent_back_opens_its_next_round_and_the_clock_goes_on() -> None:
    matter = one_inspector()
    case = act(accepted(matter), FinishStep("inspect", "符合", "属实"), INSPECTOR, matter).case
    step = act(case, SendBack("inspect", "照片不清楚", person(INSPECTOR)), APPROVER, matter)
    assert (step.case.steps[-1].step, step.case.steps[-1].round, step.case.due_legal) == ("inspect", 2, case.due_legal)
    assert of_kind(step, TaskHanded) == [TaskHanded("inspect-2", INSPECTOR.id, "退回")]


def test_after_the_round_the_step_that_sent_back_opens_again_for_the_same_person() -> None:
    matter = one_inspector()
    case = act(accepted(matter), FinishStep("inspect", "符合", "属实"), INSPECTOR, matter).case
    case = act(case, SendBack("inspect", "照片不清楚"), APPROVER, matter).case
    case = act(case, FinishStep("inspect", "符合", "补拍了"), INSPECTOR, matter).case
    assert act(case, Grant(), APPROVER, matter).case.status is Status.GRANTED


def test_nothing_is_sent_back_across_acceptance() -> None:
    with pytest.raises(ZhunyuError, match="不能退回到受理"):
        act(accepted(), SendBack("accept", "重新受理"), INSPECTOR)


def test_sending_back_needs_a_reason() -> None:
    with pytest.raises(ZhunyuError, match="退回的理由"):
        act(inspected(), SendBack("inspect", "  "), APPROVER)


def test_a_step_that_was_not_done_is_no_target() -> None:
    with pytest.raises(ZhunyuError, match="不能退回到这一环节"):
        act(inspected(), SendBack("approve", "理由"), APPROVER)


def test_a_task_is_handed_to_a_colleague_of_the_same_role() -> None:
    step = act(accepted(), HandOver("inspect-1", person(SECOND_INSPECTOR), "休假"), INSPECTOR)
    assert of_kind(step, TaskHanded) == [TaskHanded("inspect-1", SECOND_INSPECTOR.id, "转办")]


@pytest.mark.parametrize(
    ("to", "why"),
    [(APPROVER, "岗位"), (msgspec.structs.replace(SECOND_INSPECTOR, district="浦东新区"), "岗位"), (INSPECTOR, "自己")],
)
def test_a_task_is_not_handed_to_another_role_office_or_oneself(to: Actor, why: str) -> None:
    with pytest.raises(ZhunyuError, match=why):
        act(accepted(), HandOver("inspect-1", person(to), "理由"), INSPECTOR)


def test_only_who_leads_assigns_a_task() -> None:
    command = HandOver("inspect-1", person(INSPECTOR), "请您核查", ASSIGN)
    assert of_kind(act(accepted(), command, APPROVER), TaskHanded)
    with pytest.raises(ZhunyuError, match="“委派”由“审批”"):
        act(accepted(), command, SECOND_INSPECTOR)


def test_the_system_hands_a_task_to_a_deputy_and_nobody_else_does() -> None:
    command = HandOver("inspect-1", person(SECOND_INSPECTOR), "请假期间代理", DEPUTY)
    assert of_kind(act(accepted(), command, SYSTEM), TaskHanded)
    with pytest.raises(ZhunyuError, match="只有系统"):
        act(accepted(), command, INSPECTOR)


def test_who_did_an_earlier_step_is_not_given_the_one_they_are_barred_from() -> None:
    both = msgspec.structs.replace(INSPECTOR, roles=("核查", "审批"))
    with pytest.raises(ZhunyuError, match="办理过前一环节"):
        act(inspected(), HandOver("approve-1", person(both), "理由"), APPROVER)


def test_an_assigned_task_is_given_back_with_a_reason_and_only_once() -> None:
    case = act(accepted(), HandOver("inspect-1", person(INSPECTOR), "请您核查", ASSIGN), APPROVER).case
    step = act(case, GiveBack("inspect-1", "当天另有任务"), INSPECTOR)
    assert of_kind(step, TaskHanded) == [TaskHanded("inspect-1", "", "退还")]
    with pytest.raises(ZhunyuError, match="不是转办、委派给您的"):
        act(step.case, GiveBack("inspect-1", "再退"), INSPECTOR)


def cosigned(*people: Actor, roles: tuple[str, ...] = ()) -> Case:
    command = AskCosign("approve-1", "是否符合规划", tuple(map(person, people)), roles)
    return act(inspected(), command, APPROVER).case


def test_a_step_waits_for_every_further_opinion() -> None:
    case = cosigned(EXPERT, SECOND_APPROVER)
    case = act(case, StateCosign("cosign-1", True, "符合"), EXPERT).case
    with pytest.raises(ZhunyuError, match="还有 1 项没有表态：周审批"):
        act(case, Grant(), APPROVER)
    case = act(case, StateCosign("cosign-2", False, "有疑问"), SECOND_APPROVER).case
    assert act(case, Grant(), APPROVER).case.status is Status.GRANTED


def test_a_further_opinion_that_was_taken_back_is_not_waited_for() -> None:
    case = act(cosigned(EXPERT), DropCosign("cosign-1", "已电话核实"), APPROVER).case
    assert case.moves.cosigns[0].state == DROPPED
    assert act(case, Grant(), APPROVER).case.status is Status.GRANTED


def test_anybody_of_the_role_that_is_asked_states_the_opinion_but_nobody_else() -> None:
    case = cosigned(roles=("专家",))
    with pytest.raises(ZhunyuError, match="不是请您表态"):
        act(case, StateCosign("cosign-1", True, "可以"), SECOND_APPROVER)
    step = act(case, StateCosign("cosign-1", True, "可以"), EXPERT)
    assert (step.case.moves.cosigns[0].state, of_kind(step, TaskClosed)) == (AGREED, [TaskClosed("cosign-1", AGREED)])


def test_only_who_asked_for_an_opinion_takes_it_back() -> None:
    with pytest.raises(ZhunyuError, match="只有提出加签的人"):
        act(cosigned(EXPERT), DropCosign("cosign-1", "不用了"), EXPERT)


def test_an_opinion_is_stated_once() -> None:
    case = act(cosigned(EXPERT), StateCosign("cosign-1", True, "可以"), EXPERT).case
    with pytest.raises(ZhunyuError, match="C001"):
        act(case, StateCosign("cosign-1", False, "不可以"), EXPERT)


def test_a_case_that_ends_drops_the_opinions_it_waits_for() -> None:
    step = act(cosigned(EXPERT), Withdraw(), sample.APPLICANT)
    assert TaskClosed("cosign-1", DROPPED) in step.events


def together(sign: str, disagree: str = "", **changes: object) -> tuple[Matter, Case]:
    base = sample.matter()
    step = RouteStep("joint", "联合审查", "核查", results={"同意": "", "不同意": disagree}, sign=sign, **changes)
    matter = sample.matter(route=(base.route[0], step, base.route[2]))
    return matter, accepted(matter)


def test_all_who_sign_a_step_together_must_sign_it() -> None:
    matter, case = together("会签", signers=("核查", "专家"))
    case = act(case, FinishStep("joint", "同意", "核查过了"), INSPECTOR, matter).case
    assert case.steps[-1].finished_at == ""
    case = act(case, FinishStep("joint", "同意", "评审过了"), EXPERT, matter).case
    assert (case.steps[-2].result, case.steps[-1].step) == ("同意", "approve")
    assert [one.role for one in case.steps[-2].stands] == ["核查", "专家"]


def test_each_role_that_signs_has_a_task_of_its_own() -> None:
    matter, _ = together("会签", signers=("核查", "专家"))
    opened = of_kind(act(received(matter), Accept(), matter=matter), TaskOpened)
    assert [(one.task, one.role) for one in opened] == [("joint-1", "核查"), ("joint-1.2", "专家")]


def test_a_second_of_the_same_role_does_not_sign_for_the_other() -> None:
    matter, case = together("会签", signers=("核查", "专家"))
    case = act(case, FinishStep("joint", "同意", "核查过了"), INSPECTOR, matter).case
    with pytest.raises(ZhunyuError, match="已经签署"):
        act(case, FinishStep("joint", "同意", "我也看过"), SECOND_INSPECTOR, matter)


def test_the_first_signature_finishes_where_one_is_enough() -> None:
    matter, case = together("或签", signers=("核查", "专家"))
    step = act(case, FinishStep("joint", "同意", "可以"), EXPERT, matter)
    assert step.case.steps[-1].step == "approve"
    assert {one.task for one in of_kind(step, TaskClosed)} == {"joint-1", "joint-1.2"}


def test_who_disagrees_sends_a_step_back_where_the_matter_says_so() -> None:
    base = sample.matter()
    step = RouteStep("joint", "联合审查", "核查", results={"同意": "", "不同意": "inspect"}, sign="会签", staff=2)
    matter = sample.matter(route=(*base.route[:2], step, base.route[2]))
    route = tuple(msgspec.structs.replace(one, results={}, staff=1) if one.id == "inspect" else one
                  for one in matter.route)  # fmt: skip
    matter = sample.matter(route=route)
    case = act(accepted(matter), FinishStep("inspect", "", "属实"), INSPECTOR, matter).case
    case = act(case, FinishStep("joint", "不同意", "缺一处"), SECOND_INSPECTOR, matter).case
    assert (case.steps[-1].step, case.steps[-1].round) == ("inspect", 2)


def test_a_disagreement_is_kept_and_the_step_goes_on_where_the_matter_says_so() -> None:
    matter, case = together("会签", staff=2)
    case = act(case, FinishStep("joint", "不同意", "有保留"), INSPECTOR, matter).case
    case = act(case, FinishStep("joint", "同意", "可以"), SECOND_INSPECTOR, matter).case
    assert (case.steps[-2].result, case.steps[-1].step) == ("不同意", "approve")


def test_a_reminder_is_counted_and_given_once_an_hour_by_each() -> None:
    step = act(accepted(), Remind("inspect-1"), sample.APPLICANT)
    assert of_kind(step, Reminded) == [Reminded("inspect-1", "applicant", 1)]
    with pytest.raises(ZhunyuError, match="一小时内只催办一次"):
        act(step.case, Remind("inspect-1"), sample.APPLICANT, minutes=59)
    again = act(step.case, Remind("inspect-1"), APPROVER)
    assert act(again.case, Remind("inspect-1"), sample.APPLICANT, minutes=60).case.moves.reminders[-1].at


def test_reminders_and_copies_leave_the_case_as_others_have_it_open() -> None:
    case = act(accepted(), Remind("inspect-1"), sample.APPLICANT).case
    copied = act(case, SendCopy(("COPY1",), (person(APPROVER),), (), "请知悉"), CLERK)
    assert copied.case.moves.quiet == 2
    assert of_kind(copied, Copied) == [Copied("COPY1", APPROVER.id, "", "黄浦区", "请知悉")]
    assert act(copied.case, FinishStep("inspect", "符合", "属实"), INSPECTOR).case.moves.quiet == 0


def test_a_finished_step_is_taken_back_while_nobody_went_on() -> None:
    matter = sample.matter(push=())
    half = act(accepted(matter), FinishStep("inspect", "符合", "属实"), INSPECTOR, matter).case
    done = act(half, FinishStep("inspect", "符合", "一致"), SECOND_INSPECTOR, matter).case
    step = act(done, TakeBack("点错了"), SECOND_INSPECTOR, matter)
    assert msgspec.structs.replace(step.case, moves=half.moves) == half
    assert TaskClosed("approve-1", "撤回办理") in step.events


def test_a_signature_is_taken_back_while_the_other_has_not_signed() -> None:
    case = accepted()
    half = act(case, FinishStep("inspect", "符合", "属实"), INSPECTOR).case
    back = act(half, TakeBack("结论选错了"), INSPECTOR).case
    assert msgspec.structs.replace(back, moves=case.moves) == case


def test_what_was_sent_back_is_taken_back_too() -> None:
    case = inspected()
    sent = act(case, SendBack("inspect", "看错了"), APPROVER).case
    back = act(sent, TakeBack("点错了"), APPROVER).case
    assert msgspec.structs.replace(back, moves=case.moves) == case


def test_an_opinion_is_taken_back_and_asked_for_again() -> None:
    case = act(cosigned(EXPERT), StateCosign("cosign-1", True, "可以"), EXPERT).case
    back = act(case, TakeBack("看错了附件"), EXPERT).case
    assert back.moves.cosigns == cosigned(EXPERT).moves.cosigns


@pytest.mark.parametrize(
    ("case", "actor", "why"),
    [
        (accepted(), CLERK, "已经通知申请人"),
        (inspected(), INSPECTOR, "由赵核查办理，只能由本人撤回"),
        (received(), CLERK, "没有您可以撤回的操作"),
    ],
)
def test_what_was_told_or_done_by_another_is_not_taken_back(case: Case, actor: Actor, why: str) -> None:
    with pytest.raises(ZhunyuError, match=why):
        act(case, TakeBack("点错了"), actor)


def test_a_result_that_was_pushed_to_the_applicant_is_not_taken_back() -> None:
    matter = sample.matter(push=(PushDef("城市平台", ("进展",)),))
    case = inspected(matter)
    with pytest.raises(ZhunyuError, match="已经推送给申请人"):
        act(case, TakeBack("点错了"), SECOND_INSPECTOR, matter)


def test_an_act_is_taken_back_once() -> None:
    matter = sample.matter(push=())
    back = act(inspected(matter), TakeBack("点错了"), SECOND_INSPECTOR, matter).case
    with pytest.raises(ZhunyuError, match="没有您可以撤回的操作"):
        act(back, TakeBack("再撤"), SECOND_INSPECTOR, matter)


def test_a_case_is_terminated_on_a_declared_ground_and_the_applicant_is_told() -> None:
    matter = sample.matter(push=(PushDef("城市平台", ("决定",)),))
    step = act(accepted(matter), Terminate(GROUNDS[0], "企业已注销", ("《示例条例》第九条",)), APPROVER, matter)
    assert (step.case.status, step.case.close_reason) == (Status.TERMINATED, GROUNDS[0])
    assert (len(of_kind(step, Notified)), "终止办理决定书" in words(step)) == (1, True)


def test_a_matter_names_its_own_grounds() -> None:
    matter = sample.matter(terminations=("申请人被依法撤销",))
    with pytest.raises(ZhunyuError, match="申请人被依法撤销"):
        act(accepted(matter), Terminate(GROUNDS[0], "理由", ("依据",)), APPROVER, matter)


@pytest.mark.parametrize(
    ("command", "actor", "why"),
    [
        (Terminate(GROUNDS[0], "", ("依据",)), APPROVER, "理由"),
        (Terminate(GROUNDS[0], "理由", (" ",)), APPROVER, "依据"),
        (Terminate(GROUNDS[0], "理由", ("依据",)), CLERK, "“终止”由“审批”"),
    ],
)
def test_a_termination_needs_reason_basis_and_who_decides(command: Terminate, actor: Actor, why: str) -> None:
    with pytest.raises(ZhunyuError, match=why):
        act(accepted(), command, actor)


def test_a_decided_case_is_not_terminated() -> None:
    case = act(inspected(), Grant(), APPROVER).case
    with pytest.raises(ZhunyuError, match="已经办结"):
        act(case, Terminate(GROUNDS[0], "理由", ("依据",)), APPROVER)


def recusal_asked(who: Actor = INSPECTOR) -> Case:
    return act(accepted(), AskRecusal(person(who), "与申请人是近亲属"), who).case


def test_whoever_is_to_keep_away_does_nothing_more_in_the_case() -> None:
    step = act(recusal_asked(), DecideRecusal("recusal-1", True, "应当回避"), APPROVER)
    assert of_kind(step, PersonBarred) == [PersonBarred(INSPECTOR.id)]
    for command in (FinishStep("inspect", "符合", "属实"), Remind("inspect-1")):
        with pytest.raises(ZhunyuError, match="回避"):
            act(step.case, command, INSPECTOR)


def test_later_tasks_bar_whoever_is_to_keep_away() -> None:
    case = act(accepted(), AskRecusal(person(SECOND_APPROVER), "师生关系"), CLERK).case
    case = act(case, DecideRecusal("recusal-1", True, "应当回避"), APPROVER).case
    case = act(case, FinishStep("inspect", "符合", "属实"), INSPECTOR).case
    step = act(case, FinishStep("inspect", "符合", "一致"), SECOND_INSPECTOR)
    (opened,) = of_kind(step, TaskOpened)
    assert SECOND_APPROVER.id in opened.barred


def test_a_recusal_that_is_not_approved_changes_nothing() -> None:
    case = act(recusal_asked(), DecideRecusal("recusal-1", False, "没有法定情形"), APPROVER).case
    assert act(case, FinishStep("inspect", "符合", "属实"), INSPECTOR).case.steps[-1].signed


def test_nobody_decides_their_own_recusal_or_the_one_they_asked_for() -> None:
    case = recusal_asked(APPROVER)
    with pytest.raises(ZhunyuError, match="不能由本人决定"):
        act(case, DecideRecusal("recusal-1", False, "不用"), APPROVER)
    case = act(accepted(), AskRecusal(person(INSPECTOR), "近亲属"), APPROVER).case
    with pytest.raises(ZhunyuError, match="不能自己批准"):
        act(case, DecideRecusal("recusal-1", True, "同意"), APPROVER)
