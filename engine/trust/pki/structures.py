"""X.509 structures with the SM2 algorithm identifiers (GM/T 0015-2023, GB/T 33560-2017) on asn1crypto."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos, core, crl, keys, x509

from engine.errors import ZhunyuError

SM2_SM3, CURVE = "sm2_sm3", "sm2p256v1"
_SM2_SM3_OID, _CURVE_OID = "1.2.156.10197.1.501", "1.2.156.10197.1.301"
LARGEST = 1 << 20  # bytes; no certificate or list of ours comes near
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)

keys.NamedCurve.register(CURVE, _CURVE_OID, 32)
algos.SignedDigestAlgorithmId._map[_SM2_SM3_OID] = SM2_SM3
algos.SignedDigestAlgorithmId._reverse_map = None

__all__ = [
    "BROKEN", "CURVE", "LARGEST", "SM2_SM3", "algorithm", "core", "crl", "keys", "load", "moment", "whole", "x509",
]  # fmt: skip


def algorithm() -> dict[str, Any]:
    """The AlgorithmIdentifier of SM2 with SM3; its parameters are absent."""
    return {"algorithm": SM2_SM3}


def load(kind: Any, data: bytes, what: str) -> Any:
    """A structure that fills `data`; ZhunyuError K007 for anything else. Its parts are read when they are asked for."""
    if not data or len(data) > LARGEST:
        raise broken(what)
    try:
        return kind.load(data, strict=True)
    except BROKEN as error:
        raise broken(what) from error


def broken(what: str) -> ZhunyuError:
    """K007: the bytes are no such thing."""
    return ZhunyuError("K007", f"{what}的内容不符合 X.509 的写法，或已损坏。", "请从签发机构重新取得文件。")


def whole(bits: Any) -> bytes:
    """The bytes of a BIT STRING that is made of whole bytes, as every signature is (X.690 11.2.1): what differs from
    it in unused bits only would be another file under the same signature. ValueError for any other."""
    if bits.contents[:1] != b"\0":
        raise ValueError("bits that are no bytes")
    return bytes(bits.native)


def moment(value: datetime) -> datetime:
    """The instant in UTC, to the second, as certificates tell time."""
    if value.tzinfo is None:
        raise ValueError("an instant has a zone")
    return value.astimezone(UTC).replace(microsecond=0)
