"""The electronic seal and the electronic signature of a seal as ASN.1 (GB/T 38540-2020 clauses 6 and 7), DER only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from asn1crypto import core

from engine.trust.pki.identity import Identity

SM2_SM3, SM3 = "1.2.156.10197.1.501", "1.2.156.10197.1.401"
VERSION = 4
AGENCY = 1  # 单位印章
_CERTIFICATES = 1  # the list holds certificates, not digests of them
_VENDOR = "ZHUNYU"


class StructureError(ValueError):
    """The bytes are not the one permitted encoding; the text, in Chinese, says of what."""


class SealContent(msgspec.Struct, frozen=True):
    """What a seal is: SES_SealInfo. Times have a zone; width and height of the picture (PNG) are millimetres."""

    identifier: str
    name: str
    signers: tuple[bytes, ...]
    created: datetime
    start: datetime
    end: datetime
    picture: bytes
    width: int
    height: int


class MadeSeal(msgspec.Struct, frozen=True):
    """A seal with its maker's certificate and signature; `signed` are the bytes that signature is over."""

    content: SealContent
    maker: bytes
    signature: bytes
    signed: bytes
    der: bytes


class SealedValue(msgspec.Struct, frozen=True):
    """SES_Signature: the seal as it was used, when, over which digest and file, by whom; `signed` as above."""

    seal: MadeSeal
    at: datetime
    digest: bytes
    path: str
    signer: bytes
    signature: bytes
    signed: bytes


class _Header(core.Sequence):  # type: ignore[misc]
    _fields = [("id", core.IA5String), ("version", core.Integer), ("vid", core.IA5String)]


class _Signers(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class _Property(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("type", core.Integer), ("name", core.UTF8String), ("list_type", core.Integer), ("signers", _Signers),
        ("created", core.GeneralizedTime), ("start", core.GeneralizedTime), ("end", core.GeneralizedTime),
    ]  # fmt: skip


class _Picture(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("type", core.IA5String), ("data", core.OctetString), ("width", core.Integer), ("height", core.Integer),
    ]  # fmt: skip


class _Info(core.Sequence):  # type: ignore[misc]
    _fields = [("header", _Header), ("identifier", core.IA5String), ("property", _Property), ("picture", _Picture)]


class _Seal(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("info", _Info), ("cert", core.OctetString), ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]  # fmt: skip


class _ToSign(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer), ("seal", _Seal), ("at", core.GeneralizedTime), ("digest", core.OctetBitString),
        ("path", core.IA5String),
    ]  # fmt: skip


class _Signed(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("to_sign", _ToSign), ("cert", core.OctetString), ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]  # fmt: skip


def make_seal(content: SealContent, maker: Identity) -> bytes:
    """The seal (SESeal) under its maker's signature."""
    info = _info(content)
    return _dump(_Seal, _seal(info, maker.certificate, maker.sign(_dump(_Info, info))))


def sign_value(seal: bytes, at: datetime, digest: bytes, path: str, signer: Identity) -> bytes:
    """The signature of a seal (SES_Signature) over the digest of the file at `path`."""
    to_sign = {"version": VERSION, "seal": _load(_Seal, seal, "印章"), "at": at, "digest": digest, "path": path}
    signature = signer.sign(_dump(_ToSign, to_sign))
    whole = {"to_sign": to_sign, "cert": signer.certificate, "algorithm": SM2_SM3, "signature": signature}
    return _dump(_Signed, whole)


def read_seal(data: bytes) -> MadeSeal:
    """A seal; StructureError for anything `make_seal` would not write. No signature is checked here."""
    return _made(_load(_Seal, data, "印章"))


def read_value(data: bytes) -> SealedValue:
    """A signature of a seal; StructureError for anything `sign_value` would not write. No signature is checked."""
    whole = _load(_Signed, data, "签章")
    to_sign = whole["to_sign"]
    if to_sign["version"] != VERSION or whole["algorithm"] != SM2_SM3:
        raise StructureError("签章的版本或算法不是 GB/T 38540-2020 与 SM2/SM3。")
    return SealedValue(
        seal=_made(to_sign["seal"]), at=to_sign["at"], digest=to_sign["digest"], path=to_sign["path"],
        signer=whole["cert"], signature=whole["signature"], signed=_dump(_ToSign, to_sign),
    )  # fmt: skip


def _info(content: SealContent) -> dict[str, Any]:
    return {
        "header": {"id": "ES", "version": VERSION, "vid": _VENDOR},
        "identifier": content.identifier,
        "property": {
            "type": AGENCY, "name": content.name, "list_type": _CERTIFICATES, "signers": list(content.signers),
            "created": content.created, "start": content.start, "end": content.end,
        },
        "picture": {"type": "png", "data": content.picture, "width": content.width, "height": content.height},
    }  # fmt: skip


def _seal(info: Mapping[str, Any], maker: bytes, signature: bytes) -> dict[str, Any]:
    return {"info": dict(info), "cert": maker, "algorithm": SM2_SM3, "signature": signature}


def _made(seal: Mapping[str, Any]) -> MadeSeal:
    header, kept, picture = (seal["info"][name] for name in ("header", "property", "picture"))
    content = SealContent(
        identifier=seal["info"]["identifier"], name=kept["name"], signers=tuple(kept["signers"]),
        created=kept["created"], start=kept["start"], end=kept["end"], picture=picture["data"],
        width=picture["width"], height=picture["height"],
    )  # fmt: skip
    if seal["info"] != _info(content) or header["vid"] != _VENDOR or seal["algorithm"] != SM2_SM3:
        raise StructureError("印章的版本、种类或算法不是本系统所用的。")
    return MadeSeal(content, seal["cert"], seal["signature"], _dump(_Info, seal["info"]), _dump(_Seal, seal))


def _dump(kind: Any, value: Mapping[str, Any]) -> bytes:
    return bytes(kind(value).dump())


def _load(kind: Any, data: bytes, what: str) -> Any:
    """The plain values of a structure; StructureError unless writing them again gives the same bytes."""
    try:
        found = _plain(kind.load(data, strict=True).native)
        if _dump(kind, found) != data:
            raise ValueError("another encoding")
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise StructureError(f"{what}的结构不符合 GB/T 38540-2020，已被改动。") from error
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
