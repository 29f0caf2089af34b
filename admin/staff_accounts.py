"""账号: staff accounts, kept by the security officer and read by auditors."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.organisation import carried, tabs
from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.services.organising import Organising
from engine.services.permission import permits
from engine.services.separation import ROLES
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("staff_accounts", __name__, url_prefix="/staff-accounts")


@blueprint.get("")
@access("role:安全,审计")
def listing() -> ResponseReturnValue:
    """Accounts with their posts and state."""
    return _page()


@blueprint.post("")
@access("role:安全")
@limited("30/minute", by="account", methods=("POST",))
def create() -> ResponseReturnValue:
    """A new account."""
    account = Account(
        id="", login=_text("login"), kind="staff", name=_text("name"), level=2, district=_text("district"),
        roles=tuple(request.form.getlist("roles")),
    )  # fmt: skip
    password = request.form.get("password", "")
    return _carried("create", "已建立账号。请把初始口令当面交给本人，登录后修改。",
                    lambda: _office().create(signed_in(), account, password))  # fmt: skip


@blueprint.post("/<account_id>/<way>")
@access("role:安全")
@limited("60/minute", by="account", methods=("POST",))
def change(account_id: str, way: str) -> ResponseReturnValue:
    """Stop, restore, other roles."""
    session, office, roles = signed_in(), _office(), tuple(request.form.getlist("roles"))
    ways: dict[str, tuple[str, Callable[[], object]]] = {
        "stop": ("已停用，登录全部失效，领取的任务已转给代岗人或退回本岗。",
                 lambda: office.set_active(session, account_id, False)),
        "restore": ("已恢复。", lambda: office.set_active(session, account_id, True)),
        "roles": ("角色已改，本人须重新登录。", lambda: office.set_roles(session, account_id, roles)),
    }  # fmt: skip
    if way not in ways:
        raise ZhunyuError("A003", "没有这种操作。", "请从账号清单重新选择。", status=404)
    told, carry = ways[way]
    return _carried(f"{way}-{account_id}", told, carry)


def _carried(form: str, told: str, carry: Callable[[], object]) -> ResponseReturnValue:
    back = url_for("staff_accounts.listing", q=request.values.get("q", ""))
    return carried(carry, told, lambda words, status: _page({form: words}, status), back)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    organisation, people = _office().organisation()
    day, word = zhunyu().clock.now().date().isoformat(), request.values.get("q", "").strip()
    names = {one.id: one.name for one in organisation.posts}
    posts: dict[str, list[str]] = {}
    for one in organisation.holdings:
        if not one.until or one.until >= day:
            posts.setdefault(one.account, []).append(names.get(one.post, one.post))
    accounts = sorted(
        (one for one in people.values() if word in f"{one.name} {one.login} {one.district} {' '.join(one.roles)}"),
        key=lambda one: (not one.active, one.district, one.login),
    )
    districts = sorted({one.district for one in organisation.units} | {one.district for one in people.values()})
    page = render_template(
        "admin/organisation/accounts.html", tabs=tabs(), accounts=accounts, posts=posts, word=word, roles=ROLES,
        districts=districts, errors=errors or {}, typed=request.form, own=signed_in().account.id,
        may_edit=not permits(signed_in().account, "organisation.keep").why_not,
    )  # fmt: skip
    return page, status


def _office() -> Organising:
    return zhunyu().staffing.organising


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:200]
