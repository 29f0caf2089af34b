"""The certificate register: one certificate with its versions; a version per action on it."""

from __future__ import annotations

import enum

import msgspec


class CertificateStatus(str, enum.Enum):
    """Where a certificate stands in law."""

    ISSUING = "制证中"
    VALID = "有效"
    CANCELLED = "注销"
    REVOKED = "撤销"
    VOIDED = "作废"  # its file could not be made; the number is never used again


class Photo(msgspec.Struct, frozen=True):
    """The holder's picture on the face: the SM3 (hex) of the file as it was handed in, and the upload it came as."""

    digest: str
    upload: str


class Certificate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One certificate as it stands.

    Dates are ISO; `valid_to` "" means 长期. `version` counts from 1 and is compared and set by every
    action; `locked_by` is the id of the case that acts on it. `face` maps face titles to printed text in
    order. `labels` are what it calls 编号 发证机关 发证日期 有效期限 where it calls them otherwise. One that is
    `confidential` is in no public search. `item` holds the answers later matters need (address, types, district …)
    by field id.
    """

    id: str
    number: str
    type: str
    title: str
    holder_code: str
    holder_name: str
    authority: str
    authority_name: str
    district: str
    status: CertificateStatus
    version: int
    issued_on: str
    valid_from: str
    valid_to: str
    face: dict[str, str]
    matter: str
    case: str
    item: dict[str, object] = {}
    locked_by: str = ""
    layout: str = "licence"
    seal: str = ""
    confidential: bool = False
    photo: Photo | None = None
    labels: dict[str, str] = {}
