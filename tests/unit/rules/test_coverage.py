from __future__ import annotations

from typing import Any

import msgspec

from engine.model.case import Assessment, Finding, RowResult
from engine.model.form import Field
from engine.model.matter import Row
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.model.values import Missing
from engine.rules.coverage import MatterCoverage, Recorder, RuleCoverage, Share
from engine.rules.inventory import entries, replaced
from tests.unit.pipeline.sample import ALIVE, FITS, matter

AGREED = Rule("承诺书 = 是", {"==": [{"var": "promise"}, True]}, ("promise",))
ENV: dict[str, Any] = {
    "area": 100, "usable": 100, "site": "甲路1号", "hvac": False, "licence": {"status": "存续", "address": "甲路1号"}
}  # fmt: skip


def assessment(rows: dict[str, str], findings: dict[str, str], outcome: str = "秒批") -> Assessment:
    return Assessment(
        outcome=outcome, by="instant", reason="", law_day="2026-02-10",
        rows=tuple(RowResult(id, result) for id, result in rows.items()),
        findings=tuple(Finding(id, id, result) for id, result in findings.items()),
    )  # fmt: skip


GRANTED = assessment({"instant": "matched", "otherwise": "not_reached"}, {"area_logic": "passed", "alive": "passed"})


def covered(one: Any = None, **names: Any) -> MatterCoverage:
    recorder = Recorder(one or matter())
    recorder.record("第一个", {**ENV, **names}, GRANTED)
    return recorder.coverage()


def rule(coverage: MatterCoverage, kind: str, id: str) -> RuleCoverage:
    return next(one for one in coverage.rules if (one.kind, one.id) == (kind, id))


def test_a_row_is_covered_by_the_first_test_that_matches_it() -> None:
    coverage = covered()
    assert [(row.id, row.seen.get("matched", "")) for row in coverage.rows] == [
        ("instant", "第一个"),
        ("otherwise", ""),
    ]


def test_a_check_of_a_fact_is_asked_for_unknown_and_one_of_answers_is_not() -> None:
    wanted = {check.id: check.wanted for check in covered().checks}
    assert wanted == {"area_logic": ("passed", "failed"), "alive": ("passed", "failed", "unknown")}


def test_a_check_with_a_guard_is_asked_for_not_applicable() -> None:
    guarded = replaced(matter(), ("precheck", 0, "when"), ALIVE)
    assert covered(guarded).checks[0].wanted == ("passed", "failed", "unknown", "not_applicable")


def test_a_check_behind_a_closed_guard_is_not_exercised() -> None:
    guarded = replaced(matter(), ("precheck", 0, "when"), ALIVE)
    coverage = covered(guarded, licence={"status": "注销", "address": "甲路1号"})
    assert [atom.true for atom in rule(coverage, "核对", "area_logic").atoms] == [""]


def test_a_row_that_was_not_reached_is_not_exercised() -> None:
    rows = (Row("first", ALWAYS, "转人工"), Row("instant", FITS, "秒批"))
    recorder = Recorder(matter(decide=rows))
    recorder.record("第一个", ENV, assessment({"first": "matched", "instant": "not_reached"}, {}))
    assert rule(recorder.coverage(), "裁决", "instant").atoms[0].true == ""


def test_a_condition_seen_on_one_side_only_is_half_covered() -> None:
    assert rule(covered(), "核对", "alive").atoms[0].missing == ("false",)


def test_a_statement_that_can_only_be_agreed_to_is_not_asked_for_its_refusal() -> None:
    one = matter(decide=(Row("instant", AGREED, "秒批"), Row("otherwise", ALWAYS, "转人工")))
    group = one.groups[0]
    fields = (*group.fields, Field("promise", "承诺书", "承诺", Type("bool")))
    one = msgspec.structs.replace(one, groups=(msgspec.structs.replace(group, fields=fields),))
    atom = rule(covered(one, promise=True), "裁决", "instant").atoms[0]
    assert (atom.impossible, atom.missing) == ("false", ())


def test_a_fact_without_an_answer_counts_as_neither_side() -> None:
    atom = rule(covered(licence=Missing.EMPTY), "核对", "alive").atoms[0]
    assert (atom.true, atom.false, atom.unknown) == ("", "", "第一个")


def test_a_share_just_short_of_all_is_never_rounded_up_to_a_hundred() -> None:
    assert Share(9999, 10000).percent == 99.9


def test_nothing_to_cover_is_covered() -> None:
    assert Share(0, 0).percent == 100.0


def test_a_figure_below_what_is_asked_of_it_is_named_and_one_not_asked_is_not() -> None:
    figures = covered().figures()
    least = {key: share.percent + 1 for key, share in figures.items() if key != "rows"}
    assert covered().below(least) == {key: share for key, share in figures.items() if key != "rows"}
    assert covered().below({}) == {}


def test_constant_rules_are_not_in_the_inventory() -> None:
    assert "otherwise" not in {entry.id for entry in entries(matter()) if entry.kind == "裁决"}


def test_putting_a_rule_back_in_its_place_gives_the_same_matter() -> None:
    one = matter()
    assert [entry.id for entry in entries(one) if replaced(one, entry.path, entry.rule) != one] == []
