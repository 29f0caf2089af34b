"""Published matters: versions, and taking one off the shelf."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.matters.compare import compare
from engine.services.publishing_review import KEEPER, weighty
from engine.web.access import access
from engine.web.host import signed_in

blueprint = Blueprint("matters", __name__, url_prefix="/matters")


@blueprint.get("")
@access("staff")
def shelf() -> ResponseReturnValue:
    """All matters on the shelf."""
    text = request.args.get("text", "").strip()
    host = zhunyu()
    lines = [(card, host.shelf.current(card.id)) for card in host.shelf.search(text, every=True)]
    return render_template("admin/matters.html", lines=lines, text=text)


@blueprint.get("/<matter_id>")
@access("staff")
def show(matter_id: str) -> ResponseReturnValue:
    """One matter: what it declares, and its history."""
    host = zhunyu()
    history = host.publishing.history(matter_id)
    if not history:
        raise ZhunyuError("A003", "没有这一事项。", "请从事项目录重新进入。", status=404)
    latest = history[0]
    matter = host.shelf.version(request.args.get("version") or latest.hash)
    if matter.id != matter_id:
        raise ZhunyuError("A003", "这一版本不属于本事项。", "请从版本列表重新进入。", status=404)
    keeps, current = KEEPER in signed_in().account.roles, latest.action == "published" and matter.hash == latest.hash
    return render_template(
        "admin/matter.html", matter=matter, history=history, latest=latest, may_withdraw=keeps and current,
        may_restore=keeps and not current,
    )  # fmt: skip


@blueprint.route("/<matter_id>/restore/<hash>", methods=["GET", "POST"])
@access("role:业务管理")
def restore(matter_id: str, hash: str) -> ResponseReturnValue:
    """Put an earlier version back on the shelf, after a confirmation and with a reason."""
    host, account = zhunyu(), signed_in().account
    typed, refusal = request.form.get("reason", "")[:500], ""
    try:
        reason = weighty(typed) if request.method == "POST" else ""
    except ZhunyuError as error:
        refusal = error.told
    if request.method == "GET" or refusal:
        matter, history = host.shelf.version(hash), host.publishing.history(matter_id)
        differences = compare(host.shelf.version(history[0].hash), matter) if history else ()
        shown = {"matter": matter, "differences": differences, "reason": typed, "refusal": refusal}
        return render_template("admin/restore.html", **shown), 422 if refusal else 200
    put_back = host.publishing.restore(matter_id, hash, f"{account.name}（{account.login}）", account.id, reason)
    flash(f"版本 {put_back.hash[:12]} 已恢复受理。", "good")
    return redirect(url_for("studio.versions", matter_id=matter_id), 303)


@blueprint.route("/<matter_id>/withdraw", methods=["GET", "POST"])
@access("role:业务管理")
def withdraw(matter_id: str) -> ResponseReturnValue:
    """Take the matter off the shelf, after a confirmation."""
    host = zhunyu()
    matter = host.shelf.current(matter_id)
    if request.method == "GET":
        return render_template("admin/withdraw.html", matter=matter)
    if request.form.get("hash") != matter.hash:
        raise ZhunyuError("C002", "事项刚刚发布了新版本。", "请核对新版本后再决定是否撤下。", status=409)
    account = signed_in().account
    host.publishing.withdraw(matter_id, f"{account.name}（{account.login}）", account.id)
    flash(f"“{matter.title}”已撤下，不再受理新的申请；在办件继续办理。", "good")
    return redirect(url_for("studio.versions", matter_id=matter_id), 303)
