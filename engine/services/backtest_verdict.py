"""What a judgement comes to in a few words, and which rules make the difference between two of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.values import Missing, Value, value_at
from engine.stages.decision import REAL_NAME, STOPPING

INSTANT, PENDING = "秒批", "待定"
MANUAL = frozenset({"转人工", "建议不予受理"})  # what becomes work of a person
IDENTITY = "identity"


class Verdict(msgspec.Struct, frozen=True):
    """One judgement: its outcome and what it rests on, what keeps it from 秒批, and what it waits for.

    `blockers` and `by` name rules: `check:` `row:` `material:` and an id, `identity`, or `by:` and what the decision
    table says (undecidable, disagreement). `waiting` are the paths without an answer that a 待定 hangs on.
    """

    outcome: str
    by: str
    blockers: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def verdict_of(matter: Matter, assessment: Assessment, actor: Actor, names: Mapping[str, Value]) -> Verdict:
    """The verdict of an assessment made of these names."""
    blockers = [
        f"check:{one.check}"
        for one in assessment.findings
        if one.result in ("failed", "unknown") and one.action not in ("", "提示")
    ]
    blockers += [f"material:{key}" for key in assessment.missing]
    instant = {row.id for row in matter.decide if row.outcome == INSTANT}
    if unverified(actor) and instant:
        blockers.append(IDENTITY)
    if not any(row.row in instant and row.result == "matched" for row in assessment.rows):
        blockers += [f"row:{one.row}" for one in assessment.rows if one.row in instant and one.result != "not_reached"]
    waiting = _waiting(matter, assessment, names) if assessment.outcome == PENDING else ()
    held = () if assessment.outcome == INSTANT else tuple(blockers)
    return Verdict(assessment.outcome, rule_key(matter, assessment.by), held, waiting)


def unverified(actor: Actor) -> bool:
    """Whether the applicant's identity alone bars an instant approval."""
    return actor.kind == "applicant" and (actor.level < REAL_NAME or not actor.authority)


def rule_key(matter: Matter, by: str) -> str:
    """The key of what an assessment rests on."""
    if any(check.id == by for check in matter.precheck):
        return f"check:{by}"
    return f"row:{by}" if any(row.id == by for row in matter.decide) else f"by:{by}"


def _waiting(matter: Matter, assessment: Assessment, names: Mapping[str, Value]) -> tuple[str, ...]:
    held = {one.check for one in assessment.findings if one.result == "pending"}
    rows = {one.row for one in assessment.rows if one.result == "pending"}
    reads = [
        path for check in matter.precheck if check.id in held for path in (*check.when.reads, *check.require.reads)
    ]
    reads += [path for row in matter.decide if row.id in rows for path in row.when.reads]
    return tuple(sorted({path for path in reads if value_at(path, names) is Missing.PENDING}))


def causes(before: Verdict, after: Verdict) -> tuple[str, ...]:
    """The rules that make the difference: what now stops or bars and did not, else what no longer does."""
    for one in (after, before):
        if one.outcome in STOPPING:
            return (one.by,)
    added = tuple(key for key in after.blockers if key not in before.blockers)
    removed = tuple(key for key in before.blockers if key not in after.blockers)
    return added or removed or (after.by,)


def title_of(matter: Matter, key: str) -> str:
    """A rule's key as a reader knows it."""
    kind, _, id = key.partition(":")
    if kind == "check":
        return next((f"核对 {one.title or one.require.text}" for one in matter.precheck if one.id == id), key)
    if kind == "row":
        return next((f"裁决行 {one.id}（{one.outcome}）" for one in matter.decide if one.id == id), key)
    if kind == "material":
        return next((f"材料 {one.title}" for one in matter.materials if one.id == id), key)
    words = {IDENTITY: "申请人实名与授权", "by:undecidable": "有事实未能核实", "by:disagreement": "两套规则计算不一致"}
    return words.get(key, key)
