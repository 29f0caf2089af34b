"""公示 as a step: what is shown, objections, the period, the clock; and what is shown of a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, Command, FinishStep, Grant, Object
from engine.model.events import PublicityClosed, PublicityOpened, ResultPublished
from engine.model.matter import Matter, Row
from engine.model.people import Actor, Subject
from engine.model.route import Publicity
from engine.model.route import Step as RouteStep
from engine.model.rule import ALWAYS
from engine.pipeline.advance import advance
from engine.pipeline.context import Step
from tests.unit.pipeline import sample

REVIEWER = Actor("staff", "st-8", "孙审查", roles=("审查",), district="黄浦区")
NEIGHBOUR = Actor("applicant", "acc-7", "邻示民", level=2)
SHOWN = Publicity(5, shows=("site", "applicant.name", "hvac_kind"), basis="《示例条例》第九条")


def matter(publicity: Publicity = SHOWN, **changes: object) -> Matter:
    made = sample.matter(
        decide=(Row("otherwise", ALWAYS, "转人工"),), push=(),
        route=(
            RouteStep("accept", "受理", "窗口"),
            RouteStep("show", "公示", "审查", publicity=publicity, results={"无异议": "approve", "有异议": "review"}),
            RouteStep("review", "复核", "审查"),
            RouteStep("approve", "审批", "审批"),
        ),
    )  # fmt: skip
    titles = {**made.titles, "applicant.name": "申请人", "hvac_kind": "空调形式"}
    return msgspec.structs.replace(made, titles=titles, **changes)


def go(case: Case | None, command: Command, actor: Actor, days: int = 0, made: Matter | None = None) -> Step:
    context = sample.context(actor, now=sample.NOW + timedelta(days=days))
    return advance(made or matter(), case, command, sample.licence_fact() if case is None else {}, context)


def shown(made: Matter | None = None) -> Step:
    filed = go(None, sample.filing(), sample.APPLICANT, made=made)
    return go(filed.case, Accept(), sample.CLERK, made=made)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ZhunyuError) as refusal:
        act()
    return refusal.value.code


def finish(case: Case, result: str, days: int = 20, made: Matter | None = None) -> Step:
    return go(case, FinishStep("show", result, "公示期满。"), REVIEWER, days, made)


def test_nothing_is_shown_but_what_the_step_names_and_blanks_are_left_out() -> None:
    (opened,) = [one for one in shown().events if isinstance(one, PublicityOpened)]
    assert opened.lines == (("经营地址", "中山东一路1号"), ("申请人", sample.SUBJECT.name))
    assert (opened.task, opened.until, opened.basis) == ("show-1", "2026-02-24", "《示例条例》第九条")


def test_the_step_ends_only_after_the_period_whatever_was_said() -> None:
    case = shown().case
    case = go(case, Object("show-1", "这里是住宅。"), NEIGHBOUR).case
    assert refused(lambda: finish(case, "有异议", days=14)) == "C004"
    step = finish(case, "有异议", days=15)
    assert PublicityClosed("show-1", "有异议") in step.events
    assert step.case.steps[-1].step == "review"


def test_without_objections_it_goes_on_to_the_decision() -> None:
    assert finish(shown().case, "无异议").case.steps[-1].step == "approve"


def test_it_cannot_end_unopposed_when_somebody_objected() -> None:
    case = go(shown().case, Object("show-1", "这里是住宅。"), NEIGHBOUR).case
    (kept,) = case.statements
    assert (kept.kind, kept.by, kept.words) == ("异议", "邻示民", "这里是住宅。")
    assert refused(lambda: finish(case, "无异议")) == "C004"


def test_an_objection_is_made_once_by_a_person_with_words_and_in_time() -> None:
    case = shown().case
    assert refused(lambda: go(case, Object("show-1", "  "), NEIGHBOUR)) == "C004"
    assert refused(lambda: go(case, Object("show-2", "这里是住宅。"), NEIGHBOUR)) == "C001"
    assert refused(lambda: go(case, Object("show-1", "这里是住宅。"), NEIGHBOUR, days=15)) == "C001"
    once = go(case, Object("show-1", "这里是住宅。"), NEIGHBOUR, days=14).case
    assert refused(lambda: go(once, Object("show-1", "再说一次。"), NEIGHBOUR, days=14)) == "C004"


def test_the_clock_runs_on_unless_the_law_does_not_count_the_period() -> None:
    before = shown().case
    assert finish(before, "无异议").case.due_legal == before.due_legal
    made = matter(msgspec.structs.replace(SHOWN, excluded=True))
    counted = shown(made).case
    moved = finish(counted, "无异议", made=made).case
    accepted = shown().case.due_legal  # the due day is moved from the opening on, not only when the period is over
    assert (accepted, counted.due_legal, moved.due_legal) == ("2026-03-16", "2026-03-23", "2026-03-23")


def test_a_decision_is_published_without_what_is_hidden_or_sensitive() -> None:
    made = matter(publish_within=7, publish_hide=("site",))
    case = finish(shown(made).case, "无异议", made=made).case
    step = go(case, Grant("同意"), sample.APPROVER, 21, made)
    (result,) = [one for one in step.events if isinstance(one, ResultPublished)]
    titles = [title for title, _ in result.lines]
    assert (result.subject, result.outcome) == (sample.SUBJECT.name, "准予")
    assert "单位名称" in titles and "经营场所地址" not in titles


def test_a_natural_persons_name_and_code_are_masked() -> None:
    made = matter(publish_within=7, applicant=("自然人",))
    person = Subject("自然人", "310101197102111016", "陈示安")
    filing = msgspec.structs.replace(sample.filing(), subject=person)
    filed = go(None, filing, sample.APPLICANT, made=made)
    case = finish(go(filed.case, Accept(), sample.CLERK, made=made).case, "无异议", made=made).case
    step = go(case, Grant("同意"), sample.APPROVER, 21, made)
    (result,) = [one for one in step.events if isinstance(one, ResultPublished)]
    assert result.subject == "陈＊＊"
    assert not any("陈示安" in text for _, text in result.lines)


def test_a_matter_that_does_not_publish_and_a_confidential_one_show_nothing() -> None:
    for made in (matter(), matter(publish_within=7, confidential=True)):
        case = finish(shown(made).case, "无异议", made=made).case
        step = go(case, Grant("同意"), sample.APPROVER, 21, made)
        assert not any(isinstance(one, ResultPublished) for one in step.events)
