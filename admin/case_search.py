"""Cases, running and finished: found by number, name, matter, district, state, time or certificate."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import listed
from admin.workbench import offered
from engine.errors import ZhunyuError
from engine.model.case import Status
from engine.ports.cases import CaseLine
from engine.ports.work import SearchQuery
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("case_search", __name__, url_prefix="/search")
_FIELDS = ("text", "number", "certificate", "matter", "district", "status", "state", "since", "until")


@blueprint.get("")
@access("staff")
def search() -> ResponseReturnValue:
    """A page of the cases that fit, newest first."""
    session = signed_in()
    given: dict[str, Any] = {name: request.args.get(name, "").strip() for name in _FIELDS}
    wanted, after = SearchQuery(**given), request.args.get("after", "")
    lines: tuple[CaseLine, ...] = ()
    told, next = "", ""
    try:
        lines, next = zhunyu().worklist.search(session, msgspec.structs.replace(wanted, after=after))
    except ZhunyuError as error:
        if error.code != "A004":
            raise
        told = error.told
    searched("办件", " ".join(given[name] for name in ("text", "number", "certificate") if given[name]), len(lines))
    asked = {name: value for name, value in given.items() if value}
    page = listed(
        "admin/worklist/search.html", (line.subject_name for line in lines), lines=lines, chosen=wanted, told=told,
        narrowed=bool(asked), first=url_for(".search", **asked) if after else "",
        next=url_for(".search", **asked, after=next) if next else "",
        **(offered(session) | {"statuses": [one.value for one in Status]}),
    )  # fmt: skip
    return page, 422 if told else 200
