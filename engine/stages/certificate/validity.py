"""How long a certificate holds: the first term whose condition holds; in doubt the shortest that may hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from engine.model.calendar import add_months, add_years
from engine.model.certificate import Certificate
from engine.model.matter import CertificateDef, Validity
from engine.model.values import Value, value_at
from engine.rules.evaluator import test


def term(
    definition: CertificateDef, decided: date, names: Mapping[str, Value], original: Certificate | None
) -> tuple[str, str]:
    """First and last day of validity as ISO days; the last is "" for 长期.

    Conditions are read from the top. Where one is unknown, every term from there on that is not certainly left out
    may be the right one, and the one that ends first is taken: a person decides such a case, never a rule.
    """
    open_: list[tuple[str, str]] = []
    for one in definition.valid_when:
        truth = test(one.when, names)
        if truth is False:
            continue
        open_.append(_one(one, decided, names, original))
        if truth is True:
            break
    else:
        open_.append(_one(definition.valid, decided, names, original))
    return min(open_, key=lambda days: days[1] or date.max.isoformat())


def _one(
    validity: Validity, decided: date, names: Mapping[str, Value], original: Certificate | None
) -> tuple[str, str]:
    """One term. A term of whole years from a day ends the day before that day comes round again."""
    if validity.kept and original is not None:
        return original.valid_from, original.valid_to
    if validity.start == "决定日":
        first = decided
    else:
        start = value_at(validity.start, names)
        first = start + timedelta(days=1) if isinstance(start, date) else decided
    ends = []
    if validity.years or validity.months or validity.days:
        ends.append(add_months(add_years(first, validity.years), validity.months) + timedelta(days=validity.days - 1))
    until = value_at(validity.until, names) if validity.until else None
    if isinstance(until, date):
        ends.append(until)
    return first.isoformat(), min(ends).isoformat() if ends else ""


def term_in_words(validity: Validity, titles: Mapping[str, str]) -> str:
    """A declared term as the guide says it: 自决定日起 3 年，不超过聘用期止."""
    if validity.kept:
        return "有效期不变"
    counts = ((validity.years, "年"), (validity.months, "个月"), (validity.days, "天"))
    length = " ".join(f"{count} {unit}" for count, unit in counts if count)
    limit = titles.get(validity.until, validity.until)
    if not length:
        return f"有效期至{limit}" if limit else "长期有效"
    return f"有效期 {length}" + (f"，不超过{limit}" if limit else "")


def terms_in_words(definition: CertificateDef, titles: Mapping[str, str]) -> tuple[str, ...]:
    """All declared terms as the guide says them, each with its condition."""
    said = [f"{one.when.text}的，{term_in_words(one, titles)}" for one in definition.valid_when]
    return (*said, ("其余" if said else "") + term_in_words(definition.valid, titles))
