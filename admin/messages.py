"""Messages at the desk, and the log of what went outward."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from engine.model.messages import CHANNELS
from engine.web.access import access
from engine.web.host import signed_in
from engine.web.inbox import inbox_blueprint

LINKS = {
    "ratings": "ratings.listing", "outbox": "outbox.queue", "deliveries": "message_log.listing",
    "register": "register.search",
}  # fmt: skip
STATES = {"waiting": "待发送", "digest": "待汇总", "sent": "已发送", "failed": "发送失败", "skipped": "未发送"}
TONES = {"waiting": "info", "digest": "info", "sent": "good", "failed": "bad", "skipped": "quiet"}
blueprint = inbox_blueprint("staff", LINKS, "case_page.show")
log = Blueprint("message_log", __name__, url_prefix="/outbox/messages")


@log.get("")
@access("role:系统")
def listing() -> ResponseReturnValue:
    """What was sent by which channel, and what was not."""
    asked = {name: request.args.get(name, "") for name in ("state", "channel")}
    after = request.args.get("after", "")
    page = zhunyu().inbox.log(signed_in(), asked["state"], asked["channel"], after)
    here: dict[str, Any] = {name: text for name, text in asked.items() if text}
    return render_template(
        "admin/messages/log.html", page=page, asked=asked, states=STATES, tones=TONES, channels=CHANNELS,
        next=url_for("message_log.listing", **here, after=page.next) if page.next else "",
        first=url_for("message_log.listing", **here) if after else "",
    )  # fmt: skip
