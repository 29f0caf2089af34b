"""组织与岗位: units, posts, who holds them; the security officer edits them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.organisation import Organisation, Post, Unit, holds_on
from engine.ports.accounts import Account
from engine.services.organising import Organising, members
from engine.services.permission import permits
from engine.web.access import access, allowed, declared
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")
_TABS = (
    ("organisation.show", "组织与岗位"), ("delegations.mine", "授权与代岗"), ("delegations.everyone", "全部授权"),
    ("permissions.show", "权限表"), ("staff_accounts.listing", "账号"),
)  # fmt: skip
KEPT = ("A002", "A003", "A004", "A005", "A016", "C001", "C002", "C004")


def tabs() -> list[tuple[str, str, bool, int | None]]:
    """The pages of the organisation this person may open."""
    views, session, here = current_app.view_functions, signed_in(), request.endpoint or ""
    return [
        (title, url_for(endpoint), endpoint == here or here.startswith(endpoint.partition(".")[0] + ".row"), None)
        for endpoint, title in _TABS
        if allowed(declared(views[endpoint]), session, "")
    ]


@blueprint.get("")
@access("staff")
def show() -> ResponseReturnValue:
    """Units with their posts and people, or those that fit a word."""
    return _page()


@blueprint.post("/units")
@access("role:安全")
def unit() -> ResponseReturnValue:
    """A new unit, or other words for one."""
    given = {name: _text(name) for name in Unit.__struct_fields__}
    return _carried("unit", "已保存单位。", lambda: _office().put_unit(signed_in(), Unit(**given)))


@blueprint.post("/posts")
@access("role:安全")
def post() -> ResponseReturnValue:
    """A new post, or other words for one."""
    given = {name: _text(name) for name in Post.__struct_fields__}
    return _carried("post", "已保存岗位。", lambda: _office().put_post(signed_in(), Post(**given)))


@blueprint.post("/people")
@access("role:安全")
def place() -> ResponseReturnValue:
    """Put a person into a post."""
    login, into, since, until = (_text(name) for name in ("login", "post", "since", "until"))
    return _carried(
        "place", "已安排岗位，本人须重新登录。", lambda: _office().place(signed_in(), login, into, since, until)
    )


@blueprint.post("/people/<holding>/end")
@access("role:安全")
def end(holding: str) -> ResponseReturnValue:
    """Take a person out of a post."""
    return _carried("end", "已免去岗位，从现在起不再有这个岗位的权限。", lambda: _office().remove(signed_in(), holding))


def carried(
    change: Callable[[], object], told: str, again: Callable[[str, int], ResponseReturnValue], back: str
) -> ResponseReturnValue:
    """Carry a change out and go `back`; a refusal shows the page `again` with its words and what was typed."""
    try:
        change()
    except ZhunyuError as error:
        return again(shown(error, KEPT), error.status)
    flash(told, "good")
    return redirect(back, 303)


def _carried(form: str, told: str, change: Callable[[], object]) -> ResponseReturnValue:
    back = url_for("organisation.show", q=request.values.get("q", ""))
    return carried(change, told, lambda words, status: _page({form: words}, status), back)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    organisation, people = _office().organisation()
    day, word = zhunyu().clock.now().date().isoformat(), request.values.get("q", "").strip()
    held = members(organisation, day)
    shown = tuple(one for one in organisation.units if not word or _fits(one, organisation, people, word, day))
    page = render_template(
        "admin/organisation/show.html", tabs=tabs(), units=_in_order(shown), posts=organisation.posts, held=held,
        people=people, word=word, day=day, errors=errors or {}, typed=request.form, holds_on=holds_on,
        may_edit=not permits(signed_in().account, "organisation.keep").why_not,
        depth={one.id: bool(one.parent) for one in organisation.units}, people_choices=choices(people.values()),
        post_choices=_posts(organisation), unit_choices=_units(organisation),
    )  # fmt: skip
    return page, status


def _fits(unit: Unit, organisation: Organisation, people: dict[str, Account], word: str, day: str) -> bool:
    if word in unit.name or word in unit.district:
        return True
    held = members(organisation, day)
    return any(
        word in one.name or any(word in (person.name, person.login) or word in person.name
                                for each in held.get(one.id, ()) if (person := people.get(each.account)) is not None)
        for one in organisation.posts if one.unit == unit.id
    )  # fmt: skip


def _in_order(units: tuple[Unit, ...]) -> list[Unit]:
    """Every unit behind the one it is part of; the city's first."""
    ids = {one.id for one in units}

    def below(parent: str) -> list[Unit]:
        own = [one for one in units if (one.parent if one.parent in ids else "") == parent]
        own.sort(key=lambda one: (one.district != "市级", one.district, one.id))
        return [found for one in own for found in (one, *below(one.id))]

    return below("")


def choices(people: Iterable[Account]) -> list[tuple[str, str]]:
    """Active staff to choose from: login, and name with district."""
    active = sorted((one for one in people if one.active), key=lambda one: (one.district, one.login))
    return [(one.login, f"{one.name}（{one.district}，{'、'.join(one.roles)}）") for one in active]


def _units(organisation: Organisation) -> list[tuple[str, str]]:
    return [(one.id, f"{one.district}　{one.name}") for one in _in_order(organisation.units)]


def _posts(organisation: Organisation) -> list[tuple[str, str]]:
    units = {one.id: one for one in organisation.units}
    named = ((one, units[one.unit]) for one in organisation.posts if one.unit in units)
    found = [(one.id, f"{unit.district}　{unit.name}　{one.name}") for one, unit in named]
    return sorted(found, key=lambda one: one[1])


def _office() -> Organising:
    return zhunyu().staffing.organising


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:200]
