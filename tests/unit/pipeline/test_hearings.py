"""听证: within five days of being told, held within twenty, called seven before; it stops the clock where listed."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.case import Case, Status
from engine.model.clock_commands import AskHearing, CallHearing, EndHearing, RecordHearing, TellHearing
from engine.model.commands import FinishStep, Grant
from engine.model.hearing import APPLICANT, Party
from tests.unit.pipeline import sample
from tests.unit.pipeline.test_suspending import LIMITS, accepted, go, refusal

PARTIES = (Party(sample.SUBJECT.name, APPLICANT), Party("邻示民"))
TELL = TellHearing("涉及相邻住户的重大利益", PARTIES)
ASK = AskHearing("邻示民", "2026-03-05", "担心噪声", "示止〔2026〕1号", True)
CALL = CallHearing("2026-03-25T09:30", "三楼会议室", "周主持")
SIGNED = (
    msgspec.structs.replace(PARTIES[0], signed="签字"),
    msgspec.structs.replace(PARTIES[1], signed="拒绝签字", note="不同意结论，见证人赵示"),
)


def told() -> Case:
    return go(accepted(), TELL, "2026-03-03").case


def asked() -> Case:
    return go(told(), ASK, "2026-03-05").case


def called() -> Case:
    return go(asked(), CALL, "2026-03-06").case


def test_who_is_told_may_ask_within_five_working_days_and_the_clock_then_stands() -> None:
    case = told()
    assert case.hearing is not None and (case.hearing.ask_by, case.hearing.state) == ("2026-03-10", "已告知")
    assert case.due_legal
    case = go(case, ASK, "2026-03-05").case
    assert case.hearing is not None and (case.hearing.hold_by, case.due_legal) == ("2026-04-02", "")
    assert [(one.ground, one.notice, one.own) for one in case.timing.stops] == [("听证", "示止〔2026〕1号", True)]


def test_an_application_after_the_fifth_day_is_late() -> None:
    late = msgspec.structs.replace(ASK, on="2026-03-11")
    assert "听证申请已过期限" in refusal(told(), late, "2026-03-12")
    in_time = msgspec.structs.replace(ASK, on="2026-03-10")  # it is the day of the application that counts
    assert go(told(), in_time, "2026-03-12").case.hearing is not None


def test_a_hearing_runs_on_where_the_matter_does_not_list_it() -> None:
    made = sample.matter(limits=msgspec.structs.replace(LIMITS, stops=("专家评审",)))
    case = go(accepted(made), TELL, "2026-03-03", made=made).case
    case = go(case, ASK, "2026-03-05", made=made).case
    assert case.due_legal and not case.timing.stops


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"at": "2026-03-16T09:30"}, "最早可以定在 2026-03-17"),
        ({"at": "2026-04-03T09:30"}, "应当在 2026-04-02 前组织"),
        ({"place": " "}, "地点或主持人"),
        ({"presider": sample.CLERK.name}, "不能主持听证"),
        ({"public": False}, "没有写明理由"),
        ({"at": "下周一"}, "时间不对"),
    ],
)
def test_time_and_place_are_told_seven_working_days_before(changes: dict[str, object], why: str) -> None:
    assert why in refusal(asked(), msgspec.structs.replace(CALL, **changes), "2026-03-06")  # type: ignore[arg-type]


def test_the_record_is_signed_or_refused_by_all_and_the_clock_runs_on() -> None:
    case = called()
    assert "还没有举行" in refusal(case, RecordHearing("各方陈述。", SIGNED), "2026-03-24")
    assert "没有写明是否签字" in refusal(case, RecordHearing("各方陈述。", PARTIES), "2026-03-25")
    bare = (SIGNED[0], msgspec.structs.replace(SIGNED[1], note=""))
    assert "没有写明情况" in refusal(case, RecordHearing("各方陈述。", bare), "2026-03-25")
    held = go(case, RecordHearing("各方陈述。", SIGNED), "2026-03-25").case
    assert held.hearing is not None and held.hearing.state == "已举行"
    assert held.due_legal == "2026-04-17" and held.timing.stops[0].resumed_at[:10] == "2026-03-25"


def test_nothing_is_decided_before_the_hearing_is_over() -> None:
    case = told()
    for person in (sample.INSPECTOR, sample.SECOND_INSPECTOR):
        case = go(case, FinishStep("inspect", "符合"), "2026-03-04", person).case
    assert "听证程序还没有结束" in refusal(case, Grant(), "2026-03-05", sample.APPROVER)
    case = go(case, EndHearing("期满没有人申请"), "2026-03-11").case
    assert go(case, Grant(), "2026-03-11", sample.APPROVER).case.status is Status.GRANTED


def test_taking_it_back_lets_the_clock_run_on_and_a_hearing_is_told_of_again_only_then() -> None:
    assert "正在进行" in refusal(asked(), TELL, "2026-03-06")
    case = go(asked(), EndHearing("申请人撤回"), "2026-03-09").case
    assert case.due_legal == "2026-04-01" and case.hearing is not None and case.hearing.state == "已结束"
    assert go(case, TELL, "2026-03-10").case.hearing is not None


def test_the_office_may_hold_one_by_itself() -> None:
    own = TellHearing("涉及公共利益", PARTIES, own=True, notice="示止〔2026〕2号")
    case = go(accepted(), own, "2026-03-03").case
    assert case.hearing is not None and (case.hearing.state, case.hearing.hold_by) == ("已申请", "2026-03-31")
    assert case.due_legal == ""
