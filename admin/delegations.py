"""授权与代岗: who acts for me and for whom I act; giving, naming a deputy, taking back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.organisation import carried, tabs
from engine.services.permission import permits, powers_of
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")


@blueprint.get("")
@access("staff")
def mine() -> ResponseReturnValue:
    """What I gave and received, and the forms to give."""
    return _page()


@blueprint.get("/all")
@access("role:安全,审计")
def everyone() -> ResponseReturnValue:
    """All delegations and absences."""
    return _everyone()


@blueprint.post("/all")
@access("role:安全")
@limited("30/minute", by="account", methods=("POST",))
def leave_for() -> ResponseReturnValue:
    """Name who does the work of somebody who left without doing so."""
    return carried(
        lambda: zhunyu().staffing.delegating.leave(
            signed_in(), _text("deputy"), _text("since"), _text("until"), _text("reason"), _text("person")
        ),
        "已安排代岗。其领取的任务转给代岗人。", _everyone, url_for("delegations.everyone"),
    )  # fmt: skip


def _everyone(told: str = "", status: int = 200) -> ResponseReturnValue:
    delegating = zhunyu().staffing.delegating
    given, away = delegating.lines(signed_in(), everyone=True)
    people = zhunyu().staffing.organising.organisation()[1].values()
    named = [(one.id, f"{one.name}（{one.district}，{'、'.join(one.roles)}）", one.active) for one in people]
    page = render_template(
        "admin/organisation/everyone.html", tabs=tabs(), given=given, away=away, refused=told, typed=request.form,
        may_end=not permits(signed_in().account, "organisation.keep").why_not,
        people_choices=sorted((id, name if active else f"{name}　已停用") for id, name, active in named),
        deputy_choices=sorted((id, name) for id, name, active in named if active),
        today=zhunyu().clock.now().date().isoformat(),
    )  # fmt: skip
    return page, status


@blueprint.post("/give")
@access("staff")
@limited("30/minute", by="account", methods=("POST",))
def give() -> ResponseReturnValue:
    """Let someone act with some of my roles."""
    session, roles = signed_in(), tuple(request.form.getlist("roles"))
    lines = tuple(request.form.getlist("lines"))
    return _carried(
        "give", "已授权。对方下次打开页面即可办理，决定书上写明受您委托。",
        lambda: zhunyu().staffing.delegating.give(
            session, _text("taker"), roles, _text("since"), _text("until"), lines, _text("reason")
        ),
    )  # fmt: skip


@blueprint.post("/leave")
@access("staff")
@limited("30/minute", by="account", methods=("POST",))
def leave() -> ResponseReturnValue:
    """Name who does my work while I am away."""
    session = signed_in()
    return _carried(
        "leave", "已安排代岗。不在岗期间，您领取的任务转给代岗人。",
        lambda: zhunyu().staffing.delegating.leave(
            session, _text("deputy"), _text("since"), _text("until"), _text("reason")
        ),
    )  # fmt: skip


@blueprint.post("/<entry>/end")
@access("staff")
def end(entry: str) -> ResponseReturnValue:
    """Take a delegation back, or come back to work."""
    back = "delegations.everyone" if request.form.get("back") == "all" else "delegations.mine"
    return _carried("end", "已收回，从现在起不再有效。",
                    lambda: zhunyu().staffing.delegating.revoke(signed_in(), entry), back)  # fmt: skip


def _carried(
    form: str, told: str, change: Callable[[], object], back: str = "delegations.mine"
) -> ResponseReturnValue:
    return carried(change, told, lambda words, status: _page({form: words}, status), url_for(back))


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    session, delegating = signed_in(), zhunyu().staffing.delegating
    given, away = delegating.lines(session)
    own, others = powers_of(session.account), delegating.colleagues(session)
    page = render_template(
        "admin/organisation/delegations.html", tabs=tabs(), given=given, away=away, own=own,
        roles=delegating.own_roles(session), errors=errors or {},
        lines=sorted({card.line for card in zhunyu().shelf.cards()}), typed=request.form,
        people_choices=[(one.id, f"{one.name}（{one.district}，{'、'.join(one.roles)}）") for one in others],
        today=zhunyu().clock.now().date().isoformat(),
    )  # fmt: skip
    return page, status


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:500]
