"""A table of which only one row may hold never chooses among several, and the second opinion agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.values import Missing
from engine.stages.decision import Verdict, confirmed, decide
from tests.unit.matters.tables import linked

TABLE = """\
  - hit: {hit}
    table: |
      | 编号      | 经营面积 | 经营面积 ÷ 使用面积 | 结果   | 凭承诺 | 理由       |
      | small     | < 100    | -                   | 秒批   | 是     | 面积不大。 |
      | loose     | -        | < 0.5               | 秒批   | 是     | 比例不高。 |
      | otherwise | -        | -                   | 转人工 | -      | 其他。     |
"""
ACTOR = Actor("applicant", "x", "张三", level=3, authority="法定代表人")


def matter(root: Path, hit: str) -> Matter:
    """The matter with its table so."""
    catalogue, problems = linked(root, TABLE.replace("{hit}", hit))
    assert problems == ()
    return catalogue.matters["sample"]


def judged(matter: Matter, **values: Any) -> Verdict:
    return decide(matter, values, (), ACTOR, ())


def test_the_first_row_that_holds_is_chosen_where_the_table_says_first(tmp_path: Path) -> None:
    found = judged(matter(tmp_path, "先中"), area=50, usable=200)
    assert (found.outcome, found.by) == ("秒批", "small")
    assert [one.result for one in found.rows] == ["matched", "not_reached", "not_reached"]


def test_two_rows_that_hold_stop_a_table_with_one_answer(tmp_path: Path) -> None:
    found = judged(matter(tmp_path, "唯一"), area=50, usable=200)
    assert (found.outcome, found.by) == ("转人工", "undecidable")
    assert "small、loose" in found.reason and found.barred == (found.reason,)
    assert [one.result for one in found.rows] == ["matched", "matched", "not_reached"]


@pytest.mark.parametrize(("area", "usable", "by"), [(50, 60, "small"), (150, 400, "loose"), (150, 160, "otherwise")])
def test_the_only_row_that_holds_is_chosen(tmp_path: Path, area: int, usable: int, by: str) -> None:
    found = matter(tmp_path, "唯一")
    verdict = judged(found, area=area, usable=usable)
    assert verdict.by == by
    if verdict.outcome == "秒批":
        assert confirmed(found, {"area": area, "usable": usable}, verdict)


def test_a_row_that_holds_beside_one_that_cannot_be_judged_stops_the_table(tmp_path: Path) -> None:
    found = judged(matter(tmp_path, "唯一"), area=50, usable=Missing.EMPTY)
    assert (found.outcome, found.by) == ("转人工", "undecidable")
    assert [one.result for one in found.rows] == ["matched", "unknown", "not_reached"]


def test_an_answer_still_to_come_leaves_the_table_open(tmp_path: Path) -> None:
    assert judged(matter(tmp_path, "唯一"), area=50, usable=Missing.PENDING).outcome == "待定"


def test_the_second_opinion_sees_a_rival_that_holds(tmp_path: Path) -> None:
    found = matter(tmp_path, "唯一")
    claimed = Verdict("秒批", "small", "")
    assert not confirmed(found, {"area": 50, "usable": 200}, claimed)
    assert not confirmed(found, {"area": 50, "usable": Missing.EMPTY}, claimed)
    assert confirmed(found, {"area": 50, "usable": 60}, claimed)


def test_the_second_opinion_sees_a_row_above_that_holds_or_cannot_be_judged(tmp_path: Path) -> None:
    found = matter(tmp_path, "先中")
    claimed = Verdict("秒批", "loose", "")
    assert not confirmed(found, {"area": 50, "usable": 200}, claimed)
    assert confirmed(found, {"area": 150, "usable": 400}, claimed)
    assert not confirmed(found, {"area": Missing.EMPTY, "usable": 400}, claimed)
