"""The panels beside a case: what changed, what proves what, what to do now, how alike two cases are. Pure."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.model.case import (
    Assessment,
    Case,
    Decision,
    Finding,
    Status,
    StepRecord,
    Supplement,
    SupplementItem,
    Upload,
)
from engine.model.events import Happened
from engine.model.facts import Fact
from engine.model.form import Field, Group, MaterialNeed, Waiver
from engine.model.matter import Check, Duration, FactNeed, Limits, Matter, Row
from engine.model.people import SYSTEM, Actor, Subject
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Part, Type
from engine.ports.cases import RecordedEvent
from engine.services.case_changes import ADDED, ALTERED, REMOVED, alterations
from engine.services.case_course import course_of, filtered
from engine.services.desk_advice import NEGATIVE, advise
from engine.services.desk_views import Compared
from engine.services.proofs import proven, provers
from engine.services.signing_review import ActLine
from engine.services.similarity import compare_cases, weights
from engine.services.step_basis import clauses_of, conditions_of

TEXT, CLERK = Type("text"), Actor("staff", "C", "黄窗示")
BAN = Type("record", parts={"until": Part("至", Type("date"))})
LAWFUL = "《示例条例》第四条"


def rule(text: str, *reads: str) -> Rule:
    return Rule(text, True, reads)


def matter(**changes: Any) -> Matter:
    made = Matter(
        id="m", title="示例许可", kind="行政许可", line="示例", applicant=("法人",), basis=(LAWFUL,),
        effective="2025-01-20", limits=Limits(Duration(20)), conditions=("场所面积足够", "没有被禁止申请"),
        groups=(Group("g", "场所", (
            Field("name", "单位名称", "文本", TEXT, prefill="licence.name"),
            Field("area", "面积", "数", Type("number")),
            Field("kinds", "项目", "多选", Type("multi")), Field("phone", "级别", "单选", Type("enum"), sensitive=True),
            Field("note", "备注", "文本", TEXT),
        )),),
        facts=(FactNeed("licence", "营业执照", "registry.business"), FactNeed("ban", "禁止申请", "own.bans", type=BAN)),
        materials=(
            MaterialNeed("copy", "营业执照", "必要", waive=(Waiver("电子证照", rule("同名", "licence.name")),)),
            MaterialNeed("plan", "平面图", "必要", proves=("area",), basis="《示例条例》第五条"),
        ),
        precheck=(
            Check("large", rule("面积", "area"), "面积不足。", "一次补正", title="面积", basis=LAWFUL,
                  condition="场所面积足够", fields=("area",)),
            Check("free", rule("未禁", "ban.until"), "禁止申请期内。", "建议不予受理", title="禁止申请期"),
        ),
        decide=(Row("r", rule("面积和级别", "area", "phone", "name", "applicant.code"), "转人工"),),
        route=(Step("accept", "受理", "窗口"), Step("visit", "核查", "核查", staff=2), Step("decide", "审批", "审批")),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def case(*findings: Finding, at: str = "accept", **changes: Any) -> Case:
    roles = {"accept": "窗口", "visit": "核查", "decide": "审批"}
    made = Case(
        id="A", number="1", matter="m", matter_title="示例许可", matter_hash="h", origin="网上", initiator=CLERK,
        subjects=(Subject("法人", "X", "示例公司"),), authority="o", authority_name="卫健委", district="黄浦区",
        status=Status.RECEIVED if at == "accept" else Status.ACCEPTED, received_at="2026-11-23T09:00:00+08:00",
        answers={"name": "甲", "area": "100", "kinds": ["浴室", "旅店"], "phone": "13800000001"},
        uploads={"plan": (Upload("u1", "图.pdf", "application/pdf", 1, "d1"),)},
        facts={"licence": Fact("licence", "s", "value", {"name": "甲"})},
        assessment=Assessment("转人工", "r", "", findings, ()),
        steps=(StepRecord(at, at, roles[at], "2026-11-23T09:00:00+08:00", due="2026-11-30"),),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def finding(check: str, result: str, action: str = "", message: str = "") -> Finding:
    return Finding(check, check, result, action, message, basis=LAWFUL, fields=("area",))


PASSED = finding("large", "passed")


def test_an_answer_that_was_altered_added_or_removed_stands_beside_what_it_was() -> None:
    items = (SupplementItem("面积", fields=("area", "kinds")),)
    asked = Supplement("2026-11-24", "2026-12-24", CLERK, items, "2026-11-25")
    then = case(answers={"name": "甲", "area": "100", "kinds": ["浴室"], "phone": "138"})
    now = case(supplement=asked, answers={"name": "甲", "area": "120", "kinds": ["浴室"], "note": "新"})
    found = alterations(matter(), then, now)
    marks = {one.field.id: (one.mark, one.was, one.now, one.asked) for one in found.answers}
    assert marks == {
        "area": (ALTERED, "100", "120", True), "phone": (REMOVED, "138", None, False),
        "note": (ADDED, None, "新", False),
    }  # fmt: skip
    assert found.unanswered == ("项目",)


def test_a_material_shows_the_files_that_came_and_went() -> None:
    new = Upload("u2", "新图.pdf", "application/pdf", 1, "d2")
    found = alterations(matter(), case(), case(uploads={"plan": (new,)})).materials
    (one,) = found
    assert (one.need.id, one.mark, one.added[0].id, one.removed[0].id) == ("plan", ALTERED, "u2", "u1")


def test_a_material_proves_what_the_matter_says_or_what_its_waiver_compares() -> None:
    assert proven(matter()) == {"copy": ("name",), "plan": ("area",)}
    assert provers(proven(matter())) == {"name": ("copy",), "area": ("plan",)}


def test_what_rules_do_not_ask_for_and_free_text_do_not_count_in_a_comparison() -> None:
    assert weights(matter()) == {"area": 2, "phone": 1, "ban.until": 1}


def test_the_same_case_is_wholly_alike_and_numbers_count_by_closeness() -> None:
    known = weights(matter())
    assert compare_cases(matter(), known, case(), case()).percent == 100
    near = compare_cases(matter(), known, case(), case(answers={**case().answers, "area": "95"}))
    far = compare_cases(matter(), known, case(), case(answers={**case().answers, "area": "10"}))
    assert 100 > near.percent > far.percent > 0
    assert [(one.title, one.state) for one in near.differing] == [("面积", "相近")]


def test_a_comparison_never_shows_what_is_sensitive() -> None:
    other = case(answers={**case().answers, "phone": "13900000009"})
    found = compare_cases(matter(), weights(matter()), case(), other)
    assert "1390000" not in str(found) and "1380000" not in str(found)


@pytest.mark.parametrize(
    ("findings", "at", "act"),
    [
        ((PASSED,), "accept", "受理"),
        ((finding("large", "failed", "一次补正", "面积不足。"),), "accept", "一次补正"),
        ((finding("free", "failed", "建议不予受理", "禁止。"),), "accept", "不予受理"),
        ((finding("large", "failed", "改办", "应改办。"),), "accept", "改办"),
        ((finding("large", "unknown"),), "visit", "核查重点"),
        ((PASSED,), "decide", "准予"),
        ((finding("large", "unknown"),), "decide", "核实后决定"),
        ((finding("large", "failed", "一次补正", "面积不足。"),), "decide", "核实后决定"),
        ((finding("free", "failed", "建议不予受理", "禁止。"),), "decide", "不予许可"),
    ],
)
def test_the_advice_follows_from_findings_and_step(findings: tuple[Finding, ...], at: str, act: str) -> None:
    found = advise(matter(), case(*findings, at=at), {}, 10)
    assert found is not None and found.act == act and found.reasons
    assert bool(found.caution) == (act in NEGATIVE)


def test_a_step_that_came_out_against_it_is_named_and_nothing_is_chosen() -> None:
    visit = StepRecord("visit", "核查", "核查", "2026-11-24", finished_at="2026-11-25", by=CLERK, result="不符合")
    deciding = case(PASSED, at="decide")
    found = advise(matter(), msgspec.structs.replace(deciding, steps=(visit, *deciding.steps)), {}, 10)
    assert found is not None
    assert (found.act, "不符合" in found.reasons[0].words, "不替您选定" in found.caution) == ("不予许可", True, True)


def test_a_second_supplement_is_never_advised() -> None:
    asked = Supplement("2026-11-24", "2026-12-24", CLERK, (SupplementItem("面积"),), "2026-11-25")
    found = advise(matter(), case(finding("large", "failed", "一次补正"), supplement=asked), {}, None)
    assert found is not None and found.act == "核实后决定"


def test_points_to_check_name_what_is_unknown_and_what_differs_from_the_source() -> None:
    held = {"name": Compared("不一致", "营业执照", "乙")}
    found = advise(matter(), case(finding("large", "unknown")), held, 2)
    assert found is not None
    assert [(one.title, one.field) for one in found.points] == [("large", "area"), ("单位名称", "name")]
    assert any("离期限还有 2 个工作日" in one.words for one in found.reasons)


def test_nothing_is_advised_on_a_decided_case_and_waiting_on_one_that_is_being_supplemented() -> None:
    decision = Decision("准予", "2026-11-25", CLERK, False, "")
    assert advise(matter(), case(decision=decision), {}, None) is None
    asked = Supplement("2026-11-24", "2026-12-24", CLERK, (SupplementItem("面积"),))
    waiting = advise(matter(), case(status=Status.SUPPLEMENT, supplement=asked), {}, None)
    assert waiting is not None and waiting.act == "等待"


def test_a_condition_stands_beside_the_findings_that_prove_it() -> None:
    found = conditions_of(matter(), case(finding("large", "failed", "一次补正")))
    assert [(one.text, one.state) for one in found] == [("场所面积足够", "不符合"), ("没有被禁止申请", "由人核实")]


def test_the_clauses_of_a_step_say_what_rests_on_them() -> None:
    found = {one.text: one.rests for one in clauses_of(matter(), case(at="visit"))}
    assert found[LAWFUL] == ("核对“面积”",) and "《行政许可法》第三十四条第三款" in found


def test_the_course_joins_events_opinions_and_signatures_and_can_be_narrowed() -> None:
    done = StepRecord(
        "accept", "受理", "窗口", "2026-11-23T09:00:00", finished_at="2026-11-24T09:00:00", by=CLERK, result="受理",
        opinion="予以受理。", signed=(CLERK,), round=2,
    )  # fmt: skip
    events = (RecordedEvent(1, "2026-11-23T09:00:00", 1, SYSTEM, Happened("预审", "预检已完成。")),)
    act = ActLine("受理", "工作人员", "黄窗示", "2026-11-24T08:59:00", "无效", "被改动过。", "1", "d")
    found = course_of(case(steps=(done,)), events, (act,))
    assert [(one.kind, one.round, one.sound) for one in found] == [("受理", 2, False), ("预审", 1, True)]
    assert [one.opinion for one in filtered(found, "意见")] == ["予以受理。"]
    assert [one.kind for one in filtered(found, "系统")] == ["预审"]


def test_a_signature_stands_with_the_milestone_it_was_put_to_or_by_itself() -> None:
    told = RecordedEvent(1, "2026-11-24T09:00:00", 1, CLERK, Happened("补正告知", "请补正。"))
    act = ActLine("补正告知", "工作人员", "黄窗示", "2026-11-24T09:00:00", "有效", "", "1", "d")
    other = ActLine("撤回", "申请人", "甲", "2026-11-25T09:00:00", "有效", "", "1", "e")
    found = course_of(case(steps=()), (told,), (act, other))
    assert [(one.kind, one.signature) for one in found] == [("撤回", "有效"), ("补正告知", "1 个签名核验有效")]


def test_a_rule_that_is_always_true_proves_nothing() -> None:
    spared = MaterialNeed("list", "清单", "必要", waive=(Waiver("数据共享", ALWAYS),))
    assert proven(matter(materials=(spared,))) == {"list": ()}
