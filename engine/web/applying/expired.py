"""A session that expires in the middle of a form loses nothing: what was typed is kept until its owner is back."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.web.access import sign_in_url, wants_fragment
from engine.web.applying.host import product
from engine.web.forms.build import bind

_FORMS = frozenset({"apply.save", "apply.precheck"})


def keep_what_was_typed() -> ResponseReturnValue | None:
    """Before a visitor without a session is turned away from a form: keep the answers sent, then ask to sign in."""
    if request.method != "POST" or request.endpoint not in _FORMS or g.session is not None:
        return None
    draft_id = (request.view_args or {}).get("draft_id", "")
    matter = product().drafts.parked_matter(draft_id)
    if matter is None:
        return None
    parked = product().drafts.park(draft_id, bind(matter, formdata=request.form).answers())
    back = url_for("apply.form", draft_id=draft_id, restore=parked or None)
    if wants_fragment():
        return "", 401, {"HX-Redirect": sign_in_url(back)}
    flash("登录已过期。请重新登录，刚才填写的内容已经保留。", "warn")
    return redirect(sign_in_url(back), 303)
