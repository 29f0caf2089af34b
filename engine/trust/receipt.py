"""The signed file of a decision receipt, and commitments to what it does not show.

The file is canonical JSON {content…, "signature"}: one spelling, one SM2 signature over everything else in it. A value
that is not shown stands as the SM3 of its name, a secret salt and itself; whoever is given the opening can check it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.errors import ZhunyuError
from engine.model.values import Json
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer
from engine.trust.sm3 import hmac_sm3, sm3_hex

FORMAT = "zhunyu-receipt/1"
LARGEST = 16 * 1024 * 1024
_DOMAIN, _COMMITMENT = b"zhunyu:decision-receipt:v1\0", b"zhunyu:receipt-commitment:v1\0"
_SEALED = "sealed"


def sign_receipt(content: Mapping[str, Json], key: Signer) -> bytes:
    """The file: the content with the signature of the key; content names no "signature" of its own."""
    named = {**content, "key": key.key_id}
    value = base64.b64encode(key.sign(_DOMAIN + canonical(named))).decode("ascii")
    return canonical({**named, "signature": value}) + b"\n"


def read_receipt(data: bytes, trusted: Mapping[str, sm2.PublicKey]) -> dict[str, Any]:
    """The content of a file; ZhunyuError K005 when it is no receipt, was altered, or is signed by nobody trusted."""
    found = _parsed(data)
    signature = found.pop("signature", None)
    public = trusted.get(found["key"]) if isinstance(found.get("key"), str) else None
    if public is None:
        raise _refused("回执不是由受信的密钥签发的。", "请核对公钥文件是否为签发机关公布的那一份。")
    try:
        value = base64.b64decode(signature, validate=True) if isinstance(signature, str) else b""
    except (ValueError, binascii.Error):
        value = b""
    strict = base64.b64encode(value).decode("ascii") == signature
    if not strict or not sm2.verify(public, _DOMAIN + canonical(found), value):
        raise _refused("回执的签名核验未通过：内容或签名被改动过。")
    return found


def _parsed(data: bytes) -> dict[str, Any]:
    wrong = _refused("不是裁决回执，或文件已损坏。")
    if len(data) > LARGEST:
        raise wrong
    try:
        found = msgspec.json.decode(data)
        whole = isinstance(found, dict) and canonical(found) + b"\n" == data
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise wrong from error
    if not whole or found.get("format") != FORMAT:
        raise wrong
    return dict(found)


def salt_of(secret: bytes, name: str) -> str:
    """The salt (32 hexadecimal digits) of a named value under the secret of one case."""
    return hmac_sm3(secret, name.encode("utf-8")).hex()[:32]


def commitment(name: str, salt: str, value: Json) -> dict[str, str]:
    """What stands in place of a value that is not shown."""
    return {_SEALED: sm3_hex(_COMMITMENT + canonical([name, salt, value]))}


def is_commitment(value: Json) -> bool:
    """Whether a value stands for one that is not shown."""
    return isinstance(value, Mapping) and value.keys() == {_SEALED}


def opened(name: str, value: Json, openings: Mapping[str, Any]) -> Json:
    """The value behind a commitment; the commitment itself when its opening is not given; K005 when it does not fit."""
    if not is_commitment(value) or name not in openings:
        return value
    opening = openings[name]
    salt = opening.get("salt") if isinstance(opening, Mapping) else None
    if not isinstance(salt, str) or commitment(name, salt, opening.get("value")) != value:
        raise _refused(f"回执里“{name}”的明文与承诺值不符。")
    return opening.get("value")


def _refused(what: str, advice: str = "请从办件页面重新下载，或向签发机关核实。") -> ZhunyuError:
    return ZhunyuError("K005", what, advice)
