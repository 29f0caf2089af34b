"""What a draft takes from facts instead of from the applicant, and which office it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.form import Field
from engine.model.matter import FactNeed, Matter
from engine.model.people import Subject
from engine.model.values import Answers, Json
from engine.ports.drafts import Consent
from engine.trust.sm3 import sm3_hex

_CERTIFICATE = "原证"
_IDENTITY = "登录身份"


def prefilled(
    matter: Matter, subject: Subject, facts: Mapping[str, Fact], original: Certificate | None, answers: Answers
) -> Answers:
    """The answers with those that come from a source put in: locked ones always, others only where blank."""
    filled = dict(answers)
    for field in matter.fields():
        if field.id in filled and not field.locked:
            continue
        value = _given(field, subject, facts, original)
        if value is not None:
            filled[field.id] = value
    return filled


def locked_fields(
    matter: Matter, subject: Subject, facts: Mapping[str, Fact], original: Certificate | None
) -> dict[str, str]:
    """The fields that may not be edited because their source answered, with the title of the source."""
    titles = {need.key: need.title for need in matter.facts} | {"original": _CERTIFICATE, "applicant": _IDENTITY}
    return {
        field.id: titles.get(field.prefill.partition(".")[0], "")
        for field in matter.fields()
        if field.locked and _given(field, subject, facts, original) is not None
    }


def _given(field: Field, subject: Subject, facts: Mapping[str, Fact], original: Certificate | None) -> Json:
    """The answer a field takes from its source, in the answer's own shape; None when there is none."""
    if not field.prefill:
        return None if field.default in ("", None) else field.default
    head, _, rest = field.prefill.partition(".")
    found: Json
    if head == "applicant":
        found = {"code": subject.code, "name": subject.name, "kind": subject.kind}.get(rest)
    elif head == "original":
        found = of_certificate(original, rest)
    else:
        fact = facts.get(head)
        found = below(fact.value, rest) if fact is not None and fact.state == "value" else None
    return _shaped(field, found)


def of_certificate(original: Certificate | None, path: str) -> Json:
    if original is None:
        return None
    names: dict[str, Any] = {
        **original.item,
        "number": original.number,
        "holder_code": original.holder_code,
        "holder_name": original.holder_name,
        "authority": original.authority_name,
        "district": original.district,
        "valid_from": original.valid_from,
        "valid_to": original.valid_to,
        "issued_on": original.issued_on,
        "face": original.face,
    }
    return below(names, path)


def below(value: Json, path: str) -> Json:
    for part in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _shaped(field: Field, value: Json) -> Json:
    """A source's value as an answer of the field's kind; None when it does not fit."""
    if value in (None, "", [], {}):
        return None
    match field.kind:
        case "是否" | "承诺":
            return value if isinstance(value, bool) else None
        case "整数":
            return int(value) if isinstance(value, int | str) and str(value).lstrip("-").isdigit() else None
        case "数" | "金额":
            return str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        case "多选":
            return [str(one) for one in value] if isinstance(value, list | tuple) else None
        case "表格":
            return [dict(row) for row in value] if isinstance(value, list | tuple) else None
        case "人员" | "区街道":
            return dict(value) if isinstance(value, Mapping) else None
        case _:
            return str(value) if isinstance(value, int | str) else None


def argument_digest(need: FactNeed, answers: Answers) -> str:
    """The SM3 (hex) of the answers a fact is asked with: a consent holds for these and no others."""
    paths = [path for path in need.args.values() if not path.startswith("=")]
    if need.each:
        paths.append(need.each)
    asked = {path: below(answers, path) for path in sorted(paths)}
    return sm3_hex(msgspec.json.encode(asked, order="deterministic"))


def covering(matter: Matter, answers: Answers, consents: Iterable[Consent]) -> dict[str, str]:
    """Fact key → id of the consent that covers what the fact would be asked now; changed answers need a new one."""
    given = {(consent.fact, consent.digest): consent.id for consent in consents}
    wanted = {need.key: (need.key, argument_digest(need, answers)) for need in matter.facts}
    return {key: given[pair] for key, pair in wanted.items() if pair in given}
