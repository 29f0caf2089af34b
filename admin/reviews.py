"""专家评审 for the experts themselves: what they are invited to, the case as far as they may read it, their word."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.values import Answers
from engine.services.panels import Seat
from engine.services.signing import DEMO_PIN
from engine.web.access import access
from engine.web.forms.build import bind, without_dropped
from engine.web.forms.page import browser_rules, draw, summary
from engine.web.headers import file_answer
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("reviews", __name__)
_TOLD = ("C001", "C002", "C004", "A004", "K007", "K008")


@blueprint.get("/reviews")
@access("role:专家")
def listing() -> ResponseReturnValue:
    """What one is invited to, and what is over."""
    panels, session = zhunyu().experts, signed_in()
    today = zhunyu().clock.now().date().isoformat()
    return render_template(
        "admin/fieldwork/reviews.html", open=panels.invitations(session), done=panels.invitations(session, "done"),
        today=today,
    )  # fmt: skip


@blueprint.get("/reviews/<case_id>")
@access("role:专家")
def seat(case_id: str) -> ResponseReturnValue:
    """The case as an expert may read it, with what there is to do."""
    return _page(zhunyu().experts.seat(signed_in(), case_id))


@blueprint.post("/reviews/<case_id>/answer")
@access("role:专家")
def answer(case_id: str) -> ResponseReturnValue:
    """Accept, or recuse with a reason."""
    accepts, reason = request.form.get("answer") == "accept", request.form.get("reason", "")[:500]
    try:
        zhunyu().experts.answer(signed_in(), case_id, accepts, reason)
    except ZhunyuError as error:
        told = shown(error, _TOLD)
        return _page(zhunyu().experts.seat(signed_in(), case_id), told=told), error.status
    if accepts:
        flash("已接受邀请，请在期限内提交评审意见。", "good")
        return redirect(url_for("reviews.seat", case_id=case_id), 303)
    flash("已登记回避，这件办件不再对您显示。", "good")
    return redirect(url_for("reviews.listing"), 303)


@blueprint.post("/reviews/<case_id>/opinion")
@access("role:专家")
def give(case_id: str) -> ResponseReturnValue:
    """Give one's opinion under one's signature; what was typed survives a refusal."""
    panels, session = zhunyu().experts, signed_in()
    typed = _typed(panels.seat(session, case_id))
    found = panels.seat(session, case_id, typed)
    scores = found.score.record if found.score is not None else {}
    vote, opinion = request.form.get("vote", ""), request.form.get("opinion", "")[:4000]
    try:
        panels.give(session, case_id, vote, opinion, scores, request.form.get("pin", ""))
    except ZhunyuError as error:
        return _page(found, told=shown(error, _TOLD), asked=True), error.status
    flash("评审意见已签署提交。", "good")
    return redirect(url_for("reviews.seat", case_id=case_id), 303)


@blueprint.get("/reviews/<case_id>/files/<upload_id>")
@access("role:专家")
def file(case_id: str, upload_id: str) -> Response:
    """A material experts may read."""
    upload, data = zhunyu().experts.file(signed_in(), case_id, upload_id)
    return file_answer(upload.name, upload.media, data, inline=True)


def _typed(found: Seat) -> Answers | None:
    if found.score is None:
        return None
    return bind(found.score.form, formdata=without_dropped(request.form)).answers()


def _page(found: Seat, told: str = "", asked: bool = False) -> str:
    more: dict[str, Any] = {"groups": (), "rules": {}, "lines": ()}
    if found.score is not None:
        form = bind(found.score.form, found.score.answers)
        problems = found.score.problems if asked else {}
        form.tell(problems)
        more = {
            "groups": draw(found.score.form, form, found.score.visible, locked=found.score.locked),
            "rules": browser_rules(found.score.form, {}), "lines": summary(found.score.form, problems),
        }  # fmt: skip
    return render_template(
        "admin/fieldwork/seat.html", seat=found, case=found.case, told=told, given=request.form,
        signing=zhunyu().acting.signing(signed_in()), demo_pin=DEMO_PIN if zhunyu().settings.demo else "",
        today=zhunyu().clock.now().date().isoformat(), **more,
    )  # fmt: skip
