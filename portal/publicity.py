"""公示 for everybody: what is being decided, what was decided, and objections."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.web.access import access
from engine.web.limiting import limited
from portal.services import signed_in, zhunyu

blueprint = Blueprint("publicity", __name__)


@blueprint.get("/publicity")
@access("public")
@limited("60/minute")
def notices() -> ResponseReturnValue:
    """What is under 公示, or was."""
    text, state, after = _asked("text"), _asked("state") or "open", _asked("after")
    page = zhunyu().publicity.notices(text, state, after)
    return render_template("publicity/list.html", page=page, text=text, state=state, after=after)


@blueprint.get("/publicity/<notice_id>")
@access("public")
@limited("60/minute")
def notice(notice_id: str) -> ResponseReturnValue:
    """One page of 公示."""
    return _notice(notice_id)


@blueprint.get("/publicity/<notice_id>/objection")
@access("applicant")
def ask_objection(notice_id: str) -> ResponseReturnValue:
    """The form of an objection, for those who are signed in."""
    return _notice(notice_id, asking=True)


@blueprint.post("/publicity/<notice_id>/objection")
@access("applicant")
@limited("10/minute", by="account")
def object_to(notice_id: str) -> ResponseReturnValue:
    """File an objection."""
    words = request.form.get("words", "")[:5000]
    try:
        zhunyu().publicity.object_to(signed_in(), notice_id, words)
    except ZhunyuError as error:
        if error.code not in ("C001", "C002", "C004"):
            raise
        return _notice(notice_id, asking=True, words=words, told=error.told), error.status
    flash("异议已提交，办理机关会在作出决定前复核。", "good")
    return redirect(url_for("publicity.notice", notice_id=notice_id), 303)


@blueprint.get("/public")
@access("public")
@limited("60/minute")
def results() -> ResponseReturnValue:
    """Decisions that are shown to everybody."""
    text, after = _asked("text"), _asked("after")
    page = zhunyu().publicity.results(text, after)
    return render_template("publicity/results.html", page=page, text=text, after=after)


def _notice(notice_id: str, *, asking: bool = False, words: str = "", told: str = "") -> str:
    found = zhunyu().publicity.notice(notice_id)
    running = zhunyu().publicity.running(found)
    return render_template("publicity/notice.html", one=found, running=running, asking=asking, words=words, told=told)


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()[:200]
