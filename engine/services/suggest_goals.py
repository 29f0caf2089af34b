"""What the tests of a matter do not show yet: each missing thing is a goal, and a scene closes some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from engine.model.matter import Matter
from engine.rules import inventory as kinds
from engine.rules.conditions import Judgement
from engine.rules.coverage import MEASURED, Recorder, impossible_side
from engine.rules.edges import Edge, edges
from engine.rules.inventory import Entry
from engine.rules.mutation import Mutant
from engine.services.matter_coverage import notices, survivors
from engine.services.matter_tests import Outcome, Scene, scene

_RESULTS = {"passed": "通过", "failed": "未通过", "unknown": "未能核实", "not_applicable": "不适用"}
RESULTS = {words: result for result, words in _RESULTS.items()}
_SIDES = {True: "真", False: "假"}


class Goal(msgspec.Struct, frozen=True):
    """One missing thing. `what`: row | finding | atom | alone | edge | mutant.

    `path` leads to the rule it is about; `text` is the condition, bound or change in words; `side` the result, side
    of the bound or truth (真, 假) asked for; `reads` the paths that may bring it about, the rule's own first. `place`
    and `level` find an atom in its rule.
    """

    what: str
    path: kinds.Path
    text: str
    side: str
    title: str
    reads: tuple[str, ...] = ()
    place: int = -1
    level: int = 0

    @property
    def words(self) -> str:
        """What a test shows that closes it."""
        match self.what:
            case "row":
                return f"命中裁决行“{self.title}”"
            case "finding":
                return f"核对“{self.title}”{self.side}"
            case "atom":
                return f"“{self.text}”为{self.side}"
            case "alone":
                return f"只因“{self.text}”为{self.side}而定"
            case "edge":
                return self.text
            case _:
                return f"看得出“{self.title}”的改动：{self.text}"


class Shown:
    """What the tests so far have shown of one matter; a fork tells what one more would."""

    def __init__(self, matter: Matter, calendar: Mapping[str, str]) -> None:
        self.matter, self._calendar = matter, calendar
        self.recorder = Recorder(matter)
        self.edges: tuple[Edge, ...] = edges(matter)
        self._sides: set[tuple[kinds.Path, str, str]] = set()
        self.mutants: tuple[Mutant, ...] = ()
        self.reached: dict[str, frozenset[kinds.Path]] = {}

    def survive(self, outcomes: Sequence[Outcome]) -> None:
        """Take up the mutants that these outcomes do not notice."""
        self.mutants = survivors(self.matter, outcomes, self._calendar)

    def fork(self) -> Shown:
        """A copy that goes on by itself."""
        made = Shown.__new__(Shown)
        made.matter, made._calendar, made.edges = self.matter, self._calendar, self.edges
        made.recorder, made._sides, made.mutants = self.recorder.fork(), set(self._sides), self.mutants
        made.reached = dict(self.reached)
        return made

    def add(self, outcome: Outcome, ready: Scene | None = None) -> None:
        """Take in one scene that was judged."""
        if outcome.assessment is None:
            return
        reached = self.recorder.record(outcome.test.name, outcome.names, outcome.assessment)
        self.reached[outcome.test.name] = reached
        for edge in self.edges:
            if edge.entry.path in reached and (side := edge.side(outcome.names)):
                self._sides.add((edge.entry.path, edge.text, side))
        if self.mutants:
            ready = ready or scene(self.matter, outcome.test)
            self.mutants = tuple(one for one in self.mutants if not notices(one, ready, outcome, self._calendar))

    def closes(self, goal: Goal, outcome: Outcome, ready: Scene) -> bool:
        """Whether a scene that was judged closes a goal that is open."""
        found = outcome.assessment
        if found is None:
            return False
        place = int(goal.path[1]) if goal.what in ("row", "finding") else -1
        if goal.what == "row":
            return found.rows[place].result == "matched"
        if goal.what == "finding":
            return any(
                one.check == self.matter.precheck[place].id and _RESULTS.get(one.result) == goal.side
                for one in found.findings
            )
        if goal.what == "mutant":
            of = (one for one in self.mutants if one.path == goal.path and one.change == goal.text)
            return any(notices(one, ready, outcome, self._calendar) for one in of)
        return self._reached_closes(goal, outcome)

    def _reached_closes(self, goal: Goal, outcome: Outcome) -> bool:
        assert outcome.assessment is not None
        fork = self.recorder.fork()
        reached = fork.record(outcome.test.name, outcome.names, outcome.assessment)
        if goal.path not in reached:
            return False
        if goal.what == "edge":
            of = (one for one in self.edges if one.entry.path == goal.path and one.words(goal.side) == goal.text)
            return any(one.side(outcome.names) == goal.side for one in of)
        judgement = next(one for entry, one in fork.rules if entry.path == goal.path)
        one = list(judgement.within())[goal.level]
        truth = goal.side == _SIDES[True]
        return bool(one.first(goal.place, truth)) if goal.what == "atom" else truth in one.decided(goal.place)

    def missing(self) -> tuple[Goal, ...]:
        """The goals still open, the plainest first."""
        return (*self._results(), *self._atoms(), *self._edges(), *self._mutants())

    def _results(self) -> Iterator[Goal]:
        covered = self.recorder.coverage()
        reads = {entry.path: entry.rule.reads for entry, _ in self.recorder.rules}
        for row, of in zip(covered.rows, self.matter.decide, strict=True):
            if row.share.done < row.share.of:
                yield Goal("row", (*row.path, "when"), "", "", of.reason or of.id, reads.get((*row.path, "when"), ()))
        for check, one in zip(covered.checks, self.matter.precheck, strict=True):
            for result in check.wanted:
                if result not in check.seen:
                    path: kinds.Path = (*check.path, "when" if result == "not_applicable" else "require")
                    paths = (*one.require.reads, *one.when.reads)
                    yield Goal("finding", path, "", _RESULTS[result], one.title or one.id, paths)

    def _atoms(self) -> Iterator[Goal]:
        agreed = frozenset(one.id for one in self.matter.fields() if one.kind == "承诺")
        for entry, judgement in self.recorder.rules:
            for level, one in enumerate(judgement.within()):
                for place, atom in enumerate(one.atoms):
                    barred = impossible_side(atom.logic, agreed)
                    yield from self._of_atom(entry, one, place, level, barred)

    def _of_atom(self, entry: Entry, one: Judgement, place: int, level: int, barred: str) -> Iterator[Goal]:
        atom = one.atoms[place]
        lacking = [("atom", truth) for truth in _SIDES if str(truth).lower() != barred and not one.first(place, truth)]
        if entry.kind in MEASURED and not barred:
            decided = one.decided(place)
            lacking += [("alone", truth) for truth in _SIDES if truth not in decided]
        for what, truth in lacking:
            reads = self._leading(entry)
            yield Goal(what, entry.path, atom.text, _SIDES[truth], entry.title, reads, place, level)

    def _leading(self, entry: Entry) -> tuple[str, ...]:
        """What a rule reads, and what decides whether it is come to: its guard, rows above, what shows its fields."""
        path, matter = entry.path, self.matter
        rules = [entry.rule]
        if entry.kind == kinds.CHECK:
            rules.append(matter.precheck[int(path[1])].when)
        elif entry.kind == kinds.WAIVER:
            rules.append(matter.materials[int(path[1])].when)
        elif entry.kind == kinds.ROW:
            rules += [row.when for row in matter.decide[: int(path[1])]]
        reads = [name for rule in rules for name in rule.reads]
        heads = {name.partition(".")[0] for name in reads}
        for group in matter.groups:
            for field in group.fields:
                if field.id in heads:
                    reads += [name for rule in (field.when, group.when) if rule is not None for name in rule.reads]
        return tuple(dict.fromkeys(reads))

    def _edges(self) -> Iterator[Goal]:
        for edge in self.edges:
            for side in edge.sides:
                if (edge.entry.path, edge.text, side) not in self._sides:
                    reads = self._leading(edge.entry)
                    yield Goal("edge", edge.entry.path, edge.words(side), side, edge.entry.title, reads)

    def _mutants(self) -> Iterator[Goal]:
        for one in self.mutants:
            rules = [rule for rule in (one.before, one.after) if rule is not None]
            own = [entry for entry in kinds.entries(self.matter) if entry.path[: len(one.path)] == one.path]
            beside = [name for entry in own for name in self._leading(entry)]
            reads = tuple(dict.fromkeys((*(name for rule in rules for name in rule.reads), *beside)))
            yield Goal("mutant", one.path, f"{one.change}", "", f"{one.kind} {one.id}", reads)
