"""The sandbox as the second custodian: keeps checkpoints of the history, adds only, gives them back on request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.sandbox.inbox import Inbox

_MOST = 500


def custody_desk(inbox: Inbox, unsigned: Callable[[], str | None], now: Callable[[], datetime]) -> Blueprint:
    """POST /custody takes checkpoints, GET /custody?after=&limit= gives them back; both signed."""
    blueprint = Blueprint("custody", __name__)

    @blueprint.post("/custody")
    def keep() -> ResponseReturnValue:
        reason = unsigned()
        if reason is not None:
            return jsonify({"ok": False, "reason": reason}), 401
        given = request.get_json(silent=True)
        if not isinstance(given, list) or not all(_is_checkpoint(one) for one in given):
            return jsonify({"ok": False, "reason": "不是检查点。"}), 400
        if not inbox.hold(given, now().isoformat()):
            return jsonify({"ok": False, "reason": "与已经保管的检查点不同。"}), 409
        return jsonify({"ok": True})

    @blueprint.get("/custody")
    def give() -> ResponseReturnValue:
        reason = unsigned()
        if reason is not None:
            return jsonify({"ok": False, "reason": reason}), 401
        after, limit = request.args.get("after", 0, type=int), request.args.get("limit", _MOST, type=int)
        return jsonify(inbox.held(after, min(max(limit, 1), _MOST)))

    return blueprint


def _is_checkpoint(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("batch"), int) and isinstance(one.get("signature"), str)
