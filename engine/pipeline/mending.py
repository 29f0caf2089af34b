"""Finds the smallest set of other answers with which an application would pass. Pure, bounded, deterministic.

Never changed: identities, what a source gave or is asked with, protected answers. Commitments are tried only when
nothing else helps, and are marked. Every set that is returned was judged by `assess` itself, form included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from engine.model.case import Assessment
from engine.model.form import Field
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.rule import Rule
from engine.model.values import Answers, Json, Value
from engine.pipeline.assess import assessed, form_and_names
from engine.pipeline.candidates import candidates
from engine.pipeline.context import Application
from engine.pipeline.disclosing import protected, reads_of, watched
from engine.pipeline.environment import names_beside_form
from engine.rules.evaluator import test
from engine.stages.decision import REAL_NAME
from engine.stages.form.check import FormReading, read_form

KINDS = frozenset({"数", "金额", "整数", "日期", "单选", "多选", "是否", "承诺"})
MOST_CHANGES, MOST_STEPS, MOST_SETS = 3, 1500, 3
Changes = tuple[tuple[str, Json], ...]


class Mend(msgspec.Struct, frozen=True):
    """A verified set of changes: field id → answer, in form order, and the assessment it leads to."""

    answers: dict[str, Json]
    assessment: Assessment


class Found(msgspec.Struct, frozen=True):
    """The smallest sets, what they reach (秒批 or a check's id), and how the search went.

    `blocking` are ids of what fails and reads no answer that could be changed.
    """

    goal: str = ""
    sets: tuple[Mend, ...] = ()
    steps: int = 0
    complete: bool = True
    blocking: tuple[str, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """One thing that fails: its id, the paths it reads, the fields that would mend it by being filled."""

    id: str
    reads: tuple[str, ...]
    fields: tuple[str, ...] = ()


class _Stopped(Exception):
    """The budget is spent."""


def mend(
    matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str],
    *, most_changes: int = MOST_CHANGES, most_steps: int = MOST_STEPS,
) -> Found:  # fmt: skip
    """The smallest changes that lead to 秒批; where there are none, those with which a failed check passes.

    Nothing is searched while the form has blanks or faults of its own: those come first.
    """
    search = _Search(matter, application, actor, today, calendar, most_steps)
    if not search.started:
        return Found()
    goals = [""] if any(row.outcome == "秒批" for row in matter.decide) and search.verified else []
    goals += [one.id for one in search.failed_checks()]
    blocking: tuple[str, ...] = ()
    for goal in goals:
        for commitments in (False, True):
            sets = search.smallest(goal, most_changes, commitments)
            if sets:
                return Found(goal or "秒批", sets, search.steps, search.complete, blocking)
        if not goal:
            blocking = search.blocking()
    return Found("", (), search.steps, search.complete, blocking)


def changeable(matter: Matter) -> dict[str, Field]:
    """The fields whose answers may be proposed to be different, by id, in the order of the form."""
    asked = {path.partition(".")[0] for need in matter.facts for path in need.args.values()}
    asked |= {need.each for need in matter.facts} | {matter.authority_by.partition(".")[0]}
    asked |= {path.partition(".")[0] for path in matter.unique}
    return {
        field.id: field
        for field in matter.fields()
        if field.kind in KINDS and not field.prefill and not field.locked and not field.sensitive
        and field.id not in asked and not protected((field.id,), matter)
    }  # fmt: skip


class _Search:
    def __init__(
        self, matter: Matter, application: Application, actor: Actor, today: date, calendar: Mapping[str, str],
        most_steps: int,
    ) -> None:  # fmt: skip
        self.matter, self.application, self.actor = matter, application, actor
        self.today, self.calendar, self.most_steps = today, calendar, most_steps
        self.beside = names_beside_form(matter, application, actor, today, calendar, today)
        self.fields = changeable(matter)
        self.guards = _guards(matter)
        self.rules, self.watched = _rules(matter), watched(matter)
        self.steps, self.complete = 0, True
        self.known: dict[Changes, tuple[tuple[Condition, ...], Mapping[str, Value]]] = {}
        self.verified = actor.kind != "applicant" or (actor.level >= REAL_NAME and bool(actor.authority))
        reading = self._read(application.answers)
        self.started = not reading.errors and not reading.missing
        self.base = {**self.beside, **reading.values}
        self.before = frozenset(one.id for one in _checks(matter, self.base))

    def failed_checks(self) -> tuple[Condition, ...]:
        """What fails at first and may be named: the goals when 秒批 cannot be had."""
        named = {check.id for check in self.matter.precheck if not protected(reads_of(check), self.matter)}
        return tuple(one for one in _checks(self.matter, self.base) if one.id in named)

    def blocking(self) -> tuple[str, ...]:
        """What fails at first and reads nothing that may be changed."""
        return tuple(one.id for one in self._failing((), "")[0] if not self._levers(one, True))

    def smallest(self, goal: str, most_changes: int, commitments: bool) -> tuple[Mend, ...]:
        """The smallest verified sets, each of other fields; () when there are none within the bounds."""
        for size in range(1, most_changes + 1):
            found: dict[tuple[str, ...], Mend] = {}
            try:
                for changes in self._reach(goal, (), size, commitments):
                    ids = tuple(sorted(id for id, _ in changes))
                    made = None if ids in found else self._verified(changes, goal)
                    if made is not None:
                        found[ids] = made
                    if len(found) >= MOST_SETS:
                        break
            except _Stopped:
                self.complete = False
            if found or not self.complete:
                return tuple(found.values())
        return ()

    def _reach(self, goal: str, made: Changes, left: int, commitments: bool) -> Iterator[Changes]:
        """Sets of exactly `left` more changes: one of them must touch the first thing that fails."""
        failing, names = self._failing(made, goal)
        if not failing:
            if made and left == 0:
                yield made
            return
        if left == 0:
            return
        taken = {id for id, _ in made}
        for id in self._levers(failing[0], commitments):
            if id in taken:
                continue
            for answer in candidates(self.fields[id], self.rules, names):
                yield from self._reach(goal, self._ordered((*made, (id, answer))), left - 1, commitments)

    def _levers(self, condition: Condition, commitments: bool) -> tuple[str, ...]:
        """The changeable fields that the condition hangs on, those of visibility included, in form order."""
        if condition.id in self.watched:
            return ()
        heads = {path.partition(".")[0] for path in condition.reads} | {*condition.fields}
        waiting = list(heads)
        while waiting:
            for path in self.guards.get(waiting.pop(), ()):
                head = path.partition(".")[0]
                if head not in heads:
                    heads.add(head)
                    waiting.append(head)
        return tuple(id for id, field in self.fields.items() if id in heads and (commitments or field.kind != "承诺"))

    def _failing(self, made: Changes, goal: str) -> tuple[tuple[Condition, ...], Mapping[str, Value]]:
        key = (*made, ("", goal))
        if key not in self.known:
            if self.steps >= self.most_steps:
                raise _Stopped
            self.steps += 1
            reading = self._read(self._answers(made))
            names = {**self.beside, **reading.values}
            self.known[key] = (tuple(_failing(self.matter, self.application, reading, names, goal, self.before)), names)
        return self.known[key]

    def _verified(self, changes: Changes, goal: str) -> Mend | None:
        application = msgspec.structs.replace(self.application, answers=self._answers(changes))
        reading, names = form_and_names(self.matter, application, self.actor, self.today, self.calendar)
        if reading.errors or reading.missing:
            return None
        application = msgspec.structs.replace(application, answers=reading.answers)
        assessment = assessed(self.matter, application, self.actor, names, self.today).bare
        results = {finding.check: finding.result for finding in assessment.findings}
        reached = results.get(goal) in ("passed", "not_applicable") if goal else assessment.outcome == "秒批"
        return Mend(dict(changes), assessment) if reached else None

    def _read(self, answers: Answers) -> FormReading:
        return read_form(self.matter, answers, self.beside, self.today, complete=True)

    def _answers(self, made: Changes) -> Answers:
        return {**self.application.answers, **{id: list(one) if isinstance(one, tuple) else one for id, one in made}}

    def _ordered(self, made: Changes) -> Changes:
        order = {id: place for place, id in enumerate(self.fields)}
        frozen = ((id, tuple(one) if isinstance(one, list) else one) for id, one in made)
        return tuple(sorted(frozen, key=lambda one: order[one[0]]))


def _failing(
    matter: Matter, application: Application, reading: FormReading, names: Mapping[str, Value], goal: str,
    before: frozenset[str],
) -> Iterator[Condition]:  # fmt: skip
    """What stands between the application and the goal, in the order in which it is to be mended."""
    blank = (*reading.missing, *reading.errors)
    if blank:
        yield Condition("form", (), tuple(path.partition(".")[0] for path in blank))
    if goal:
        yield from (one for one in _checks(matter, names) if one.id == goal or one.id not in before)
        return
    yield from _checks(matter, names)
    if not _granting(matter, names):
        last = max(place for place, row in enumerate(matter.decide) if row.outcome == "秒批")
        yield Condition("decide", tuple(path for row in matter.decide[: last + 1] for path in row.when.reads))
    for need in matter.materials:
        handed_in = bool(application.uploads.get(need.id))
        if need.need == "非必要" or handed_in or test(need.when, names) is False:
            continue
        if not any(test(waiver.when, names) is True for waiver in need.waive):
            yield Condition(need.id, (*need.when.reads, *(path for one in need.waive for path in one.when.reads)))


def _granting(matter: Matter, names: Mapping[str, Value]) -> bool:
    """Whether the table, read from the top, comes to 秒批."""
    for row in matter.decide:
        said = test(row.when, names)
        if said is not False:
            return said is True and row.outcome == "秒批"
    return False


def _checks(matter: Matter, names: Mapping[str, Value]) -> Iterator[Condition]:
    for check in matter.precheck:
        if check.on_fail == "提示":
            continue
        guard = test(check.when, names)
        if guard is not False and not (guard is True and test(check.require, names) is True):
            yield Condition(check.id, reads_of(check))


def _guards(matter: Matter) -> dict[str, tuple[str, ...]]:
    """What the visibility of each field hangs on."""
    return {
        field.id: tuple(path for rule in (group.when, field.when) if rule is not None for path in rule.reads)
        for group in matter.groups
        for field in group.fields
    }


def _rules(matter: Matter) -> tuple[Rule, ...]:
    """Every rule whose thresholds are worth trying."""
    found = [rule for check in matter.precheck for rule in (check.when, check.require)]
    found += [row.when for row in matter.decide]
    for need in matter.materials:
        found += [need.when, *(waiver.when for waiver in need.waive)]
    for group in matter.groups:
        found += [rule for rule in (group.when, *(field.when for field in group.fields)) if rule is not None]
    return tuple(rule for rule in found if not isinstance(rule.logic, bool))
