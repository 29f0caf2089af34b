"""Suggesting tests: scenes that show what the tests of a matter do not show yet, few and small ones.

Every scene is judged by the production pipeline before it is suggested; what it is said to show, it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Protocol

import msgspec

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_writer import WrittenTest
from engine.matters.tests_file import MatterTest, TestsFile
from engine.services.matter_coverage import counted, taken_as_expected
from engine.services.matter_tests import Outcome, run_tests, scene
from engine.services.suggest_goals import Goal, Shown
from engine.services.suggest_scenes import put, reduced, repaired
from engine.services.suggest_values import alternatives

TRIES = 1500  # scenes judged for one goal before it is given up
_SEEDS = 12
_FURTHER = 60  # scenes judged beyond one that closes the goal but cannot be filed
_SHORT = 60
_TRIED = f"试过 {TRIES} 份申请都没有出现：可能被别的核对拦住，或与其他条件总是同真同假。"
_BEYOND = "超过了 --limit。"


class Oracle(Protocol):
    """What knows more of applications than the scenes at hand: the solver."""

    def barred(self, goal: Goal, shown: Shown) -> str:
        """Why no application closes a goal; "" when one may."""
        ...

    def witness(self, goal: Goal, shown: Shown) -> Iterator[MatterTest]:
        """Applications that may close it."""
        ...


class Suggestion(msgspec.Struct, frozen=True):
    """A test worth having, its expectation still to be confirmed, and what it shows that no test shows yet."""

    test: MatterTest
    shows: tuple[Goal, ...]

    @property
    def written(self) -> WrittenTest:
        """As a test of the file; a comment tells what it shows beside what its name says."""
        words = dict.fromkeys(goal.words for goal in self.shows)
        return WrittenTest(self.test, "\n".join(f"又显示：{one}" for one in list(words)[1:]))


class Suggestions(msgspec.Struct, frozen=True):
    """What is suggested, and the goals left open, each with the reason in words."""

    found: tuple[Suggestion, ...]
    left: tuple[tuple[Goal, str], ...]


class Search:
    """The search for one matter: what its tests show so far, and where new scenes are taken from."""

    def __init__(self, catalogue: Catalogue, matter: str, tests: TestsFile, oracle: Oracle | None = None) -> None:
        self.catalogue, self.matter = catalogue, catalogue.matters[matter]
        self.calendar = catalogue.reference.calendar
        outcomes = list(run_tests(catalogue, tests.tests))
        if tests.base is None or not outcomes:
            raise ZhunyuError("A003", "测试文件里还没有一份可用的申请。", "请先写出 given 和至少一个测试。", status=404)
        self.base = tests.base
        self.donors = tuple(tests.tests)
        self.oracle = oracle
        self.shown = Shown(self.matter, self.calendar)
        for outcome in counted(catalogue, outcomes, unconfirmed=True):
            self.shown.add(outcome)
        self.shown.survive(counted(catalogue, outcomes, unconfirmed=True))
        self.seeds = (self._judged(tests.base), *outcomes)

    def run(self, limit: int) -> Suggestions:
        """Up to so many suggestions; the rest is left."""
        made: list[Suggestion] = []
        given_up: dict[Goal, str] = {}
        while len(made) < limit:
            goal = next((one for one in self.shown.missing() if one not in given_up), None)
            if goal is None:
                break
            barred = self.oracle.barred(goal, self.shown) if self.oracle is not None else ""
            found = None if barred else self._closing(goal)
            if found is None:
                given_up[goal] = barred or _TRIED
                continue
            test = reduced(found.test, self.base, partial(self._shows, goal, _filed(found)))
            outcome = self._closes(goal, test)
            assert outcome is not None
            before, after = self.shown.missing(), self._after(outcome)
            still = set(after.missing())
            closed = tuple(one for one in before if one not in still)
            named = msgspec.structs.replace(test, name=_name(closed), unconfirmed=True, expect={})
            made.append(Suggestion(named, closed))
            self.shown = after
        left = tuple((one, given_up.get(one, _BEYOND)) for one in self.shown.missing())
        return Suggestions(tuple(made), left)

    def _closing(self, goal: Goal) -> Outcome | None:
        """A judged scene that closes the goal, best one that can be filed: from scenes at hand, else of the oracle."""
        candidates = islice(self._candidates(goal), TRIES)
        first = next((one for test in candidates if (one := self._closes(goal, test)) is not None), None)
        if first is None:
            return self._foretold(goal)
        others = (self._closes(goal, test) for test in islice(candidates, 0 if _filed(first) else _FURTHER))
        return next((one for one in others if one is not None and _filed(one)), first)

    def _foretold(self, goal: Goal) -> Outcome | None:
        for test in self.oracle.witness(goal, self.shown) if self.oracle is not None else ():
            whole = repaired(self.matter, test, self.donors, self.calendar)
            outcome = self._closes(goal, whole) if whole is not None else None
            if outcome is not None:
                return outcome
        return None

    def _candidates(self, goal: Goal) -> Iterator[MatterTest]:
        """Scenes at hand with one value changed, then with two; the scene of the file first."""
        seen: list[MatterTest] = []
        first: list[MatterTest] = []
        for seed in self.seeds[:1] + self._near(goal):
            for test in self._changed(goal, seed):
                if test not in seen:
                    seen.append(test)
                    first.append(test)
                    yield test
        for test in first[: _SEEDS * 4]:
            outcome = self._judged(test)
            yield from self._changed(goal, outcome)

    def _near(self, goal: Goal) -> tuple[Outcome, ...]:
        """Scenes of tests worth starting from: those that come to the rule first, of different results."""
        kept: dict[Any, Outcome] = {}
        for outcome in self.seeds[1:]:
            found = outcome.assessment
            if found is not None:
                reached = goal.path in self.shown.reached.get(outcome.test.name, ())
                kept.setdefault((not reached, found.outcome, found.by, found.demanded), outcome)
        return tuple(kept[key] for key in sorted(kept))[:_SEEDS]

    def _changed(self, goal: Goal, seed: Outcome) -> Iterator[MatterTest]:
        bounds = [edge for edge in self.shown.edges if set(edge.entry.rule.reads) & set(goal.reads)]
        logic = [entry.rule.logic for entry, _ in self.shown.recorder.rules if set(entry.rule.reads) & set(goal.reads)]
        for path in self._paths(goal):
            values = alternatives(self.matter, seed.names, path, goal.reads, bounds, self.donors, logic)
            for value in values:
                changed = put(self.matter, seed.test, path, value)
                whole = repaired(self.matter, changed, self.donors, self.calendar) if changed is not None else None
                if whole is not None:
                    yield whole

    def _paths(self, goal: Goal) -> tuple[str, ...]:
        """The paths that may bring it about: those read, whole facts too, whose silence is a value of its own."""
        heads = [path.partition(".")[0] for path in goal.reads]
        facts = {need.key for need in self.matter.facts}
        whole = [head for head in heads if head in facts]
        return tuple(dict.fromkeys((*whole, *goal.reads) if goal.side == "未能核实" else (*goal.reads, *whole)))

    def _closes(self, goal: Goal, test: MatterTest) -> Outcome | None:
        """The outcome of a scene that can be submitted and closes the goal; None of any other."""
        outcome = self._judged(test)
        if outcome.faults or outcome.assessment is None:
            return None
        counted = taken_as_expected(self.catalogue, outcome) if goal.what == "mutant" else outcome
        return outcome if self.shown.closes(goal, counted, scene(self.matter, outcome.test)) else None

    def _shows(self, goal: Goal, filed: bool, test: MatterTest) -> bool:
        outcome = self._closes(goal, test)
        return outcome is not None and (_filed(outcome) or not filed)

    def _judged(self, test: MatterTest) -> Outcome:
        plain = msgspec.structs.replace(test, name=test.name or "given", expect={}, unconfirmed=True)
        return next(run_tests(self.catalogue, [plain]))

    def _after(self, outcome: Outcome) -> Shown:
        fork = self.shown.fork()
        fork.add(taken_as_expected(self.catalogue, outcome))
        return fork


def _filed(outcome: Outcome) -> bool:
    """Whether the application can be filed at all."""
    return outcome.assessment is not None and outcome.assessment.outcome != "当场更正"


def _name(shows: Sequence[Goal]) -> str:
    words = shows[0].words if shows else "示例"
    return f"{words if len(words) <= _SHORT else words[: _SHORT - 1] + '…'}的"


def suggest(
    catalogue: Catalogue, matter: str, tests: TestsFile, limit: int, oracle: Oracle | None = None
) -> Suggestions:
    """Tests that show what those of a matter do not: few, and each differing as little as may be from the file's scene.

    A003 when the file has no scene to start from.
    """
    return Search(catalogue, matter, tests, oracle).run(limit)
