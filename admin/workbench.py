"""The work list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import listed
from engine.model.case import OPEN
from engine.services.desk_access import only_expert
from engine.services.separation import SYSTEM, apart
from engine.services.worklist import VIEWS
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("workbench", __name__)
TITLES = {"group": "本岗待办", "mine": "我领取的", "all": "全部在办", "checks": "抽查与后续核查", "done": "我办结的"}
FILTERS = ("text", "matter", "status")


@blueprint.get("/")
@access("staff")
def work() -> ResponseReturnValue:
    """A page of the work list in one of its views."""
    host, session = zhunyu(), signed_in()
    if apart(session.account.roles):
        return redirect(url_for("outbox.queue" if SYSTEM in session.account.roles else "audit.home"), 303)
    if only_expert(session.account):
        return redirect(url_for("reviews.listing"), 303)
    view = request.args.get("view", "group")
    view = view if view in VIEWS else "group"
    chosen = {name: request.args.get(name, "").strip() for name in FILTERS}
    after = request.args.get("after", "")
    page = host.worklist.page(session, view, chosen["text"], chosen["matter"], chosen["status"], after)
    searched("待办", chosen["text"], len(page.lines))
    return listed(
        "admin/work.html", (line.case.subject_name for line in page.lines),
        page=page, view=view, chosen=chosen, tabs=_tabs(view, chosen, page.counts),
        title=TITLES[view], counts_url=url_for("workbench.counts", view=view),
        first=_here(view, chosen) if after else "", next=_here(view, chosen, page.next) if page.next else "",
        tripped=host.guarding.tripped(), narrowed=any(chosen.values()),
        matters=[(card.id, card.title) for card in host.shelf.cards()],
        statuses=sorted(one.value for one in OPEN),
    )  # fmt: skip


@blueprint.get("/counts")
@access("staff")
def counts() -> ResponseReturnValue:
    """The views with their counts, asked again every 20 seconds."""
    view = request.args.get("view", "group")
    found = zhunyu().worklist.counts(signed_in())
    return render_template("admin/counts.html", tabs=_tabs(view, {}, found))


def _tabs(view: str, chosen: dict[str, str], counts: dict[str, int]) -> list[tuple[str, str, bool, int | None]]:
    return [(TITLES[name], _here(name, chosen), name == view, counts.get(name)) for name in VIEWS]


def _here(view: str, chosen: dict[str, str], after: str = "") -> str:
    values: dict[str, Any] = {"view": view, **{name: text for name, text in chosen.items() if text}}
    if after:
        values["after"] = after
    return url_for("workbench.work", **values)


@blueprint.post("/cases/<case_id>/tasks/<task>/<way>")
@access("staff")
def hand(case_id: str, task: str, way: str) -> ResponseReturnValue:
    """Take a task of the group, or give it back."""
    acting = zhunyu().acting
    if way == "claim":
        acting.claim(signed_in(), case_id, task)
        flash("已领取。", "good")
    else:
        acting.release(signed_in(), case_id, task)
        flash("已退回本岗待办。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)
