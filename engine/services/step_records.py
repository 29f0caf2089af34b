"""The record 记录表 of the open step, as the desk shows it while it is being filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.route import Step
from engine.model.values import Answers
from engine.pipeline.context import Context
from engine.pipeline.progress import names_for
from engine.pipeline.records import bare, prefixed, read_record, record_form, record_problems
from engine.services.draft_filling import locked_fields, prefilled
from engine.services.draft_waiting import waiting_fields
from engine.stages.workflow import open_record, step_of


class RecordView(msgspec.Struct, frozen=True):
    """A record as a form: `form` is the matter that draws it, `answers` are under the ids of `form`.

    `problems` say by path of `form` what is wrong or lacking; `signed` names those who have signed it as it is kept.
    """

    form: Matter
    answers: Answers
    visible: dict[str, bool]
    locked: dict[str, str]
    problems: dict[str, str]
    signed: tuple[str, ...]

    @property
    def record(self) -> Answers:
        """The answers under the ids of the record."""
        return bare(self.answers)


def record_view(
    matter: Matter, case: Case, original: Certificate | None, typed: Answers | None, actor: Actor, now: datetime,
    calendar: Mapping[str, str],
) -> RecordView | None:  # fmt: skip
    """The record of the open step with what is kept of it, or with what was `typed`; None when it has none."""
    open_step = open_record(case)
    step = step_of(matter, open_step.step) if open_step is not None else None
    if open_step is None or step is None or step.form is None or step.experts is not None:
        return None
    signed = tuple(one.name for one in open_step.signed)
    return _drawn(matter, case, step, original, open_step.answers, typed, actor, now, calendar, signed)


def score_view(
    matter: Matter, case: Case, step: Step, kept: Answers, typed: Answers | None, actor: Actor, now: datetime,
    calendar: Mapping[str, str],
) -> RecordView | None:  # fmt: skip
    """What an expert fills in at a step, as it was given or typed; None when the step has no form."""
    if step.form is None:
        return None
    return _drawn(matter, case, step, None, kept, typed, actor, now, calendar, ())


def _drawn(
    matter: Matter, case: Case, step: Step, original: Certificate | None, kept: Answers, typed: Answers | None,
    actor: Actor, now: datetime, calendar: Mapping[str, str], signed: tuple[str, ...],
) -> RecordView:  # fmt: skip
    form = record_form(matter, step)
    done = {one.step: one.answers for one in case.steps if one.finished_at and one.answers}
    known = {**case.answers, "step": done}
    facts = {key: Fact(key, "", "value", value) for key, value in known.items()} | case.facts
    given = prefixed(kept) if typed is None else typed
    answers = prefilled(form, case.subjects[0], facts, original, given)
    context = Context(now=now, actor=actor, calendar=dict(calendar), original=original)
    names = names_for(matter, case, {}, context)
    reading = read_record(matter, step, bare(answers), names, now.date())
    known = read_record(matter, step, bare(answers), names, now.date(), complete=False).values
    waiting = waiting_fields(form, {**names, **known})
    problems = record_problems(step, reading)
    return RecordView(
        form=form, answers=answers,
        visible={id: seen and id not in waiting for id, seen in reading.visible.items()},
        locked=locked_fields(form, case.subjects[0], facts, original),
        problems={path: text for path, text in problems.items() if path.partition(".")[0] not in waiting},
        signed=signed,
    )  # fmt: skip
