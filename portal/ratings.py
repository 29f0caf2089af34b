"""好差评 by applicants: rate a case, change it once, rate the answer to a bad one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.ratings import LEVELS, MOBILE, ONLINE
from engine.services.ratings import Given
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("ratings", __name__)
_SHOWN = ("A004", "C001", "C002")
_PHONE = ("Mobi", "Android", "iPhone")


@blueprint.get("/cases/<case_id>/rating")
@access("applicant")
def show(case_id: str) -> ResponseReturnValue:
    """What was said of the case, and the forms for what may be said."""
    return _page(case_id)


@blueprint.post("/cases/<case_id>/rating")
@access("applicant")
@limited("30/minute", by="account")
def rate(case_id: str) -> ResponseReturnValue:
    """Take a rating; what was typed survives a refusal."""
    form, score = request.form, request.form.get("score", 0, type=int)
    agent = request.headers.get("User-Agent", "")
    given = Given(
        score, tuple(form.getlist(f"label.{score}")), form.get("words", ""), "anonymous" in form,
        MOBILE if any(word in agent for word in _PHONE) else ONLINE,
    )  # fmt: skip
    return _thanked(case_id, lambda: zhunyu().ratings.rate(signed_in(), case_id, form.get("point", ""), given))


@blueprint.post("/cases/<case_id>/rating/<rating_id>/answer")
@access("applicant")
@limited("30/minute", by="account")
def second(case_id: str, rating_id: str) -> ResponseReturnValue:
    """Take the rating of an answer."""
    score = request.form.get("score", 0, type=int)
    words = request.form.get("words", "")
    return _thanked(case_id, lambda: zhunyu().ratings.second(signed_in(), rating_id, score, words))


def _thanked(case_id: str, take: Callable[[], object]) -> ResponseReturnValue:
    try:
        take()
    except ZhunyuError as error:
        if error.code not in _SHOWN:
            raise
        return _page(case_id, error.told), error.status
    flash("谢谢您的评价。", "good")
    return redirect(url_for("ratings.show", case_id=case_id), 303)


def _page(case_id: str, told: str = "") -> str:
    page = zhunyu().ratings.of_case(signed_in(), case_id)
    return render_template(
        "ratings/show.html", page=page, levels=LEVELS, told=told, typed=request.form, mine=signed_in().account.id
    )
