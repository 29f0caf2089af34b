"""The records 记录表 of steps: drawn, checked and read like a form, and named `step.<step>.<field>` for later rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.case import StepRecord
from engine.model.form import Field, Group
from engine.model.matter import Matter
from engine.model.route import Step
from engine.model.rule import Rule
from engine.model.values import Answers, Json, Missing, Value
from engine.stages.form.check import FormReading, read_form
from engine.stages.workflow import route_of

PREFIX = "R_"  # no id of a matter has capitals: a record's field never hides one of the application form
_AS_FILED = "step"


def record_form(matter: Matter, step: Step) -> Matter:
    """The record of a step as a form of its own: the same matter with this one group, its ids under `PREFIX`."""
    if step.form is None:
        return msgspec.structs.replace(matter, groups=())
    own = f"{_AS_FILED}.{step.id}."
    fields = tuple(_renamed(field, own) for field in step.form.fields)
    group = Group(f"record_{step.id}", step.form.title, fields)
    return msgspec.structs.replace(matter, groups=(group,), hash=matter.hash and f"{matter.hash}/{step.id}")


def prefixed(answers: Answers) -> Answers:
    """A record's answers under the ids of `record_form`."""
    return {f"{PREFIX}{key}": value for key, value in answers.items()}


def bare(answers: Mapping[str, Json]) -> Answers:
    """Answers of `record_form` under the ids of the record."""
    return {key.removeprefix(PREFIX): value for key, value in answers.items()}


def read_record(
    matter: Matter, step: Step, answers: Answers, names: Mapping[str, Value], today: date, *, complete: bool = True
) -> FormReading:
    """A record read as a form; the paths of the reading are those of `record_form`."""
    return read_form(record_form(matter, step), prefixed(answers), names, today, complete=complete)


def with_records(
    matter: Matter, steps: Iterable[StepRecord], names: Mapping[str, Value], today: date
) -> dict[str, Value]:
    """The names with the records that are filled in and signed: the last of each step; PENDING before."""
    done = {one.step: one.answers for one in steps if one.finished_at and one.answers}
    found: dict[str, Value] = {}
    made = dict(names)
    for step in route_of(matter):
        if step.form is None:
            continue
        if step.id not in done:
            found[step.id] = Missing.PENDING
            continue
        made[_AS_FILED] = dict(found)
        found[step.id] = bare(read_record(matter, step, done[step.id], made, today).values)
    return {**names, _AS_FILED: found} if found else dict(names)


def require_record(
    matter: Matter, step: Step, answers: Answers, names: Mapping[str, Value], today: date
) -> Answers:
    """The answers as they are kept; A004 with every error and every blank of the record at once."""
    reading = read_record(matter, step, answers, names, today)
    told = record_problems(step, reading)
    if told:
        problems = tuple(Problem("A004", text, file=path) for path, text in told.items())
        raise ZhunyuError("A004", "记录表还有内容需要填写或更正。", "请按提示逐项填写后再签署。", status=422,
                          problems=problems)  # fmt: skip
    return bare(reading.answers)


def record_problems(step: Step, reading: FormReading) -> dict[str, str]:
    """What is wrong with a record and what it lacks, by the paths of `record_form`."""
    titles = {f"{PREFIX}{field.id}": field for field in (step.form.fields if step.form is not None else ())}
    told = dict(reading.errors)
    for path in reading.missing:
        head, _, part = path.partition(".")
        field = titles[head]
        below = field.type.parts.get(part)
        told[path] = f"请填写{field.title}{'的' + below.title if below else ''}。"
    return told


def _renamed(field: Field, own: str) -> Field:
    when = None if field.when is None else _moved(field.when, own)
    return msgspec.structs.replace(field, id=f"{PREFIX}{field.id}", when=when)


def _moved(rule: Rule, own: str) -> Rule:
    """The rule with the paths of the record's own fields as `record_form` has them."""
    return Rule(rule.text, _logic(rule.logic, own), tuple(sorted(_path(path, own) for path in rule.reads)))


def _path(path: str, own: str) -> str:
    return f"{PREFIX}{path.removeprefix(own)}" if path.startswith(own) else path


def _logic(logic: Json, own: str) -> Json:
    if isinstance(logic, dict):
        return {
            key: _path(one, own) if key == "var" and isinstance(one, str) else _logic(one, own)
            for key, one in logic.items()
        }
    return [_logic(one, own) for one in logic] if isinstance(logic, list) else logic
