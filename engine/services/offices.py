"""Which office an application goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.model.authority import CITY, Authority, AuthorityRule
from engine.model.certificate import Certificate
from engine.model.matter import Matter
from engine.model.people import SYSTEM, Subject
from engine.model.rule import ALWAYS
from engine.model.values import Answers
from engine.pipeline.assess import form_and_names
from engine.pipeline.context import Application
from engine.rules.evaluator import test
from engine.services.draft_filling import below, of_certificate

NOBODY = Subject(kind="", code="", name="")


def office_for(
    matter: Matter, answers: Answers, original: Certificate | None, today: date, subject: Subject = NOBODY
) -> Authority | None:
    """The office the application goes to by the matter's `authority`; None while that is not answered.

    Entries by condition: the first that holds; one that cannot be judged yet leaves it open. Of several grants of one
    table to a district the newest in force counts.
    """
    rule = _rule_for(matter, answers, original, today, subject)
    if rule is None:
        return None
    day = today.isoformat()
    offices = [office for office in rule.offices if not office.since or office.since <= day]
    if not rule.by:
        return offices[-1] if offices else None
    head, _, rest = rule.by.partition(".")
    district = of_certificate(original, rest) if head == "original" else below(answers, rule.by)
    if isinstance(district, Mapping):
        district = district.get("district")
    return _of_district(offices, district)


def _of_district(offices: Iterable[Authority], district: object) -> Authority | None:
    """The district's office; before its table was granted to the districts, the city's."""
    if not district:
        return None
    newest = tuple(reversed([*offices]))
    own = next((one for one in newest if one.district == district), None)
    return own or next((one for one in newest if one.district == CITY), None)


def _rule_for(
    matter: Matter, answers: Answers, original: Certificate | None, today: date, subject: Subject
) -> AuthorityRule | None:
    if not matter.authority_rules:
        return AuthorityRule(ALWAYS, matter.authority_by, matter.authorities)
    application = Application(answers, {}, subject, original=original)
    names = form_and_names(matter, application, SYSTEM, today, {}, complete=False)[1]
    for rule in matter.authority_rules:
        holds = test(rule.when, names)
        if holds is not False:
            return rule if holds is True else None
    return None
