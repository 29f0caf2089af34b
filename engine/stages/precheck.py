"""The pre-check: every check of the matter is run, and every material weighed, before anything is said.

The truths come first, all at once; what is said follows from them. A trace is put into words on its own, when
somebody reads it: it follows from the rule and the names, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine.model.case import Finding
from engine.model.matter import Check, Matter
from engine.model.rule import Rule
from engine.model.trace import Trace
from engine.model.values import Missing, Value, value_at
from engine.model.wording import fill, in_one, in_words
from engine.rules.compiled import together
from engine.rules.evaluator import evaluate, test
from engine.rules.words import explain

UNVERIFIED = "未能核实：{why}"
Truths = Sequence[Any]  # by place in _Ready.rules; True, False, anything else for unknown
_WARM = 20  # from so many applications on, one function for all rules of a matter has paid for itself
_CAPACITY = 64


class _Ready:
    """What is the same for every application of a matter: the rules in order, the findings that say nothing."""

    def __init__(self, matter: Matter) -> None:
        self.matter, self.judged = matter, 0
        self.hidden = frozenset(matter.sensitive)
        self.rules: list[tuple[Rule, int]] = []
        for check in matter.precheck:
            self.rules += [(check.when, -1), (check.require, len(self.rules))]
        self.needs: list[tuple[str, int, list[tuple[int, str]]]] = []  # material, place of its condition and waivers
        for need in matter.materials:
            if need.need == "非必要":
                continue
            place = len(self.rules)
            self.rules += [(need.when, -1), *((waiver.when, place) for waiver in need.waive)]
            self.needs.append((need.id, place, [(place + n, one.way) for n, one in enumerate(need.waive, 1)]))
        self.checks = [
            (check, _finding(check, "passed"), _finding(check, "not_applicable")) for check in matter.precheck
        ]
        self.function: Callable[[Any], Truths] | None = None

    def truths(self, env: Mapping[str, Value]) -> Truths:
        """Every rule's truth; None for one left out because the rule it stands under is false."""
        if self.function is not None:
            return self.function(env)
        self.judged += 1
        if self.judged >= _WARM:
            self.function = together([(rule.logic, under) for rule, under in self.rules])
        found: list[Any] = []
        for rule, under in self.rules:
            found.append(None if under >= 0 and found[under] is False else test(rule, env))
        return found


_ready: dict[int, _Ready] = {}  # by the identity of the matter, which is held


def _ready_for(matter: Matter) -> _Ready:
    held = _ready.get(id(matter))
    if held is None or held.matter is not matter:
        if len(_ready) >= _CAPACITY:
            _ready.clear()
        held = _ready[id(matter)] = _Ready(matter)
    return held


def truths_of(matter: Matter, env: Mapping[str, Value]) -> Truths:
    """The truths of all checks and materials, for `run_checks` and `weigh_materials`."""
    return _ready_for(matter).truths(env)


def run_checks(matter: Matter, env: Mapping[str, Value], truths: Truths) -> tuple[Finding, ...]:
    """All findings of the matter, in its order and without their traces; nothing stops at the first."""
    ready = _ready_for(matter)
    found: list[Finding] = []
    place = 0
    for check, passed, not_applicable in ready.checks:
        guard = truths[place]
        if guard is False:
            found.append(not_applicable)
        elif guard is not True:
            found.append(_unknown(check, check.when, matter, env, ready.hidden))
        elif truths[place + 1] is True:
            found.append(passed)
        elif truths[place + 1] is False:
            found.append(_failed(check, env, ready.hidden))
        else:
            found.append(_unknown(check, check.require, matter, env, ready.hidden))
        place += 2
    return tuple(found)


def traced_checks(
    matter: Matter, env: Mapping[str, Value], findings: tuple[Finding, ...], *, passed: bool = True
) -> tuple[Finding, ...]:
    """The findings of `run_checks` with their traces in words; a check that does not apply has none, and without
    `passed` neither has one that passed."""
    hidden = _ready_for(matter).hidden
    silent = ("not_applicable",) if passed else ("not_applicable", "passed")
    told: list[Finding] = []
    for check, finding in zip(matter.precheck, findings, strict=True):
        if finding.result not in silent:
            rule = check.require if test(check.when, env) is True else check.when
            finding = msgspec.structs.replace(finding, trace=_trace(rule, matter, env, hidden))
        told.append(finding)
    return tuple(told)


def _trace(
    rule: Rule, matter: Matter, env: Mapping[str, Value], hidden: frozenset[str], *, brief: bool = False
) -> Trace:
    return evaluate(rule, env, matter.titles, hidden, units=matter.units, brief=brief).trace


def _finding(check: Check, result: str, action: str = "", message: str = "", mend: str = "", to: str = "") -> Finding:
    return Finding(
        check=check.id, title=check.title or check.require.text, result=result, action=action, message=message,
        mend=mend, basis=check.basis, to=to, fields=check.fields,
    )  # fmt: skip


def _failed(check: Check, env: Mapping[str, Value], hidden: frozenset[str]) -> Finding:
    message = fill(check.message, lambda name: words_at(name, env, hidden))
    return _finding(check, "failed", check.on_fail, message, check.mend, check.to)


def _unknown(check: Check, rule: Rule, matter: Matter, env: Mapping[str, Value], hidden: frozenset[str]) -> Finding:
    """Unknown goes to a person, never back to the applicant; an unknown hint has no effect."""
    if any(value_at(path, env) is Missing.PENDING for path in rule.reads):
        return _finding(check, "pending")
    why = in_one(explain(_trace(rule, matter, env, hidden, brief=True)))
    action = "" if check.on_fail == "提示" else "转人工"
    return _finding(check, "unknown", action, UNVERIFIED.replace("{why}", why))


def words_at(path: str, env: Mapping[str, Value], hidden: frozenset[str]) -> str:
    """The value at a path in words; sensitive values are not put into sentences."""
    return "（已保护）" if path in hidden else in_words(value_at(path, env))


class MaterialsResult(msgspec.Struct, frozen=True):
    """Which materials are demanded, which are waived (id → way), and which demanded ones are not there."""

    demanded: tuple[str, ...]
    waived: dict[str, str]
    missing: tuple[str, ...]


def weigh_materials(matter: Matter, truths: Truths, handed_in: frozenset[str]) -> MaterialsResult:
    """Weigh every material: an unknown condition demands it, an unknown waiver does not waive it."""
    demanded: list[str] = []
    waived: dict[str, str] = {}
    for id, place, waivers in _ready_for(matter).needs:
        if truths[place] is False:
            continue
        for waiver, way in waivers:
            if truths[waiver] is True:
                waived[id] = way
                break
        else:
            demanded.append(id)
    return MaterialsResult(tuple(demanded), waived, tuple(name for name in demanded if name not in handed_in))
