"""The sandbox's Flask app: GET registries, POST /push/<receiver>, a page of what arrived, and faults on demand."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jsonschema
from flask import Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from deploy.sandbox.archive import Archive, archive_desk
from deploy.sandbox.custody import custody_desk
from deploy.sandbox.identity import IdentityProvider, identity_desk
from deploy.sandbox.inbox import Inbox
from deploy.sandbox.messages import message_desk
from deploy.sandbox.office import OfficePlatform, office_desk
from deploy.sandbox.registries import Registries
from deploy.sandbox.signer import SandboxAuthority
from deploy.sandbox.signer import blueprint as signer
from engine.errors import ZhunyuError
from engine.trust.keys import read_trusted
from engine.trust.message import DIGEST, KEY, NONCE, verify_message

SCHEMAS = Path(__file__).parent / "schemas"
FAULTS = ("slow", "down", "rubbish", "refuse")
_SLOW = 6.0  # seconds: longer than any of the engine's timeouts
_MAX_AGE = 300
_SHANGHAI = timezone(timedelta(hours=8))
_BIG = 1 << 20


def create_app(folder: Path, registry: Path, trusted: Path) -> Flask:
    """The app; `folder` keeps its SQLite file, `trusted` holds the platform's public push keys."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _BIG
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    inbox, registries = Inbox(folder / "sandbox.db"), Registries(registry)

    archive = Archive(folder, trusted.with_name("audit-trusted.json"))
    app.register_blueprint(custody_desk(inbox, lambda: _unsigned(inbox, trusted), _now))
    app.register_blueprint(message_desk(inbox, SCHEMAS, lambda: _unsigned(inbox, trusted), _now))
    app.register_blueprint(archive_desk(archive, lambda: _unsigned(inbox, trusted), _now))
    app.register_blueprint(office_desk(OfficePlatform(folder, _now)))
    app.register_blueprint(identity_desk(IdentityProvider(_now)))
    app.register_blueprint(signer(SandboxAuthority(folder, _now), lambda: _unsigned(inbox, trusted)))

    @app.before_request
    def inject_fault() -> ResponseReturnValue | None:
        return _fault(inbox.faults())

    @app.get("/healthz")
    @app.get("/readyz")
    def healthz() -> str:
        return "ok\n"

    @app.post("/push/<receiver>")
    def push(receiver: str) -> ResponseReturnValue:
        status, reason = _receive(inbox, receiver, trusted)
        if status >= 400:
            inbox.refuse(receiver, _now().isoformat(), reason, request.get_data().decode("utf-8", "replace"))
        return jsonify({"ok": status < 400, "reason": reason}), status

    @app.get("/faults")
    def show_faults() -> ResponseReturnValue:
        return jsonify(inbox.faults())

    @app.post("/faults")
    def set_faults() -> ResponseReturnValue:
        wanted = request.get_json()
        if not isinstance(wanted, dict) or any(fault not in FAULTS for fault in wanted.values()):
            abort(400, f"each path prefix needs one of {', '.join(FAULTS)}")
        inbox.set_faults(wanted)
        return jsonify(wanted)

    @app.get("/")
    def index() -> str:
        return render_template(
            "index.html", packages=archive.arrived(), messages=inbox.messages(), refusals=inbox.refusals(),
            faults=inbox.faults(), registries=registries.names(),
        )  # fmt: skip

    @app.get("/messages/<int:id>")
    def message(id: int) -> str:
        row = inbox.message(id)
        if row is None:
            abort(404)
        return render_template("message.html", row=row, body=json.loads(row["body"]), titles=_titles(row["receiver"]))

    @app.get("/<path:path>")
    def registry_answer(path: str) -> ResponseReturnValue:
        try:
            answer = registries.ask(path, dict(request.args.items()), _now().date())
        except KeyError:
            abort(404)
        return Response("", status=503) if answer is None else jsonify(answer)

    return app


def _fault(faults: dict[str, str]) -> ResponseReturnValue | None:
    if request.path.startswith("/faults") or request.path in ("/", "/healthz", "/readyz"):
        return None
    fault = next((kind for prefix, kind in faults.items() if request.path.startswith(prefix)), "")
    if fault == "slow":
        time.sleep(_SLOW)
    elif fault == "down":
        return Response("", status=503)
    elif fault == "rubbish":
        return Response("<html>网关错误</html>{", status=200, mimetype="application/json")
    elif fault == "refuse":
        return jsonify({"ok": False, "reason": "按设定拒收"}), 422
    return None


def _receive(inbox: Inbox, receiver: str, trusted: Path) -> tuple[int, str]:
    """The HTTP status and the reason for one push: signature first, then nonce, key, form and content."""
    schema = SCHEMAS / f"{receiver}.json"
    if not receiver.isascii() or not receiver.isalnum() or not schema.is_file():
        return 404, "没有这个接收方。"
    body, now = request.get_data(), _now()
    try:
        keys = read_trusted(trusted.read_text(encoding="utf-8"))
    except (OSError, ZhunyuError):
        return 503, "尚未取得平台公钥。"
    fault = verify_message(dict(request.headers), "POST", request.full_path.rstrip("?"), body, keys, now, _MAX_AGE)
    if fault is not None:
        return 401, fault
    if not inbox.first_use(request.headers[NONCE], now.isoformat()):
        return 401, "随机数重复，疑为重放。"
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 200:
        return 400, "缺少幂等键。"
    try:
        content = json.loads(body)
        jsonschema.validate(content, json.loads(schema.read_text(encoding="utf-8")))
    except ValueError:
        return 400, "消息体不是 JSON。"
    except jsonschema.ValidationError as error:
        return 422, f"{'.'.join(str(part) for part in error.absolute_path) or '消息体'}：{error.message}"
    facts = (content["project_no"], content["event"], request.headers[KEY])
    kept = inbox.keep(receiver, key, request.headers[DIGEST], now.isoformat(), body.decode("utf-8"), facts)
    return {"new": (201, "已收到"), "again": (200, "已收到过"), "conflict": (422, "同一幂等键的内容不同。")}[kept]


def _unsigned(inbox: Inbox, trusted: Path) -> str | None:
    """Why this request is not one of the platform's; None when it is."""
    try:
        keys = read_trusted(trusted.read_text(encoding="utf-8"))
    except (OSError, ZhunyuError):
        return "尚未取得平台公钥。"
    now = _now()
    path, body = request.full_path.rstrip("?"), request.get_data()
    fault = verify_message(dict(request.headers), request.method, path, body, keys, now, _MAX_AGE)
    if fault is None and not inbox.first_use(request.headers[NONCE], now.isoformat()):
        return "随机数重复，疑为重放。"
    return fault


def _titles(receiver: str) -> dict[str, str]:
    if receiver != "ywtb":
        return {}
    return {
        "project_no": "办件编号", "event": "环节", "event_time": "发生时间",
        "task_id": "事项标识", "task_name": "事项名称",
        "task_version": "事项版本", "applyer_name": "申请人", "applyer_type": "申请人类型",
        "applyer_page_code": "统一社会信用代码", "apply_type": "申请方式", "apply_date": "申请时间",
        "org_name": "办理机关",
        "org_code": "机关代码", "status": "办件状态", "handle_explain": "办理说明", "accept_date": "受理时间",
        "statutory_date": "法定期限", "promise_date": "承诺期限", "result_type": "办理结果", "result_date": "办结时间",
        "result_cert_name": "证照名称", "result_cert_no": "证照编号", "certificate_status": "证照状态",
        "certificate_valid_to": "有效期止",
    }  # fmt: skip


def _now() -> datetime:
    return datetime.now(_SHANGHAI)
