"""Coverage of a matter by its tests: rows matched, results of each check, atoms both ways, MC/DC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from engine.model.case import Assessment
from engine.model.matter import Check, Matter
from engine.model.values import Json
from engine.rules import inventory as kinds
from engine.rules.conditions import Judgement, take_apart
from engine.rules.inventory import Entry, entries

PASSED, FAILED, UNKNOWN, SKIPPED = "passed", "failed", "unknown", "not_applicable"
MEASURED = (kinds.ROW, kinds.CHECK, kinds.GUARD)  # where MC/DC is asked for
FIGURES = {"rows": "裁决行", "findings": "核对结果", "atoms": "条件真假", "mcdc": "MC/DC"}
ASKED = {**FIGURES, "mutants": "变异"}  # what a test file may ask a percentage of
_TO_PEOPLE = ("转人工", "建议不予受理")


class Share(msgspec.Struct, frozen=True):
    """So many of so many."""

    done: int
    of: int

    @property
    def percent(self) -> float:
        """In percent, one place, never rounded up to 100; nothing to do is done."""
        return 100.0 if self.done >= self.of else int(1000 * self.done / self.of) / 10

    def __add__(self, other: Share) -> Share:
        return Share(self.done + other.done, self.of + other.of)


class AtomCoverage(msgspec.Struct, frozen=True):
    """One atomic condition: the first test in which it was true, false, unknown ("" for none).

    `pair` are the tests that show its independent effect, the one where it is true first; `unique` whether no other
    condition differed between them. `impossible` is "true" or "false" where no application can have that side: a
    statement (承诺) is agreed to or blank, never refused; such a side is not asked for, nor is a pair. "alone" asks for
    both sides but no pair: it is proved that the condition never decides alone.
    """

    text: str
    true: str
    false: str
    unknown: str = ""
    pair: tuple[str, str] | None = None
    unique: bool = False
    impossible: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The sides asked for that no test has."""
        sides = (("true", self.true), ("false", self.false))
        return tuple(side for side, seen in sides if not seen and side != self.impossible)


class RuleCoverage(msgspec.Struct, frozen=True):
    """One judgement with its atoms; `measured` where MC/DC is asked for."""

    kind: str
    id: str
    title: str
    text: str
    path: kinds.Path
    measured: bool
    atoms: tuple[AtomCoverage, ...]


class ResultsCoverage(msgspec.Struct, frozen=True):
    """A decide row or check: the results asked for, and the first test that gave each result seen."""

    id: str
    title: str
    path: kinds.Path
    wanted: tuple[str, ...]
    seen: dict[str, str]

    @property
    def share(self) -> Share:
        """How many of the wanted results were seen."""
        return Share(sum(result in self.seen for result in self.wanted), len(self.wanted))


class MatterCoverage(msgspec.Struct, frozen=True):
    """What the tests of one matter reached."""

    matter: str
    title: str
    tests: int
    rows: tuple[ResultsCoverage, ...]
    checks: tuple[ResultsCoverage, ...]
    rules: tuple[RuleCoverage, ...]

    def figures(self) -> dict[str, Share]:
        """rows, findings, atoms (each counts twice: true, false) and mcdc."""
        none = Share(0, 0)
        atoms = [atom for rule in self.rules for atom in rule.atoms]
        measured = [atom for rule in self.rules if rule.measured for atom in rule.atoms if not atom.impossible]
        sides = sum(1 if atom.impossible in ("true", "false") else 2 for atom in atoms)
        return {
            "rows": sum((row.share for row in self.rows), none),
            "findings": sum((check.share for check in self.checks), none),
            "atoms": Share(sides - sum(len(atom.missing) for atom in atoms), sides),
            "mcdc": Share(sum(atom.pair is not None for atom in measured), len(measured)),
        }

    def below(self, least: Mapping[str, float]) -> dict[str, Share]:
        """The figures that are less than the percentage asked of them; figures not named are not asked."""
        return {key: share for key, share in self.figures().items() if share.percent < least.get(key, 0.0)}


