"""Confirmations of a second party: to whom they belong, what they are bound to, and how rules read them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.confirming import CONFIRMED, Countersign
from engine.model.matter import Matter
from engine.model.values import Answers, Json, Missing, Value
from engine.pipeline.context import Application
from engine.rules.evaluator import test
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

NAME = "confirm"


def party_of(sign: Countersign, application: Application, answers: Answers) -> str:
    """The code of the party as the application stands; "" while it is not known."""
    head, _, rest = sign.by.partition(".")
    found: Json = answers.get(head)
    if head not in answers and (fact := application.facts.get(head)) is not None and fact.state == "value":
        found = fact.value
    for part in rest.split(".") if rest else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    return found.strip().upper() if isinstance(found, str) else ""


def digest_of(sign: Countersign, party: str, answers: Answers) -> str:
    """What a confirmation is bound to: whoever changes a word of it has to ask again."""
    shown = {id: answers.get(id) for id in sign.of}
    return sm3_hex(canonical({"id": sign.id, "text": sign.text, "party": party, "answers": shown}))


def said_by_parties(matter: Matter, application: Application, answers: Answers, *, complete: bool) -> dict[str, Value]:
    """Every confirmation as rules read it: 是, 否; without one that still holds PENDING, at submission EMPTY."""
    found: dict[str, Value] = {}
    for sign in matter.countersign:
        given = application.confirmations.get(sign.id)
        party = party_of(sign, application, answers)
        if given is not None and party and given.party == party and given.digest == digest_of(sign, party, answers):
            found[sign.id] = given.state == CONFIRMED
        else:
            found[sign.id] = Missing.EMPTY if complete else Missing.PENDING
    return found


def lacking(matter: Matter, names: Mapping[str, Value]) -> tuple[Countersign, ...]:
    """The confirmations that are required and not there."""
    said = names.get(NAME, {})
    given = said if isinstance(said, Mapping) else {}
    return tuple(
        sign for sign in matter.countersign
        if given.get(sign.id) is not True and test(sign.required, names) is not False
    )  # fmt: skip
