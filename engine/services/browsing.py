"""A page of the catalogue: what was asked, the families that fit, and how many there are by each filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from engine.model.guides import Guide
from engine.services.cards import Card, Family, families
from engine.services.paging import page_within, pages_of
from engine.services.shelf import Shelf

PAGE = 15  # families
INSTANT = "当场办结"  # filters like a label, though it is no label of a matter but what its decisions say
_MOST_GUIDES = 3


class Asked(msgspec.Struct, frozen=True):
    """A text and filters; "" for all."""

    text: str = ""
    line: str = ""
    applicant: str = ""
    label: str = ""
    situation: str = ""


class Listing(msgspec.Struct, frozen=True):
    """One page of families. `count` matters in all; `meant` the words searched by instead of those typed.

    `lines`, `applicants` and `labels` count what each value would leave, most first, other filters as asked.
    """

    families: tuple[Family, ...]
    count: int
    items: int
    page: int
    pages: int
    meant: str
    lines: dict[str, int]
    applicants: dict[str, int]
    labels: dict[str, int]
    guides: tuple[Guide, ...]


def listing(shelf: Shelf, asked: Asked, page: int = 1) -> Listing:
    """The page (from 1; beyond the last it is the last) of what one may apply for and fits."""
    found = shelf.find(asked.text)
    fitting = [card for card in found.cards if asked.situation in ("", *card.situations)]
    shown = [card for card in fitting if _fits(card, asked, "")]
    grouped = families(shown, shelf.offered())
    at = page_within(page, len(grouped), PAGE)
    return Listing(
        families=grouped[(at - 1) * PAGE : at * PAGE],
        count=len(shown),
        items=len(grouped),
        page=at,
        pages=pages_of(len(grouped), PAGE),
        meant=found.meant,
        lines=_counted(card.line for card in fitting if _fits(card, asked, "line")),
        applicants=_counted(kind for card in fitting if _fits(card, asked, "applicant") for kind in card.applicant),
        labels=_counted(label for card in fitting if _fits(card, asked, "label") for label in labels_of(card)),
        guides=_guides(shelf, found.meant or asked.text) if asked.text else (),
    )


def labels_of(card: Card) -> tuple[str, ...]:
    """The labels of a card, and 当场办结 where it can be."""
    return (*((INSTANT,) if card.instant else ()), *card.labels)


def _fits(card: Card, asked: Asked, but: str) -> bool:
    """Whether a card passes every filter but the one named."""
    return (
        (but == "line" or asked.line in ("", card.line))
        and (but == "applicant" or asked.applicant in ("", *card.applicant))
        and (but == "label" or asked.label in ("", *labels_of(card)))
    )


def _guides(shelf: Shelf, text: str) -> tuple[Guide, ...]:
    """The guides whose words stand in the text, or the text in theirs."""
    words = text.lower().split()
    fitting = (
        guide
        for guide in shelf.guides()
        if any(
            word in one.lower() or (len(one) > 1 and one.lower() in word)
            for word in words
            for one in (guide.title, *guide.keywords)
        )
    )
    return tuple(fitting)[:_MOST_GUIDES]


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())
