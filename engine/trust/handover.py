"""The signed answer of an archive to a package that was handed over: taken over, or turned away item by item."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer

FORMAT = "zhunyu:archive-receipt:1"
TAKEN, REFUSED = "接收", "退回"
_DOMAIN = b"zhunyu:archive-receipt:v1\0"


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer: which package (SM3, hex) under which number, `result` 接收 | 退回 with `faults`, when, which key."""

    format: str
    code: str
    package: str
    result: str
    faults: tuple[str, ...]
    at: str
    key: str
    signature: str = ""

    def content(self) -> bytes:
        """The bytes that are signed."""
        told = {name: value for name, value in msgspec.to_builtins(self).items() if name != "signature"}
        return _DOMAIN + canonical(told)


def sign_handover(code: str, package: str, faults: Sequence[str], at: str, signer: Signer) -> bytes:
    """The answer as bytes: taken over where nothing is wrong."""
    bare = Handover(FORMAT, code, package, REFUSED if faults else TAKEN, tuple(faults), at, signer.key_id)
    value = base64.b64encode(signer.sign(bare.content())).decode("ascii")
    return canonical(msgspec.to_builtins(msgspec.structs.replace(bare, signature=value))) + b"\n"


def read_handover(data: bytes, trusted: Mapping[str, sm2.PublicKey], code: str, package: str) -> Handover:
    """The answer to this very package; ZhunyuError K010 when it is none, or not signed by a trusted archive."""
    try:
        found = decoded(data, Handover)
        value = base64.b64decode(found.signature, validate=True)
    except (msgspec.MsgspecError, ValueError, binascii.Error, RecursionError) as error:
        raise _refused("档案馆的答复不是约定的回执。") from error
    public = trusted.get(found.key)
    if public is None or not sm2.verify(public, found.content(), value):
        raise _refused("档案馆回执的签名不可信。")
    if (found.format, found.code, found.package) != (FORMAT, code, package):
        raise _refused("档案馆的回执不是这个信息包的。")
    if found.result not in (TAKEN, REFUSED) or (found.result == TAKEN) == bool(found.faults):
        raise _refused("档案馆的回执前后不一。")
    return found


def _refused(what: str) -> ZhunyuError:
    return ZhunyuError("K010", what, "请核对档案馆的地址和公钥，再重新移交。", status=502)
