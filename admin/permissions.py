"""权限表: what each post may do; read by auditors, changed row by row by the security officer, every version kept."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.organisation import KEPT, tabs
from engine.errors import ZhunyuError
from engine.model.permission import LEVELS, SEES, WHOLE_CITY, PermissionRow, PermissionTable
from engine.services.desk_actions import ACTIONS
from engine.services.permission import permits
from engine.services.separation import ROLES
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("permissions", __name__, url_prefix="/permissions")
NEW = -1


@blueprint.get("")
@access("role:安全,审计")
def show() -> ResponseReturnValue:
    """The table in force, or an older version."""
    organisation, _ = zhunyu().staffing.organising.organisation()
    day = zhunyu().clock.now().date().isoformat()
    current, wanted = organisation.table(day), request.args.get("version", type=int)
    table = next((one for one in organisation.tables if one.number == wanted), current)
    return render_template(
        "admin/organisation/permissions.html", tabs=tabs(), table=table, current=current, sees=SEES, day=day,
        versions=tuple(reversed(organisation.tables)), names=_names(), actions=ACTIONS,
        may_edit=not permits(signed_in().account, "organisation.keep").why_not
        and table.number == _last(organisation.tables, current),
    )  # fmt: skip


@blueprint.get("/row")
@access("role:安全")
def row() -> ResponseReturnValue:
    """The form of one row, or of a new one."""
    table, index = _newest(), request.args.get("index", NEW, type=int)
    filled = table.rows[index] if 0 <= index < len(table.rows) else PermissionRow(())
    return _form(table, index, filled)


@blueprint.post("/row")
@access("role:安全")
def row_change() -> ResponseReturnValue:
    """Check the row, show what changes, and carry it out once confirmed."""
    table, index = _newest(), request.form.get("index", NEW, type=int)
    since, reason = _text("since"), _text("reason")
    filled = _read()
    kept = list(table.rows)
    if request.form.get("_do") == "remove" and 0 <= index < len(kept):
        del kept[index]
    elif 0 <= index < len(kept):
        kept[index] = filled
    else:
        kept.append(filled)
    seen, office = request.form.get("seen", 0, type=int), zhunyu().staffing.organising
    try:
        changes = office.check_table(tuple(kept), since)
        if not request.form.get("confirmed"):
            return render_template(
                "admin/organisation/confirm_row.html", tabs=tabs(), changes=changes, since=since, reason=reason,
                sent=request.form,
            )
        made = office.change_table(signed_in(), tuple(kept), since, reason, seen)
    except ZhunyuError as error:
        return _form(table, index, filled, shown(error, KEPT), error.status)
    flash(f"权限表已改为第 {made.number} 版，自 {made.since} 起生效。", "good")
    return redirect(url_for("permissions.show"), 303)


def _form(
    table: PermissionTable, index: int, filled: PermissionRow, told: str = "", status: int = 200
) -> ResponseReturnValue:
    cards = zhunyu().shelf.cards()
    districts = sorted({one.district for one in zhunyu().staffing.organising.organisation()[0].units})
    page = render_template(
        "admin/organisation/row.html", tabs=tabs(), table=table, index=index, row=filled, told=told, roles=ROLES,
        lines=sorted({card.line for card in cards}), levels=LEVELS, districts=(WHOLE_CITY, *districts), sees=SEES,
        actions=ACTIONS, names=_names(), since=_text("since") or zhunyu().clock.now().date().isoformat(),
        reason=_text("reason"),
    )  # fmt: skip
    return page, status


def _read() -> PermissionRow:
    many = {name: tuple(request.form.getlist(name)) for name in ("roles", "lines", "levels", "districts", "actions")}
    steps = tuple(one.strip() for one in _text("steps").replace("，", "、").split("、") if one.strip())
    return PermissionRow(post=_text("post"), steps=steps, sees=_text("sees"), **many)


def _newest() -> PermissionTable:
    organisation, _ = zhunyu().staffing.organising.organisation()
    current = organisation.table(zhunyu().clock.now().date().isoformat())
    return organisation.tables[-1] if organisation.tables else current


def _last(tables: tuple[PermissionTable, ...], current: PermissionTable) -> int:
    return tables[-1].number if tables else current.number


def _names() -> dict[str, str]:
    organisation, _ = zhunyu().staffing.organising.organisation()
    units = {one.id: one for one in organisation.units}
    return {
        one.id: f"{units[one.unit].district} {one.name}" if one.unit in units else one.name
        for one in organisation.posts
    }


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:500]
