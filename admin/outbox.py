"""The outbox for the system operator: what waits, what was given up, and sending it again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.web.access import access

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
KINDS = {
    "push": "推送", "seal_certificate": "制证签章", "shadow": "影子评判", "notify": "消息分发", "message": "消息发送",
    "digest": "消息汇总",
}  # fmt: skip


@blueprint.get("")
@access("role:系统")
def queue() -> ResponseReturnValue:
    """Counts by state and the dead letters."""
    effects = zhunyu().effects
    return render_template("admin/outbox.html", counts=effects.counts(), dead=effects.dead(), kinds=KINDS)


@blueprint.post("/<job_id>/resend")
@access("role:系统")
def resend(job_id: str) -> ResponseReturnValue:
    """Put a dead letter back."""
    zhunyu().effects.resend(job_id)
    flash("已重新排队。", "good")
    return redirect(url_for("outbox.queue"), 303)
