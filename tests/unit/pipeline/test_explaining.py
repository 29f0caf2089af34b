"""An explanation names what decided, from which source, and to an applicant nothing of the anomaly watch."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.model.case import Assessment
from engine.model.explanation import APPLICANT, FORMAT, STAFF, Explanation, Point
from engine.model.matter import Check, Matter, Row
from engine.model.rule import ALWAYS, Rule
from engine.model.trace import Trace
from engine.model.values import Missing
from engine.pipeline.assess import assess
from engine.pipeline.context import Application
from engine.pipeline.explaining import WITHHELD_WORDS, Subject, age, decisive, explain
from engine.rules.evaluator import evaluate
from tests.unit.pipeline import sample

NOW = "2026-02-10T10:30:00+08:00"
TITLES = {"registry.business": "企业登记库"}


def judged(matter: Matter, facts: dict[str, Any] | None = None, **answers: Any) -> tuple[Assessment, Subject]:
    given = {**sample.ANSWERS, **answers}
    held = facts or sample.licence_fact()
    application = Application(given, sample.upload(), sample.SUBJECT, held, None, sample.OFFICE)
    made = assess(matter, application, sample.APPLICANT, sample.NOW.date(), sample.CALENDAR)
    return made, Subject(held, TITLES, NOW)


def told(reader: str, matter: Matter | None = None, facts: dict[str, Any] | None = None, **answers: Any) -> Explanation:
    matter = matter or sample.matter()
    return explain(matter, *judged(matter, facts, **answers), reader)


def at(points: tuple[Point, ...], id: str) -> Point:
    return next(one for one in points if one.id == id)


def test_a_failed_check_says_what_was_found_what_is_required_and_how_far_off() -> None:
    point = at(told(STAFF, area="150").checks, "area_logic")
    [atom] = point.atoms
    assert (point.state, point.action, atom.actual, atom.required, atom.gap) == (
        "failed", "当场更正", "150", "≤ 120.5", "多 29.5",
    )  # fmt: skip


def test_a_row_that_did_not_match_names_the_source_and_its_time() -> None:
    [atom] = at(told(STAFF, facts=sample.licence_fact(address="别处")).rows, "instant").atoms
    assert (atom.result, atom.path, atom.source, atom.at) == (
        "false", "licence.address", "企业登记库", "2026-02-10T09:00:00+08:00",
    )  # fmt: skip


def test_an_unknown_check_says_which_fact_from_which_source_since_when() -> None:
    point = at(told(STAFF, facts=sample.unavailable()).checks, "alive")
    assert point.state == "unknown" and point.atoms[0].source == "企业登记库"
    assert "2026-02-10T09:00:00+08:00" in point.atoms[0].why and "超时" in point.atoms[0].why


def test_rows_below_the_one_that_decided_were_not_reached() -> None:
    rows = told(STAFF).rows
    assert [(one.id, one.state) for one in rows] == [("instant", "matched"), ("otherwise", "not_reached")]


def test_sources_carry_their_age_and_what_read_them() -> None:
    [line] = told(STAFF).sources
    assert (line.state, line.age, line.used) == ("已取到", "1 小时前", ("alive", "instant"))


def test_an_applicant_reads_no_paths_no_traces_and_no_passed_rules() -> None:
    made = told(APPLICANT, facts=sample.licence_fact(status="吊销"))
    assert all(one.trace is None for one in (*made.checks, *made.rows))
    assert at(made.checks, "area_logic").words == ()
    assert b"licence." not in msgspec.json.encode(made)


def test_an_applicant_reads_what_a_comparison_is_about_and_not_the_text_of_the_rule() -> None:
    [atom] = at(told(APPLICANT, area="150").checks, "area_logic").atoms
    assert (atom.text, atom.actual, atom.required) == ("经营面积", "150", "≤ 120.5")


def test_an_applicant_reads_what_could_not_be_verified_once_and_without_the_text_of_the_rule() -> None:
    point = at(told(APPLICANT, facts=sample.unavailable()).checks, "alive")
    [atom] = point.atoms
    assert (atom.text, atom.actual, atom.required) == ("营业执照.状态", "", "")
    assert point.message == f"未能核实：{atom.why}。" and "=" not in point.message


WATCHED = (
    Check("burst", Rule("风险.burst ≤ 7", {"<=": [{"var": "risk.burst"}, 7]}, ("risk.burst",)), "同址申请过多。",
          "转人工", title="同址申请"),
)  # fmt: skip


def test_an_applicant_learns_nothing_of_the_anomaly_watch() -> None:
    matter = sample.matter(precheck=WATCHED, decide=(
        Row("risky", Rule("风险.burst > 9", {">": [{"var": "risk.burst"}, 9]}, ("risk.burst",)), "转人工", "异常。"),
        Row("otherwise", ALWAYS, "转人工", "由人核实。"),
    ))  # fmt: skip
    encoded = msgspec.json.encode(told(APPLICANT, matter)).decode()
    for word in ("burst", "risk", "风险", "异常", "同址申请", "7", "risky"):
        assert word not in encoded.replace(sample.matter().hash, ""), word
    assert WITHHELD_WORDS in encoded


def test_staff_read_the_anomaly_watch_like_any_check() -> None:
    assert at(told(STAFF, sample.matter(precheck=WATCHED)).checks, "burst").title == "同址申请"


def test_a_sensitive_value_is_in_neither_readers_explanation() -> None:
    called = Rule("联系电话 = 1", {"==": [{"var": "phone"}, "1"]}, ("phone",))
    matter = sample.matter(precheck=(Check("called", called, "电话不符：{phone}。", "转人工", title="电话"),))
    for reader in (STAFF, APPLICANT):
        assert sample.ANSWERS["phone"].encode() not in msgspec.json.encode(told(reader, matter))
    assert at(told(APPLICANT, matter).checks, "called").atoms == ()


def test_the_json_has_its_documented_keys() -> None:
    keys = msgspec.to_builtins(told(STAFF, area="150")).keys()
    assert told(STAFF).format == FORMAT == "zhunyu-explanation/1"
    assert {"format", "reader", "matter", "title", "version", "outcome", "by", "reason", "law_day", "checks", "rows",
            "sources", "basis", "barred"} <= keys  # fmt: skip


ENV: dict[str, Any] = {
    "n": 5, "t": "甲", "many": ("甲", "乙"), "none": Missing.EMPTY, "away": Missing.PENDING,
    "rows": ({"n": 1}, {"n": 9}, {"n": Missing.EMPTY}), "flag": False,
}  # fmt: skip
N = {"var": "n"}


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ({"<": [N, 3]}, [("false", "5", "< 3", "多 2")]),
        ({"in": [{"var": "t"}, ["乙", "丙"]]}, [("false", "甲", "属于 乙、丙", "")]),
        ({"!": [{"in": [{"var": "t"}, ["甲"]]}]}, [("false", "甲", "不属于 甲", "")]),
        ({"intersects": [{"var": "many"}, ["丙"]]}, [("false", "甲、乙", "有交集 丙", "")]),
        ({"subset": [{"var": "many"}, ["甲"]]}, [("false", "甲、乙", "全部属于 甲", "")]),
        ({"empty": [N]}, [("false", "5", "为空", "")]),
        ({"and": [{"==": [N, 5]}, {">": [N, 6]}, {"==": [{"var": "flag"}, True]}]},
         [("false", "5", "> 6", "少 1"), ("false", "否", "= 是", "")]),
        ({"or": [{"==": [N, 4]}, {"==": [N, 3]}]}, [("false", "5", "= 4", "多 1"), ("false", "5", "= 3", "多 2")]),
        ({"!": [{"==": [N, 5]}]}, [("false", "5", "", "")]),
        ({"all": [{"var": "rows"}, {"<": [{"var": "n"}, 5]}]}, [("false", "9", "< 5", "多 4")]),
        ({"some": [{"var": "rows"}, {"==": [{"var": "n"}, 4]}]}, None),
        ({">": [{"var": "away"}, 1]}, [("unknown", "待填", "> 1", "")]),
        ({"and": [{"==": [{"var": "none"}, "x"]}, {"==": [N, 5]}]}, [("unknown", "未填写或来源答复为无", "= x", "")]),
        ({"==": [N, 5]}, []),
    ],
)  # fmt: skip
def test_every_kind_of_atom_is_told_with_what_decided_it(logic: Any, expected: Any) -> None:
    found = decisive(evaluate(Rule("", logic), ENV).trace)
    if expected is None:
        assert found and all(one.result in ("false", "unknown") for one in found)
    else:
        assert [(one.result, one.actual, one.required, one.gap) for one in found] == expected


def test_the_same_atom_is_told_once() -> None:
    atom = Trace("甲", "false")
    assert decisive(Trace("甲 且 甲", "false", parts=(atom, atom))) == (atom,)


@pytest.mark.parametrize(
    ("at_", "words"),
    [("2026-02-10T10:29:30+08:00", "刚刚"), ("2026-02-10T10:00:00+08:00", "30 分钟前"), ("2026-02-07T10:30:00+08:00",
     "3 天前"), ("", "")],
)  # fmt: skip
def test_ages_are_told_in_the_largest_fitting_unit(at_: str, words: str) -> None:
    assert age(at_, NOW) == words
