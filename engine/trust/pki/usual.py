"""Reading a certificate of the usual form quickly: only what is strict DER and known part by part.

Whatever is in any way unusual is left to the full reader (`engine.trust.pki.certificate`), which decides. So nothing is
accepted here that it would refuse, nor read otherwise: a test compares the two over altered certificates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.errors import ZhunyuError
from engine.trust import der, sm2

_ALGORITHM = bytes.fromhex("300a06082a811ccf55018375")  # SEQUENCE { SM2 with SM3 }
_VERSION = bytes.fromhex("a003020102")
_TRUE = b"\x01\x01\xff"
_SET, _BOOLEAN, _UTF8, _PRINTABLE = 0x31, 0x01, 0x0C, 0x13
_SHORT, _LONG = re.compile(rb"[0-9]{12}Z"), re.compile(rb"[0-9]{14}Z")
_NAMES = {b"\x55\x04\x03": "name", b"\x55\x04\x0a": "organisation", b"\x55\x04\x05": "code"}
_OTHER_NAMES = frozenset(b"\x55\x04" + bytes((one,)) for one in (6, 7, 8, 11))  # C, L, ST, OU: not kept
_USAGE = (
    "digital_signature", "non_repudiation", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
    "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
_PURPOSES = {b"\x2b\x06\x01\x05\x05\x07\x03\x01": "server_auth", b"\x2b\x06\x01\x05\x05\x07\x03\x02": "client_auth"}


def read_usual(data: bytes, policies: Mapping[bytes, str]) -> dict[str, Any] | None:
    """The parts of a certificate but its id; None when it has not the usual form. `policies` are our kinds by the
    content bytes of their policy's OID."""
    try:
        return _certificate(data, policies)
    except (ValueError, ZhunyuError):  # DerError and UnicodeDecodeError are ValueErrors
        return None


def _certificate(data: bytes, policies: Mapping[bytes, str]) -> dict[str, Any]:
    signed, rest = _whole(der.read_only(data, der.SEQUENCE), der.SEQUENCE)
    signature = _bits(der.read_only(_after(rest, _ALGORITHM), der.BIT_STRING))
    serial, rest = der.read_integer(_after(der.read_only(signed, der.SEQUENCE), _VERSION))
    issuer, rest = _whole(_after(rest, _ALGORITHM), der.SEQUENCE)
    term, rest = der.read(rest, der.SEQUENCE)
    subject, rest = _whole(rest, der.SEQUENCE)
    key, rest = _whole(rest, der.SEQUENCE)
    if not 0 < serial < 1 << 160:
        raise der.DerError("serial number out of range")
    not_before, term = _moment(term)
    not_after, term = _moment(term)
    if term:
        raise der.DerError("more than two instants")
    return {
        "der": data, "serial": serial, **_subject(subject), "subject": subject, "issuer": issuer,
        "not_before": not_before, "not_after": not_after, "public": sm2.PublicKey.from_der(key),
        **_extensions(der.read_only(der.read_only(rest, 0xA3), der.SEQUENCE), policies),
        "unknown": (), "signed": signed, "signature": signature,
    }  # fmt: skip


def _subject(name: bytes) -> dict[str, str]:
    found = {"name": "", "organisation": "", "code": ""}
    seen: set[bytes] = set()
    rest = der.read_only(name, der.SEQUENCE)
    while rest:
        one, rest = der.read(rest, _SET)
        kind, value = der.read(der.read_only(one, der.SEQUENCE), der.OID)
        text = value[:1] == bytes((_UTF8,)) and der.read_only(value, _UTF8).decode("utf-8")
        text = text or der.read_only(value, _PRINTABLE).decode("ascii")
        if kind in seen or not text or (kind not in _NAMES and kind not in _OTHER_NAMES):
            raise der.DerError("another attribute, or one given twice")
        seen.add(kind)
        if kind in _NAMES:
            found[_NAMES[kind]] = text
    return found


