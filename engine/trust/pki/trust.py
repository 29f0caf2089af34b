"""Whether a certificate may be relied on at a time: path, validity, usage and revocation (RFC 5280 6)."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.trust import sm2
from engine.trust.pki import structures as s
from engine.trust.pki.certificate import CLIENT_AUTH, KINDS, Certificate
from engine.trust.pki.issuing import REASONS, USAGE, Revocation

_DEEPEST = 6
_MOST = 64  # certificates looked at in one search
_REMEMBERED = 1024
_LARGEST_LIST = 200_000

State = Literal["valid", "untrusted", "expired", "not_yet", "revoked", "usage", "unknown"]


class RevocationList(msgspec.Struct, frozen=True):
    """A revocation list that its issuer signed: for which issuer (its certificate's id), until when it is current."""

    issuer: str
    this_update: datetime
    next_update: datetime
    revoked: Mapping[int, Revocation]


class Trust(msgspec.Struct, frozen=True):
    """What is relied on: anchors, intermediate certificates, and current revocation lists by issuer.

    A certificate whose issuer has no list, or an outdated one, is of unknown standing and is not relied on now; of a
    signature of the past the newest list is asked.
    """

    anchors: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...] = ()
    lists: Mapping[str, RevocationList] = {}


class Standing(msgspec.Struct, frozen=True):
    """What a check found. `reason` in Chinese; `path` from the certificate to its anchor; `revoked_later` is when the
    certificate was revoked after the time asked about ("" not)."""

    state: State
    reason: str
    path: tuple[Certificate, ...] = ()
    revoked_later: str = ""


def standing(
    trust: Trust, leaf: Certificate, kind: str, at: datetime, now: datetime, offered: Iterable[Certificate] = ()
) -> Standing:
    """Whether `leaf` could be relied on as a `kind` at `at`, by what is known at `now`; both instants have a zone.

    `offered` are further certificates that may stand between; they are trusted for nothing by themselves.
    """
    fault = _usage_fault(leaf, kind)
    if fault:
        return Standing("usage", fault)
    between = (*trust.intermediates, *offered)[:_MOST]
    path = _path(trust.anchors, between, leaf)
    if path is None:
        return Standing("untrusted", "证书不是由受信任的机构签发的。")
    if isinstance(path, str):
        return Standing("untrusted", path)
    later = ""
    for one in path:
        if at < one.not_before:
            return Standing("not_yet", f"证书从 {one.not_before:%Y-%m-%d} 起才有效。", path)
        if at > one.not_after:
            return Standing("expired", f"证书已于 {one.not_after:%Y-%m-%d} 到期。", path)
    for one, issuer in itertools.pairwise(path):
        found = _revocation(trust, one, issuer, at, now)
        if isinstance(found, Standing):
            return msgspec.structs.replace(found, path=path)
        later = later or found
    words = f"证书有效；其后于 {later[:10]} 被吊销。" if later else "证书有效。"
    return Standing("valid", words, path, later)


def read_list(data: bytes, issuers: Iterable[Certificate]) -> RevocationList:
    """A revocation list under the signature of one of the issuers; ZhunyuError K007 for anything else."""
    found = s.load(s.crl.CertificateList, data, "吊销列表")
    try:
        return _read_list(found, issuers)
    except s.BROKEN as error:
        raise s.broken("吊销列表") from error


def _read_list(found: Any, issuers: Iterable[Certificate]) -> RevocationList:
    body = found["tbs_cert_list"]
    if found["signature_algorithm"]["algorithm"].native != s.SM2_SM3:
        raise ValueError("another algorithm")
    name, signed, signature = body["issuer"].dump(), body.dump(), s.whole(found["signature"])
    for extension in body["crl_extensions"] if body["crl_extensions"].native else ():
        if extension["critical"].native:  # a partial or indirect list says less than it seems to
            raise ValueError("a critical extension")
    issuer = next(
        (one for one in issuers if one.subject == name and one.ca and "crl_sign" in one.usage
         and sm2.verify(one.public, signed, signature)), None,
    )  # fmt: skip
    if issuer is None:
        raise ValueError("not signed by an issuer that is trusted")
    entries = body["revoked_certificates"] if body["revoked_certificates"].native else ()
    if len(entries) > _LARGEST_LIST or not body["next_update"].native:
        raise ValueError("too long, or without an end")
    revoked = {}
    for entry in entries:
        reason = entry.crl_reason_value.native if entry.crl_reason_value else "unspecified"
        serial = entry["user_certificate"].native
        revoked[serial] = Revocation(serial, s.moment(entry["revocation_date"].native), reason)
    return RevocationList(
        issuer.id, s.moment(body["this_update"].native), s.moment(body["next_update"].native), revoked
    )


