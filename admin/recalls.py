"""Recall: from a faulty basis to the grants that rested on it; freezing it; opening, undoing and confirming."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.ports.recalls import BasisQuery
from engine.services.desk_access import CITY
from engine.services.guarding import FREEZING, KINDS, bases_of
from engine.services.recall import Found, Progress
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("recalls", __name__, url_prefix="/recalls")
_ASKED = ("kind", "matter", "key", "since", "until")
_WORKING = ("opening", "undoing")
STATES = {
    "opening": "正在逐件立案", "opened": "待确认", "confirmed": "已确认", "undoing": "正在撤回", "undone": "已撤回"
}  # fmt: skip


@blueprint.get("")
@access("role:业务管理,审批,监督,审计")
def listing() -> ResponseReturnValue:
    """Recalls, and the question what rested on a basis."""
    return _listing()


def _listing(told: str = "", status: int = 200) -> ResponseReturnValue:
    host = zhunyu()
    asked: dict[str, Any] = {name: request.values.get(name, "").strip() for name in _ASKED}
    keys = {}
    if asked["kind"] in KINDS and asked["matter"]:
        keys = _keys(asked["kind"], asked["matter"])
    found: Found | None = None
    if asked["key"] and not told:
        try:
            found = host.recalls.find(_query(asked), request.args.get("after", ""))
        except ZhunyuError as error:
            told, status = error.told, error.status
    page = listed(
        "admin/recalls.html", (line.subject_name for line in found.lines) if found else (),
        recalls=[one for one in host.recalls.recalls() if _seen(one)], states=STATES,
        kinds=KINDS, asked=asked, keys=keys, found=found, told=told, typed=request.form.get("reason", ""),
        matters=[(card.id, card.title) for card in host.shelf.cards()],
        may_act=bool(set(FREEZING) & set(signed_in().account.roles)),
        next=url_for("recalls.listing", **asked, after=found.next) if found and found.next else "",
    )  # fmt: skip
    return page, status


@blueprint.post("")
@access("role:业务管理")
def order() -> ResponseReturnValue:
    """Freeze the basis, or open a recall over its grants."""
    host, account = zhunyu(), signed_in().account
    asked = {name: request.form.get(name, "").strip() for name in _ASKED}
    reason = request.form.get("reason", "")
    try:
        if request.form.get("do") == "freeze":
            host.guarding.freeze(account.name, account.id, asked["kind"], asked["matter"], asked["key"], reason)
            flash("已冻结：以此为依据的申请自现在起转人工。", "good")
            return redirect(url_for("safeguards.overview"), 303)
        recall = host.recalls.open(account.name, account.id, _query(asked), reason)
    except ZhunyuError as error:
        return _listing(error.told, error.status)
    flash(f"已立案，共 {recall.total} 件。确认之前可以撤回。", "good")
    return redirect(url_for("recalls.show", recall_id=recall.id), 303)


@blueprint.get("/<recall_id>")
@access("role:业务管理,审批,监督,审计")
def show(recall_id: str) -> ResponseReturnValue:
    """A recall with how far it is and its cases."""
    progress = _own(recall_id)
    lines, next = zhunyu().recalls.members(recall_id, request.args.get("after", ""))
    return listed(
        "admin/recall.html", (line.subject_name for line in lines),
        progress=progress, recall=progress.recall, lines=lines, states=STATES, kinds=KINDS,
        may_act=bool(set(FREEZING) & set(signed_in().account.roles)), working=progress.recall.state in _WORKING,
        title=_title(progress.recall.query.matter),
        next=url_for("recalls.show", recall_id=recall_id, after=next) if next else "",
        first=url_for("recalls.show", recall_id=recall_id) if request.args.get("after") else "",
    )  # fmt: skip


@blueprint.get("/<recall_id>/progress")
@access("role:业务管理,审批,监督,审计")
def progress(recall_id: str) -> ResponseReturnValue:
    """How far it is, asked again every two seconds; the whole page once it is there."""
    found = _own(recall_id)
    if found.recall.state not in _WORKING:
        return "", 204, {"HX-Redirect": url_for("recalls.show", recall_id=recall_id)}
    return render_template("admin/recall_progress.html", progress=found, recall=found.recall, states=STATES)


@blueprint.post("/<recall_id>/<way>")
@access("role:业务管理")
def settle(recall_id: str, way: str) -> ResponseReturnValue:
    """Confirm a recall, or undo it."""
    _own(recall_id)
    recalls, account = zhunyu().recalls, signed_in().account
    if way == "confirm":
        shown = recalls.confirm(account.name, account.id, recall_id)
        flash(f"已确认，{shown} 件复核任务已分到各区审批岗位。", "good")
    elif way == "undo":
        recalls.undo(account.name, account.id, recall_id)
        flash("正在撤回。", "good")
    else:
        raise ZhunyuError("A003", "没有这种操作。", "请从召回页面重新选择。", status=404)
    return redirect(url_for("recalls.show", recall_id=recall_id), 303)


def _title(matter: str) -> str:
    return next((card.title for card in zhunyu().shelf.cards() if card.id == matter), matter)


def _own(recall_id: str) -> Progress:
    progress = zhunyu().recalls.progress(recall_id)
    if not _seen(progress):
        raise ZhunyuError("A002", "这一召回属于其他区，您没有查看权限。", "如需协办，请联系该区。", status=403)
    return progress


def _seen(progress: Progress) -> bool:
    """Staff see the recalls of their own district; those of the city see all."""
    return signed_in().account.district in (CITY, progress.recall.query.district)


def _query(asked: dict[str, str]) -> BasisQuery:
    """The question within the asker's district; instants of the browser are Shanghai minutes."""
    district = signed_in().account.district
    return BasisQuery(
        kind=asked["kind"], key=asked["key"], matter=asked["matter"], district="" if district == CITY else district,
        since=f"{asked['since']}:00+08:00" if asked["since"] else "",
        until=f"{asked['until']}:59+08:00" if asked["until"] else "",
    )  # fmt: skip


def _keys(kind: str, matter_id: str) -> dict[str, str]:
    """What may be chosen: of the version on the shelf, and all versions there were."""
    host = zhunyu()
    if kind == "version":
        told: dict[str, Any] = {"published": "发布", "withdrawn": "撤下"}
        lines = host.publishing.history(matter_id)
        return {
            line.hash: f"{line.hash[:12]} · {line.at[:16].replace('T', ' ')} {told.get(line.action, '')}"
            for line in reversed(lines)
        }
    try:
        return {key: f"{title}（{key}）" for key, title in bases_of(host.shelf.current(matter_id))[kind].items()}
    except ZhunyuError:
        return {}
