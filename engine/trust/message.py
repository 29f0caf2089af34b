"""Signed HTTP messages between systems: pushes out, and requests in."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime

from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer
from engine.trust.sm3 import sm3_hex

KEY, TIMESTAMP, NONCE = "X-Zhunyu-Key", "X-Zhunyu-Timestamp", "X-Zhunyu-Nonce"
DIGEST, SIGNATURE = "X-Zhunyu-Digest", "X-Zhunyu-Signature"
AHEAD = 60  # seconds a sender's clock may be ahead of ours

_DOMAIN = b"zhunyu:message:v1\0"
_NONCE_FORM = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def sign_message(key: Signer, method: str, path: str, body: bytes, timestamp: str, nonce: str) -> dict[str, str]:
    """The headers that sign a message.

    `path` with its query as sent, `timestamp` ISO 8601 with zone, `nonce` 16 to 64 of A-Z a-z 0-9 _ - (else
    ValueError) and never used twice.
    """
    if not _NONCE_FORM.fullmatch(nonce) or _moment(timestamp) is None:
        raise ValueError("the nonce or the timestamp has not the agreed form")
    headers = {KEY: key.key_id, TIMESTAMP: timestamp, NONCE: nonce, DIGEST: sm3_hex(body)}
    signature = key.sign(_signed(headers, method, path))
    return {**headers, SIGNATURE: base64.b64encode(signature).decode("ascii")}


def verify_message(
    headers: Mapping[str, str],
    method: str,
    path: str,
    body: bytes,
    trusted: Mapping[str, sm2.PublicKey],
    now: datetime,
    max_age: int,
) -> str | None:
    """Why a message is not acceptable, in Chinese; None when it is.

    `now` has a zone, `max_age` is in seconds. Header names are compared without case. That the nonce was not
    seen before is the caller's to check, once this has passed.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    given = {name: lower.get(name.lower(), "") for name in (KEY, TIMESTAMP, NONCE, DIGEST, SIGNATURE)}
    missing = [name for name, value in given.items() if not value]
    if missing:
        return f"缺少签名请求头：{'、'.join(missing)}。"
    public = trusted.get(given[KEY])
    if public is None:
        return "签名密钥不受信任。"
    sent = _moment(given[TIMESTAMP])
    if sent is None:
        return "时间戳格式不符，应为带时区的 ISO 8601。"
    age = (now - sent).total_seconds()
    if age > max_age or age < -AHEAD:
        return "请求已过期，或双方时钟相差过大。"
    if not _NONCE_FORM.fullmatch(given[NONCE]):
        return "随机数格式不符。"
    if given[DIGEST] != sm3_hex(body):
        return "消息体与摘要不符。"
    try:
        signature = base64.b64decode(given[SIGNATURE], validate=True)
    except ValueError:
        return "签名不是 Base64 文本。"
    strict = base64.b64encode(signature).decode("ascii") == given[SIGNATURE]  # Base64 has unused bits to play with
    if not strict or not sm2.verify(public, _signed(given, method, path), signature):
        return "签名核验未通过。"
    return None


def _signed(headers: Mapping[str, str], method: str, path: str) -> bytes:
    return _DOMAIN + canonical(
        {
            "method": method.upper(),
            "path": path,
            "key": headers[KEY],
            "timestamp": headers[TIMESTAMP],
            "nonce": headers[NONCE],
            "digest": headers[DIGEST],
        }
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
