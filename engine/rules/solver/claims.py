"""What a proof may claim of a matter, and how an example of it is judged again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from engine.model.rule import Rule
from engine.rules.inventory import Path
from engine.rules.solver.bits import Bit
from engine.rules.solver.model import Model, Status, marks
from engine.rules.solver.outcomes import Outcomes

Severity = Literal["error", "warning", "note"]


class Expect(msgspec.Struct, frozen=True):
    """What the engine must say of the example: the `truth` of a rule (true false unknown, or "not …"), or the
    outcome that the table and the pre-check come to, and `by` which row or check."""

    rule: Rule | None = None
    truth: str = "true"
    outcome: str = ""
    by: str = ""


class Claim(msgspec.Struct, frozen=True):
    """One claim: its code, where it belongs, and in words what holds.

    `example` are the conditions an example must fulfil, () where the claim is that none exists; `expects` what the
    engine must find when it judges the example; `reads` the paths to show; `rests` says that the proof is bounded by
    the number of rows.
    """

    code: str
    severity: Severity
    path: Path
    what: str
    next: str = ""
    example: tuple[Any, ...] = ()
    expects: tuple[Expect, ...] = ()
    reads: tuple[str, ...] = ()
    rests: bool = False


class Bench(msgspec.Struct, frozen=True):
    """A model with its outcomes, and the questions that found no answer in time."""

    model: Model
    outcomes: Outcomes
    unanswered: list[Claim]

    def ask(self, path: Path, what: str, *bits: Bit) -> Status:
        """Whether an application can make all of these true; a question without an answer is noted."""
        status = self.model.check(*bits)
        if status == "unknown":
            why = "超过时限" if "timeout" in self.model.reason or "cancel" in self.model.reason else self.model.reason
            words = f"{what}没有得到结论：{why}。"
            self.unanswered.append(Claim("P191", "warning", path, words, "可以把规则拆简单，或用 --timeout 放宽时限。"))
        return status

    def never(self, path: Path, what: str, *bits: Bit) -> bool:
        """Whether it is proved that no application makes all of these true."""
        return self.ask(path, what, *bits) == "unsat"

    def can(self, path: Path, what: str, *bits: Bit) -> bool:
        """Whether some application makes all of these true."""
        return self.ask(path, what, *bits) == "sat"

    def rests(self, *bits: Bit) -> bool:
        """Whether a proof that these are impossible holds only for lists up to the bound.

        What is approximated leaves such a proof whole.
        """
        return "[" in marks(*bits) and "[" in marks(*self.model.core(*bits))


def shared(*rules: tuple[Rule, ...]) -> bool:
    """Whether every two groups of rules read a path in common."""
    reads = [{path for rule in group for path in rule.reads} for group in rules]
    return bool(set.intersection(*reads))


def reads(*rules: Rule) -> tuple[str, ...]:
    """The paths that rules read, each once."""
    return tuple(dict.fromkeys(path for rule in rules for path in rule.reads))


def atoms(logic: Any) -> Iterator[Any]:
    """The judgements that a rule joins by 且, 或 and 非, those inside 所有 and 存在 left out."""
    if isinstance(logic, dict):
        name, given = next(iter(logic.items()))
        if name in ("and", "or", "!"):
            for part in given:
                yield from atoms(part)
        else:
            yield logic
