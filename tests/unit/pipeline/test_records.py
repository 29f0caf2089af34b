"""Records 记录表: filled in at a step, signed by all who do it, and read by what comes later."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, FinishStep, Grant, KeepRecord
from engine.model.events import CertificateOrdered, TaskOpened
from engine.model.form import Field, Option, RecordForm
from engine.model.matter import Duration, Duty, Matter, Step
from engine.model.types import Type
from engine.model.values import Missing, value_at
from engine.pipeline.advance import advance
from engine.pipeline.context import Step as Result
from engine.pipeline.progress import names_for
from tests.unit.pipeline import sample

RECORD = RecordForm(
    "现场核查表",
    (
        Field("area", "实测面积", "数", sample.NUMBER, unit="平方米", places=2, above="0"),
        Field("pool", "有泳池", "是否", Type("bool")),
        Field(
            "depth", "水深", "数", Type("number", unit="米", places=2), unit="米", places=2,
            when=sample.rule("有泳池 = 是", {"==": [{"var": "step.inspect.pool"}, True]}, "step.inspect.pool"),
        ),
        Field("clean", "卫生", "单选", Type("enum", values=("好", "差")), options=(Option("好"), Option("差"))),
        Field("boss", "陪同人", "人员", Type("record"), required=False),
    ),
)  # fmt: skip
GOOD = {"area": "98.5", "pool": False, "clean": "好"}
DIRTY = sample.rule("环节.现场核查.卫生 = 差", {"==": [{"var": "step.inspect.clean"}, "差"]}, "step.inspect.clean")


def matter() -> Matter:
    """The sample whose inspection fills in a record; a dirty place is reviewed before it is decided."""
    base = sample.matter()
    accept, inspect, approve = base.route
    inspect = msgspec.structs.replace(inspect, form=RECORD, results={"符合": "", "整改": "again"})
    lines = {**base.certificates[0].lines, "经营场所地址": sample.rule(
        "环节.现场核查.实测面积", {"var": "step.inspect.area"}, "step.inspect.area")}  # fmt: skip
    return msgspec.structs.replace(
        base,
        route=(accept, inspect, Step("review", "卫生复核", "核查", when=DIRTY), approve),
        certificates=(msgspec.structs.replace(base.certificates[0], lines=lines),),
        after=(Duty("卫生回访", Duration(30, "自然日", "决定"), 1, {}, DIRTY),),
    )


def act(case: Case, command: object, actor: object = sample.INSPECTOR) -> Result:
    return advance(matter(), case, command, {}, sample.context(actor))


def at_inspection() -> Case:
    filed = advance(matter(), None, sample.filing(), sample.licence_fact(address="别处2号"), sample.context()).case
    return act(filed, Accept(), sample.CLERK).case


def inspected(**record: object) -> Result:
    case = act(at_inspection(), FinishStep("inspect", "符合", "已查", {**GOOD, **record})).case
    return act(case, FinishStep("inspect", "符合", "已查"), sample.SECOND_INSPECTOR)


def test_a_record_is_checked_like_a_form_and_every_fault_is_told_at_once() -> None:
    with pytest.raises(ZhunyuError) as refusal:
        act(at_inspection(), FinishStep("inspect", "符合", "已查", {"area": "-1", "pool": True}))
    told = {one.file: one.what for one in refusal.value.problems}
    assert (refusal.value.code, sorted(told)) == ("A004", ["R_area", "R_clean", "R_depth"])


def test_a_field_of_a_record_that_its_own_condition_hides_is_not_asked() -> None:
    case = act(at_inspection(), FinishStep("inspect", "符合", "已查", {**GOOD, "depth": "1.2"})).case
    assert case.steps[-1].answers == GOOD


def test_what_is_kept_of_a_record_may_be_unfinished_and_is_nobodys_signature() -> None:
    case = act(at_inspection(), KeepRecord("inspect", {"area": "98.5", "nonsense": 1})).case
    assert (case.steps[-1].answers, case.steps[-1].signed) == ({"area": "98.5"}, ())


def test_two_inspectors_sign_one_record() -> None:
    done = inspected().case.steps[1]
    assert (done.answers, len(done.signed)) == (GOOD, 2)


def test_who_changes_a_signed_record_begins_the_signing_anew() -> None:
    case = act(at_inspection(), FinishStep("inspect", "符合", "已查", GOOD)).case
    case = act(case, FinishStep("inspect", "符合", "面积有误", {**GOOD, "area": "90"}), sample.SECOND_INSPECTOR).case
    assert [actor.name for actor in case.steps[-1].signed] == ["赵核查"]
    done = act(case, FinishStep("inspect", "符合", "同意")).case.steps[1]
    assert (done.answers["area"], [actor.name for actor in done.signed]) == ("90", ["赵核查", "李核查"])


def test_a_signed_record_cannot_be_changed_without_a_signature() -> None:
    case = act(at_inspection(), FinishStep("inspect", "符合", "已查", GOOD)).case
    with pytest.raises(ZhunyuError, match="C004"):
        act(case, KeepRecord("inspect", {}), sample.SECOND_INSPECTOR)


def test_a_record_is_pending_for_rules_until_the_last_has_signed_it() -> None:
    case = act(at_inspection(), FinishStep("inspect", "符合", "已查", GOOD)).case
    before = names_for(matter(), case, {}, sample.context(sample.APPROVER))
    after = names_for(matter(), inspected().case, {}, sample.context(sample.APPROVER))
    paths = ("step.inspect.clean", "step.inspect.depth")
    assert [value_at(path, before) for path in paths] == [Missing.PENDING, Missing.PENDING]
    assert [value_at(path, after) for path in paths] == ["好", Missing.NOT_APPLICABLE]


def test_a_later_step_is_opened_by_what_the_record_says() -> None:
    opened = [event.task for event in inspected(clean="差").events if isinstance(event, TaskOpened)]
    spared = [event.task for event in inspected().events if isinstance(event, TaskOpened)]
    assert (opened, spared) == (["review-1"], ["approve-1"])


def test_the_certificate_and_the_duties_read_the_record() -> None:
    step = act(inspected().case, Grant("同意"), sample.APPROVER)
    order = next(event for event in step.events if isinstance(event, CertificateOrdered))
    assert (order.face["经营场所地址"], step.case.checks) == ("98.5", ())


def test_another_round_has_a_record_of_its_own_and_the_last_one_counts() -> None:
    case = act(at_inspection(), FinishStep("inspect", "整改", "差", {**GOOD, "clean": "差"})).case
    case = act(case, FinishStep("inspect", "整改", "差"), sample.SECOND_INSPECTOR).case
    assert case.steps[-1].answers == {}
    case = act(case, FinishStep("inspect", "符合", "好", GOOD)).case
    case = act(case, FinishStep("inspect", "符合", "好"), sample.SECOND_INSPECTOR).case
    assert case.steps[-1].step == "approve"
