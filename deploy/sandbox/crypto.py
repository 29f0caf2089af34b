"""A crypto service for tests and rehearsals: strict about every request, and faulty on demand."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
from flask import Flask, Response, request

from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.envelope import open_field, seal_field
from engine.trust.keys import KeyRing, SigningKey, new_ring, new_signing_key, retire_roots, rotate_root
from engine.trust.message import KEY, NONCE, sign_message, verify_message
from engine.trust.sm3 import hmac_sm3

FAULTS = ("slow", "down", "signature", "partial", "rubbish", "another")
PROVIDER = "sandbox-crypto/1.0"
ROOT, MAC = "root-1", "mac-1"
_MAX_AGE, _BIG, _SLOW = 60, 1 << 18, 1.0
_PLACE = "service.wrapped"
_GIVEN = {  # operation: the fields a request must have, no more and no fewer
    "info": set[str](), "public": {"key"}, "sign": {"key", "message"}, "wrap": {"key", "data", "context"},
    "unwrap": {"key", "token", "context"}, "mac": {"key", "data"}, "rotate": {"key"}, "retire": {"key", "used"},
}  # fmt: skip


class Refused(Exception):
    """A request that does not conform, or may not be fulfilled."""


class Service:
    """The keys of the service, who may use them, and the faults to show. `faults` are used up one a request."""

    def __init__(self, clients: Mapping[str, sm2.PublicKey], signing: Mapping[str, SigningKey]) -> None:
        self.clients, self.signing = clients, dict(signing)
        self.ring: KeyRing = new_ring(secrets.token_bytes)
        self.own = new_signing_key("service", secrets.token_bytes)
        self.faults: list[str] = []
        self.asked: list[str] = []
        self._seen: set[str] = set()
        self._turn = threading.Lock()

    def fault(self) -> str:
        """The next fault; "" when none is wanted."""
        with self._turn:
            return self.faults.pop(0) if self.faults else ""

    def fresh(self, nonce: str) -> bool:
        """Whether a nonce is seen for the first time."""
        with self._turn:
            known = nonce in self._seen
            self._seen.add(nonce)
            return not known

    def carry_out(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answer; Refused for whatever is not exactly as agreed."""
        self.asked.append(operation)
        if operation not in _GIVEN or given.keys() != _GIVEN[operation]:
            raise Refused("请求的字段与约定不符")
        if operation == "info":
            return {"provider": PROVIDER, "root": self.ring.root_version, "roots": sorted(self.ring.roots)}
        key = given["key"]
        if operation in ("public", "sign"):
            return self._with_signing_key(operation, str(key), given)
        if key != (MAC if operation == "mac" else ROOT):
            raise Refused("没有这把密钥，或不得作此用途")
        return self._with_secret(operation, given)

    def _with_signing_key(self, operation: str, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self.signing.get(key)
        if found is None:
            raise Refused("没有这把密钥，或不得作此用途")
        if operation == "public":
            return {"key": key, "point": found.public.hex()}
        return {"key": key, "signature": _text(found.sign(_bytes(given["message"])))}

    def _with_secret(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "mac":
            return {"mac": _text(hmac_sm3(self.ring.first, _bytes(given["data"])))}
        if operation == "rotate":
            self.ring = rotate_root(self.ring, secrets.token_bytes)
            return {"root": self.ring.root_version}
        if operation == "retire":
            before = set(self.ring.roots)
            self.ring = retire_roots(self.ring, given["used"])
            return {"roots": sorted(before - set(self.ring.roots))}
        if operation == "wrap":
            data = _bytes(given["data"])
            if len(data) != 16:
                raise Refused("只封装 16 字节的数据密钥")
            return {"token": seal_field(self.ring, _PLACE, str(given["context"]), data, secrets.token_bytes)}
        try:
            return {"key": _text(open_field(self.ring, _PLACE, str(given["context"]), str(given["token"])))}
        except ZhunyuError as error:
            raise Refused(error.what) from error


def create_app(service: Service, now: Callable[[], datetime] | None = None) -> Flask:
    """The app: POST /v1/<operation>."""
    clock = now or (lambda: datetime.now(timezone(timedelta(hours=8))))
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _BIG

    @app.post("/v1/<operation>")
    def answer(operation: str) -> Response:
        fault, body, nonce = service.fault(), request.get_data(), request.headers.get(NONCE, "")
        if fault == "down":
            return Response("", status=503)
        if fault == "slow":
            time.sleep(_SLOW)
        wrong = verify_message(
            dict(request.headers), "POST", request.path, body, service.clients, clock(), _MAX_AGE
        )
        status, said = 200, dict[str, Any]()
        if wrong is not None or not service.fresh(nonce):
            status, said = 401, {"reason": wrong or "随机数已经用过"}
        else:
            try:
                said = service.carry_out(operation, _object(body))
            except (Refused, ValueError, TypeError) as error:
                status, said = 422, {"reason": str(error)}
        return _reply(service, fault, status, said, nonce, clock())

    return app


def _reply(service: Service, fault: str, status: int, said: dict[str, Any], nonce: str, at: datetime) -> Response:
    if fault == "partial" and said:
        said.pop(sorted(said)[-1])
    body = b"<html>" if fault == "rubbish" else canonical(said)
    key = new_signing_key("service", secrets.token_bytes) if fault == "signature" else service.own
    nonce = secrets.token_urlsafe(18) if fault == "another" or len(nonce) < 16 else nonce
    headers = sign_message(key, "REPLY", request.path, body, at.isoformat(), nonce)
    return Response(body, status=status, headers={**headers, KEY: service.own.key_id}, mimetype="application/json")


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Refused("请求体不是 JSON 对象") from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise Refused("应为 Base64 文本")
    return base64.b64decode(text, validate=True)
