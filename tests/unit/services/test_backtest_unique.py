"""A table of which only one row may hold comes out in columns as it does case by case."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from engine.model.people import Actor, Subject
from engine.model.values import Missing, Unavailable
from engine.pipeline.assess import judge
from engine.pipeline.context import Application
from engine.services.backtest_batch import BatchAssessor
from engine.services.backtest_verdict import rule_key, verdict_of
from engine.stages.decision import confirmed, decide
from tests.unit.matters.tables import linked

TABLE = """\
  - hit: 唯一
    table: |
      | 编号 | 经营面积 | 使用面积 | 营业执照.状态 | 结果 | 凭承诺 |
      | small | < 100 | - | - | 秒批 | 是 |
      | alive | - | < 100 | 存续 | 秒批 | - |
      | gone | ≥ 100 | - | 注销 | 转人工 | - |
      | otherwise | - | - | - | 转人工 | - |
"""
ACTOR = Actor("applicant", "x", "张三", level=3, authority="法定代表人")
GONE = Unavailable("registry.business", "超时", "2025-01-20T08:00:00+08:00")


def test_columns_choose_what_the_stages_choose(tmp_path: Path) -> None:
    catalogue, problems = linked(tmp_path, TABLE.replace("| 经营面积 | 使用面积 |", "| 经营面积 | 使用面积 ÷ 2 |"))
    assert problems == ()
    matter = catalogue.matters["sample"]
    sizes: tuple[Any, ...] = (50, 150, Missing.EMPTY, Missing.PENDING)
    licences: tuple[Any, ...] = ({"status": "存续"}, {"status": "注销"}, GONE)
    cases = [
        {"area": a, "usable": u, "licence": one} for a, u, one in product(sizes, (50, 300, Missing.EMPTY), licences)
    ]
    walked = [decide(matter, one, (), ACTOR, ()) for one in cases]
    assert {one.by for one in walked} == {"small", "alive", "gone", "otherwise", "undecidable", "pending"}
    whole = [one.outcome != "秒批" or confirmed(matter, env, one) for env, one in zip(cases, walked, strict=True)]
    assert any(one.outcome == "秒批" and agreed for one, agreed in zip(walked, whole, strict=True))
    wanted = [
        (one.outcome, rule_key(matter, one.by)) if agreed else ("转人工", rule_key(matter, "disagreement"))
        for one, agreed in zip(walked, whole, strict=True)
    ]
    assessor = BatchAssessor(matter)
    found = assessor.verdicts(assessor.table(cases, [False] * len(cases)))
    assert [(one.outcome, one.by) for one in found] == wanted
    application = Application({}, {}, Subject("法人", "x", "张三"))
    bare = msgspec.structs.replace(matter, precheck=(), materials=())
    exact = [verdict_of(bare, judge(bare, application, ACTOR, one, date(2025, 1, 20)), ACTOR, one) for one in cases]
    slim = BatchAssessor(bare)
    assert slim.verdicts(slim.table(cases, [False] * len(cases))) == exact
