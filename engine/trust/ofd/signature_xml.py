"""The list of signatures and the description of the one signature (GB/T 33190-2016 clause 18)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from engine.trust.ofd.content import HEAD, SPACE, box
from engine.trust.ofd.document import SEAL, SIGNATURE, VALUE, page_id
from engine.trust.ofd.package import PackageError
from engine.trust.ofd.page import Place
from engine.trust.ofd.reading import every, one, parse, text
from engine.trust.ofd.structures import SM2_SM3, SM3

_NAME = "s001"
_TIME = "%Y%m%d%H%M%SZ"
SIGNATURES_XML = (
    f"{HEAD}<ofd:Signatures {SPACE}><ofd:MaxSignId>{_NAME}</ofd:MaxSignId>"
    f'<ofd:Signature ID="{_NAME}" Type="Seal" BaseLoc="/{SIGNATURE}"/></ofd:Signatures>'
)


class SignatureInfo(msgspec.Struct, frozen=True):
    """What the signature covers: when, the SM3 digest of each file by name, and where the seal stands."""

    at: datetime
    digests: Mapping[str, bytes]
    stamps: tuple[tuple[int, Place], ...]


def signature_xml(info: SignatureInfo) -> str:
    """The file; there is exactly one for the same `info`."""
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{base64.b64encode(digest).decode()}</ofd:CheckValue>'
        "</ofd:Reference>"
        for name, digest in info.digests.items()
    )
    stamps = "".join(
        f'<ofd:StampAnnot ID="stamp{place:03}" PageRef="{page_id(page)}" Boundary="{box(where)}"/>'
        for place, (page, where) in enumerate(info.stamps, 1)
    )
    return (
        f'{HEAD}<ofd:Signature {SPACE}><ofd:SignedInfo><ofd:Provider ProviderName="zhunyu" Version="1.0" '
        f'Company="zhunyu"/><ofd:SignatureMethod>{SM2_SM3}</ofd:SignatureMethod>'
        f"<ofd:SignatureDateTime>{info.at.astimezone(UTC).strftime(_TIME)}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3}">{references}</ofd:References>{stamps}'
        f"<ofd:Seal><ofd:BaseLoc>/{SEAL}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>/{VALUE}</ofd:SignedValue></ofd:Signature>"
    )


def read_signature_xml(data: bytes) -> SignatureInfo:
    """What the file says; PackageError unless `signature_xml` would write the same."""
    signed = one(parse(data, SIGNATURE, "Signature"), "SignedInfo")
    try:
        digests = {
            reference.attrib["FileRef"].removeprefix("/"): base64.b64decode(text(reference, "CheckValue"))
            for reference in every(one(signed, "References"), "Reference")
        }
        stamps = tuple(
            (int(stamp.attrib["PageRef"]) - page_id(0), _place(stamp.attrib["Boundary"]))
            for stamp in every(signed, "StampAnnot")
        )
        at = datetime.strptime(text(signed, "SignatureDateTime"), _TIME).replace(tzinfo=UTC)
    except (KeyError, ValueError) as error:
        raise PackageError("签名描述文件的内容不符合 GB/T 33190。") from error
    info = SignatureInfo(at, digests, stamps)
    if signature_xml(info).encode() != data:
        raise PackageError("签名描述文件不是本系统的写法，已被改动。")
    return info


def _place(written: str) -> Place:
    x, y, width, height = map(float, written.split())
    return x, y, width, height
