"""The pre-check: every check of the matter is run, and every material weighed, before anything is said."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import Finding
from engine.model.matter import Check, Matter
from engine.model.trace import Trace
from engine.model.values import Missing, Value, value_at
from engine.model.wording import fill, in_words
from engine.rules.evaluator import evaluate, test
from engine.rules.words import explain

UNVERIFIED = "未能核实：{why}"


def run_checks(matter: Matter, env: Mapping[str, Value]) -> tuple[Finding, ...]:
    """All findings of the matter, in its order; nothing stops at the first."""
    hidden = frozenset(matter.sensitive)
    return tuple(_run(check, matter, env, hidden) for check in matter.precheck)


def _run(check: Check, matter: Matter, env: Mapping[str, Value], hidden: frozenset[str]) -> Finding:
    finding = Finding(
        check=check.id, title=check.title or check.require.text, result="", basis=check.basis, fields=check.fields
    )
    guard = test(check.when, env)
    if guard is False:
        return msgspec.structs.replace(finding, result="not_applicable")
    if guard is not True:
        return _unknown(finding, check, check.when.reads, evaluate(check.when, env, matter.titles, hidden).trace, env)
    outcome = evaluate(check.require, env, matter.titles, hidden)
    if outcome.value is True:
        return msgspec.structs.replace(finding, result="passed", trace=outcome.trace)
    if outcome.value is not False:
        return _unknown(finding, check, check.require.reads, outcome.trace, env)
    return msgspec.structs.replace(
        finding,
        result="failed",
        action=check.on_fail,
        message=fill(check.message, lambda name: words_at(name, env, hidden)),
        mend=check.mend,
        to=check.to,
        trace=outcome.trace,
    )


def _unknown(finding: Finding, check: Check, reads: tuple[str, ...], trace: Trace, env: Mapping[str, Value]) -> Finding:
    """Unknown goes to a person, never back to the applicant; an unknown hint has no effect."""
    if any(value_at(path, env) is Missing.PENDING for path in reads):
        return msgspec.structs.replace(finding, result="pending", trace=trace)
    why = "；".join(explain(trace))
    action = "" if check.on_fail == "提示" else "转人工"
    return msgspec.structs.replace(
        finding, result="unknown", action=action, message=UNVERIFIED.replace("{why}", why), trace=trace
    )


def words_at(path: str, env: Mapping[str, Value], hidden: frozenset[str]) -> str:
    """The value at a path in words; sensitive values are not put into sentences."""
    return "（已保护）" if path in hidden else in_words(value_at(path, env))


class MaterialsResult(msgspec.Struct, frozen=True):
    """Which materials are demanded, which are waived (id → way), and which demanded ones are not there."""

    demanded: tuple[str, ...]
    waived: dict[str, str]
    missing: tuple[str, ...]


def weigh_materials(matter: Matter, env: Mapping[str, Value], handed_in: frozenset[str]) -> MaterialsResult:
    """Weigh every material: an unknown condition demands it, an unknown waiver does not waive it."""
    demanded: list[str] = []
    waived: dict[str, str] = {}
    for need in matter.materials:
        if need.need == "非必要" or test(need.when, env) is False:
            continue
        way = next((waiver.way for waiver in need.waive if test(waiver.when, env) is True), "")
        if way:
            waived[need.id] = way
        else:
            demanded.append(need.id)
    return MaterialsResult(tuple(demanded), waived, tuple(name for name in demanded if name not in handed_in))
