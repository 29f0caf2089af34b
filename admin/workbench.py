"""The work list, with its saved views."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.arranging import TITLES, address, asked, choices, pairs
from admin.case_watching import searched
from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.model.case import OPEN
from engine.model.saved_views import Arrangement, Filters
from engine.ports.work import MOST_COUNTED
from engine.services.accounts import Session
from engine.services.bulk import ACTIONS
from engine.services.desk_access import CITY, only_expert
from engine.services.separation import SYSTEM, apart
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import note_refusal

blueprint = Blueprint("workbench", __name__)
_ORDER = (
    "group", "mine", "department", "overdue", "today", "alerts", "returned", "stopped", "checks", "all", "done",
)  # fmt: skip
_BULK = {  # what is offered for many tasks in which view
    "group": ("claim", "accept", "assign", "remind"), "mine": ("accept", "release"),
    "department": ("claim", "accept", "assign", "remind"),
    "checks": ("claim",), "done": (), "all": ("claim", "accept", "assign", "remind"),
}  # fmt: skip


@blueprint.get("/")
@access("staff")
def work() -> ResponseReturnValue:
    """A page of the work list: in one of its views, as a saved view has it, or as one's usual view."""
    host, session = zhunyu(), signed_in()
    if apart(session.account.roles):
        return redirect(url_for("outbox.queue" if SYSTEM in session.account.roles else "audit.home"), 303)
    if only_expert(session.account):
        return redirect(url_for("reviews.listing"), 303)
    views = host.worklist.views(session)
    wanted = request.args.get("saved", "")
    saved = next((one for one in views if (one.id == wanted if wanted else one.usual and not request.args)), None)
    one = saved.arrangement if saved else asked(request.args)
    after = request.args.get("after", "")
    page = host.worklist.page(session, one.view, one.filters, after, one.size, one.order == "latest")
    searched("待办", one.filters.text, len(page.lines))
    mark = {"saved": saved.id} if saved else {}
    return listed(
        "admin/work.html", (line.case.subject_name for line in page.lines),
        page=page, one=one, view=one.view, chosen=one.filters, saved=saved, views_saved=views,
        tabs=_tabs(one.view, page.counts), title=saved.name if saved else TITLES[one.view],
        counts_url=url_for("workbench.counts", view=one.view), pairs=pairs(one),
        first=address(one, **mark) if after else "", next=address(one, after=page.next, **mark) if page.next else "",
        tripped=host.guarding.tripped(), narrowed=one.filters.narrowed, clear=url_for("workbench.work", view=one.view),
        actions=[ACTIONS[name] for name in _BULK.get(one.view, _BULK["all"])],
        awaiting=host.changeovers.awaiting(session), owed=host.ratings.owed(session),
        today=host.clock.now().date().isoformat(),
        **choices(), **offered(session),
    )  # fmt: skip


@blueprint.get("/counts")
@access("staff")
def counts() -> ResponseReturnValue:
    """The views with their counts, asked again every 20 seconds."""
    found = zhunyu().worklist.counts(signed_in())
    return render_template("admin/counts.html", tabs=_tabs(asked(request.args).view, found))


@blueprint.post("/views")
@access("staff")
def keep_view() -> ResponseReturnValue:
    """Keep what is shown under a name."""
    one, usual = asked(request.form), request.form.get("usual") == "1"
    try:
        view = zhunyu().worklist.keep_view(signed_in(), request.form.get("name", ""), one, usual=usual)
    except ZhunyuError as error:
        note_refusal(error)
        flash(error.told, "bad")
        return redirect(address(one), 303)
    flash(f"已保存视图“{view.name}”。", "good")
    return redirect(url_for("workbench.work", saved=view.id), 303)


@blueprint.post("/views/<view_id>")
@access("staff")
def change_view(view_id: str) -> ResponseReturnValue:
    """Rename a view, make it the usual one, or delete it."""
    worklist, session = zhunyu().worklist, signed_in()
    if request.form.get("do") == "delete":
        worklist.drop_view(session, view_id)
        flash("视图已删除。", "good")
        return redirect(url_for("workbench.work", view="group"), 303)
    try:
        worklist.rename_view(session, view_id, request.form.get("name", ""), usual=request.form.get("usual") == "1")
        flash("视图已更新。", "good")
    except ZhunyuError as error:
        note_refusal(error)
        flash(error.told, "bad")
    return redirect(url_for("workbench.work", saved=view_id), 303)


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


def offered(session: Session) -> dict[str, object]:
    """The matters, lines, states and districts a list can be narrowed to."""
    cards = zhunyu().shelf.cards()
    everywhere = session.account.district == CITY
    return {
        "matters": [(card.id, card.title) for card in cards], "all_lines": sorted({card.line for card in cards}),
        "statuses": sorted(one.value for one in OPEN), "everywhere": everywhere,
    }  # fmt: skip


def _tabs(view: str, counts: dict[str, int]) -> list[tuple[str, str, bool, str | None]]:
    return [
        (TITLES[name], address(Arrangement(name, Filters())), name == view, _told(counts.get(name))) for name in _ORDER
    ]


def _told(count: int | None) -> str | None:
    return None if count is None else f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
