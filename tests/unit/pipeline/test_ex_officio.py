"""A case the agency starts by itself: opened, the subject heard, decided by somebody else, the certificate ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.model.commands import Command, FinishStep, Grant, Initiate, RecordStatement, Refuse, Withdraw
from engine.model.events import CertificateChanged, CertificateLocked, CertificateUnlocked, Happened
from engine.model.matter import ActsOn, CertificateDef, Check, Matter, Row
from engine.model.people import Actor
from engine.model.route import Step as RouteStep
from engine.model.route import Wait
from engine.model.rule import ALWAYS
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from tests.unit.pipeline import sample

OPENER = Actor("staff", "st-9", "何审查", roles=("审查", "审批"), district="黄浦区")
HEARER = Actor("staff", "st-8", "孙审查", roles=("审查",), district="黄浦区")
START = Initiate(sample.ANSWERS, sample.upload(), sample.SUBJECT, acts_on="cert-0")


def matter(**changes: object) -> Matter:
    made = sample.matter(
        id="sample_exofficio", starts="依职权", acts_on=ActsOn("sample"), unique=(), precheck=(), push=(),
        decide=(Row("otherwise", ALWAYS, "转人工", "须查证后决定。"),),
        route=(
            RouteStep("hear", "告知陈述申辩", "审查", within=7, wait=Wait(5)),
            RouteStep("approve", "审批", "审批", not_same_as=("hear",)),
        ),
        certificates=(CertificateDef("sample", "示例许可证", "注销"),),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def opened(**changes: object) -> Step:
    context = sample.context(OPENER, original=sample.original())
    return advance(matter(**changes), None, START, sample.licence_fact(), context)


def go(case: Case, command: Command, actor: Actor, days: int = 0) -> Step:
    held = sample.original(locked_by=case.id)
    context = sample.context(actor, original=held, now=sample.NOW + timedelta(days=days))
    return advance(matter(), case, command, {}, context)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act()
    return refusal.value.code


def heard(case: Case) -> Case:
    case = go(case, RecordStatement("hear", "放弃", "上海示例泊云酒店有限公司"), HEARER).case
    return go(case, FinishStep("hear", "", "已告知。"), HEARER).case


def test_an_officer_opens_a_case_about_the_holder_and_the_certificate_is_locked() -> None:
    step = opened()
    case = step.case
    assert (case.status, case.origin, case.initiator.id) == (Status.OPENED, "依职权", "st-9")
    assert case.subjects == (sample.SUBJECT,)
    assert CertificateLocked("cert-0", 3) in step.events
    assert "已依职权立案" in next(one.words for one in step.events if isinstance(one, Happened))
    assert (case.steps[0].step, case.steps[0].until) == ("hear", "2026-02-24")  # 春节 and its working Saturday counted


def test_it_is_never_decided_by_itself_even_where_a_row_would_approve() -> None:
    step = opened(decide=(Row("instant", ALWAYS, "秒批", commitment=True), Row("otherwise", ALWAYS, "转人工")))
    assert step.case.decision is None
    assert step.case.assessment is not None and step.case.assessment.outcome == "转人工"


def test_an_applicant_can_neither_open_nor_file_nor_withdraw_it() -> None:
    context = sample.context(original=sample.original())
    assert refused(lambda: advance(matter(), None, START, {}, context)) == "A002"
    assert refused(lambda: advance(matter(), None, sample.filing(), {}, context)) == "A010"
    assert refused(lambda: go(opened().case, Withdraw(), sample.APPLICANT)) == "C001"


def test_a_matter_of_applications_is_not_opened_ex_officio() -> None:
    context = sample.context(OPENER, original=sample.original())
    assert refused(lambda: advance(sample.cancelling(), None, START, {}, context)) == "A002"


def test_the_hearing_step_waits_until_its_period_is_over() -> None:
    case = opened().case
    finish = FinishStep("hear", "", "期满无意见。")
    assert refused(lambda: go(case, finish, HEARER, days=14)) == "C004"  # the last day itself
    assert go(case, finish, HEARER, days=15).case.steps[-1].step == "approve"


@pytest.mark.parametrize("kind", ["陈述申辩", "放弃"])
def test_a_statement_or_a_waiver_ends_the_period_early_and_is_kept(kind: str) -> None:
    case = go(opened().case, RecordStatement("hear", kind, "当事人", "已经恢复营业。"), HEARER).case
    (kept,) = case.statements
    assert (kept.kind, kept.by, kept.words, kept.recorded.id) == (kind, "当事人", "已经恢复营业。", "st-8")
    assert go(case, FinishStep("hear", "", "已复核。"), HEARER).case.steps[-1].step == "approve"


def test_a_statement_says_who_and_what_and_belongs_to_the_open_step() -> None:
    case = opened().case
    for command in (RecordStatement("hear", "陈述申辩", "当事人"), RecordStatement("hear", "放弃", " "),
                    RecordStatement("hear", "异议", "当事人", "不同意")):  # fmt: skip
        assert refused(lambda command=command: go(case, command, HEARER)) == "C004"
    assert refused(lambda: go(case, RecordStatement("approve", "放弃", "当事人"), HEARER)) == "C001"
    assert refused(lambda: go(heard(case), RecordStatement("approve", "放弃", "当事人"), sample.APPROVER)) == "C001"


def test_who_opened_the_case_may_not_decide_it() -> None:
    case = heard(opened().case)
    assert refused(lambda: go(case, Grant("同意"), OPENER)) == "C004"


def test_the_decision_ends_the_certificate_in_words_of_its_own() -> None:
    step = go(heard(opened().case), Grant("事实清楚。"), sample.APPROVER)
    assert step.case.status is Status.DECIDED and step.case.closed_at
    assert step.case.decision is not None and step.case.decision.outcome == "注销"
    changed = next(one for one in step.events if isinstance(one, CertificateChanged))
    assert (changed.certificate, changed.status) == ("cert-0", CertificateStatus.CANCELLED)
    assert next(one.words for one in step.events if isinstance(one, Happened)) == "已作出注销决定。"


def test_a_case_that_comes_to_nothing_gives_the_certificate_back() -> None:
    step = go(heard(opened().case), Refuse("已恢复营业。", ("《行政许可法》第七十条",)), sample.APPROVER)
    assert step.case.status is Status.TERMINATED
    assert step.case.decision is not None and step.case.decision.outcome == "终止办理"
    assert CertificateUnlocked("cert-0") in step.events
    assert not any(isinstance(one, CertificateChanged) for one in step.events)


def test_what_the_precheck_says_should_not_be_opened_is_not_opened() -> None:
    never = msgspec.structs.replace(sample.ALIVE, logic=False)
    check = Check("not_due", never, "还没有到期。", "建议不予受理")
    context = sample.context(OPENER, original=sample.original())
    made = msgspec.structs.replace(matter(), precheck=(check,))
    assert refused(lambda: advance(made, None, START, sample.licence_fact(), context)) == "C004"
