"""Basis files, transfers, and what has come to the end of its retention."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.archives import RESULTS, STATES, TONES, archivist
from admin.host import zhunyu
from admin.masking import listed
from engine.errors import ZhunyuError
from engine.ports.archives import ArchiveQuery
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("archive_lists", __name__, url_prefix="/archive")
_MOST = 100
LISTS = {"proposed": "待另一人确认", "confirmed": "已销毁", "withdrawn": "已撤回"}
SENT = {"sent": "待答复", "accepted": "已接收", "refused": "被退", "failed": "未送达"}
_SENT_TONES = {"sent": "info", "accepted": "good", "refused": "bad", "failed": "bad"}


@blueprint.get("/basis")
@access("role:档案,审计")
def basis() -> ResponseReturnValue:
    """Basis files by name or code."""
    office = zhunyu().archives.basis
    asked: dict[str, Any] = {name: request.args.get(name, "").strip() for name in ("text", "line", "kind")}
    after = request.args.get("after", "")
    found, next = office.find(signed_in(), **asked, after=after)
    return listed(
        "admin/archive/basis.html", (one.title for one in found if one.natural),
        found=found, asked=asked, lines=office.lines(),
        next=url_for("archive_lists.basis", **asked, after=next) if next else "",
        first=url_for("archive_lists.basis", **asked) if after else "",
    )  # fmt: skip


@blueprint.get("/basis/<file_id>")
@access("role:档案,审计")
def basis_file(file_id: str) -> ResponseReturnValue:
    """One basis file with its cases and certificates."""
    page = zhunyu().archives.basis.page(signed_in(), file_id)
    names = (*([page.file.title] if page.file.natural else []), *(one.holder_name for one in page.certificates))
    return listed(
        "admin/archive/basis_file.html", names,
        page=page, file=page.file, states=STATES, tones=TONES, results=RESULTS
    )


@blueprint.get("/transfers")
@access("role:档案,审计")
def transfers() -> ResponseReturnValue:
    """What may be transferred, and what was."""
    return _transfers()


def _transfers(told: tuple[str, ...] = (), status: int = 200) -> ResponseReturnValue:
    keeping = zhunyu().archives.keeping
    ready, _ = keeping.find(signed_in(), ArchiveQuery(state="kept", limit=_MOST))
    again, _ = keeping.find(signed_in(), ArchiveQuery(state="refused", limit=_MOST))
    done = keeping.transfers(signed_in())
    names = (one.holder for one in (*again, *ready, *(archive for _, archive in done)))
    body = listed(
        "admin/archive/transfers.html", names,
        ready=(*again, *ready), done=done, states=STATES, tones=TONES, results=RESULTS, sent=SENT,
        sent_tones=_SENT_TONES, may_act=archivist(), told=told,
    )  # fmt: skip
    return body, status


@blueprint.post("/transfers")
@access("role:档案")
def order() -> ResponseReturnValue:
    """Order the transfer of everything that was ticked; what cannot be is told one by one."""
    transferring, told, count = zhunyu().archives.transferring, [], 0
    for id in request.form.getlist("archive")[:_MOST]:
        try:
            transferring.order(signed_in(), id)
            count += 1
        except ZhunyuError as error:
            told.append(error.what)
    if count:
        flash(f"已交付移交 {count} 件，对方答复后显示回执。", "good")
    if told or not count:
        return _transfers(tuple(told) or ("没有选择要移交的档案。",), 409 if told else 422)
    return redirect(url_for("archive_lists.transfers"), 303)


@blueprint.get("/due")
@access("role:档案,审计")
def due() -> ResponseReturnValue:
    """What has come to the end of its retention, and the destruction lists."""
    return _due()


def _due(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    office = zhunyu().archives
    found, _ = office.keeping.find(signed_in(), ArchiveQuery(expired=office.destroying.today(), limit=_MOST))
    ready = [one for one in found if one.state in ("kept", "sent", "refused")]
    body = listed(
        "admin/archive/due.html", (one.holder for one in ready),
        ready=ready, lists=office.destroying.lists(signed_in()), words=LISTS, states=STATES,
        tones=TONES, may_act=archivist(), errors=errors or {}, typed=request.form.get("reason", ""),
        ticked=request.form.getlist("archive"), me=signed_in().account.id,
    )  # fmt: skip
    return body, status


@blueprint.post("/due")
@access("role:档案")
def propose() -> ResponseReturnValue:
    """List what was ticked for destruction."""
    ids, reason = request.form.getlist("archive"), request.form.get("reason", "")
    try:
        made = zhunyu().archives.destroying.propose(signed_in(), ids, reason)
    except ZhunyuError as error:
        return _due({"propose": error.told}, error.status)
    flash(f"已列入销毁清单，共 {len(made.items)} 件，请另一名档案人员确认。", "good")
    return redirect(url_for("archive_lists.due"), 303)


@blueprint.get("/due/<list_id>")
@access("role:档案,审计")
def destruction(list_id: str) -> ResponseReturnValue:
    """One destruction list."""
    return _list(list_id)


def _list(list_id: str, error: str = "", status: int = 200) -> ResponseReturnValue:
    found = zhunyu().archives.destroying.show(signed_in(), list_id)
    body = listed(
        "admin/archive/destruction.html", zhunyu().archives.destroying.holders(found),
        list=found, words=LISTS, may_act=archivist(), error=error,
        typed=request.form.get("reason", ""), me=signed_in().account.id,
    )  # fmt: skip
    return body, status


@blueprint.post("/due/<list_id>/<way>")
@access("role:档案")
def settle(list_id: str, way: str) -> ResponseReturnValue:
    """Confirm a list, by someone else, or take it back."""
    destroying, reason = zhunyu().archives.destroying, request.form.get("reason", "")
    ways = {"confirm": (destroying.confirm, "已确认销毁，信息包已删除，清单永久保存。"),
            "withdraw": (destroying.withdraw, "已撤回，档案仍然保管。")}  # fmt: skip
    if way not in ways:
        raise ZhunyuError("A003", "没有这种操作。", "请从销毁清单重新选择。", status=404)
    act, words = ways[way]
    try:
        act(signed_in(), list_id, reason)
    except ZhunyuError as error:
        return _list(list_id, error.told, error.status)
    flash(words, "good")
    return redirect(url_for("archive_lists.destruction", list_id=list_id), 303)
