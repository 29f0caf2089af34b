"""Filing an application: what is refused, what is granted at once, and what goes to a person."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Status
from engine.model.events import CertificateLocked, CertificateOrdered, DueSet, Happened, Notified, Reserved, TaskOpened
from engine.model.matter import Check
from engine.model.people import Actor
from engine.pipeline.advance import advance
from tests.unit.pipeline import sample


def of_kind(step, kind):
    return [event for event in step.events if isinstance(event, kind)]


def file(matter=None, command=None, facts=None, **changes):
    return advance(
        matter or sample.matter(),
        None,
        command or sample.filing(),
        facts or sample.licence_fact(),
        sample.context(**changes),
    )


def test_an_application_that_holds_is_granted_in_the_same_act() -> None:
    step = file()
    assert step.case.status is Status.GRANTED
    assert step.case.decision is not None and step.case.decision.automatic
    assert [event.kind for event in of_kind(step, Happened)] == ["收件", "预审", "受理", "决定"]


def test_the_certificate_ordered_carries_face_term_and_number_template() -> None:
    order = of_kind(file(), CertificateOrdered)[0]
    assert order.face == {
        "编号": "{编号}",
        "单位名称": "上海示例泊云酒店有限公司",
        "经营场所地址": "中山东一路1号",
        "发证机关": "上海市黄浦区卫生健康委员会",
        "发证日期": "2026年2月10日",
        "有效期限": "2026年2月10日至2030年2月9日",
    }
    assert (order.valid_from, order.valid_to) == ("2026-02-10", "2030-02-09")
    assert order.restart_key == "sample|黄浦区|2026"


def test_every_peer_is_told_of_each_milestone_without_any_answer() -> None:
    told = of_kind(file(), Notified)
    assert [event.event for event in told] == ["收件", "受理", "决定"]
    assert "13800000000" not in str(told) and "中山东一路" not in str(told)


def test_the_unique_key_is_reserved_and_shows_no_value() -> None:
    step = file()
    assert [event.key for event in of_kind(step, Reserved)] == list(step.case.reservations)
    assert "中山" not in step.case.reservations[0]


def test_a_slip_in_the_answers_is_refused_with_the_field_it_is_about() -> None:
    with pytest.raises(ZhunyuError) as caught:
        file(command=sample.filing(area="130"))
    assert caught.value.code == "A004"
    assert [(problem.file, problem.what) for problem in caught.value.problems] == [
        ("area", "经营面积 130 大于使用面积 120.5。")
    ]


def test_all_errors_of_the_form_are_told_at_once() -> None:
    with pytest.raises(ZhunyuError) as caught:
        file(command=sample.filing(area="很大", site=None, phone="12"))
    assert {problem.file for problem in caught.value.problems} == {"area", "site", "phone"}


def test_a_field_that_the_form_does_not_have_is_an_error() -> None:
    with pytest.raises(ZhunyuError) as caught:
        file(command=sample.filing(outcome="秒批"))
    assert caught.value.problems[0].file == "outcome"


def test_the_answer_to_a_hidden_field_is_dropped() -> None:
    assert "hvac_kind" not in file(command=sample.filing(hvac_kind="集中")).case.answers


def test_a_missing_demanded_material_is_refused_by_name() -> None:
    with pytest.raises(ZhunyuError, match="还有材料没有提交") as caught:
        file(command=msgspec.structs.replace(sample.filing(), uploads={}))
    assert [problem.file for problem in caught.value.problems] == ["plan"]


def test_a_material_waived_by_shared_data_need_not_be_handed_in() -> None:
    assert file().case.assessment.waived == {"licence_copy": "数据共享"}


def test_an_unavailable_fact_does_not_waive_a_material() -> None:
    with pytest.raises(ZhunyuError) as caught:
        file(facts=sample.unavailable())
    assert [problem.file for problem in caught.value.problems] == ["licence_copy"]


def test_an_unavailable_fact_never_approves() -> None:
    matter = sample.matter(materials=())
    step = file(matter, facts=sample.unavailable())
    assert (step.case.status, step.case.assessment.by) == (Status.RECEIVED, "undecidable")


def test_a_failed_check_bars_instant_approval_whatever_the_table_says() -> None:
    matter = sample.matter(materials=())
    step = file(matter, facts=sample.licence_fact(status="吊销"))
    assert (step.case.assessment.outcome, step.case.assessment.by) == ("转人工", "precheck")
    assert step.case.assessment.barred == ("登记状态不是存续。",)


def test_an_application_that_does_not_qualify_opens_the_first_step_of_the_route() -> None:
    step = file(facts=sample.licence_fact(address="别处2号"))
    assert [(task.task, task.role, task.due) for task in of_kind(step, TaskOpened)] == [
        ("accept-1", "窗口", "2026-02-11")
    ]


def test_the_duty_to_tell_within_five_working_days_is_set() -> None:
    step = file(facts=sample.licence_fact(address="别处2号"))
    assert of_kind(step, DueSet) == [
        DueSet("untold_supplement", "2026-02-24T23:59:59+08:00"), DueSet("clock", "2026-02-11T00:00:00+08:00"),
    ]  # fmt: skip


def test_the_reason_against_instant_approval_names_the_failing_condition() -> None:
    step = file(facts=sample.licence_fact(address="别处2号"))
    assert "中山东一路1号" in "".join(step.case.assessment.barred)


def test_someone_without_authority_cannot_file_for_a_subject() -> None:
    stranger = Actor("applicant", "acc-9", "路人", level=3, authority="")
    with pytest.raises(ZhunyuError) as caught:
        advance(sample.matter(), None, sample.filing(), sample.licence_fact(), sample.context(stranger))
    assert caught.value.code == "A010"


def test_an_account_that_is_not_verified_is_not_approved_instantly() -> None:
    unverified = Actor("applicant", "acc-1", "张示例", level=1, authority="法定代表人")
    step = advance(sample.matter(), None, sample.filing(), sample.licence_fact(), sample.context(unverified))
    assert step.case.assessment.outcome == "转人工"


def test_the_daily_cap_sends_further_approvals_to_a_person() -> None:
    step = file(sample.matter(daily_cap=3), instant_today=3)
    assert step.case.assessment.by == "daily_cap"


def test_a_suggestion_not_to_accept_may_be_insisted_on_and_then_a_person_decides() -> None:
    check = Check("scope", sample.FITS, "不需要许可。", "建议不予受理")
    matter = sample.matter(precheck=(check,))
    with pytest.raises(ZhunyuError, match="不需要许可"):
        file(matter, command=sample.filing(area="130"))
    insisted = file(matter, command=sample.filing(insist=True, area="130"))
    assert insisted.case.status is Status.RECEIVED


def test_acting_on_a_certificate_locks_the_version_that_was_seen() -> None:
    step = advance(
        sample.cancelling(), None, sample.filing(acts_on="cert-0"), sample.licence_fact(),
        sample.context(original=sample.original()),
    )  # fmt: skip
    assert of_kind(step, CertificateLocked) == [CertificateLocked("cert-0", 3)]
    assert step.case.closed_at


def test_the_two_evaluators_disagreeing_sends_the_case_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.stages.decision.second_opinions", lambda env: lambda rule: False)
    assert file().case.assessment.by == "disagreement"
