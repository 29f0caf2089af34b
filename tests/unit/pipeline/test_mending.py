"""The changes that are proposed are the smallest there are, are verified, and never touch what they must not."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.form import Field, Group, Option
from engine.model.matter import Check, Matter, Row
from engine.model.people import Actor
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.pipeline.assess import assess, form_and_names
from engine.pipeline.context import Application
from engine.pipeline.mending import Found, changeable, mend
from engine.pipeline.proposing import propose
from tests.unit.pipeline import sample

TODAY = date(2026, 2, 10)
WORDS = ("甲", "乙", "丙")
READY = {"ready": True}


def rule(logic: Any, *reads: str) -> Rule:
    return Rule(str(logic), logic, tuple(sorted(reads)))


def small(checks: tuple[Check, ...], row: Rule, **changes: Any) -> Matter:
    """Three answers with few values, some checks, and one row that grants."""
    fields = (
        Field("size", "面积", "整数", Type("number"), min="0", max="5"),
        Field("kind", "类别", "单选", Type("enum", values=WORDS), options=tuple(map(Option, WORDS))),
        Field("ready", "已备齐", "是否", Type("bool")),
        Field("beds", "床位", "整数", Type("number"), min="0", max="3"),
    )
    base = sample.matter(
        groups=(Group("g", "场所", fields),), materials=(), precheck=checks, facts=(), unique=(), sensitive=(),
        decide=(Row("instant", row, "秒批", "符合。"), Row("otherwise", ALWAYS, "转人工", "由人核实。")),
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


def applying(**answers: Any) -> Application:
    return Application(answers, {}, sample.SUBJECT, {}, None, sample.OFFICE)


def found(matter: Matter, application: Application, actor: Actor = sample.APPLICANT) -> Found:
    return mend(matter, application, actor, TODAY, {})


def passes(matter: Matter, answers: dict[str, Any]) -> bool:
    application = applying(**answers)
    reading, _ = form_and_names(matter, application, sample.APPLICANT, TODAY, {})
    return (
        not reading.errors and not reading.missing
        and assess(matter, application, sample.APPLICANT, TODAY, {}).outcome == "秒批"
    )  # fmt: skip


ATOMS = st.one_of(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.just({"var": "size"}), st.integers(0, 5)),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=="]), st.just({"var": "size"}), st.just({"var": "beds"})),
    st.tuples(st.sampled_from(["<=", ">="]), st.just({"+": [{"var": "size"}, {"var": "beds"}]}), st.integers(0, 8)),
    st.tuples(st.sampled_from(["==", "!="]), st.just({"var": "kind"}), st.sampled_from(WORDS)),
    st.tuples(st.just("in"), st.just({"var": "kind"}), st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)),
    st.tuples(st.just("=="), st.just({"var": "ready"}), st.booleans()),
).map(lambda one: {one[0]: [one[1], one[2]]})
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"or": parts}),
        inner.map(lambda part: {"!": [part]}),
    ),
    max_leaves=4,
)


def reading_all(logic: Any) -> Rule:
    return rule(logic, *(name for name in ("size", "kind", "ready", "beds") if f"'{name}'" in str(logic)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(CONDITIONS, min_size=1, max_size=3),
    st.tuples(st.integers(0, 5), st.sampled_from(WORDS), st.booleans(), st.integers(0, 3)),
)
def test_the_smallest_set_is_as_small_as_brute_force_finds(logics: list[Any], start: tuple[Any, ...]) -> None:
    *checks, row = map(reading_all, logics)
    matter = small(tuple(Check(f"c{i}", one, "不符合。", "转人工") for i, one in enumerate(checks)), row)
    names = ("size", "kind", "ready", "beds")
    given_ = dict(zip(names, start, strict=True))
    least: int | None = None
    for values in itertools.product(range(6), WORDS, (True, False), range(4)):
        changed = sum(one != other for one, other in zip(values, start, strict=True))
        if 0 < changed <= 3 and (least is None or changed < least) and passes(
            matter, dict(zip(names, values, strict=True))
        ):
            least = changed
    if passes(matter, given_):
        return
    result = found(matter, applying(**given_))
    if least is None:
        assert result.goal != "秒批"
        return
    assert result.goal == "秒批", (logics, start, least)
    assert {len(one.answers) for one in result.sets} == {least}
    assert all(passes(matter, {**given_, **one.answers}) for one in result.sets)


ENOUGH = Check("enough", rule({">=": [{"var": "size"}, 3]}, "size"), "面积不足。", "转人工", title="面积")
IS_READY = rule({"==": [{"var": "ready"}, True]}, "ready")


def test_a_threshold_is_met_at_its_boundary() -> None:
    result = found(small((ENOUGH,), IS_READY), applying(size=1, kind="甲", ready=True, beds=0))
    assert [one.answers for one in result.sets] == [{"size": 3}]


def test_two_faults_need_two_changes() -> None:
    result = found(small((ENOUGH,), IS_READY), applying(size=1, kind="甲", ready=False, beds=0))
    assert [one.answers for one in result.sets] == [{"size": 3, "ready": True}]


def test_a_date_is_moved_to_the_day_on_which_the_rule_turns() -> None:
    field = Field("report", "报告日期", "日期", Type("date"))
    fresh = rule({">=": [{"var": "report"}, {"add_days": [{"var": "today"}, -30]}]}, "report", "today")
    matter = small((Check("fresh", fresh, "报告过期。", "转人工"),), ALWAYS, groups=(Group("g", "材料", (field,)),))
    result = found(matter, applying(report="2025-12-01"))
    assert [one.answers for one in result.sets] == [{"report": "2026-01-11"}]


def test_what_identifies_is_locked_prefilled_sensitive_or_asked_of_a_source_is_never_changed() -> None:
    text = Type("text")
    fields = (
        Field("code", "信用代码", "统一社会信用代码", text), Field("id_no", "身份证号", "身份证号", text),
        Field("name", "名称", "文本", text), Field("who", "经办人", "人员", Type("record")),
        Field("given", "登记面积", "整数", Type("number"), prefill="licence.area"),
        Field("kept", "锁定", "是否", Type("bool"), locked=True),
        Field("secret", "次数", "整数", Type("number"), sensitive=True),
        Field("asked", "查询用", "整数", Type("number")), Field("held", "占用", "整数", Type("number")),
        Field("office", "区", "单选", text), Field("free", "面积", "整数", Type("number")),
    )  # fmt: skip
    needs = (msgspec.structs.replace(sample.matter().facts[0], args={"size": "asked"}),)
    matter = sample.matter(
        groups=(Group("g", "组", fields),), facts=needs, unique=("held",), authority_by="office", sensitive=("secret",)
    )
    assert list(changeable(matter)) == ["free"]


def test_a_commitment_is_offered_only_as_information_and_only_where_nothing_else_helps() -> None:
    promise = Field("promise", "承诺书", "承诺", Type("bool"), required=False)
    size = Field("size", "面积", "整数", Type("number"), min="0", max="5")
    wanted = rule({"or": [{">=": [{"var": "size"}, 3]}, {"==": [{"var": "promise"}, True]}]}, "promise", "size")
    matter = small((), wanted, groups=(Group("g", "组", (promise, size)),))
    assert [one.answers for one in found(matter, applying(size=1)).sets] == [{"size": 3}]
    only = small((), rule({"==": [{"var": "promise"}, True]}, "promise"), groups=matter.groups)
    application = applying(size=1)
    before = assess(only, application, sample.APPLICANT, TODAY, {})
    [proposal] = propose(only, application, sample.APPLICANT, TODAY, {}, before).proposals
    assert proposal.changes[0].commitment
    assert proposal.words.startswith("如确已符合全部条件，可以选择签署“承诺书”")


def test_the_anomaly_watch_is_no_lever_and_its_limit_is_not_tried() -> None:
    secret = rule({"<=": [{"var": "size"}, {"var": "risk.limit"}]}, "size", "risk.limit")
    matter = small((Check("burst", secret, "异常。", "转人工"),), IS_READY)
    result = found(matter, applying(size=4, kind="甲", ready=True, beds=0))
    assert result.sets == () and result.goal == ""


def test_where_facts_decide_it_is_said_that_no_answer_helps() -> None:
    matter, facts = sample.matter(), sample.licence_fact(status="吊销")
    application = Application(dict(sample.ANSWERS), {}, sample.SUBJECT, facts, None, sample.OFFICE)
    before = assess(matter, application, sample.APPLICANT, TODAY, {})
    told = propose(matter, application, sample.APPLICANT, TODAY, {}, before)
    assert told.proposals == ()
    assert any("没有找到" in line for line in told.advice) and any("登记机关" in line for line in told.advice)


def test_an_unverified_applicant_is_told_what_verification_is_for() -> None:
    matter = small((), IS_READY)
    application = applying(size=1, kind="甲", ready=True, beds=0)
    stranger = msgspec.structs.replace(sample.APPLICANT, level=1)
    before = assess(matter, application, stranger, TODAY, {})
    told = propose(matter, application, stranger, TODAY, {}, before)
    assert told.proposals == () and "实名核验" in told.advice[0]


def test_a_check_that_stops_filing_is_mended_where_the_matter_never_grants_at_once() -> None:
    matter = small((msgspec.structs.replace(ENOUGH, on_fail="当场更正"),), IS_READY)
    matter = msgspec.structs.replace(matter, decide=(Row("otherwise", ALWAYS, "转人工", "由人核实。"),))
    result = found(matter, applying(size=1, kind="甲", ready=True, beds=0))
    assert (result.goal, [one.answers for one in result.sets]) == ("enough", [{"size": 3}])


def test_nothing_is_proposed_while_the_form_has_blanks() -> None:
    assert found(small((ENOUGH,), IS_READY), applying(size=1)).steps == 0


def test_a_search_without_budget_says_that_it_did_not_finish() -> None:
    matter = small((ENOUGH,), IS_READY)
    result = mend(matter, applying(size=1, kind="甲", ready=False, beds=0), sample.APPLICANT, TODAY, {}, most_steps=2)
    assert not result.complete and result.sets == ()


def test_the_same_application_is_always_answered_alike() -> None:
    matter, application = small((ENOUGH,), IS_READY), applying(size=1, kind="甲", ready=False, beds=0)
    assert found(matter, application) == found(matter, application)
