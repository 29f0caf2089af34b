"""Pages on which personal data are masked: in what is read, never in what makes up the page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from markupsafe import escape

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.services.unmasking import masked, of_people, sees_names
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("masking", __name__, url_prefix="/names")

_TAG = re.compile(r"(<[^>]*>)")
_SHOWN = "names_shown"  # the address of the one list that may show names the next time it is opened
_LONG = 6  # letters from which on a word is looked for all over the page


def covered(page: str, words: Iterable[str] = (), names: Iterable[str] = ()) -> str:
    """The page with the words (of some length) and the names masked in its text, and every number that is an identity
    number or a mobile number. Tags stay as they are, so nothing that someone typed can break the page."""
    hidden = tuple(str(escape(word)) for word in (*(word for word in words if len(word) >= _LONG), *names) if word)
    parts = _TAG.split(page)
    parts[::2] = [masked(part, hidden) if part and not part.isspace() else part for part in parts[::2]]
    return "".join(parts)


def listed(template: str, names: Iterable[str], **context: object) -> str:
    """A list with the names of people masked for whoever has no business with people, until they say why they need
    them: then once. The page gets `names_state`: "" (nothing is masked) | masked | shown."""
    if sees_names(signed_in()):
        return render_template(template, names_state="", **context)
    shown = session.pop(_SHOWN, "") == request.full_path
    page = render_template(template, names_state="shown" if shown else "masked", **context)
    return page if shown else covered(page, names=of_people(names))


@blueprint.post("")
@access("staff")
@limited("20/minute", by="account", methods=("POST",))
def show() -> ResponseReturnValue:
    """Write down why the names of a list are wanted, and open the list once with them."""
    page = request.form.get("page", "")
    if not page.startswith("/") or page.startswith("//") or "\\" in page:
        raise ZhunyuError("A003", "没有这个列表。", "请从菜单重新打开。", status=404)
    try:
        zhunyu().audit.unmasking.open_list(signed_in(), page, request.form.get("reason", ""))
        session[_SHOWN] = page
    except ZhunyuError as error:
        if error.code != "C004":
            raise
        flash(error.told, "bad")
    return redirect(request.script_root + page, 303)
