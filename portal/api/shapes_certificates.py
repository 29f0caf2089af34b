"""Certificates and their verification."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from portal.api.shape import Asked, Shown


class CertificateShape(Shown):
    """A certificate as it stands; `valid_to` "" means 长期."""

    id: str
    number: str
    type: str
    title: str
    holder_code: str
    holder_name: str
    authority: str
    authority_name: str
    district: str
    status: str = Field(description="制证中、有效、注销、撤销、作废")
    version: int
    issued_on: str
    valid_from: str
    valid_to: str
    face: dict[str, str] = Field(description="照面内容")
    matter: str
    case: str


class CertificateList(Shown):
    """The subject's certificates, newest first."""

    items: list[CertificateShape]


class NumberAsked(Asked):
    """Which certificate is verified."""

    number: str = Field(min_length=1, max_length=100, description="证照编号")


class VerificationShape(Shown):
    """What the register says of a certificate; names of natural persons are masked."""

    state: Literal["valid", "altered", "revoked", "expired", "unknown", "issuing"]
    reason: str
    number: str = ""
    title: str = ""
    authority_name: str = ""
    valid_to: str = ""
    face: dict[str, str] = {}
