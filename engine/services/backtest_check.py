"""The check of a replay: cases judged a second time by the walker, and every rule of theirs by json-logic-qubit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from engine.errors import ZhunyuError, register
from engine.model.case import Upload
from engine.model.matter import Matter
from engine.model.people import Actor, Subject
from engine.model.rule import Rule
from engine.model.values import Value
from engine.pipeline.assess import assessed as judged
from engine.pipeline.context import Application
from engine.rules.evaluator import test
from engine.rules.independent import second_opinion
from engine.services.backtest_verdict import Verdict, title_of

if TYPE_CHECKING:  # columns are only loaded where there is much to judge
    from polars import DataFrame

    from engine.rules.columnar_table import Table
    from engine.services.backtest_batch import BatchAssessor

register({"S020": "动态推演的两种算法结果不一致"})
_NEXT = "推演已停止，没有给出结果。请把办件编号和规则告诉技术支持，这是程序的缺陷。"


def agree(matter: Matter, case: str, columnar: Verdict, walked: Verdict) -> None:
    """ZhunyuError S020 when columns and walker come to different things; it names the case and the rule."""
    if columnar == walked:
        return
    apart = [key for key in (*walked.blockers, *columnar.blockers)
             if (key in walked.blockers) is not (key in columnar.blockers)]  # fmt: skip
    rule = title_of(matter, apart[0] if apart else walked.by)
    raise ZhunyuError("S020", f"办件 {case}：{rule}，列式计算为{columnar.outcome}，逐条计算为{walked.outcome}。", _NEXT)


def confirm(matter: Matter, case: str, names: Mapping[str, Value]) -> int:
    """How many rules the independent evaluator judged as the walker does; where the data is not total it has no
    opinion. ZhunyuError S020 where it contradicts."""
    agreed = 0
    for key, rule in rules_of(matter):
        theirs = second_opinion(rule, names)
        if theirs is None:
            continue
        if theirs is not test(rule, names):
            raise ZhunyuError("S020", f"办件 {case}：{title_of(matter, key)}，独立计算的结果不同。", _NEXT)
        agreed += 1
    return agreed


def check_table(assessor: BatchAssessor, table: Table, assessed: DataFrame, places: Sequence[int]) -> int:
    """Judge these cases of an assessed table by the walker and json-logic-qubit as well; how many judgements of rules
    the latter shared. ZhunyuError S020 at the first difference."""
    matter, confirmed = assessor.matter, 0
    for place in places:
        row, seen = table.frame.row(place, named=True), assessed.row(place, named=True)
        names = table.environment(row, assessor.paths)
        handed = [need.id for need in assessor.needs if row[f"v:material.{need.id}"]]
        uploads: dict[str, tuple[Upload, ...]] = {id: (Upload("", "", "", 0, ""),) for id in handed}
        application = Application({}, uploads, Subject("", "", ""))
        actor = Actor("applicant", "", "") if row["x:unverified"] else Actor("staff", "", "")
        made = judged(matter, application, actor, names, date.min).bare
        outcome, by = assessor.pairs[seen["verdict"]]
        results = {one.check: one.result for one in made.findings}
        apart = [key for key, result in results.items() if assessor.results[seen[f"c:{key}"]] != result]
        if apart or (outcome, by) != (made.outcome, made.by):
            rule = title_of(matter, f"check:{apart[0]}" if apart else f"row:{made.by}")
            raise ZhunyuError(
                "S020", f"第 {place + 1} 件：{rule}，列式计算为{outcome}，逐条计算为{made.outcome}。", _NEXT
            )
        confirmed += confirm(matter, f"第 {place + 1} 件", names)
    return confirmed


def rules_of(matter: Matter) -> Iterator[tuple[str, Rule]]:
    """Every rule that makes the outcome, with the key of what it belongs to."""
    for check in matter.precheck:
        yield f"check:{check.id}", check.when
        yield f"check:{check.id}", check.require
    for row in matter.decide:
        yield f"row:{row.id}", row.when
    for need in matter.materials:
        yield f"material:{need.id}", need.when
        for way in need.waive:
            yield f"material:{need.id}", way.when
