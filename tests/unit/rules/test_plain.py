"""Conditions as applicants read them: no sign, no code name, no path, today's parameters."""

from __future__ import annotations

import re

import pytest

from engine.model.matter import Parameter, ParameterEntry
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.rules.plain import OTHERWISE, plainly
from tests.project import project_loaded
from tests.unit.pipeline.sample import matter

MATTER = matter(
    titles={"mode": "办理方式", "self": "本人办理", "items": "变更事项", "old": "变更前床位", "new": "变更后床位", "site": "经营地址",
            "place.district": "标准地址.区", "licence.address": "营业执照.住所", "tools": "设备清单",
            "tools.large": "设备清单.大型", "passed": "合格日期", "move": "位移"},
    codes={"集中": ("甲类", "乙类")},
    parameters=(Parameter("far", "最大位移", Type("number", unit="米"), (
        ParameterEntry("2020-01-01", 50), ParameterEntry("2027-01-01", 80))),),
)  # fmt: skip
SAID = (
    ({"==": [{"var": "mode"}, "一般程序"]}, "办理方式为“一般程序”"),
    ({"==": [{"var": "self"}, False]}, "本人办理为“否”"),
    ({"!=": [{"var": "new"}, {"var": "old"}]}, "变更后床位与变更前床位不同"),
    ({">": [{"var": "new"}, {"var": "old"}]}, "变更后床位大于变更前床位"),
    ({"in": [{"var": "mode"}, {"var": "code.集中"}]}, "办理方式是“甲类”“乙类”中的任何一项"),
    ({"in": ["增加", {"var": "items"}]}, "变更事项包含“增加”"),
    ({"intersects": [{"var": "items"}, ["增加"]]}, "变更事项含有“增加”"),
    ({"!": [{"subset": [{"var": "items"}, {"var": "code.集中"}]}]}, "变更事项有“甲类”“乙类”以外的"),
    ({"!": [{"in": [{"var": "site"}, {"var": "licence.address"}]}]}, "营业执照的住所不包含经营地址"),
    ({"unavailable": [{"var": "place.district"}]}, "查不到标准地址的区"),
    ({">": [{"var": "move"}, {"var": "param.far"}]}, "位移大于 50 米"),
    ({"<": [{"add_years": [{"var": "passed"}, 3]}, {"var": "today"}]}, "自合格日期起已满 3 年"),
    ({"some": [{"var": "tools"}, {"==": [{"var": "large"}, True]}]}, "设备清单里有大型为“是”的"),
    ({"and": [{"==": [{"var": "self"}, True]}, {"or": [{"==": [{"var": "mode"}, "甲"]}, {"==": [{"var": "mode"}, "乙"]}]}]},
     "本人办理为“是”，并且（办理方式为“甲”，或者办理方式为“乙”）"),
)  # fmt: skip


@pytest.mark.parametrize("logic, words", SAID)
def test_a_condition_reads_in_plain_words(logic: object, words: str) -> None:
    assert plainly(Rule("原文", logic), MATTER, "2026-11-30") == words  # type: ignore[arg-type]


def test_a_parameter_is_that_of_the_day() -> None:
    rule = Rule("原文", {">": [{"var": "move"}, {"var": "param.far"}]})
    assert plainly(rule, MATTER, "2027-02-01") == "位移大于 80 米"


@pytest.mark.parametrize("logic", [{"==": [{"var": "unknown"}, 1]}, {"matches": ["a", "b"]}, True])
def test_what_has_no_plain_words_says_what_it_depends_on(logic: object) -> None:
    assert plainly(Rule("原文", logic), MATTER, "2026-11-30") == OTHERWISE  # type: ignore[arg-type]


def test_nine_of_ten_conditions_on_guide_pages_have_words_and_none_shows_a_sign_of_the_rule_language() -> None:
    catalogue, _ = project_loaded()
    shown = [
        plainly(rule, one, "2026-11-30")
        for one in catalogue.matters.values()
        for rule in (*(need.when for need in one.materials), *(step.when for step in one.route))
        if rule != ALWAYS
    ]
    assert [text for text in shown if re.search(r"[=≠<>≤≥]|代码\.|参数\.|有交集|全部属于|未取到", text)] == []
    assert shown.count(OTHERWISE) <= len(shown) / 10
