"""A signature service over HTTP: asked for certificates and signatures in messages signed with the push key."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import requests

from engine.adapters.reply_body import TooLong, read_body
from engine.errors import ZhunyuError
from engine.ports.world import Clock
from engine.trust.canonical import canonical
from engine.trust.message import sign_message
from engine.trust.provider import Crypto

_TIMEOUT = (2.0, 20.0)  # people may have to confirm on a phone
_MOST = 1 << 16


class HttpSignatureService:
    """Fulfils `SignatureService`: POST `base`/signature/certificates and `base`/signature/sign."""

    def __init__(self, base: str, ring: Crypto, clock: Clock) -> None:
        self._base, self._ring, self._clock = base.rstrip("/"), ring, clock

    def certificates(self, kind: str, holder: str, name: str) -> tuple[bytes, ...]:
        """The holder's certificate and its issuers (DER)."""
        told = self._ask("/signature/certificates", {"kind": kind, "holder": holder, "name": name})
        found = told.get("certificates")
        if not isinstance(found, list) or not 1 <= len(found) <= 8:
            raise _odd()
        return tuple(_bytes(one) for one in found)

    def sign(self, kind: str, holder: str, message: bytes, secret: str) -> bytes:
        """The signature (DER) of the holder's key."""
        told = base64.b64encode(message).decode("ascii")
        asked = {"kind": kind, "holder": holder, "secret": secret, "message": told}
        return _bytes(self._ask("/signature/sign", asked).get("signature"))

    def _ask(self, path: str, content: Mapping[str, str]) -> dict[str, Any]:
        body = canonical(content)
        headers = sign_message(
            self._ring.signer("push"), "POST", path, body, self._clock.now().isoformat(), secrets.token_urlsafe(18)
        )
        headers["Content-Type"] = "application/json; charset=utf-8"
        until = time.monotonic() + sum(_TIMEOUT)
        try:
            with requests.Session() as session:
                session.trust_env = False
                with session.post(
                    self._base + path, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True
                ) as reply:
                    said = read_body(reply, _MOST, until)
        except (requests.RequestException, OSError, TooLong) as error:
            raise ZhunyuError("S006", "签名服务没有答复。", "请稍后再试，您填写的内容没有丢失。", status=503) from error
        try:
            told = msgspec.json.decode(said)
        except msgspec.DecodeError as error:
            raise _odd() from error
        if not isinstance(told, dict):
            raise _odd()
        if reply.status_code == 403:
            reason = str(told.get("reason", ""))[:100]
            why = reason or "持有人没有同意"
            raise ZhunyuError("K008", f"签名没有完成：{why}", "请核对签名口令后再试。", status=403)
        if reply.status_code != 200:
            raise ZhunyuError("S006", f"签名服务返回状态 {reply.status_code}。", "请稍后再试。", status=503)
        return told


def _odd() -> ZhunyuError:
    return ZhunyuError("S006", "签名服务的答复不符合约定。", "请联系系统管理员。", status=502)


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "", validate=True) or b"\0"
    except ValueError as error:
        raise _odd() from error
