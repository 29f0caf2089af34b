"""Who is sent to a visit, and how a panel of experts stands. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

import msgspec

from engine.model.case import Case
from engine.model.commands import FinishStep
from engine.model.fieldwork import AGAINST, FAILED, FOR, GIVEN, PASSED, RECUSED, Panel, Visit
from engine.model.route import AVERAGE, MAJORITY, Experts, Step
from engine.model.values import Json

LEAST_INSPECTORS = 2


class Tally(msgspec.Struct, frozen=True):
    """How a panel stands. `average` has two places ("" where nothing is scored); `passed` is None before the quorum."""

    invited: int
    recused: int
    given: int
    agree: int
    against: int
    average: str
    reached: bool
    passed: bool | None

    @property
    def result(self) -> str:
        """通过 or 不通过; "" before the quorum."""
        return "" if self.passed is None else PASSED if self.passed else FAILED

    @property
    def words(self) -> str:
        """The sum in one sentence, as the secretary closes the step with it."""
        parts = [f"应邀专家 {self.invited} 人，回避 {self.recused} 人，提交意见 {self.given} 份"]
        parts.append(f"同意 {self.agree} 票，不同意 {self.against} 票")
        if self.average:
            parts.append(f"平均分 {self.average}")
        return "；".join(parts) + (f"。评审结果：{self.result}。" if self.result else "。")


def visit_of(case: Case, task: str) -> Visit | None:
    """The visit planned for a task."""
    return next((one for one in case.visits if one.task == task), None)


def panel_of(case: Case, task: str) -> Panel | None:
    """The panel of a task."""
    return next((one for one in case.panels if one.task == task), None)


def not_sent(case: Case, task: str, person: str) -> str:
    """Why somebody may not do the step of a task: a visit is planned and others are sent; "" when they may."""
    visit = visit_of(case, task)
    if visit is None or any(one.id == person for one in visit.inspectors):
        return ""
    return f"本次现场核查由{'、'.join(one.name for one in visit.inspectors)}办理。"


def experts_wanted(step: Step, case: Case, task: str) -> str:
    """Why a step with experts may not be closed yet; "" when it may, or has none."""
    if step.experts is None:
        return ""
    stand = tally(step.experts, panel_of(case, task))
    return "" if stand.reached else f"专家已提交意见 {stand.given} 份，未达到 {step.experts.quorum} 份。"


def seen_on_site(case: Case, command: object) -> dict[str, Json]:
    """What an inspector's signature under a step covers beside the command: the record as it is kept, the digests of
    its photos, and what the inspected did with it; {} for anything else."""
    if not isinstance(command, FinishStep):
        return {}
    record = next((one for one in reversed(case.steps) if not one.finished_at and one.step == command.step), None)
    visit = visit_of(case, f"{record.step}-{record.round}") if record is not None else None
    if record is None or visit is None:
        return {}
    said = visit.attest
    return {"visit": {
        "record": dict(record.answers), "photos": [one.digest for one in visit.photos],
        "inspectors": [f"{one.name} {one.number}" for one in visit.inspectors],
        "attest": [said.kind, said.name, said.at, said.picture.digest if said.picture else ""] if said else [],
    }}  # fmt: skip


def recused(case: Case, person: str) -> bool:
    """Whether somebody has recused from a panel of the case."""
    return any(one.id == person and one.state == RECUSED for panel in case.panels for one in panel.experts)


def tally(experts: Experts, panel: Panel | None) -> Tally:
    """Count a panel: whoever recused counts out, only opinions that were given count."""
    people = panel.experts if panel is not None else ()
    given = [one for one in people if one.state == GIVEN]
    agree = sum(one.vote == FOR for one in given)
    against = sum(one.vote == AGAINST for one in given)
    scores = [_score(one.answers.get(experts.score)) for one in given] if experts.score else []
    mean = sum(scores, Fraction(0)) / len(scores) if scores else None
    reached = len(given) >= experts.quorum
    return Tally(
        invited=len(people), recused=sum(one.state == RECUSED for one in people), given=len(given), agree=agree,
        against=against, average=_two_places(mean), reached=reached,
        passed=_passes(experts, len(given), agree, mean) if reached else None,
    )  # fmt: skip


def _passes(experts: Experts, given: int, agree: int, mean: Fraction | None) -> bool:
    if experts.passes == AVERAGE:
        return mean is not None and mean >= Fraction(experts.least)
    if experts.passes == MAJORITY:
        return agree * 2 > given
    return agree * 3 >= given * 2


def _score(value: object) -> Fraction:
    try:
        return Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError):
        return Fraction(0)


def _two_places(mean: Fraction | None) -> str:
    if mean is None:
        return ""
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
