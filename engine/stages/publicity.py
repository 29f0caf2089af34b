"""What everybody may see: of a case during 公示, and of a decision afterwards. Nothing else of the case is in it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.events import CertificateOrdered, Event
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.model.route import Publicity
from engine.model.rule import Rule
from engine.model.values import Missing, Value, value_at
from engine.model.wording import in_words

NATURAL = "自然人"
Lines = tuple[tuple[str, str], ...]


def publicity_lines(matter: Matter, publicity: Publicity, names: Mapping[str, Value]) -> Lines:
    """The titles and values that a publicity step shows; what is blank or does not apply is left out."""
    found = ((path, value_at(path, names)) for path in publicity.shows)
    return tuple(
        (matter.titles.get(path, path), in_words(value)) for path, value in found if not isinstance(value, Missing)
    )


def result_lines(matter: Matter, orders: tuple[Event, ...], original: Certificate | None, subject: Subject) -> Lines:
    """The face of the certificate made or ended, without lines that read what is hidden or sensitive."""
    made = next((one for one in orders if isinstance(one, CertificateOrdered)), None)
    face = made.face if made is not None else original.face if original is not None else {}
    rules = matter.certificates[0].lines if matter.certificates else {}
    hidden = (*matter.publish_hide, *matter.sensitive)
    titles = {matter.titles.get(path, path) for path in hidden}
    return tuple(
        (title, masked(text, subject))
        for title, text in face.items()
        if title not in titles and not _reads(rules.get(title), hidden)
    )


def shown_name(subject: Subject) -> str:
    """An organisation's name, or the first character of a person's."""
    return masked(subject.name, subject)


def masked(text: str, subject: Subject) -> str:
    """The text without a natural person's full name and code."""
    if subject.kind != NATURAL:
        return text
    for word in filter(None, (subject.code, subject.name)):
        text = text.replace(word, word[:1] + "＊" * (len(word) - 1))
    return text


def is_published(matter: Matter, case: Case) -> bool:
    """Whether the decision is shown to everybody."""
    return matter.publish_within is not None and not case.confidential


def _reads(rule: Rule | None, hidden: tuple[str, ...]) -> bool:
    return rule is not None and any(
        read == path or read.startswith(path + ".") for read in rule.reads for path in hidden
    )
