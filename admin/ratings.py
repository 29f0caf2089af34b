"""好差评 at the desk: bad ratings to be answered, and the figures with what is behind them."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.ratings import LEVELS
from engine.ports.ratings import RatingQuery
from engine.services.ratings import DIMENSIONS
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("ratings", __name__, url_prefix="/ratings")
STATES = {"open": "待答复", "answered": "已答复", "closed": "已办结"}
BY = {"matter": "事项", "district": "区", "authority": "机关", "month": "月份"}
_ROLES = "role:监督,业务管理,审批,审计"
_ANSWERING = "role:监督,业务管理,审批"
_ASKED = ("matter", "district", "authority", "since", "until")


@blueprint.get("")
@access(_ROLES)
def listing() -> ResponseReturnValue:
    """Bad ratings: to be answered first."""
    state, after = request.args.get("state", "open"), request.args.get("after", "")
    state = state if state in STATES else "open"
    page = zhunyu().ratings.waiting(signed_in(), state, after)
    return render_template(
        "admin/ratings/list.html", page=page, state=state, today=zhunyu().clock.now().date().isoformat(),
        tabs=[(title, url_for("ratings.listing", state=name), name == state, None) for name, title in STATES.items()],
        next=url_for("ratings.listing", state=state, after=page.next) if page.next else "",
        first=url_for("ratings.listing", state=state) if after else "",
    )  # fmt: skip


@blueprint.get("/<rating_id>")
@access(_ROLES)
def show(rating_id: str) -> ResponseReturnValue:
    """One rating, with the form to answer it."""
    return _page(rating_id)


@blueprint.post("/<rating_id>")
@access(_ANSWERING)
def answer(rating_id: str) -> ResponseReturnValue:
    """Answer it; what was typed survives a refusal."""
    try:
        zhunyu().ratings.answer(signed_in(), rating_id, request.form.get("words", ""))
    except ZhunyuError as error:
        if error.code not in ("C001", "C002", "C004"):
            raise
        return _page(rating_id, error.told), error.status
    flash("已答复，评价人可以看到处理情况。", "good")
    return redirect(url_for("ratings.listing"), 303)


@blueprint.get("/figures")
@access(_ROLES)
def figures() -> ResponseReturnValue:
    """Counts by matter, district, office or month; each leads to the ratings behind it."""
    asked: dict[str, Any] = {name: request.args.get(name, "").strip()[:60] for name in _ASKED}
    by = request.args.get("by", "matter")
    by = by if by in DIMENSIONS else "matter"
    rows = zhunyu().ratings.counted(signed_in(), by, RatingQuery(**asked))
    titles = {card.id: card.title for card in zhunyu().shelf.cards()}
    return render_template(
        "admin/ratings/figures.html", rows=rows, asked=asked, by=by, levels=LEVELS, titles=titles, dimensions=BY,
        behind=lambda key, score=0: url_for("ratings.behind", **_behind(asked, by, key, score)),
        export=url_for("ratings.export", by=by, **{name: text for name, text in asked.items() if text}),
    )  # fmt: skip


@blueprint.get("/behind")
@access(_ROLES)
def behind() -> ResponseReturnValue:
    """The ratings behind a figure."""
    asked: dict[str, Any] = {name: request.args.get(name, "").strip()[:60] for name in _ASKED}
    score, after = request.args.get("score", 0, type=int), request.args.get("after", "")
    page = zhunyu().ratings.listed(signed_in(), RatingQuery(**asked, score=score, after=after))
    here = {**{name: text for name, text in asked.items() if text}, **({"score": score} if score else {})}
    return render_template(
        "admin/ratings/behind.html", page=page, states=STATES,
        next=url_for("ratings.behind", **here, after=page.next) if page.next else "",
        first=url_for("ratings.behind", **here) if after else "",
    )  # fmt: skip


@blueprint.get("/figures.csv")
@access(_ROLES)
def export() -> ResponseReturnValue:
    """The figures as CSV, for the public indicators."""
    asked: dict[str, Any] = {name: request.args.get(name, "").strip()[:60] for name in _ASKED}
    by = request.args.get("by", "matter")
    rows = zhunyu().ratings.counted(signed_in(), by, RatingQuery(**asked))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([BY.get(by, "事项"), *LEVELS, "合计", "好评率", "差评已答复"])
    for one in rows:
        writer.writerow([_plain(one.key), *one.scores, one.total, one.good_share, one.answered])
    return Response(
        "\ufeff" + out.getvalue(), mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=ratings.csv", "Cache-Control": "private, no-store"},
    )  # fmt: skip


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


def _behind(asked: dict[str, str], by: str, key: str, score: int) -> dict[str, Any]:
    here: dict[str, Any] = {name: text for name, text in asked.items() if text}
    if by in ("matter", "district", "authority"):
        here[by] = key
    elif by == "month":
        here |= {"since": f"{key}-01", "until": f"{key}-31"}
    return {**here, "score": score} if score else here


def _page(rating_id: str, told: str = "") -> str:
    rating, mine = zhunyu().ratings.show(signed_in(), rating_id)
    return render_template(
        "admin/ratings/show.html", one=rating, mine=mine, told=told, levels=LEVELS, states=STATES,
        typed=request.form.get("words", ""),
    )  # fmt: skip
