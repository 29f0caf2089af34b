"""The decision: what stops filing, then the table from the top down; unknown stops at a person.

The outcome is only ever 秒批 or 转人工 for a case; 当场更正, 改办, 建议不予受理 and 待定 are answers to an application
that is not a case yet. Nothing here refuses anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from engine.model.case import Finding, RowResult
from engine.model.matter import Matter, Row
from engine.model.people import Actor
from engine.model.trace import Trace
from engine.model.values import Missing, Value, value_at
from engine.rules.evaluator import evaluate, test
from engine.rules.independent import second_opinions
from engine.rules.words import explain

STOPPING = ("当场更正", "改办", "建议不予受理")
REAL_NAME = 2  # the identity level from which an account counts as verified


class Verdict(msgspec.Struct, frozen=True):
    """The outcome with the row or check it rests on, its reason, every row's result without its trace, and what bars
    秒批."""

    outcome: str
    by: str
    reason: str
    rows: tuple[RowResult, ...] = ()
    barred: tuple[str, ...] = ()
    suggest: str = ""


def decide(
    matter: Matter, env: Mapping[str, Value], findings: tuple[Finding, ...], actor: Actor, missing: tuple[str, ...]
) -> Verdict:
    """Judge an application whose findings are known. `missing` are titles of materials not handed in."""
    chosen, rows = _table(matter, env)
    barred = _barred(matter, env, findings, rows, actor, missing)
    for action in STOPPING:
        stop = next((finding for finding in findings if finding.result == "failed" and finding.action == action), None)
        if stop is not None:
            return Verdict(action, stop.check, stop.message, rows, barred)
    suggest = chosen.suggest if chosen else "核实未能自动核对的事实后决定"
    if chosen is None or any(finding.result == "pending" for finding in findings):
        pending = any(row.result == "pending" for row in rows) or any(f.result == "pending" for f in findings)
        outcome, by = ("待定", "pending") if pending else ("转人工", "undecidable")
        reason = "还有内容待填。" if pending else _several(rows) or "有事实未能核实，由工作人员核实后决定。"
        return Verdict(outcome, by, reason, rows, barred, suggest)
    if chosen.outcome != "秒批":
        return Verdict("转人工", chosen.id, chosen.reason, rows, barred, suggest)
    if barred:
        return Verdict("转人工", "precheck", "预检尚有未通过或未能核实的事项。", rows, barred, suggest)
    return Verdict("秒批", chosen.id, chosen.reason, rows, (), suggest)


def confirmed(matter: Matter, env: Mapping[str, Value], verdict: Verdict) -> bool:
    """Whether the independent evaluator agrees: the row of an automatic approval holds, no row above it or beside it
    does, and every check holds."""
    opinion = second_opinions(env)
    place, row = next((place, row) for place, row in enumerate(matter.decide) if row.id == verdict.by)
    if opinion(row.when) is not True:
        return False
    beside = [other for other in matter.decide[place + 1 :] if row.unique and other.unique == row.unique]
    if any(opinion(other.when) is not False for other in (*matter.decide[:place], *beside)):
        return False
    for check in matter.precheck:
        if check.on_fail == "提示" or opinion(check.when) is False:
            continue
        if opinion(check.require) is not True:
            return False
    return True


def traced_rows(matter: Matter, env: Mapping[str, Value], rows: tuple[RowResult, ...]) -> tuple[RowResult, ...]:
    """The rows of a verdict with their traces in words; a row that was not reached has none."""
    return tuple(
        one if one.result == "not_reached" else RowResult(one.row, one.result, _trace(matter, row, env))
        for row, one in zip(matter.decide, rows, strict=True)
    )


def _trace(matter: Matter, row: Row, env: Mapping[str, Value], *, brief: bool = False) -> Trace:
    return evaluate(row.when, env, matter.titles, frozenset(matter.sensitive), units=matter.units, brief=brief).trace


def _table(matter: Matter, env: Mapping[str, Value]) -> tuple[Row | None, tuple[RowResult, ...]]:
    results: list[RowResult] = []
    chosen: Row | None = None
    stopped = False
    for rows in _together(matter.decide):
        if chosen is not None or stopped:
            results.extend([RowResult(row.id, "not_reached") for row in rows])
            continue
        judged = [_judged(row, env) for row in rows]
        results.extend(judged)
        held = [row for row, one in zip(rows, judged, strict=True) if one.result == "matched"]
        stopped = len(held) > 1 or any(one.result in ("unknown", "pending") for one in judged)
        if held and not stopped:
            chosen = held[0]
    return chosen, tuple(results)


def _together(rows: tuple[Row, ...]) -> Iterator[tuple[Row, ...]]:
    """The rows one by one, those of which only one may hold all at once."""
    if not any(row.unique for row in rows):
        yield from [(row,) for row in rows]
        return
    for unique, group in groupby(rows, key=lambda row: row.unique):
        together = tuple(group)
        yield from [together] if unique else ((row,) for row in together)


def _judged(row: Row, env: Mapping[str, Value]) -> RowResult:
    truth = test(row.when, env)
    if truth is True or truth is False:
        return RowResult(row.id, "matched" if truth else "not_matched")
    pending = any(value_at(path, env) is Missing.PENDING for path in row.when.reads)
    return RowResult(row.id, "pending" if pending else "unknown")


def _several(rows: tuple[RowResult, ...]) -> str:
    """What is said when more than one row of a table with one answer holds; "" otherwise."""
    held = [row.row for row in rows if row.result == "matched"]
    return "" if len(held) < 2 else f"裁决表中不止一条成立（{'、'.join(held)}），由工作人员决定。"


def _barred(
    matter: Matter, env: Mapping[str, Value], findings: tuple[Finding, ...], rows: tuple[RowResult, ...],
    actor: Actor, missing: tuple[str, ...],
) -> tuple[str, ...]:  # fmt: skip
    """What keeps the application from instant approval, in words; empty for a matter that has none."""
    instant = {row.id for row in matter.decide if row.outcome == "秒批"}
    if not instant:
        return ()
    several = _several(rows)
    reasons = [
        finding.message or finding.title
        for finding in findings
        if finding.result in ("failed", "unknown") and finding.action not in ("", "提示")
    ]
    if actor.kind == "applicant" and (actor.level < REAL_NAME or not actor.authority):
        reasons.append("申请人未经实名核验，或没有该主体的办理授权。")
    reasons.extend(f"尚未提交材料：{title}。" for title in missing)
    reasons.extend([several] if several else [])
    if not any(one.row in instant and one.result == "matched" for one in rows):
        for row, one in zip(matter.decide, rows, strict=True):
            if one.row in instant and one.result in ("not_matched", "unknown"):
                reasons.extend(explain(_trace(matter, row, env, brief=True)))
    return tuple(dict.fromkeys(reasons))
