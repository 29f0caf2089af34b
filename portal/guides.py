"""The guide of 好办: one question a page, the answers in the address, so that going back needs no memory of ours."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.guides import Guide, walk
from engine.web.access import access
from portal.services import zhunyu

blueprint = Blueprint("guides", __name__, url_prefix="/guides")
_LONGEST = 120


@blueprint.get("")
@access("public")
def index() -> ResponseReturnValue:
    """All situations."""
    return render_template("guides/index.html", guides=zhunyu().shelf.guides())


@blueprint.get("/<name>")
@access("public")
def ask(name: str) -> ResponseReturnValue:
    """The question after the answers of the address (`path=1-2`, options from 1), or the matters to apply for."""
    shelf = zhunyu().shelf
    guide = next((one for one in shelf.guides() if one.id == name), None)
    if guide is None:
        raise ZhunyuError("A003", "没有这一份指引。", "请从全部指引里选择。", status=404)
    text = request.args.get("path", "")[:_LONGEST]
    way = walk(guide, _answers(text))
    if way is None:
        flash("指引的问题已经更新，请从头回答。", "warn")
        return redirect(url_for("guides.ask", name=name), 303)
    cards = {card.id: card for card in shelf.offered()}
    steps = text.split("-") if text else []
    return render_template(
        "guides/ask.html",
        guide=guide,
        way=way,
        steps=steps,
        back=_address(guide, steps[:-1]),
        leads=[(lead, cards.get(lead.matter)) for lead in way.leads],
        address=lambda taken: _address(guide, taken),
    )


def _answers(text: str) -> tuple[int, ...]:
    """The places of the options, from 0; one that cannot be any for what is no number."""
    parts = text.split("-") if text else []
    return tuple(int(part) - 1 if part.isascii() and part.isdigit() else -1 for part in parts)


def _address(guide: Guide, steps: list[str]) -> str:
    path = "-".join(steps)
    return url_for("guides.ask", name=guide.id, path=path) if path else url_for("guides.ask", name=guide.id)
