"""The seal over a certificate file: an SM2 signature that travels in the PDF's own tail.

The tail is a run of PDF comments and a repeated `startxref`, so every reader still opens the file. There is exactly
one way to write it, and a check rewrites it and compares: whatever was changed, moved, cut or added shows.
The check needs the file and the trusted public keys, nothing else.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer
from engine.trust.second import verify_second
from engine.trust.sm3 import sm3_hex

_DOMAIN = b"zhunyu:certificate-seal:v1\0"
_MARK = b"%ZHUNYU-SEAL-1 "
_LINE = 200
_ROOM = _LINE - len(_MARK)
_VERSION = 1
_XREF = re.compile(rb"startxref\s+([0-9]{1,15})\s+%%EOF\s*\Z")
_LINES = re.compile(rb"(?:%ZHUNYU-SEAL-1 [A-Za-z0-9_-]{1,185}\n)+")


class SealFacts(msgspec.Struct, frozen=True):
    """What the seal says about the certificate; dates are ISO text, `valid_to` "" where there is no end."""

    certificate_id: str
    number: str
    holder: str
    face: dict[str, str]
    status_at_issue: str
    issued_on: str
    valid_to: str
    issuer: str


class Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seal as it stands in the file.

    `file_digest` is the SM3 (hexadecimal) of the `length` bytes before the seal, `public_key` the point in
    hexadecimal, `signature` the DER signature in base64 over the canonical JSON of all other fields.
    """

    version: int
    certificate_id: str
    number: str
    holder: str
    face: dict[str, str]
    status_at_issue: str
    issued_on: str
    valid_to: str
    issuer: str
    sealed_at: str
    file_digest: str
    length: int
    key_id: str
    public_key: str
    signature: str


class Check(msgspec.Struct, frozen=True):
    """What a check found: the state, why (Chinese, for the reader), and the seal where one could be read.

    `altered`: the file or the seal is not as it was issued. `unknown`: no seal, or not one of the trusted keys.
    Only for `valid` may the seal's contents be believed.
    """

    state: Literal["valid", "altered", "unknown"]
    reason: str
    seal: Seal | None = None


def seal_pdf(pdf: bytes, facts: SealFacts, key: Signer, sealed_at: str) -> tuple[bytes, Seal]:
    """The sealed file and its seal; `sealed_at` is ISO 8601 with zone.

    ZhunyuError K001 when `pdf` is no complete PDF or holds a seal already.
    """
    if not pdf.startswith(b"%PDF-") or _XREF.search(pdf) is None:
        raise ZhunyuError("K001", "不是完整的 PDF 文件，不能加盖签章。", status=500)
    if _MARK in pdf:
        raise ZhunyuError("K001", "文件中已有签章，不能重复加盖。", status=500)
    covered = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    unsigned = Seal(
        version=_VERSION,
        **msgspec.structs.asdict(facts),
        sealed_at=sealed_at,
        file_digest=sm3_hex(covered),
        length=len(covered),
        key_id=key.key_id,
        public_key=key.public.hex(),
        signature="",
    )
    signature = base64.b64encode(key.sign(signed_bytes(unsigned))).decode("ascii")
    seal = msgspec.structs.replace(unsigned, signature=signature)
    return covered + _tail(covered, seal), seal


def signed_bytes(seal: Seal) -> bytes:
    """What the signature is over: a domain prefix and the canonical JSON of every field but the signature."""
    fields = msgspec.structs.asdict(seal)
    del fields["signature"]
    return _DOMAIN + canonical(fields)


def read_seal(file: bytes) -> tuple[Seal, bytes] | None:
    """The first seal in a file and the bytes before it, nothing checked; None when none can be read."""
    start = file.find(_MARK)
    lines = _LINES.match(file, start) if start >= 0 else None
    if lines is None:
        return None
    text = b"".join(line[len(_MARK) :] for line in lines[0].splitlines())
    try:
        seal = decoded(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)), Seal)
    except (ValueError, msgspec.DecodeError):
        return None
    return seal, file[:start]


def check_pdf(file: bytes, trusted: Mapping[str, sm2.PublicKey], *, second: bool = False) -> Check:
    """Whether a file is exactly as it was sealed by one of the `trusted` keys (by key id).

    `second` lets the independent verifier confirm the signature as well.
    """
    found = read_seal(file)
    if found is None:
        return _without_seal(file)
    seal, covered = found
    fault = _file_fault(file, seal, covered)
    if fault:
        return Check("altered", fault, seal)
    known = trusted.get(seal.key_id)
    if known is not None and known.hex() != seal.public_key:
        return Check("altered", "签章中的公钥与受信公钥不符，签章系伪造或已被改动。", seal)
    fault = _signature_fault(seal, known, second)
    if fault:
        return Check("altered", fault, seal)
    if known is None:
        return Check("unknown", f"签章密钥 {seal.key_id} 不在受信公钥之列，无法确认由谁加盖。", seal)
    return Check("valid", "签章有效，文件自加盖签章以来未被改动。", seal)


def _without_seal(file: bytes) -> Check:
    # A cut-off or damaged seal leaves some of its comment lines behind; each of them bears the mark.
    if _MARK.strip() in file:
        return Check("altered", "签章不完整或已被改动。")
    if file.startswith(b"%PDF-") and b"%%EOF" not in file[-1024:]:
        return Check("altered", "文件不完整，已被截断或损坏。")
    return Check("unknown", "文件中没有签章。")


def _file_fault(file: bytes, seal: Seal, covered: bytes) -> str:
    if seal.version != _VERSION:
        return "签章版本不受支持或已被改动。"
    if seal.length != len(covered):
        return "签章所覆盖的长度与文件不符，文件内容有增减。"
    if seal.file_digest != sm3_hex(covered):
        return "文件内容与加盖签章时不一致，已被改动。"
    if file[len(covered) :] != _tail(covered, seal):
        return "签章被改动，或签章之后另有内容。"
    return ""


def _signature_fault(seal: Seal, known: sm2.PublicKey | None, second: bool) -> str:
    try:
        public = known or sm2.PublicKey.from_hex(seal.public_key)
        signature, message = base64.b64decode(seal.signature, validate=True), signed_bytes(seal)
        if base64.b64encode(signature).decode("ascii") != seal.signature:  # base64 has unused bits to play with
            raise ValueError("not the one spelling")
    except (ValueError, ZhunyuError):
        return "签章内容已被改动，无法核验签名。"
    if not sm2.verify(public, message, signature):
        return "签名核验未通过，签章内容已被改动。"
    if second and not verify_second(public.point, message, signature):
        return "两种独立实现的验签结论不一致，不能认定有效。"
    return ""


def _tail(covered: bytes, seal: Seal) -> bytes:
    text = base64.urlsafe_b64encode(canonical(msgspec.structs.asdict(seal))).rstrip(b"=")
    lines = b"".join(_MARK + text[at : at + _ROOM] + b"\n" for at in range(0, len(text), _ROOM))
    offset = _XREF.search(covered)
    return lines + b"startxref\n" + (offset[1] if offset else b"0") + b"\n%%EOF\n"
