"""What a source is asked: the arguments of a fact resolved from answers, applicant, certificate and other facts."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import FactNeed, Matter
from engine.model.people import Subject
from engine.model.values import Answers, Json

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
    """The first names of the paths a fact is asked with."""
    return {path.partition(".")[0] for path in need.args.values() if not path.startswith("=")}


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
