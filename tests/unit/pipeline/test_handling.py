"""A case in people's hands: acceptance, supplement, inspection, decision, and what the clock does."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Status, SupplementItem
from engine.model.certificate import CertificateStatus
from engine.model.commands import (
    Accept,
    AnswerSupplement,
    AskSupplement,
    Decline,
    FinishStep,
    Grant,
    Lapse,
    MakeAgain,
    RecordSealed,
    RecordSealFailed,
    Refuse,
    Withdraw,
)
from engine.model.events import CertificateChanged, CertificateOrdered, Happened, Released, TaskClosed, TaskOpened
from engine.model.matter import AlsoLines
from engine.model.people import Actor
from engine.pipeline.advance import advance
from tests.unit.pipeline import sample

ITEMS = (SupplementItem("请重新上传清晰的平面布局图", "条例第八条", materials=("plan",)),)


def of_kind(step, kind):
    return [event for event in step.events if isinstance(event, kind)]


def received():
    facts = sample.licence_fact(address="别处2号")
    return advance(sample.matter(), None, sample.filing(), facts, sample.context()).case


def act(case, command, actor=sample.CLERK, **changes):
    return advance(sample.matter(), case, command, {}, sample.context(actor, **changes))


def inspected():
    case = act(received(), Accept()).case
    case = act(case, FinishStep("inspect", "符合"), sample.INSPECTOR).case
    return act(case, FinishStep("inspect", "符合"), sample.SECOND_INSPECTOR).case


def test_acceptance_starts_the_clock_and_opens_the_next_step() -> None:
    step = act(received(), Accept())
    assert (step.case.status, step.case.due_legal) == (Status.ACCEPTED, "2026-03-16")
    assert [task.task for task in of_kind(step, TaskOpened)] == ["inspect-1"]


def test_an_inspection_needs_two_people() -> None:
    case = act(received(), Accept()).case
    step = act(case, FinishStep("inspect", "符合"), sample.INSPECTOR)
    assert not of_kind(step, TaskClosed)
    with pytest.raises(ZhunyuError, match="另一名工作人员"):
        act(step.case, FinishStep("inspect", "符合"), sample.INSPECTOR)


def test_two_inspectors_must_agree_on_the_result() -> None:
    case = act(received(), Accept()).case
    case = act(case, FinishStep("inspect", "符合"), sample.INSPECTOR).case
    with pytest.raises(ZhunyuError, match="不一致"):
        act(case, FinishStep("inspect", "不符合"), sample.SECOND_INSPECTOR)


def test_a_result_that_sends_the_step_again_opens_a_second_round() -> None:
    case = act(received(), Accept()).case
    case = act(case, FinishStep("inspect", "整改"), sample.INSPECTOR).case
    step = act(case, FinishStep("inspect", "整改"), sample.SECOND_INSPECTOR)
    assert [task.task for task in of_kind(step, TaskOpened)] == ["inspect-2"]


def test_the_approver_may_not_be_one_who_did_an_earlier_step() -> None:
    both = Actor("staff", sample.INSPECTOR.id, "李核查", roles=("核查", "审批"), district="黄浦区")
    with pytest.raises(ZhunyuError) as caught:
        act(inspected(), Grant(), both)
    assert caught.value.code == "C004"


def test_a_grant_by_a_person_orders_the_certificate() -> None:
    step = act(inspected(), Grant("同意"), sample.APPROVER)
    assert step.case.decision is not None and not step.case.decision.automatic
    assert len(of_kind(step, CertificateOrdered)) == 1


def test_a_refusal_needs_reasons_and_basis_and_releases_what_was_reserved() -> None:
    case = inspected()
    with pytest.raises(ZhunyuError, match="理由"):
        act(case, Refuse("", ("条例",)), sample.APPROVER)
    with pytest.raises(ZhunyuError, match="依据"):
        act(case, Refuse("布局不符合要求", ("",)), sample.APPROVER)
    step = act(case, Refuse("布局不符合要求", ("条例第八条",)), sample.APPROVER)
    assert step.case.status is Status.REFUSED
    assert [event.key for event in of_kind(step, Released)] == list(case.reservations)


def test_nobody_decides_before_acceptance() -> None:
    with pytest.raises(ZhunyuError) as caught:
        act(received(), Grant(), sample.APPROVER)
    assert caught.value.code == "C001"


def test_not_accepting_needs_reasons_and_closes_the_case() -> None:
    step = act(received(), Decline("不属于许可范围", ("条例第四条",)))
    assert step.case.status is Status.NOT_ACCEPTED and step.case.closed_at


def test_supplement_is_asked_once_only() -> None:
    case = act(received(), AskSupplement(ITEMS)).case
    answered = act(case, AnswerSupplement({}, {"plan": case.uploads["plan"]}), sample.APPLICANT).case
    with pytest.raises(ZhunyuError, match="一次"):
        act(answered, AskSupplement(ITEMS))


def test_supplement_opens_only_what_was_asked() -> None:
    case = act(received(), AskSupplement(ITEMS)).case
    with pytest.raises(ZhunyuError, match="只能修改"):
        act(case, AnswerSupplement({"area": "1"}, {}), sample.APPLICANT)


def test_supplement_cannot_be_asked_after_acceptance() -> None:
    case = act(received(), Accept()).case
    with pytest.raises(ZhunyuError) as caught:
        act(case, AskSupplement(ITEMS))
    assert caught.value.code == "C001"


def test_an_answered_supplement_is_judged_again_but_stays_with_a_person() -> None:
    case = act(received(), AskSupplement(ITEMS)).case
    step = advance(
        sample.matter(), case, AnswerSupplement({}, {"plan": case.uploads["plan"]}), sample.licence_fact(),
        sample.context(),
    )  # fmt: skip
    assert step.case.status is Status.RECEIVED
    assert step.case.assessment.outcome == "转人工"


def test_untold_supplement_deems_the_case_accepted_from_its_receipt() -> None:
    later = sample.NOW + timedelta(days=14)
    step = act(received(), Lapse("untold_supplement"), now=later)
    assert (step.case.status, step.case.accepted_at) == (Status.ACCEPTED, "2026-02-10T09:30:00+08:00")


def test_an_unanswered_supplement_ends_the_case() -> None:
    case = act(received(), AskSupplement(ITEMS)).case
    assert act(case, Lapse("unanswered_supplement")).case.status is Status.TERMINATED


def test_a_reminder_that_no_longer_applies_changes_nothing() -> None:
    case = act(received(), Accept()).case
    assert act(case, Lapse("untold_supplement")).case == case


def test_withdrawing_closes_the_open_task_and_releases_the_key() -> None:
    step = act(received(), Withdraw("不办了"), sample.APPLICANT)
    assert step.case.status is Status.WITHDRAWN
    assert of_kind(step, TaskClosed) and of_kind(step, Released)


def test_a_decided_case_cannot_be_withdrawn() -> None:
    case = act(inspected(), Grant(), sample.APPROVER).case
    with pytest.raises(ZhunyuError):
        act(case, Withdraw(), sample.APPLICANT)


ISSUER = Actor("staff", "st-9", "周制证", roles=("制发证",), district="黄浦区")


def made(case):
    return {"cert-1": sample.original(id="cert-1", status=CertificateStatus.ISSUING, case=case.id)}


def test_the_case_is_done_when_its_certificate_is_sealed() -> None:
    case = act(inspected(), Grant(), sample.APPROVER).case
    step = act(case, RecordSealed("cert-1", "ab" * 32), certificates=made(case))
    assert step.case.status is Status.ISSUED
    assert of_kind(step, CertificateChanged)[0].status is CertificateStatus.VALID


def test_reporting_a_seal_twice_changes_nothing() -> None:
    case = act(inspected(), Grant(), sample.APPROVER).case
    case = act(case, RecordSealed("cert-1", "ab" * 32), certificates=made(case)).case
    sealed = {"cert-1": msgspec.structs.replace(made(case)["cert-1"], status=CertificateStatus.VALID)}
    assert act(case, RecordSealed("cert-1", "ab" * 32), certificates=sealed).events == ()


def test_a_certificate_given_up_is_voided_with_its_number() -> None:
    case = act(inspected(), Grant(), sample.APPROVER).case
    step = act(case, RecordSealFailed("cert-1", "版式渲染失败"), certificates=made(case))
    assert of_kind(step, CertificateChanged)[0].status is CertificateStatus.VOIDED
    assert [event.kind for event in of_kind(step, Happened)] == ["证照作废"]


def given_up():
    case = act(inspected(), Grant(), sample.APPROVER).case
    return act(case, RecordSealFailed("cert-1", "版式渲染失败"), certificates=made(case))


def test_a_certificate_given_up_becomes_a_task_for_those_who_issue() -> None:
    assert [(task.task, task.role) for task in of_kind(given_up(), TaskOpened)] == [("issue-1", "制发证")]


def test_making_again_orders_the_certificate_under_a_fresh_id_as_it_was_decided() -> None:
    later = sample.NOW + timedelta(days=3)
    step = act(given_up().case, MakeAgain(), ISSUER, now=later, certificate_ids=("cert-2",))
    orders = of_kind(step, CertificateOrdered)
    assert [(order.certificate, order.issued_on) for order in orders] == [("cert-2", "2026-02-10")]
    assert (step.case.certificates, step.case.unmade) == (("cert-2",), ())


def test_only_a_given_up_certificate_can_be_made_again() -> None:
    case = act(inspected(), Grant(), sample.APPROVER).case
    with pytest.raises(ZhunyuError) as caught:
        act(case, MakeAgain(), ISSUER)
    assert caught.value.code == "C001"


def test_lines_under_a_condition_stand_in_the_place_of_the_certificates_own() -> None:
    air = sample.rule("集中空调 = 是", {"==": [{"var": "hvac"}, True]}, "hvac")
    other = AlsoLines(air, {"经营场所地址": sample.rule("申请人.代码", {"var": "applicant.code"}, "applicant.code")})
    made = sample.matter()
    made = sample.matter(certificates=(msgspec.structs.replace(made.certificates[0], also=(other,)),))
    faces = []
    for answers in ({}, {"hvac": True, "hvac_kind": "集中"}):
        step = advance(made, None, sample.filing(**answers), sample.licence_fact(), sample.context())
        (order,) = of_kind(step, CertificateOrdered)
        faces.append(order.face["经营场所地址"])
    assert faces == ["中山东一路1号", sample.SUBJECT.code]
