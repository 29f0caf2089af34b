"""Judge an application: form → facts → pre-check → decision. Pure; preview, filing and tests call it alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.model.case import Assessment
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.values import Value
from engine.pipeline.confirming import NAME, said_by_parties
from engine.pipeline.context import Application
from engine.pipeline.environment import names_beside_form
from engine.stages.decision import confirmed, decide, traced_rows
from engine.stages.form.check import FormReading, read_form
from engine.stages.precheck import run_checks, traced_checks, truths_of, weigh_materials

DISAGREEMENT = "两套独立的规则计算结果不一致，由工作人员核实后决定。"


def check_form(
    matter: Matter,
    application: Application,
    actor: Actor,
    today: date,
    calendar: Mapping[str, str],
    *,
    complete: bool = True,
) -> FormReading:
    """Read the form alone: visibility, typed values, errors, missing answers."""
    return form_and_names(matter, application, actor, today, calendar, complete=complete)[0]


def form_and_names(
    matter: Matter,
    application: Application,
    actor: Actor,
    today: date,
    calendar: Mapping[str, str],
    *,
    complete: bool = True,
    law_day: date | None = None,
) -> tuple[FormReading, dict[str, Value]]:
    """The form read once, and all names of an evaluation, the typed answers included."""
    names = names_beside_form(matter, application, actor, today, calendar, law_day or today)
    reading = read_form(matter, application.answers, names, today, complete=complete)
    found = {**names, **reading.values}
    if matter.countersign:
        found[NAME] = said_by_parties(matter, application, reading.answers, complete=complete)
    return reading, found


def names_of(
    matter: Matter,
    application: Application,
    actor: Actor,
    today: date,
    calendar: Mapping[str, str],
    *,
    complete: bool = True,
    law_day: date | None = None,
) -> dict[str, Value]:
    """All names of an evaluation, the typed answers included."""
    return form_and_names(matter, application, actor, today, calendar, complete=complete, law_day=law_day)[1]


def assess(
    matter: Matter,
    application: Application,
    actor: Actor,
    today: date,
    calendar: Mapping[str, str],
    *,
    complete: bool = True,
    law_day: date | None = None,
) -> Assessment:
    """Everything the rules say of an application on a day.

    `complete` judges it as it would be submitted (blank answers are empty); otherwise blank answers are pending.
    An automatic approval that the independent evaluator does not confirm goes to a person.
    """
    names = names_of(matter, application, actor, today, calendar, complete=complete, law_day=law_day)
    return judge(matter, application, actor, names, law_day or today)


class Assessed(msgspec.Struct, frozen=True):
    """An assessment whose traces are put into words when somebody reads them.

    `bare` says everything but the traces of its findings and rows; `names` are those it was judged by.
    """

    matter: Matter
    names: Mapping[str, Value]
    bare: Assessment

    def traced(self, *, passed: bool = True) -> Assessment:
        """The assessment with every trace in words, as a case stores it; without `passed` those of passed checks are
        left out, which an applicant does not see."""
        return msgspec.structs.replace(
            self.bare,
            findings=traced_checks(self.matter, self.names, self.bare.findings, passed=passed),
            rows=traced_rows(self.matter, self.names, self.bare.rows),
        )


def judge(
    matter: Matter, application: Application, actor: Actor, names: Mapping[str, Value], law_day: date
) -> Assessment:
    """As `assess`, for names already gathered."""
    return assessed(matter, application, actor, names, law_day).traced()


def assessed(
    matter: Matter, application: Application, actor: Actor, names: Mapping[str, Value], law_day: date,
    *, confirm: bool = True,
) -> Assessed:  # fmt: skip
    """As `judge`, the traces kept back until they are read: for whoever asks only what came out.

    Without `confirm` the independent evaluator is not asked; what came out is then for no decision.
    """
    names = dict(names)
    truths = truths_of(matter, names)
    findings = run_checks(matter, names, truths)
    handed_in = frozenset(key for key, files in application.uploads.items() if files)
    materials = weigh_materials(matter, truths, handed_in)
    missing: tuple[str, ...] = ()
    if materials.missing:
        missing = tuple(need.title for need in matter.materials if need.id in materials.missing)
    verdict = decide(matter, names, findings, actor, missing)
    if confirm and verdict.outcome == "秒批" and not confirmed(matter, names, verdict):
        verdict = msgspec.structs.replace(verdict, outcome="转人工", by="disagreement", reason=DISAGREEMENT)
    bare = Assessment(
        outcome=verdict.outcome,
        by=verdict.by,
        reason=verdict.reason,
        findings=findings,
        rows=verdict.rows,
        barred=verdict.barred,
        suggest=verdict.suggest,
        law_day=law_day.isoformat(),
        waived=materials.waived,
        demanded=materials.demanded,
        missing=materials.missing,
    )
    return Assessed(matter, names, bare)