def _usage_fault(leaf: Certificate, kind: str) -> str:
    if leaf.unknown:
        return f"证书含有不认识的关键扩展（{leaf.unknown[0]}）。"
    if leaf.kind not in ("", kind):
        return f"这是“{KINDS[leaf.kind]}”证书，不能用于{KINDS[kind]}。"
    if kind != "root" and leaf.ca:
        return "这是签发机构的证书，不能用于签名。"
    if not USAGE[kind] <= leaf.usage:
        return f"证书的密钥用途不包括{KINDS[kind]}。"
    if kind == "login" and (CLIENT_AUTH not in leaf.extended or "non_repudiation" in leaf.usage):
        return "证书的密钥用途不是登录。"
    if kind != "login" and leaf.extended and leaf.extended <= {CLIENT_AUTH}:
        return "这是登录用的证书，不能用于签名。"
    return ""


def _path(
    anchors: tuple[Certificate, ...], between: tuple[Certificate, ...], leaf: Certificate
) -> tuple[Certificate, ...] | str | None:
    """The path to an anchor, why the one there is does not hold, or None; every signature on it was checked."""
    roots = {one.id for one in anchors}
    if leaf.id in roots:
        return (leaf,)
    fault = None
    waiting: list[tuple[Certificate, ...]] = [(leaf,)]
    for _ in range(_MOST):
        if not waiting:
            return fault
        path = waiting.pop()
        for issuer in (*anchors, *between):
            if issuer in path or not _issued(issuer, path[-1]):
                continue
            wrong = _issuer_fault(issuer, path)
            if wrong:
                fault = wrong
            elif issuer.id in roots:
                return (*path, issuer)
            elif len(path) + 1 < _DEEPEST:
                waiting.append((*path, issuer))
    return fault


def _issued(issuer: Certificate, one: Certificate) -> bool:
    if issuer.subject != one.issuer:
        return False
    if issuer.key_id and one.issuer_key_id and issuer.key_id != one.issuer_key_id:
        return False
    return _verified(issuer.public, one.signed, one.signature)


@functools.lru_cache(_REMEMBERED)
def _verified(public: sm2.PublicKey, signed: bytes, signature: bytes) -> bool:
    """The same three always give the same answer, and the same few certificates are asked about all day."""
    return sm2.verify(public, signed, signature)


def _issuer_fault(issuer: Certificate, path: tuple[Certificate, ...]) -> str:
    if not issuer.ca or "key_cert_sign" not in issuer.usage:
        return "签发者的证书没有签发证书的用途。"
    if issuer.unknown:
        return f"签发者的证书含有不认识的关键扩展（{issuer.unknown[0]}）。"
    below = len(path) - 1  # certificates of CAs between this issuer and the leaf
    if issuer.path_length is not None and below > issuer.path_length:
        return "证书链超过签发机构允许的级数。"
    return ""


def _revocation(
    trust: Trust, one: Certificate, issuer: Certificate, at: datetime, now: datetime
) -> Standing | str:
    """A standing that ends the check, or when the certificate was revoked after `at` ("" not)."""
    known = trust.lists.get(issuer.id)
    if known is None:
        return Standing("unknown", "没有签发机构的吊销列表，不能确认证书是否已被吊销。")
    if now > known.next_update and (now - at).total_seconds() < 3600:
        return Standing("unknown", f"签发机构的吊销列表已于 {known.next_update:%Y-%m-%d} 过期，不能确认证书状态。")
    found = known.revoked.get(one.serial)
    if found is None:
        return ""
    if found.at <= at:
        why = REASONS.get(found.reason, "")
        return Standing("revoked", f"证书已于 {found.at:%Y-%m-%d} 被吊销{f'（{why}）' if why else ''}。")
    return found.at.isoformat()
