"""The guide of 好办: questions about a situation that lead to the matters to apply for, in their order."""

from __future__ import annotations

import msgspec


class Lead(msgspec.Struct, frozen=True, omit_defaults=True):
    """A matter to apply for by id, and why."""

    matter: str
    why: str


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer: the matters it brings, what is to be told, and the id of the question after it ("" is the end)."""

    text: str
    next: str = ""
    leads: tuple[Lead, ...] = ()
    tell: str = ""


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question with its answers; `help` explains its words."""

    id: str
    ask: str
    options: tuple[Option, ...]
    help: str = ""


class Guide(msgspec.Struct, frozen=True, omit_defaults=True):
    """One situation of life or business. The first question is where it begins."""

    id: str
    title: str
    situation: str
    questions: tuple[Question, ...]
    keywords: tuple[str, ...] = ()

    def question(self, id: str) -> Question:
        """The question with this id; a guide that was read without problems has every one it names."""
        return next(one for one in self.questions if one.id == id)


class Walk(msgspec.Struct, frozen=True):
    """How far the answers lead: what was asked and answered, and the question now open (None at the end).

    `leads` are the matters so far in order, each once; `told` what the answers say besides.
    """

    answered: tuple[tuple[Question, int], ...]
    open: Question | None
    leads: tuple[Lead, ...]
    told: tuple[str, ...]


def walk(guide: Guide, answers: tuple[int, ...]) -> Walk | None:
    """Follow the answers, each the place of an option from 0; None when they do not fit the guide (any more)."""
    at: Question | None = guide.questions[0]
    answered: list[tuple[Question, int]] = []
    leads: dict[str, Lead] = {}
    told: dict[str, None] = {}
    for place in answers:
        if at is None or not 0 <= place < len(at.options):
            return None
        answered.append((at, place))
        option = at.options[place]
        for lead in option.leads:
            leads.setdefault(lead.matter, lead)
        if option.tell:
            told[option.tell] = None
        at = guide.question(option.next) if option.next else None
    return Walk(tuple(answered), at, tuple(leads.values()), tuple(told))
