"""The groups of published vectors that the product computes nothing with itself: modes, encryption, key exchange.

They pin the library under our modes, and the arithmetic that peers use: each formula is written out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from engine.trust import curve, sm2
from engine.trust.curve import GX, GY, N, P
from engine.trust.sm3 import sm3, sm3_hex

Vectors = Callable[[str], list[dict[str, Any]]]
Point = tuple[int, int]
COVERED = {
    "SM3", "SM4-ECB", "SM4-CBC", "SM4-CTR", "SM4-iterated", "SM4-GCM", "SM4-CCM", "SM2-sign", "SM2-encrypt",
    "SM2-key-exchange", "SM2-verify-negative", "HKDF-SM3", "PBKDF2-HMAC-SM3", "SM4-CBC-PKCS7",
}  # fmt: skip


def raw(one: dict[str, Any], *names: str) -> Iterator[bytes]:
    return (bytes.fromhex(one[name]) for name in names)


def test_no_group_of_vectors_is_left_out(vectors: Vectors) -> None:
    assert all(vectors(name) for name in COVERED)
    groups = vectors.__closure__[0].cell_contents  # type: ignore[attr-defined]
    assert set(groups) == COVERED


@pytest.mark.parametrize("mode", ["ECB", "CBC", "CTR"])
def test_the_modes_of_sm4_reproduce_the_published_vectors(vectors: Vectors, mode: str) -> None:
    for one in vectors(f"SM4-{mode}"):
        key, plain, sealed = raw(one, "key", "plaintext", "ciphertext")
        made = modes.ECB() if mode == "ECB" else getattr(modes, mode)(bytes.fromhex(one["iv"]))
        assert Cipher(SM4(key), made).encryptor().update(plain) == sealed
        assert Cipher(SM4(key), made).decryptor().update(sealed) == plain


def test_a_million_iterations_of_sm4_end_where_the_standard_says(vectors: Vectors) -> None:
    one = vectors("SM4-iterated")[0]
    key, block, expected = raw(one, "key", "plaintext", "ciphertext")
    update = Cipher(SM4(key), modes.ECB()).encryptor().update
    for _ in range(one["iterations"]):
        block = update(block)
    assert block == expected


def test_sm4_ccm_reproduces_rfc_8998(vectors: Vectors) -> None:
    one = vectors("SM4-CCM")[0]
    key, nonce, aad, plain, sealed, tag = raw(one, "key", "iv", "aad", "plaintext", "ciphertext", "tag")
    first = bytes((64 + 8 * 7 + 2,)) + nonce + len(plain).to_bytes(3, "big")  # RFC 3610 2.2: Adata, M = 16, L = 3
    head = len(aad).to_bytes(2, "big") + aad
    text = first + head.ljust(-(-len(head) // 16) * 16, b"\0") + plain
    mac = Cipher(SM4(key), modes.CBC(bytes(16))).encryptor().update(text)[-16:]
    counter = b"\2" + nonce + bytes(3)
    stream = Cipher(SM4(key), modes.CTR(counter)).encryptor().update(bytes(16) + plain)
    assert stream[16:] == sealed
    assert bytes(a ^ b for a, b in zip(mac, stream[:16], strict=True)) == tag


def unpadded(one: dict[str, Any]) -> bytes | None:
    key, nonce, sealed = raw(one, "key", "iv", "ct")
    try:
        decryptor = Cipher(SM4(key), modes.CBC(nonce)).decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return None


def test_every_padding_is_judged_as_published(vectors: Vectors) -> None:
    all_of_them = vectors("SM4-CBC-PKCS7")
    wrong = [
        one["comment"]
        for one in all_of_them
        if (unpadded(one) == bytes.fromhex(one["msg"])) != one["result"].endswith("_VALID")
    ]
    assert (len(all_of_them), wrong) == (72, [])


def test_hkdf_refuses_to_give_more_than_there_is(vectors: Vectors) -> None:
    refused = [one for one in vectors("HKDF-SM3") if one["result"].endswith("_INVALID")]
    for one in refused:
        with pytest.raises(ValueError, match="8160"):
            HKDF(hashes.SM3(), one["size"], bytes.fromhex(one["salt"]), bytes.fromhex(one["info"]))
    assert len(refused) == 3


def test_all_pbkdf2_vectors_are_within_what_is_tried_elsewhere(vectors: Vectors) -> None:
    assert all(one["iterations"] <= 80_000 and one["result"].endswith("_VALID") for one in vectors("PBKDF2-HMAC-SM3"))
    one = vectors("PBKDF2-HMAC-SM3")[0]
    other = PBKDF2HMAC(hashes.SM3(), one["size"], b"another salt", one["iterations"])
    assert other.derive(bytes.fromhex(one["password"])).hex() != one["dk"]


def added(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] + curve.A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number: int, point: Point) -> Point:
    total, double = None, point
    while number:
        if number & 1:
            total = added(total, double)
        double, number = added(double, double), number >> 1  # type: ignore[assignment]
    assert total is not None
    return total


def coded(point: Point) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in point)


def stretched(secret: bytes, size: int) -> bytes:
    return b"".join(sm3(secret + count.to_bytes(4, "big")) for count in range(1, -(-size // 32) + 1))[:size]


def test_sm2_encryption_of_the_standard_is_reproduced(vectors: Vectors) -> None:
    one = vectors("SM2-encrypt")[0]
    message, random = one["msg"].encode(), int(one["k"], 16)
    public = times(int(one["d"], 16), (GX, GY))
    assert b"\4" + coded(public) == sm2.PrivateKey(bytes.fromhex(one["d"])).public.point
    shared = coded(times(random, public))
    mask = stretched(shared, len(message))
    assert coded(times(random, (GX, GY))).hex().upper() == one["c1"]
    assert bytes(a ^ b for a, b in zip(message, mask, strict=True)).hex().upper() == one["c2"]
    assert sm3_hex(shared[:32] + message + shared[32:]).upper() == one["c3"]


def test_sm2_key_exchange_of_the_standard_is_reproduced_by_both_sides(vectors: Vectors) -> None:
    one = vectors("SM2-key-exchange")[0]
    secret_a, random_a, secret_b, random_b = (int(one[name], 16) for name in ("dA", "rA", "dB", "rB"))
    pa, ra, pb, rb = (times(number, (GX, GY)) for number in (secret_a, random_a, secret_b, random_b))
    za, zb = (sm3(curve.identity_bytes(b"\4" + coded(p), one["id"].encode())) for p in (pa, pb))

    def half(x: int) -> int:
        return (1 << 127) + (x & ((1 << 127) - 1))

    def agreed(d: int, r: int, mine: Point, theirs: Point, public: Point) -> Point:
        point = added(public, times(half(theirs[0]), theirs))
        assert point is not None
        return times((d + half(mine[0]) * r) % N, point)

    u, v = agreed(secret_a, random_a, ra, rb, pb), agreed(secret_b, random_b, rb, ra, pa)
    x, y = coded(u)[:32], coded(u)[32:]
    inner = sm3(x + za + zb + coded(ra) + coded(rb))
    assert u == v and stretched(coded(u) + za + zb, 16).hex().upper() == one["K"]
    assert sm3_hex(b"\2" + y + inner).upper() == one["SB"] and sm3_hex(b"\3" + y + inner).upper() == one["SA"]
