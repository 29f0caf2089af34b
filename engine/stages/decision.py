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
from engine.model.values import Missing, Value, value_at
from engine.rules.evaluator import evaluate
from engine.rules.independent import second_opinion
from engine.rules.words import explain

STOPPING = ("当场更正", "改办", "建议不予受理")
REAL_NAME = 2  # the identity level from which an account counts as verified


class Verdict(msgspec.Struct, frozen=True):
    """The outcome with the row or check it rests on, its reason, every row's result, and what bars 秒批."""

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
    barred = _barred(matter, findings, rows, actor, missing)
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
    place, row = next((place, row) for place, row in enumerate(matter.decide) if row.id == verdict.by)
    if second_opinion(row.when, env) is not True:
        return False
    beside = [other for other in matter.decide[place + 1 :] if row.unique and other.unique == row.unique]
    if any(second_opinion(other.when, env) is not False for other in (*matter.decide[:place], *beside)):
        return False
    for check in matter.precheck:
        if check.on_fail == "提示" or second_opinion(check.when, env) is False:
            continue
        if second_opinion(check.require, env) is not True:
            return False
    return True


def _table(matter: Matter, env: Mapping[str, Value]) -> tuple[Row | None, tuple[RowResult, ...]]:
    results: list[RowResult] = []
    chosen: Row | None = None
    stopped = False
    for rows in _together(matter.decide):
        if chosen is not None or stopped:
            results.extend(RowResult(row.id, "not_reached") for row in rows)
            continue
        judged = [_judged(matter, row, env) for row in rows]
        results.extend(judged)
        held = [row for row, one in zip(rows, judged, strict=True) if one.result == "matched"]
        stopped = len(held) > 1 or any(one.result in ("unknown", "pending") for one in judged)
        if held and not stopped:
            chosen = held[0]
    return chosen, tuple(results)


def _together(rows: tuple[Row, ...]) -> Iterator[tuple[Row, ...]]:
    """The rows one by one, those of which only one may hold all at once."""
    for unique, group in groupby(rows, key=lambda row: row.unique):
        together = tuple(group)
        yield from [together] if unique else ((row,) for row in together)


def _judged(matter: Matter, row: Row, env: Mapping[str, Value]) -> RowResult:
    outcome = evaluate(row.when, env, matter.titles, frozenset(matter.sensitive))
    if outcome.value is True or outcome.value is False:
        return RowResult(row.id, "matched" if outcome.value else "not_matched", outcome.trace)
    pending = any(value_at(path, env) is Missing.PENDING for path in row.when.reads)
    return RowResult(row.id, "pending" if pending else "unknown", outcome.trace)


def _several(rows: tuple[RowResult, ...]) -> str:
    """What is said when more than one row of a table with one answer holds; "" otherwise."""
    held = [row.row for row in rows if row.result == "matched"]
    return f"裁决表中不止一条成立（{'、'.join(held)}），由工作人员决定。" if len(held) > 1 else ""


def _barred(
    matter: Matter, findings: tuple[Finding, ...], rows: tuple[RowResult, ...], actor: Actor, missing: tuple[str, ...]
) -> tuple[str, ...]:
    """What keeps the application from instant approval, in words; empty for a matter that has none."""
    instant = {row.id for row in matter.decide if row.outcome == "秒批"}
    if not instant:
        return ()
    reasons = [
        finding.message or finding.title
        for finding in findings
        if finding.result in ("failed", "unknown") and finding.action not in ("", "提示")
    ]
    if actor.kind == "applicant" and (actor.level < REAL_NAME or not actor.authority):
        reasons.append("申请人未经实名核验，或没有该主体的办理授权。")
    reasons.extend(f"尚未提交材料：{title}。" for title in missing)
    reasons.extend([_several(rows)] if _several(rows) else [])
    if not any(row.row in instant and row.result == "matched" for row in rows):
        for row in rows:
            if row.row in instant and row.result in ("not_matched", "unknown") and row.trace is not None:
                reasons.extend(explain(row.trace))
    return tuple(dict.fromkeys(reasons))
