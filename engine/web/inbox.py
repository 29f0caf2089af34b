"""The pages of somebody's messages, the same in both apps: badge, list, one message, preferences."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.messages import CHANNELS
from engine.ports.messages import Message, Preferences
from engine.services.inbox import BOXES, Inbox
from engine.web.access import access
from engine.web.host import signed_in

TITLES = {"unread": "未读", "all": "全部", "archived": "已归档"}
EVERY = 20  # seconds between two looks of the badge
_DONE = {"read": "已标为已读", "archive": "已归档", "back": "已移回"}


def inbox_blueprint(rule: str, links: dict[str, str], case_endpoint: str) -> Blueprint:
    """The blueprint for one app: who may use it, the endpoint each kind of link opens, and that of a case."""
    blueprint = Blueprint("messages", __name__, url_prefix="/messages")
    _register_list(blueprint, rule)
    _register_preferences(blueprint, rule)

    def opens(message: Message) -> str:
        if message.case and message.link == "case":
            return url_for(case_endpoint, case_id=message.case)
        return url_for(links[message.link]) if message.link in links else ""

    @blueprint.get("/<message_id>")
    @access(rule)
    def show(message_id: str) -> ResponseReturnValue:
        """One message, which is read with that."""
        line = inbox().open(signed_in(), message_id)
        return render_template("messages/show.html", line=line, opens=opens(line.message), layout=_layout())

    return blueprint


def _register_list(blueprint: Blueprint, rule: str) -> None:
    """The list, the badge, and what is done with several messages at once."""

    @blueprint.get("")
    @access(rule)
    def listing() -> ResponseReturnValue:
        """A page of a box."""
        asked = {name: request.args.get(name, "").strip() for name in ("rule", "text")}
        box = request.args.get("box", "unread")
        box, after = box if box in BOXES else "unread", request.args.get("after", "")
        page, badge = inbox().page(signed_in(), box, asked["rule"], asked["text"], after), inbox().badge(signed_in())
        here: dict[str, Any] = {"box": box, **{name: text for name, text in asked.items() if text}}
        return render_template(
            "messages/list.html", page=page, box=box, asked=asked, narrowed=any(asked.values()),
            tabs=[(title, url_for("messages.listing", box=name), name == box,
                   (badge.text or 0) if name == "unread" else None) for name, title in TITLES.items()],
            next=url_for("messages.listing", **here, after=page.next) if page.next else "",
            first=url_for("messages.listing", **here) if after else "", layout=_layout(),
        )  # fmt: skip

    @blueprint.get("/badge")
    @access(rule)
    def badge() -> ResponseReturnValue:
        """How many are unread; 304 while nothing has changed."""
        found = inbox().badge(signed_in())
        response = make_response(jsonify({"unread": found.unread, "text": found.text, "every": EVERY}))
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(found.etag)
        return response.make_conditional(request)

    @blueprint.post("")
    @access(rule)
    def put() -> ResponseReturnValue:
        """Mark those chosen, or all that are unread."""
        what, session = request.form.get("what", ""), signed_in()
        back = url_for("messages.listing", box=request.form.get("box", "unread"))
        if what == "read_all":
            flash(f"{_DONE['read']} {inbox().read_all(session)} 条。", "good")
        elif what in _DONE and request.form.getlist("id"):
            done = inbox().put(session, tuple(request.form.getlist("id")), what)
            flash(f"{_DONE[what]} {done} 条。", "good")
        else:
            flash("没有选中消息。", "warn")
        return redirect(back, 303)


def _register_preferences(blueprint: Blueprint, rule: str) -> None:
    """How one wants to be told."""

    @blueprint.get("/preferences")
    @access(rule)
    def preferences() -> ResponseReturnValue:
        """What one chose."""
        return _preferences("")

    @blueprint.post("/preferences")
    @access(rule)
    def prefer() -> ResponseReturnValue:
        """Keep what was chosen."""
        _, rules = inbox().preferences(signed_in())
        wanted = _wanted({rule.id: rule.channels for rule in rules})
        try:
            inbox().prefer(signed_in(), wanted)
        except ZhunyuError as error:
            if error.code != "A004":
                raise
            return _preferences(error.told, wanted), error.status
        flash("消息设置已保存。", "good")
        return redirect(url_for("messages.preferences"), 303)


def inbox() -> Inbox:
    """The messages of the product behind the app."""
    return cast(Inbox, current_app.extensions["zhunyu"].inbox)


def _preferences(told: str, typed: Preferences | None = None) -> str:
    kept, rules = inbox().preferences(signed_in())
    return render_template(
        "messages/preferences.html", wanted=typed or kept, rules=rules, told=told, layout=_layout(), channels=CHANNELS,
        account=signed_in().account,
    )


def _wanted(rules: dict[str, tuple[str, ...]]) -> Preferences:
    form = request.form
    off = {
        id: tuple(channel for channel in channels if f"{id}.{channel}" not in form) for id, channels in rules.items()
    }
    return Preferences(
        off=off, digest=_hour("digest", -1), quiet_from=_hour("quiet_from", 22), quiet_to=_hour("quiet_to", 7),
        contacts={channel: form.get(f"contact.{channel}", "")[:100] for channel in CHANNELS},
    )  # fmt: skip


def _hour(name: str, default: int) -> int:
    return request.form.get(name, default, type=int)


def _layout() -> str:
    return "portal.html" if current_app.config["KIND"] == "portal" else "base.html"
