"""A second, independent SM2 verifier: gmssl's own arithmetic and SM3, no OpenSSL, behind strict checks.

It holds no keys and signs nothing. About 12 ms a signature, so it checks a share, not everything.
"""

from __future__ import annotations

from typing import Any

from gmssl import sm2 as gmssl_sm2  # type: ignore[import-untyped, unused-ignore]
from gmssl import sm3 as gmssl_sm3

from engine.trust import curve


def verify_second(
    public_point: bytes, message: bytes, signature: bytes, signer_id: bytes = curve.DEFAULT_SIGNER_ID
) -> bool:
    """Whether `signature` (strict DER) over `message` belongs to the key `public_point` (04 ‖ x ‖ y)."""
    numbers = curve.read_signature(signature)
    if numbers is None or not curve.is_point(public_point):
        return False
    verifier = gmssl_sm2.CryptSM2(private_key="", public_key="")
    verifier.public_key = public_point[1:].hex()  # its constructor would strip leading 0s and 4s off the key
    identity = _sm3(curve.identity_bytes(public_point, signer_id))
    try:
        return bool(verifier.verify(f"{numbers[0]:064x}{numbers[1]:064x}", _sm3(identity + message)))
    except TypeError:  # its way of meeting the point at infinity, which no valid signature leads to
        return False


def _sm3(data: bytes) -> bytes:
    digest: Any = gmssl_sm3.sm3_hash(list(data))
    return bytes.fromhex(digest)