def _extensions(rest: bytes, policies: Mapping[bytes, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ca": False, "path_length": None, "usage": frozenset(), "extended": frozenset(), "kind": "", "key_id": b"",
        "issuer_key_id": b"",
    }  # fmt: skip
    seen: set[bytes] = set()
    while rest:
        one, rest = der.read(rest, der.SEQUENCE)
        name, value = der.read(one, der.OID)
        content = der.read_only(value.removeprefix(_TRUE), der.OCTET_STRING)
        if name in seen:
            raise der.DerError("an extension given twice")
        seen.add(name)
        if name == b"\x55\x1d\x20":
            found["kind"] = _kind(content, policies)
        else:
            found |= _READERS[name](content) if name in _READERS else _unusual()
    return found


def _unusual() -> dict[str, Any]:
    raise der.DerError("another extension")


def _constraints(content: bytes) -> dict[str, Any]:
    body = der.read_only(content, der.SEQUENCE)
    rest = body.removeprefix(_TRUE)
    length, rest = der.read_integer(rest) if rest else (None, b"")
    if rest:
        raise der.DerError("more than two constraints")
    return {"ca": body.startswith(_TRUE), "path_length": length}


def _usage(content: bytes) -> dict[str, Any]:
    body = der.read_only(content, der.BIT_STRING)
    if not 2 <= len(body) <= 3 or body[0] > 7 or body[-1] & ((1 << body[0]) - 1):
        raise der.DerError("bits of usage")
    bits = "".join(f"{one:08b}" for one in body[1:])
    if "1" in bits[len(_USAGE) :]:
        raise der.DerError("a usage without a name")
    return {"usage": frozenset(name for name, bit in zip(_USAGE, bits, strict=False) if bit == "1")}


def _purposes(content: bytes) -> dict[str, Any]:
    found, rest = set(), der.read_only(content, der.SEQUENCE)
    while rest:
        one, rest = der.read(rest, der.OID)
        if one not in _PURPOSES:
            raise der.DerError("another purpose")
        found.add(_PURPOSES[one])
    return {"extended": frozenset(found)}


def _kind(content: bytes, policies: Mapping[bytes, str]) -> str:
    rest = der.read_only(content, der.SEQUENCE)
    one, rest = der.read(rest, der.SEQUENCE)
    kind = policies.get(der.read_only(one, der.OID), "")
    if rest or not kind:
        raise der.DerError("another policy, or more than one")
    return kind


def _key_id(content: bytes) -> dict[str, Any]:
    return {"key_id": der.read_only(content, der.OCTET_STRING)}


def _issuer_key_id(content: bytes) -> dict[str, Any]:
    return {"issuer_key_id": der.read_only(der.read_only(content, der.SEQUENCE), 0x80)}


_READERS = {
    b"\x55\x1d\x13": _constraints, b"\x55\x1d\x0f": _usage, b"\x55\x1d\x25": _purposes, b"\x55\x1d\x0e": _key_id,
    b"\x55\x1d\x23": _issuer_key_id,
}  # fmt: skip


def _moment(data: bytes) -> tuple[datetime, bytes]:
    """UTCTime until 2049, GeneralizedTime from 2050, to the second and in UTC (RFC 5280 4.1.2.5)."""
    long = data[:1] == b"\x18"
    text, rest = der.read(data, 0x18 if long else 0x17)
    if not (_LONG if long else _SHORT).fullmatch(text):
        raise der.DerError("another way to write an instant")
    digits = text.decode("ascii")[:-1]
    if not long:
        digits = ("19" if digits >= "50" else "20") + digits
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC), rest


def _whole(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The first element with its head, and what follows."""
    _, rest = der.read(data, tag)
    return data[: len(data) - len(rest)], rest


def _after(data: bytes, expected: bytes) -> bytes:
    if not data.startswith(expected):
        raise der.DerError("another algorithm or version")
    return data[len(expected) :]


def _bits(content: bytes) -> bytes:
    if content[:1] != b"\0":
        raise der.DerError("bits that are no bytes")
    return content[1:]
