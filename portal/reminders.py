"""催办: the applicant reminds whoever has the case."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import shown
from portal.services import zhunyu

blueprint = Blueprint("reminders", __name__, url_prefix="/cases")


@blueprint.post("/<case_id>/remind")
@access("applicant")
@limited("30/minute", by="account")
def remind(case_id: str) -> ResponseReturnValue:
    """Remind once; why not is told on the page of the case."""
    try:
        zhunyu().moves.reminding.remind(signed_in(), case_id)
        flash("已催办，办理人员会收到提醒。", "good")
    except ZhunyuError as error:
        flash(shown(error, ("C001", "C004")), "info")
    return redirect(url_for("cases.view", case_id=case_id), 303)
