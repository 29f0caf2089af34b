"""Finding a matter: first page, search, guide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.model.matter import CertificateDef, Duration, Matter
from engine.model.rule import Rule
from engine.rules.plain import plainly
from engine.services.browsing import Asked, labels_of, listing
from engine.services.cards import Card, promise, related
from engine.services.samples import issues
from engine.stages.certificate.validity import terms_in_words
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import whole_number, zhunyu

blueprint = Blueprint("catalogue", __name__)
_MOST_SITUATIONS = 6
_LONGEST_SITUATION = 22
_MOST_USED = 6
_MOST_GUIDES = 9
_FILTERS = ("text", "line", "applicant", "label", "situation")


@blueprint.get("/")
@access("public")
def home() -> ResponseReturnValue:
    """Search, situations, what is used most, lines, kinds of applicant and labels."""
    shelf = zhunyu().shelf
    cards = shelf.offered()
    return render_template(
        "catalogue/home.html",
        cards=cards,
        guides=shelf.guides()[:_MOST_GUIDES],
        all_guides=len(shelf.guides()),
        situations=_spread(cards)[:_MOST_SITUATIONS],
        lines=_counted(card.line for card in cards),
        applicants=_counted(kind for card in cards for kind in card.applicant),
        labels=_counted(label for card in cards for label in labels_of(card)),
        used=shelf.most_used(_MOST_USED),
        instant=_one_of_each_line(card for card in cards if card.instant)[:_MOST_USED],
    )


@blueprint.get("/search")
@access("public")
def search() -> ResponseReturnValue:
    """Matters by text and filters, those of one main item together."""
    asked = Asked(**{name: request.args.get(name, "").strip()[:60] for name in _FILTERS})
    shelf = zhunyu().shelf
    return render_template(
        "catalogue/search.html",
        found=listing(shelf, asked, whole_number("page") or 1),
        asked=asked,
        guides=shelf.guides()[:_MOST_GUIDES],
        link=lambda **changed: _link(asked, **changed),
    )


@blueprint.get("/matters/<matter_id>")
@access("public")
def guide(matter_id: str) -> ResponseReturnValue:
    """Everything about one matter: conditions, materials, limits, steps, result, questions."""
    shelf = zhunyu().shelf
    matter = shelf.current(matter_id)
    card = next(one for one in shelf.cards() if one.id == matter.id)
    return render_template(
        "catalogue/guide.html",
        matter=matter,
        legal=duration_words(matter.limits.legal),
        issues=issues(matter),
        related=related(card, shelf.offered()),
    )


@blueprint.get("/matters/<matter_id>/sample.png")
@access("public")
@limited("120/minute")
def sample(matter_id: str) -> ResponseReturnValue:
    """The specimen of the certificate; `v` is the version it shows, so that browsers may keep it."""
    product = zhunyu()
    matter = product.shelf.current(matter_id)
    response = Response(product.samples.picture(matter), mimetype="image/png")
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if request.args.get("v") == matter.hash[:16] else "public, max-age=60"
    )
    return response


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


def rule_words(rule: Rule, matter: Matter) -> str:
    """A condition of a matter in words, with the parameters of today."""
    return plainly(rule, matter, zhunyu().clock.now().date().isoformat())


def short_title(card: Card) -> str:
    """The title of a card under the heading of its main item: what stands in brackets after it, else all of it."""
    head, bracket, rest = card.title.partition("（")
    return rest.removesuffix("）") if bracket and head == card.main_item and rest.endswith("）") else card.title


def besides_at_once(card: Card) -> str:
    """The promised limit without what the tag 可当场办结 says already."""
    return card.promised.removeprefix("当场办结").removeprefix("，") if card.instant else card.promised


def with_counts(counts: dict[str, int], words: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Options of a choice from how many matters there are of each value, with what the value is called."""
    return [(value, f"{(words or {}).get(value, value)}（{count}）") for value, count in counts.items()]


def _link(asked: Asked, **changed: str | int) -> str:
    """The address of the search with some filters changed; without a page it is the first."""
    kept = {name: getattr(asked, name) for name in _FILTERS} | changed
    return url_for("catalogue.search", **{name: value for name, value in kept.items() if value})


def _spread(cards: tuple[Card, ...]) -> tuple[str, ...]:
    """Short situations, one of each matter before a second of any."""
    short = [[text for text in card.situations if len(text) <= _LONGEST_SITUATION] for card in cards]
    rounds = range(max(map(len, short), default=0))
    return tuple(dict.fromkeys(texts[place] for place in rounds for texts in short if place < len(texts)))


def _one_of_each_line(cards: Iterable[Card]) -> tuple[Card, ...]:
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.line, card)
    return tuple(first.values())


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())
