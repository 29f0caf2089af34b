"""Finding a matter: first page, search, guide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.model.matter import CertificateDef, Duration, Matter
from engine.services.cards import Card, promise
from engine.stages.certificate.validity import terms_in_words
from engine.web.access import access
from portal.services import zhunyu

blueprint = Blueprint("catalogue", __name__)
_MOST_SITUATIONS = 6
_LONGEST_SITUATION = 22


@blueprint.get("/")
@access("public")
def home() -> ResponseReturnValue:
    """Search, situations, lines and kinds of applicant."""
    cards = zhunyu().shelf.offered()
    return render_template(
        "catalogue/home.html",
        cards=cards,
        situations=_spread(cards)[:_MOST_SITUATIONS],
        lines=_counted(card.line for card in cards),
        applicants=_counted(kind for card in cards for kind in card.applicant),
        instant=tuple(card for card in cards if card.instant)[:6],
    )


@blueprint.get("/search")
@access("public")
def search() -> ResponseReturnValue:
    """Matters by text and filters."""
    text, line, applicant, situation = (
        request.args.get(name, "").strip()[:60] for name in ("text", "line", "applicant", "situation")
    )
    asked = {"text": text, "line": line, "applicant": applicant, "situation": situation}
    shelf = zhunyu().shelf
    cards = shelf.offered()
    return render_template(
        "catalogue/search.html",
        found=shelf.search(text, line, applicant, situation),
        asked=asked,
        lines=tuple(_counted(card.line for card in cards)),
        applicants=tuple(_counted(kind for card in cards for kind in card.applicant)),
    )


@blueprint.get("/matters/<matter_id>")
@access("public")
def guide(matter_id: str) -> ResponseReturnValue:
    """Everything about one matter: conditions, materials, limits, steps, result, questions."""
    matter = zhunyu().shelf.current(matter_id)
    return render_template("catalogue/guide.html", matter=matter, legal=duration_words(matter.limits.legal))


def duration_words(duration: Duration) -> str:
    """A limit in words."""
    if duration.days is None:
        return "法律未规定"
    return "当场" if duration.days == 0 else f"{duration.days} 个{duration.unit}"


def promise_words(matter: Matter) -> str:
    """The promised limits of a matter in words."""
    return promise(matter.limits) or "待业务确认"


def validity_words(result: CertificateDef, matter: Matter) -> tuple[str, ...]:
    """How long the certificate of a matter holds, in words."""
    return terms_in_words(result, matter.titles)


def _spread(cards: tuple[Card, ...]) -> tuple[str, ...]:
    """Short situations, one of each matter before a second of any."""
    short = [[text for text in card.situations if len(text) <= _LONGEST_SITUATION] for card in cards]
    rounds = range(max(map(len, short), default=0))
    return tuple(dict.fromkeys(texts[place] for place in rounds for texts in short if place < len(texts)))


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())