class Recorder:
    """Watches the tests of one matter. It evaluates the rules again, atom by atom, and changes no result."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter
        self._rules: tuple[tuple[Entry, Judgement], ...] = tuple(
            (entry, take_apart(entry.rule.logic, matter.titles)) for entry in entries(matter)
        )
        self._rows: dict[str, dict[str, str]] = {row.id: {} for row in matter.decide}
        self._checks: dict[str, dict[str, str]] = {check.id: {} for check in matter.precheck}
        self._tests = 0

    def fork(self) -> Recorder:
        """A copy that goes on by itself, to see what one more test would add."""
        made = Recorder.__new__(Recorder)
        made.matter, made._tests = self.matter, self._tests
        made._rules = tuple((entry, judgement.fork()) for entry, judgement in self._rules)
        made._rows = {id: dict(seen) for id, seen in self._rows.items()}
        made._checks = {id: dict(seen) for id, seen in self._checks.items()}
        return made

    @property
    def rules(self) -> tuple[tuple[Entry, Judgement], ...]:
        """The judgements of the matter with what they have given so far."""
        return self._rules

    def record(self, scene: str, names: Mapping[str, Any], assessment: Assessment) -> frozenset[kinds.Path]:
        """Keep what one test reached; `scene` is its name, `names` what its rules read. The paths of the rules reached.
        """
        self._tests += 1
        for row in assessment.rows:
            self._rows[row.row].setdefault(row.result, scene)
        for finding in assessment.findings:
            self._checks[finding.check].setdefault(finding.result, scene)
        gave: dict[kinds.Path, bool | None] = {}
        for entry, judgement in self._rules:
            if self._reached(entry, assessment, gave):
                gave[entry.path] = judgement.record(names, scene)
        return frozenset(gave)

    def _reached(self, entry: Entry, assessment: Assessment, gave: Mapping[kinds.Path, bool | None]) -> bool:
        """Whether the pipeline came to this rule: a rule behind a closed guard is not exercised by a test."""
        path = entry.path
        if entry.kind == kinds.ROW:
            return any(row.row == entry.id and row.result != "not_reached" for row in assessment.rows)
        if entry.kind == kinds.CHECK:
            return gave.get((*path[:2], "when"), True) is True
        if entry.kind == kinds.WAIVER:
            earlier = [gave.get((*path[:3], place, "when")) for place in range(int(path[3]))]
            return gave.get((*path[:2], "when"), True) is not False and True not in earlier
        if entry.kind == kinds.STEP:
            return assessment.outcome in _TO_PEOPLE
        if entry.kind == kinds.DUTY:
            return assessment.outcome in ("秒批", "转人工")
        return entry.kind != kinds.FIELD or gave.get((*path[:2], "when"), True) is not False

    def coverage(self) -> MatterCoverage:
        """What has been reached so far."""
        matter = self.matter
        agreed = frozenset(one.id for one in matter.fields() if one.kind == "承诺")
        return MatterCoverage(
            matter=matter.id,
            title=matter.title,
            tests=self._tests,
            rows=tuple(
                ResultsCoverage(row.id, row.reason, ("decide", place), ("matched",), self._rows[row.id])
                for place, row in enumerate(matter.decide)
            ),
            checks=tuple(
                ResultsCoverage(one.id, one.title, ("precheck", place), _wanted(one, matter), self._checks[one.id])
                for place, one in enumerate(matter.precheck)
            ),
            rules=tuple(
                RuleCoverage(
                    entry.kind, entry.id, entry.title, judgement.text, entry.path, entry.kind in MEASURED,
                    tuple(_atoms(judgement, agreed)),
                )
                for entry, judgement in self._rules
            ),
        )  # fmt: skip


def _atoms(judgement: Judgement, agreed: frozenset[str]) -> Iterator[AtomCoverage]:
    for one in judgement.within():
        for place, atom in enumerate(one.atoms):
            pair = one.pair(place)
            yield AtomCoverage(
                atom.text, one.first(place, True), one.first(place, False), one.first(place, None),
                (pair[0], pair[1]) if pair else None, pair[2] if pair else False, impossible_side(atom.logic, agreed),
            )  # fmt: skip


def impossible_side(logic: Json, agreed: frozenset[str]) -> str:
    """The side ("true", "false") that no answer can give a condition on a statement; "" for any other condition."""
    for name, side in (("==", "false"), ("!=", "true")):
        if any(logic == {name: [{"var": id}, True]} for id in agreed):
            return side
    return ""


def _wanted(check: Check, matter: Matter) -> tuple[str, ...]:
    """Unknown is asked for only where a fact or an optional answer is read: everything else always has a value."""
    open_names = {need.key for need in matter.facts} | {one.id for one in matter.fields() if not one.required}
    reads = (*check.require.reads, *check.when.reads)
    unknown = any(path.partition(".")[0] in open_names for path in reads) and not _always_known(check)
    guarded = not isinstance(check.when.logic, bool)
    return (PASSED, FAILED, *((UNKNOWN,) if unknown else ()), *((SKIPPED,) if guarded else ()))


def _always_known(check: Check) -> bool:
    """Whether the check only asks if a fact was got, which is never unknown."""
    return all(isinstance(one.logic, bool) or "unavailable" in one.logic for one in (check.require, check.when))
