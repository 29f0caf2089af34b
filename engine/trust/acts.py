"""Signed acts: what an officer, an agency or an applicant put their signature to, as one statement and its signature.

The acts of a case form a chain: each names the digest of the one before, so that none can be left out or moved.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.model.values import Json
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

KIND = "zhunyu:act:1"
DOMAIN = b"zhunyu:act:v1\0"
FIRST = "0" * 64  # what stands for the act before the first
ROLES = {"officer": "工作人员", "agency": "机关", "applicant": "申请人"}
_LARGEST = 1 << 20


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What is signed.

    `role` as in ROLES, `act` in words (受理 准予 …), `case` and `number` name the case, `matter` is the hash of its
    version, `version` the case's before the act. `content` is everything the act says. `materials` are digests by
    material. `previous` is the digest of the act before. `signer` is the account, the authority's code or the
    applicant's code, `signer_name` in words; `certificate` is the SM3 of the certificate (DER). `nonce` keeps the
    digest from telling what it is of.
    """

    role: str
    act: str
    case: str
    number: str
    matter: str
    version: int
    content: dict[str, Json]
    materials: dict[str, tuple[str, ...]]
    previous: str
    signer: str
    signer_name: str
    certificate: str
    serial: str
    at: str
    nonce: str
    kind: str = KIND

    def content_bytes(self) -> bytes:
        """The canonical JSON."""
        return self._content

    @functools.cached_property
    def _content(self) -> bytes:
        return canonical(msgspec.to_builtins(self))

    def message(self) -> bytes:
        """The bytes that are signed: a domain no other signature has, and the canonical JSON."""
        return DOMAIN + self.content_bytes()

    def digest(self) -> str:
        """SM3 of what is signed: the identity of the act (its signature bytes are none)."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        return sm3_hex(self.message())


class SignedAct(msgspec.Struct, frozen=True):
    """A statement with its signature (Base64 of DER)."""

    statement: Statement
    signature: str

    @property
    def digest(self) -> str:
        """The identity of the act."""
        return self.statement.digest()


def read_statement(data: bytes) -> Statement:
    """The statement of its canonical JSON; ZhunyuError K008 for anything else."""
    try:
        if len(data) > _LARGEST:
            raise ValueError("larger than any statement")
        found = decoded(data, Statement)
        if found.kind != KIND or found.content_bytes() != data:
            raise ValueError("not written by us")
    except (ValueError, TypeError, RecursionError) as error:
        raise ZhunyuError("K008", "签名的内容已损坏，或不是办理签名。") from error
    return found


def sign_act(statement: Statement, sign: Callable[[bytes], bytes]) -> SignedAct:
    """The statement under the signature that `sign` makes."""
    return SignedAct(statement, base64.b64encode(sign(statement.message())).decode("ascii"))


def act_fault(act: SignedAct, public: sm2.PublicKey, *, second: bool = False) -> str:
    """Why the signature does not stand, in Chinese; "" when it does. `second` asks the independent verifier too."""
    try:
        signature = base64.b64decode(act.signature, validate=True)
    except (binascii.Error, ValueError):
        return "签名不是约定的写法。"
    message = act.statement.message()
    if not sm2.verify(public, message, signature):
        return "签名与所签内容不符。"
    if second:
        from engine.trust.second import verify_second

        if not verify_second(public.point, message, signature):
            return "两种独立实现的验签结论不一致。"
    return ""
