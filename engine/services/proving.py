"""Proving a matter: the solver's claims, each example judged again by the engine before it is told as a fact.

z3 is loaded by the first proof, not by importing this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from engine.matters import proof_codes
from engine.matters.catalogue import Catalogue
from engine.matters.scopes import scope_of
from engine.matters.tests_file import MatterTest
from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.model.values import Json, Missing, Value, value_at
from engine.model.wording import in_words
from engine.rules.evaluator import test as truth_of
from engine.rules.inventory import Path
from engine.services.matter_tests import form_faults, judge_scene, scene

if TYPE_CHECKING:
    from engine.rules.solver import Example
    from engine.rules.solver.claims import Claim, Expect
    from engine.rules.solver.model import Model

assert proof_codes
TIMEOUT = 500
_BLANK = {"empty": "（空）", "not_applicable": "（不适用）", "pending": "（待填）"}


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing a proof found. `severity`: error | warning | note; `path` leads to the rule in the matter.

    `example` are lines “title：value” of an application for which it is so, judged by the engine; `test` is that
    application as a test, to be written beside the matter. `bounds` says what the proof is bounded by.
    """

    code: str
    severity: str
    path: Path
    what: str
    next: str = ""
    example: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    test: MatterTest | None = None


def prove(
    catalogue: Catalogue, matter: Matter, day: date, near: MatterTest | None = None, *, timeout: int = TIMEOUT
) -> tuple[Finding, ...]:
    """Everything a proof finds in a matter as it is judged on a day; `near` is an application that passes.

    Examples are like `near`, so that they read well; `timeout` bounds one question in milliseconds.
    """
    from engine.rules.solver.model import Model
    from engine.rules.solver.prover import claims_of

    reference = catalogue.reference
    model = Model(matter, scope_of(matter, reference), day, calendar=reference.calendar, timeout=timeout)
    prover = _Prover(catalogue, matter, day, model)
    found = []
    for claim in claims_of(model):
        if not claim.example:
            found.append(prover.told(claim))
            continue
        made = model.witness(*claim.example, near=example_of(near, matter) if near is not None else None)
        if made.example is None:
            found.append(prover.unconfirmed(claim, f"没有找到完整的例子（{made.reason or made.status}）"))
        else:
            found.append(prover.replayed(claim, made.example))
    return tuple(sorted(found, key=lambda one: ("error warning note".index(one.severity), one.code)))


def example_of(test: MatterTest, matter: Matter) -> Example:
    """The application of a test, in the shape of the solver's examples."""
    from engine.rules.solver.example import UNAVAILABLE, Example

    facts = {need.key: test.facts.get(need.key, UNAVAILABLE) for need in matter.facts}
    return Example(test.answers, facts, test.applicant, test.original, test.materials, test.confirmations)


def as_test(example: Example, matter: Matter, day: date, name: str) -> MatterTest:
    """An example as a test whose expectation a person still has to confirm."""
    applicant: dict[str, Json] = {"kind": "法人", "code": "", "name": "", "level": 3, "authority": "", "agent": ""}
    return MatterTest(
        name=name, matter=matter.id, file="", line=0, at=day.isoformat(), applicant={**applicant, **example.applicant},
        answers=example.answers, expect={}, facts=example.facts, materials=example.materials,
        original=example.original, unconfirmed=True, confirmations=example.confirmations,
    )  # fmt: skip


class _Prover:
    def __init__(self, catalogue: Catalogue, matter: Matter, day: date, model: Model) -> None:
        self._calendar, self._matter, self._day, self._model = catalogue.reference.calendar, matter, day, model

    def told(self, claim: Claim) -> Finding:
        """A claim that no application exists: a proof, needing no example."""
        loose = claim.rests and not self._model.wide_enough and claim.severity == "error"
        severity = "warning" if loose else claim.severity
        return Finding(claim.code, severity, claim.path, claim.what, claim.next, bounds=self._bounds(claim))

    def _bounds(self, claim: Claim) -> tuple[str, ...]:
        return (f"清单按最多 {self._model.free.rows} 行",) if claim.rests else ()

    def unconfirmed(self, claim: Claim, why: str) -> Finding:
        """A claim whose example the engine does not confirm; never told as a fact."""
        what = f"未能确认：{claim.what}（{claim.code}）{why}。"
        severity = "note" if claim.severity == "note" else "warning"
        return Finding("P192", severity, claim.path, what, "请照例子手工核对。", bounds=self._bounds(claim))

    def replayed(self, claim: Claim, example: Example) -> Finding:
        """A claim with its example judged by the engine."""
        test = as_test(example, self._matter, self._day, f"证明 {claim.code} {_short(claim.what)}")
        made = scene(self._matter, test)
        assessment, names = judge_scene(made, self._calendar)
        if assessment.missing:  # materials that no rule reads are free: hand them in
            test = msgspec.structs.replace(test, materials=(*test.materials, *assessment.missing))
            made = scene(self._matter, test)
            assessment, names = judge_scene(made, self._calendar)
        shown = self._words(claim, test, names)
        faults = form_faults(made, self._calendar)
        if faults:
            return msgspec.structs.replace(
                self.unconfirmed(claim, f"例子的表单不能提交：{faults[0]}"), example=shown
            )
        if not all(_met(expect, assessment, names) for expect in claim.expects):
            reason = f"引擎判定为 {assessment.outcome}（{assessment.by}）"
            return msgspec.structs.replace(self.unconfirmed(claim, f"例子不成立，{reason}"), example=shown)
        lines = (*shown, f"引擎的结论：{assessment.outcome}（{assessment.by}）")
        return Finding(claim.code, claim.severity, claim.path, claim.what, claim.next, lines, self._bounds(claim), test)

    def _words(self, claim: Claim, test: MatterTest, names: Mapping[str, Value]) -> tuple[str, ...]:
        """What the claim is about, title by title; values that may not be shown are covered."""
        lines = []
        for path in claim.reads:
            head = path.partition(".")[0]
            above = path.rpartition(".")[0]
            if head in ("code", "calendar") or isinstance(value_at(above, names) if above else None, tuple):
                continue  # lists of codes say nothing; a column is shown with its rows
            hidden = any(f"{path}.".startswith(f"{one}.") for one in self._matter.sensitive)
            words = "（已保护）" if hidden else said(value_at(path, names))
            lines.append(f"{self._matter.titles.get(path, path)}：{words}")
        return tuple(dict.fromkeys(lines))


def said(value: Value) -> str:
    """A value in the words of an example."""
    if isinstance(value, Missing):
        return _BLANK[value.value]
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        lines = (" ".join(said(cell) for cell in row.values()) for row in value if isinstance(row, Mapping))
        return f"{len(value)} 行（{'；'.join(lines)}）"
    return in_words(value) or "（空）"


def _short(what: str) -> str:
    return what.rstrip("。")[:60]


def _met(expect: Expect, assessment: Assessment, names: Mapping[str, Value]) -> bool:
    """Whether the engine finds what a claim expects."""
    if expect.outcome and assessment.outcome != expect.outcome:
        return False
    if expect.by and (assessment.by == expect.by.lstrip("≠")) is expect.by.startswith("≠"):
        return False
    if expect.rule is None:
        return True
    verdict: dict[str, Any] = {
        "instant": assessment.outcome == "秒批",
        "manual": assessment.outcome == "转人工",
    }
    judged = truth_of(expect.rule, {**names, "outcome": verdict})
    truth = "true" if judged is True else "false" if judged is False else "unknown"
    denied = expect.truth.startswith("not ")
    return (truth == expect.truth.removeprefix("not ")) is not denied

