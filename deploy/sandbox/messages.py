"""The sandbox as the gateway for SMS, office platform and mail: takes only what is signed, of the agreed form, and free
of personal numbers; each message once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import jsonschema
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.sandbox.inbox import Inbox
from engine.trust.message import DIGEST, KEY

CHANNELS = ("sms", "office", "mail")
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])([1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])", re.ASCII)


def message_desk(
    inbox: Inbox, schemas: Path, unsigned: Callable[[], str | None], now: Callable[[], datetime]
) -> Blueprint:
    """POST /messages/sms|office|mail."""
    blueprint = Blueprint("gateway", __name__)

    @blueprint.post("/messages/<channel>")
    def take(channel: str) -> ResponseReturnValue:
        status, reason = _taken(inbox, schemas, channel, unsigned, now)
        if status >= 400:
            inbox.refuse(channel, now().isoformat(), reason, request.get_data().decode("utf-8", "replace"))
        return jsonify({"ok": status < 400, "reason": reason}), status

    return blueprint


def _taken(
    inbox: Inbox, schemas: Path, channel: str, unsigned: Callable[[], str | None], now: Callable[[], datetime]
) -> tuple[int, str]:
    if channel not in CHANNELS:
        return 404, "没有这个渠道。"
    fault = unsigned()
    if fault is not None:
        return 401, fault
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 200:
        return 400, "缺少幂等键。"
    body = request.get_data()
    try:
        content = json.loads(body)
        jsonschema.validate(content, json.loads((schemas / f"message_{channel}.json").read_text(encoding="utf-8")))
    except ValueError:
        return 400, "消息体不是 JSON。"
    except jsonschema.ValidationError as error:
        return 422, f"{'.'.join(str(part) for part in error.absolute_path) or '消息体'}：{error.message}"
    if _PERSONAL.search(content["content"]):
        return 422, "正文含证件号码或手机号码。"
    facts = (content["message_id"], "消息", request.headers[KEY])
    kept = inbox.keep(channel, key, request.headers[DIGEST], now().isoformat(), body.decode("utf-8"), facts)
    return {"new": (201, "已收到"), "again": (200, "已收到过"), "conflict": (422, "同一幂等键的内容不同。")}[kept]
