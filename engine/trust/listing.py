"""Signed lists that other systems keep and renew: canonical JSON {"content", "key", "signature"}.

The signature (SM2 with SM3, GB/T 32918) is over the domain and the canonical JSON of `content`; whoever holds the
public keys checks a page without asking anyone, wherever it was kept in between.
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

_DOMAIN = b"zhunyu:certificate-changes:v1\0"
_NAMES = {"content", "key", "signature"}


def sign_list(content: Mapping[str, Json], key: Signer) -> bytes:
    """The file of a list."""
    named = {**content, "key": key.key_id}  # inside what is signed, so that a page cannot be passed to another key
    signature = base64.b64encode(key.sign(_DOMAIN + canonical(named))).decode("ascii")
    return canonical({"content": content, "key": key.key_id, "signature": signature})


def read_list(data: bytes, trusted: Mapping[str, sm2.PublicKey]) -> dict[str, Any]:
    """The content of a file; ZhunyuError K001 when it was altered or signed by nobody trusted."""
    wrong = ZhunyuError("K001", "清单的签名核验未通过。", "请重新取得清单，并核对公钥。")
    try:
        found = msgspec.json.decode(data)
        if not isinstance(found, dict) or found.keys() != _NAMES or canonical(found) != data:
            raise wrong
        content, key = found["content"], found["key"]
        value = base64.b64decode(found["signature"], validate=True)
        strict = base64.b64encode(value).decode("ascii") == found["signature"]
        message = _DOMAIN + canonical({**content, "key": key})
        public = trusted.get(key)
    except (ValueError, TypeError, RecursionError, binascii.Error, msgspec.MsgspecError) as error:
        raise wrong from error
    if public is None or not strict or not sm2.verify(public, message, value):
        raise wrong
    return dict(content)
