"""抄送我的: cases sent to me for reading."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.masking import listed
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("copies", __name__, url_prefix="/copies")


@blueprint.get("")
@access("staff")
def inbox() -> ResponseReturnValue:
    """A page of copies, newest first."""
    after = request.args.get("after", "")[:40]
    lines, next = zhunyu().moves.copies.inbox(signed_in(), after)
    names = (line.case.subject_name for line in lines)
    return listed("admin/moves/copies.html", names, lines=lines, next=next, after=after,
                  unread=zhunyu().moves.copies.unread(signed_in()))  # fmt: skip


@blueprint.post("/<copy_id>")
@access("staff")
def open_copy(copy_id: str) -> ResponseReturnValue:
    """Open the case of a copy; that is its read receipt."""
    return redirect(url_for("case_page.show", case_id=zhunyu().moves.copies.open(signed_in(), copy_id)), 303)
