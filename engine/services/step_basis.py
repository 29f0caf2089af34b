"""The law of a step: what the checks, materials and limits rest on, and the conditions of granting with what proves
each. Pure."""

from __future__ import annotations

import msgspec

from engine.model.case import Case, Finding
from engine.model.matter import Matter
from engine.stages.workflow import ACCEPT_ROLE, DECIDE_ROLE, open_record, step_of

_ACCEPTING = "《行政许可法》第三十二条"
_DECIDING = "《行政许可法》第三十七条、第三十八条"
_VISITING = "《行政许可法》第三十四条第三款"


class Clause(msgspec.Struct, frozen=True):
    """A clause, and what of this matter rests on it."""

    text: str
    rests: tuple[str, ...]


class Condition(msgspec.Struct, frozen=True):
    """A condition of granting with the findings that prove it. `state`: 已符合 | 不符合 | 未能核验 | 由人核实."""

    text: str
    findings: tuple[Finding, ...]
    state: str


def clauses_of(matter: Matter, case: Case) -> tuple[Clause, ...]:
    """The clauses of the open step, those of the procedure first, each with what rests on it."""
    found: dict[str, list[str]] = {}
    record = open_record(case)
    step = step_of(matter, record.step) if record is not None else None
    if record is not None and not matter.ex_officio:
        if record.role == ACCEPT_ROLE:
            found.setdefault(_ACCEPTING, []).append("受理、不予受理、五日内一次告知补正")
        if record.role == DECIDE_ROLE:
            found.setdefault(_DECIDING, []).append("作出准予或者不予许可的书面决定，不予的说明理由、告知救济")
        if step is not None and step.staff > 1:
            found.setdefault(_VISITING, []).append(f"{record.title}由 {step.staff} 名以上工作人员进行")
    if step is not None and step.publicity is not None and step.publicity.basis:
        found.setdefault(step.publicity.basis, []).append(f"{step.title}的公示")
    for check in matter.precheck:
        if check.basis:
            found.setdefault(check.basis, []).append(f"核对“{check.title or check.id}”")
    for need in matter.materials:
        if need.basis:
            found.setdefault(need.basis, []).append(f"材料“{need.title}”")
    if matter.limits.undecided_basis:
        found.setdefault(matter.limits.undecided_basis, []).append(f"到期不决定的，{matter.limits.undecided}")
    return tuple(Clause(text, tuple(dict.fromkeys(rests))) for text, rests in found.items())


def conditions_of(matter: Matter, case: Case) -> tuple[Condition, ...]:
    """The conditions of granting in the matter's order, each with the findings the matter names for it."""
    findings = {one.check: one for one in (case.assessment.findings if case.assessment is not None else ())}
    made = []
    for text in matter.conditions:
        proving = tuple(
            findings[check.id] for check in matter.precheck if check.condition == text and check.id in findings
        )
        made.append(Condition(text, proving, _state(proving)))
    return tuple(made)


def _state(findings: tuple[Finding, ...]) -> str:
    counted = [one.result for one in findings if one.result != "not_applicable"]
    if "failed" in counted:
        return "不符合"
    if "unknown" in counted or "pending" in counted:
        return "未能核验"
    return "已符合" if counted else "由人核实"
