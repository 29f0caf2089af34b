"""A certificate: what it says, read once into plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

import msgspec

from engine.trust import sm2
from engine.trust.pki import structures as s
from engine.trust.pki.usual import read_usual
from engine.trust.sm3 import sm3_hex

Kind = Literal["root", "officer", "agency", "seal_maker", "applicant", "login"]
KINDS: dict[str, str] = {
    "root": "根证书", "officer": "工作人员签名", "agency": "机关电子签章", "seal_maker": "电子印章制作",
    "applicant": "申请人签名", "login": "登录",
}  # fmt: skip
_ARC = "2.25.309180429837012748190236455178023911"  # ITU-T X.667: an arc anyone may draw, ours
POLICIES: dict[str, str] = {f"{_ARC}.{number}": kind for number, kind in enumerate(KINDS, 1)}
POLICY_BYTES = {bytes(s.core.ObjectIdentifier(one).contents): kind for one, kind in POLICIES.items()}
CLIENT_AUTH = "client_auth"
_UNDERSTOOD = frozenset(
    {"basic_constraints", "key_usage", "extended_key_usage", "certificate_policies", "authority_key_identifier",
     "key_identifier", "subject_alt_name", "crl_distribution_points", "authority_information_access"}
)  # fmt: skip
_ATTRIBUTES = {"common_name": "name", "organization_name": "organisation", "serial_number": "code"}


class Certificate(msgspec.Struct, frozen=True):
    """What a certificate says. `id` is the SM3 (hex) of its DER; `name`, `organisation` and `code` are the subject's.

    `kind` is "" for a certificate of a CA that does not know our kinds. `usage` and `extended` are the names of
    RFC 5280; `unknown` the critical extensions nobody here understands. Instants are UTC. `signed` are the bytes the
    issuer's `signature` is over.
    """

    der: bytes
    id: str
    serial: int
    name: str
    organisation: str
    code: str
    subject: bytes
    issuer: bytes
    not_before: datetime
    not_after: datetime
    public: sm2.PublicKey
    ca: bool
    path_length: int | None
    usage: frozenset[str]
    extended: frozenset[str]
    kind: str
    key_id: bytes
    issuer_key_id: bytes
    unknown: tuple[str, ...]
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Certificate({self.name!r}, {self.kind or '?'}, {self.serial_text})"

    @property
    def serial_text(self) -> str:
        """The serial number in hexadecimal, as people compare it."""
        return f"{self.serial:X}"


def read_certificate(data: bytes) -> Certificate:
    """The certificate of its DER; ZhunyuError K007 when it is none, or not one of an SM2 key under SM2 with SM3."""
    usual = read_usual(data, POLICY_BYTES) if len(data) <= s.LARGEST else None
    if usual is not None:
        return Certificate(id=sm3_hex(data), **usual)
    return read_any(data)


def read_any(data: bytes) -> Certificate:
    """`read_certificate` without the quick way for the usual form."""
    found = s.load(s.x509.Certificate, data, "证书")
    try:
        return _read(found, data)
    except s.BROKEN as error:
        raise s.broken("证书") from error


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """The certificates of a file: one in DER, or any number in PEM; K007 as `read_certificate`."""
    from asn1crypto import pem

    if not pem.detect(data):
        return (read_certificate(data),)
    try:
        parts = [der for label, _, der in pem.unarmor(data, multiple=True) if label == "CERTIFICATE"]
    except s.BROKEN as error:
        raise s.broken("证书") from error
    if not parts:
        raise s.broken("证书")
    return tuple(read_certificate(one) for one in parts)


def write_pem(certificate: Certificate) -> str:
    """The certificate in PEM."""
    from asn1crypto import pem

    return cast(bytes, pem.armor("CERTIFICATE", certificate.der)).decode("ascii")


def _read(found: Any, data: bytes) -> Certificate:
    body = found["tbs_certificate"]
    algorithms = {found["signature_algorithm"]["algorithm"].native, body["signature"]["algorithm"].native}
    if algorithms != {s.SM2_SM3} or body["version"].native != "v3":
        raise ValueError("another algorithm or version")
    spki = body["subject_public_key_info"]
    extensions, unknown = _extensions(body)
    subject = _subject(body["subject"])
    constraints = extensions.get("basic_constraints")
    policies = extensions.get("certificate_policies") or []
    kinds = {POLICIES[one["policy_identifier"]] for one in policies if one["policy_identifier"] in POLICIES}
    if len(kinds) > 1:
        raise ValueError("more than one kind")
    serial = body["serial_number"].native
    if not 0 < serial < 1 << 160:
        raise ValueError("serial number out of range")
    return Certificate(
        der=data, id=sm3_hex(data), serial=serial, name=subject.get("name", ""),
        organisation=subject.get("organisation", ""), code=subject.get("code", ""),
        subject=body["subject"].dump(), issuer=body["issuer"].dump(),
        not_before=s.moment(body["validity"]["not_before"].native),
        not_after=s.moment(body["validity"]["not_after"].native),
        public=sm2.PublicKey.from_der(spki.dump()), ca=bool(constraints and constraints["ca"]),
        path_length=constraints["path_len_constraint"] if constraints else None,
        usage=frozenset(extensions.get("key_usage") or ()),
        extended=frozenset(extensions.get("extended_key_usage") or ()),
        kind=kinds.pop() if kinds else "", key_id=extensions.get("key_identifier") or b"",
        issuer_key_id=(extensions.get("authority_key_identifier") or {}).get("key_identifier") or b"",
        unknown=unknown, signed=body.dump(), signature=s.whole(found["signature_value"]),
    )  # fmt: skip


def _extensions(body: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    known: dict[str, Any] = {}
    unknown = []
    for one in body["extensions"] if body["extensions"].native else ():
        name = one["extn_id"].native
        if name in known:
            raise ValueError("an extension given twice")
        if name in _UNDERSTOOD:
            known[name] = one["extn_value"].parsed.native
        elif one["critical"].native:
            unknown.append(str(name))
    return known, tuple(unknown)


def _subject(name: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute, value in name.native.items():
        key = _ATTRIBUTES.get(attribute)
        if key is not None:
            if not isinstance(value, str):
                raise ValueError("an attribute given more than once")
            found[key] = value
    return found
