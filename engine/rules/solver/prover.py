"""All claims of one matter, in the order of their places."""

from __future__ import annotations

from engine.rules.solver import about_checks, about_rows
from engine.rules.solver.claims import Bench, Claim
from engine.rules.solver.model import Model
from engine.rules.solver.outcomes import Outcomes


def claims_of(model: Model) -> tuple[Claim, ...]:
    """Every claim of the model's matter, and the questions that found no answer."""
    bench = Bench(model, Outcomes(model), [])
    found = [*about_rows.claims(bench), *about_checks.claims(bench)]
    return (*found, *{(one.path, one.what): one for one in bench.unanswered}.values())
