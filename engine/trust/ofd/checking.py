"""Whether a sealed OFD document is exactly as it was sealed, and by whom (GB/T 38540-2020 clause 7.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.ofd.document import ROOT, SEAL, SIGNATURE, SIGNATURES, VALUE, Description, read_root
from engine.trust.ofd.package import PackageError, read_package
from engine.trust.ofd.signature_xml import SIGNATURES_XML, read_signature_xml
from engine.trust.ofd.structures import SealedValue, StructureError, read_seal, read_value
from engine.trust.pki.certificate import Certificate, read_certificate
from engine.trust.pki.trust import Trust, standing
from engine.trust.second import verify_second
from engine.trust.sm3 import sm3

# Why a certificate was not good for a kind of use at an instant; "" when it was.
Rely = Callable[[Certificate, str, datetime], str]
LEAKED = "key_compromise"  # someone else may have had the key, and nothing but the seal itself says when it was set
LEAKED_WORDS = "密钥其后泄露，签章的时间无从证明。"


class Sealed(msgspec.Struct, frozen=True):
    """What a valid document says: about itself, who sealed it, with which seal, when."""

    about: Description
    signer: Certificate
    seal: str
    at: datetime


class OfdCheck(msgspec.Struct, frozen=True):
    """What a check found and why (Chinese).

    `altered`: something is not as it was sealed. `unknown`: no document of ours, or the seal, its maker or its user
    cannot be relied on. `sealed` only for `valid`.
    """

    state: Literal["valid", "altered", "unknown"]
    reason: str
    sealed: Sealed | None = None


def check_ofd(archive: bytes, rely: Rely, now: datetime, *, second: bool = False) -> OfdCheck:
    """Check a file; `rely` tells of the certificates of who made the seal and who used it, see `relying`.

    `second` lets the independent verifier confirm the signatures of the seal and of its maker as well.
    """
    if VALUE.encode() not in archive:
        ours = archive.startswith(b"PK") and ROOT.encode() in archive[:100]
        return OfdCheck("altered" if ours else "unknown", "文件中没有本系统的电子签章，或文件已被截断。")
    try:
        files = read_package(archive)
        value, about = _consistent(files)
        signer, maker = read_certificate(value.signer), read_certificate(value.seal.maker)
        _signatures(value, signer, maker, second)
    except (PackageError, StructureError) as error:
        return OfdCheck("altered", str(error))
    except ZhunyuError as error:
        return OfdCheck("altered", error.what)
    fault = _untrusted(value, about, signer, maker, rely, now)
    if fault:
        return OfdCheck("unknown", fault)
    sealed = Sealed(about, signer, value.seal.content.name, value.at)
    return OfdCheck("valid", "电子签章有效，文件自签章以来未被改动。", sealed)


def _consistent(files: Mapping[str, bytes]) -> tuple[SealedValue, Description]:
    """The signature and the description of files that all agree with each other; PackageError where they do not."""
    for name in (ROOT, SIGNATURES, SIGNATURE, SEAL, VALUE):
        if name not in files:
            raise PackageError(f"文档缺少 {name}。")
    value, info = read_value(files[VALUE]), read_signature_xml(files[SIGNATURE])
    if value.path != f"/{SIGNATURE}" or value.digest != sm3(files[SIGNATURE]):
        raise PackageError("签名描述文件与签章值不符，已被改动。")
    if value.seal != read_seal(files[SEAL]):
        raise PackageError("所附印章与签章所用的印章不同。")
    if value.at != info.at:
        raise PackageError("签章时间前后不一。")
    covered = [name for name in files if name not in (SIGNATURE, VALUE)]
    for name in covered:
        if name not in info.digests:
            raise PackageError(f"{name} 不在签章保护的范围内，是签章之后加入的。")
        if sm3(files[name]) != info.digests[name]:
            raise PackageError(f"{name} 的内容与签章时不一致，已被改动。")
    if covered != list(info.digests):
        raise PackageError("签章保护的文件有缺失，或次序已变。")
    if files[SIGNATURES] != SIGNATURES_XML.encode():
        raise PackageError("签名列表不是本系统的写法。")
    return value, read_root(files[ROOT])


def _signatures(value: SealedValue, signer: Certificate, maker: Certificate, second: bool) -> None:
    if value.signer not in value.seal.content.signers:
        raise PackageError("签章人的证书不在印章的签章人列表里。")
    for who, key, signed, signature in (
        ("签章人", signer, value.signed, value.signature),
        ("制章人", maker, value.seal.signed, value.seal.signature),
    ):
        if not sm2.verify(key.public, signed, signature):
            raise PackageError(f"{who}的签名核验未通过。")
        if second and not verify_second(key.public.point, signed, signature):
            raise PackageError(f"两种独立实现对{who}签名的结论不一致，不能认定有效。")


def relying(trust: Trust, now: datetime) -> Rely:
    """What certificates are worth by given anchors and revocation lists, and by what they say at `now`."""

    def fault(certificate: Certificate, kind: str, at: datetime) -> str:
        found = standing(trust, certificate, kind, at, now)
        if found.state != "valid":
            return found.reason
        entries = (one.revoked.get(certificate.serial) for one in trust.lists.values())
        leaked = any(entry is not None and entry.reason == LEAKED for entry in entries)
        return LEAKED_WORDS if leaked else ""

    return fault


def _untrusted(
    value: SealedValue, about: Description, signer: Certificate, maker: Certificate, rely: Rely, now: datetime
) -> str:
    """Why signatures that are right cannot be relied on; "" when they can."""
    seal = value.seal.content
    for who, key, kind, at in (("制章人", maker, "seal_maker", seal.created), ("签章人", signer, "agency", value.at)):
        fault = rely(key, kind, at)
        if fault:
            return f"{who}的证书不能确认：{fault}"
    if not seal.start <= value.at <= seal.end:
        return "签章时印章不在有效期内，不能确认。"
    if value.at > now:
        return "签章时间在将来，不能确认。"
    if about.author not in (signer.organisation, signer.name):
        return f"签章的是“{signer.organisation or signer.name}”，不是文中的发证机关“{about.author}”。"
    return ""
