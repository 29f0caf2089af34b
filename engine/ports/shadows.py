"""Where drafts that run beside the live version are kept, with what they would have said of each case."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Shadow(msgspec.Struct, frozen=True):
    """A draft of a matter beside its live version. `hash` is the draft's, `live` that of the version it began beside.

    `until` is the last ISO day it runs, "" without end. `state`: running | stopped | published | expired.
    """

    id: str
    matter: str
    hash: str
    live: str
    started_at: str
    started_by: str
    until: str = ""
    state: str = "running"
    ended_at: str = ""
    ended_by: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """What one version said: outcome, by which row or check, and the checks that failed or could not be answered."""

    outcome: str = ""
    by: str = ""
    findings: tuple[str, ...] = ()


class ShadowResult(msgspec.Struct, frozen=True):
    """Live and draft on one case. `state`: agreed | differed | failed (then `error` says why).

    `lacking` names in words what the draft asks for and the live version never asked: it was judged without.
    `version` is the hash of the live version the case was filed under.
    """

    shadow: str
    case: str
    number: str
    at: str
    state: str
    live: Verdict = Verdict()
    draft: Verdict = Verdict()
    lacking: tuple[str, ...] = ()
    error: str = ""
    version: str = ""


class Flip(msgspec.Struct, frozen=True):
    """How often a live verdict became another one under the draft, with the newest case numbers."""

    live: Verdict
    draft: Verdict
    count: int
    examples: tuple[str, ...] = ()


class ShadowStore(Protocol):
    """Shadows and their results. No answer of an applicant is kept here."""

    def start(self, shadow: Shadow) -> bool:
        """Begin; False when another one runs beside this matter."""
        ...

    def get(self, id: str) -> Shadow | None:
        """One shadow."""
        ...

    def running(self) -> tuple[Shadow, ...]:
        """All that run, by matter."""
        ...

    def list(self, matter: str = "") -> tuple[Shadow, ...]:
        """All, or those of one matter, newest first."""
        ...

    def end(self, id: str, state: str, *, at: str, by: str) -> bool:
        """End it; False when it had ended."""
        ...

    def record(self, result: ShadowResult) -> bool:
        """Keep a result; False when the case has one."""
        ...

    def counts(self, shadow: str) -> dict[str, int]:
        """How many results are in each state."""
        ...

    def results(self, shadow: str, state: str, limit: int) -> tuple[ShadowResult, ...]:
        """Results in a state, newest first."""
        ...

    def flips(self, shadow: str, examples: int) -> tuple[Flip, ...]:
        """Differences by the two verdicts' outcome and rule, the most frequent first."""
        ...
