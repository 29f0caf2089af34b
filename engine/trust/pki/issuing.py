"""Issuing certificates and revocation lists: pure, with key, time and serial as arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from engine.trust import sm2
from engine.trust.pki import structures as s
from engine.trust.pki.certificate import CLIENT_AUTH, POLICIES, Certificate, read_certificate
from engine.trust.sm3 import sm3

_SIGNING = {"digital_signature", "non_repudiation"}
USAGE: dict[str, set[str]] = {
    "root": {"key_cert_sign", "crl_sign"}, "officer": _SIGNING, "agency": _SIGNING, "seal_maker": _SIGNING,
    "applicant": _SIGNING, "login": {"digital_signature"},
}  # fmt: skip
REASONS = {"key_compromise": "密钥泄露", "affiliation_changed": "不再任职", "superseded": "已更换",
           "cessation_of_operation": "不再使用", "unspecified": "未说明"}  # fmt: skip
Signer = Callable[[bytes], bytes]


class Subject(msgspec.Struct, frozen=True):
    """Whom a certificate is for: a name, the organisation, and the code that says who of that name ("" for none)."""

    name: str
    organisation: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        if not self.name or any(len(one) > 64 or not one.isprintable() for one in (self.name, self.organisation)):
            raise ValueError("a name of a certificate has 1 to 64 printable characters")


class Term(msgspec.Struct, frozen=True):
    """From when to when, both included; instants with a zone."""

    since: datetime
    until: datetime


class Revocation(msgspec.Struct, frozen=True):
    """That a certificate is no longer to be relied on: its serial number, since when, and why (a key of REASONS)."""

    serial: int
    at: datetime
    reason: str = "unspecified"


def issue_root(subject: Subject, key: sm2.PrivateKey, serial: int, term: Term, path_length: int = 0) -> Certificate:
    """A root certificate, signed by its own key; `path_length` certificates of CAs may stand below it."""
    body = _body("root", subject, key.public, serial, term, _name(subject), key.public, path_length)
    return _signed(body, lambda message: sm2.sign(key, message))


def issue(
    issuer: Certificate, sign: Signer, kind: str, subject: Subject, public: sm2.PublicKey, serial: int, term: Term
) -> Certificate:
    """A certificate of a kind under an issuer; `sign` signs with the issuer's key."""
    body = _body(kind, subject, public, serial, term, s.x509.Name.load(issuer.subject), issuer.public, None)
    return _signed(body, sign)


def issue_list(
    issuer: Certificate, sign: Signer, number: int, term: Term, revoked: Iterable[Revocation]
) -> bytes:
    """The revocation list (DER) of an issuer: `term` from this update to the next."""
    entries = [
        {"user_certificate": one.serial, "revocation_date": _time(one.at),
         "crl_entry_extensions": [{"extn_id": "crl_reason", "extn_value": s.crl.CRLReason(one.reason)}]}
        for one in revoked
    ]  # fmt: skip
    extensions = [
        {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": _key_id(issuer.public)}},
        {"extn_id": "crl_number", "extn_value": number},
    ]
    body = s.crl.TbsCertList(
        {"version": "v2", "signature": s.algorithm(), "issuer": s.x509.Name.load(issuer.subject),
         "this_update": _time(term.since), "next_update": _time(term.until),
         **({"revoked_certificates": entries} if entries else {}), "crl_extensions": extensions}
    )  # fmt: skip
    signed = {"tbs_cert_list": body, "signature_algorithm": s.algorithm(), "signature": sign(body.dump())}
    return bytes(s.crl.CertificateList(signed).dump())


def _body(
    kind: str, subject: Subject, public: sm2.PublicKey, serial: int, term: Term, issuer: Any,
    issuer_key: sm2.PublicKey, path_length: int | None,
) -> Any:  # fmt: skip
    policy = next(oid for oid, named in POLICIES.items() if named == kind)
    extensions: list[dict[str, Any]] = [
        {"extn_id": "basic_constraints", "critical": True,
         "extn_value": {"ca": True, "path_len_constraint": path_length} if kind == "root" else {"ca": False}},
        {"extn_id": "key_usage", "critical": True, "extn_value": USAGE[kind]},
        {"extn_id": "certificate_policies", "extn_value": [{"policy_identifier": policy}]},
        {"extn_id": "key_identifier", "extn_value": _key_id(public)},
        {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": _key_id(issuer_key)}},
    ]  # fmt: skip
    if kind == "login":
        extensions.append({"extn_id": "extended_key_usage", "extn_value": [CLIENT_AUTH]})
    return s.x509.TbsCertificate(
        {"version": "v3", "serial_number": serial, "signature": s.algorithm(), "issuer": issuer,
         "validity": {"not_before": _time(term.since), "not_after": _time(term.until)}, "subject": _name(subject),
         "subject_public_key_info": s.keys.PublicKeyInfo.load(public.to_der()), "extensions": extensions}
    )  # fmt: skip


def _signed(body: Any, sign: Signer) -> Certificate:
    whole = {"tbs_certificate": body, "signature_algorithm": s.algorithm(), "signature_value": sign(body.dump())}
    return read_certificate(bytes(s.x509.Certificate(whole).dump()))


def _name(subject: Subject) -> Any:
    parts = {"country_name": "CN", "organization_name": subject.organisation, "common_name": subject.name,
             "serial_number": subject.code}  # fmt: skip
    return s.x509.Name.build({name: text for name, text in parts.items() if text})


def _time(at: datetime) -> Any:
    """UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5)."""
    at = s.moment(at)
    return s.x509.Time({"utc_time": at} if at.year < 2050 else {"general_time": at})


def _key_id(public: sm2.PublicKey) -> bytes:
    return sm3(public.point)[:20]
