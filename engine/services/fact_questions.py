"""What a source is asked: the arguments of a fact resolved from answers, applicant, certificate and other facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import FactNeed, Matter
from engine.model.people import Actor, Subject
from engine.model.rule import ALWAYS, Rule
from engine.model.values import Answers, Json, Missing, Value, value_at
from engine.pipeline import context as pipeline
from engine.pipeline.assess import form_and_names
from engine.rules.evaluator import test

TO_COME = "取决于尚未填写的内容"

Arguments = dict[str, Json]
Consents = Mapping[str, str] | tuple[str, ...]


class Application(msgspec.Struct, frozen=True):
    """Whom and what the facts are about."""

    matter: Matter
    subject: Subject
    answers: Answers
    original: Certificate | None = None
    consents: Consents = ()
    case: str = ""


def heads(need: FactNeed) -> set[str]:
    """The first names of the paths a fact is asked with, those of its condition included."""
    condition = need.when.reads if need.when is not None else ()
    return {path.partition(".")[0] for path in (*need.args.values(), *condition) if not path.startswith("=")}


def conditions(
    needs: list[FactNeed], application: Application, known: Mapping[str, Fact], now: datetime,
    calendar: Mapping[str, str], *, complete: bool,
) -> dict[str, Fact]:  # fmt: skip
    """The facts that are not asked for now: not applicable where the condition is false, pending where it hangs on
    answers to come (never with `complete`)."""
    conditional = [need for need in needs if need.when is not None]
    if not conditional:
        return {}
    whole = pipeline.Application(
        application.answers, {}, application.subject, dict(known), application.original, None
    )
    nobody = Actor(kind="applicant", id="", name="")
    _, names = form_and_names(application.matter, whole, nobody, now.date(), calendar, complete=complete)
    found: dict[str, Fact] = {}
    for need in conditional:
        condition = need.when or ALWAYS
        if names.get(need.key) is Missing.NOT_APPLICABLE:
            at = now.isoformat(timespec="seconds")
            found[need.key] = Fact(key=need.key, source=need.source, state="not_applicable", fetched_at=at)
        elif not complete and test(condition, names) is not True and _to_come(condition, names):
            found[need.key] = Fact(key=need.key, source=need.source, state="pending", reason=TO_COME)
    return found


def _to_come(condition: Rule, names: Mapping[str, Value]) -> bool:
    return any(value_at(path, names) is Missing.PENDING for path in condition.reads)


def questions(
    need: FactNeed, application: Application, known: Mapping[str, Fact]
) -> list[tuple[Arguments, str]]:
    """The arguments of each question with the reason why they are not complete ("" when they are)."""
    if need.each:
        rows = application.answers.get(need.each) or []
        return [_arguments(need, application, known, row) for row in rows if isinstance(row, dict)]
    return [_arguments(need, application, known, {})]


def _arguments(
    need: FactNeed, application: Application, known: Mapping[str, Fact], row: Mapping[str, Json]
) -> tuple[Arguments, str]:
    arguments: Arguments = {}
    for name, path in need.args.items():
        if path.startswith("="):
            arguments[name] = path[1:]
            continue
        head, *rest = path.split(".")
        fact = known.get(head)
        if fact is not None and fact.state == "unavailable":
            return {}, fact.reason
        value = _follow(_root(head, application, fact, row), rest)
        if value in (None, "", [], {}):
            return {}, "缺少查询条件"
        arguments[name] = value
    return arguments, ""


def _root(head: str, application: Application, fact: Fact | None, row: Mapping[str, Json]) -> Json:
    match head:
        case "applicant":
            return msgspec.structs.asdict(application.subject)
        case "original":
            certificate = application.original
            return None if certificate is None else {**certificate.item, **msgspec.structs.asdict(certificate)}
        case "row":
            return row
        case _:
            return fact.value if fact is not None else application.answers.get(head)


def _follow(value: Json, rest: list[str]) -> Json:
    for part in rest:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
