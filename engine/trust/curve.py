"""The SM2 curve sm2p256v1 (GB/T 32918.5-2017): its numbers, and the checks on points and signatures."""

from __future__ import annotations

from engine.trust import der

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
DEFAULT_SIGNER_ID = b"1234567812345678"  # GM/T 0009-2012 10: the id used where the parties have agreed on none


def is_point(point: bytes) -> bool:
    """Whether 65 bytes 04 ‖ x ‖ y are a point of the curve (its cofactor is 1, so also of the group)."""
    if len(point) != 65 or point[0] != 4:
        return False
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def read_signature(signature: bytes) -> tuple[int, int] | None:
    """r and s of a strict DER signature with both in [1, n-1] and r + s ≠ n (GB/T 32918.2 7.1); None otherwise."""
    try:
        r, s = der.read_signature(signature)
    except der.DerError:
        return None
    if not (0 < r < N and 0 < s < N) or r + s == N:
        return None
    return r, s


def identity_bytes(point: bytes, signer_id: bytes) -> bytes:
    """What is hashed into ZA: ENTL ‖ id ‖ a ‖ b ‖ G ‖ public key (GB/T 32918.2 5.5)."""
    if len(signer_id) > 8191:
        raise ValueError("a signer id has at most 8191 bytes")
    numbers = b"".join(number.to_bytes(32, "big") for number in (A, B, GX, GY))
    return (len(signer_id) * 8).to_bytes(2, "big") + signer_id + numbers + point[1:]
