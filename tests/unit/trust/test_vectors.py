"""The published vectors (GB/T 32905, 32907, 32918, RFC 8998, HKDF, PBKDF2) against our functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from engine.errors import ZhunyuError
from engine.trust import curve, der, second, selftest, sm2, sm3, sm4

Vectors = Callable[[str], list[dict[str, Any]]]
Verifier = Callable[[bytes, bytes, bytes], bool]
POINT, MESSAGE, SIGNATURE = sm2.KNOWN_ANSWER


def openssl(point: bytes, message: bytes, signature: bytes) -> bool:
    return sm2.verify(sm2.PublicKey(point), message, signature)


BOTH = pytest.mark.parametrize("verifier", [openssl, second.verify_second], ids=["openssl", "gmssl"])


def test_every_published_sm3_digest_is_reproduced(vectors: Vectors) -> None:
    wrong = [one["md"] for one in vectors("SM3") if sm3.sm3_hex(bytes.fromhex(one["msg"])) != one["md"]]
    assert wrong == []


def test_sm3_fed_byte_by_byte_gives_the_same_digest() -> None:
    state = sm3.Sm3()
    for byte in b"abcd" * 16:
        state.update(bytes((byte,)))
    assert state.hexdigest() == sm3.sm3_hex(b"abcd" * 16)


def test_sm3_without_hashlib_support_gives_the_same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [sm3.sm3_hex(b"abc"), sm3.hmac_sm3(b"k" * 80, b"abc").hex()]
    monkeypatch.setattr(sm3, "_has_native", lambda: False)
    assert [sm3.sm3_hex(b"abc"), sm3.hmac_sm3(b"k" * 80, b"abc").hex()] == expected


def test_reading_a_digest_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sm3, "_has_native", lambda: False)
    state = sm3.Sm3(b"a")
    state.digest()
    state.update(b"bc")
    assert state.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_hmac_sm3_reproduces_hkdf_over_all_published_vectors(vectors: Vectors) -> None:
    def hkdf(ikm: bytes, salt: bytes, info: bytes, size: int) -> bytes:
        key, block, out = sm3.hmac_sm3(salt, ikm), b"", b""
        for count in range(1, -(-size // 32) + 1):
            block = sm3.hmac_sm3(key, block + info + bytes((count,)))
            out += block
        return out[:size]

    good = [one for one in vectors("HKDF-SM3") if one["result"].endswith("_VALID") and one["size"] <= 255 * 32]
    wrong = []
    for one in good:
        ikm, salt, info = (bytes.fromhex(one[name]) for name in ("ikm", "salt", "info"))
        theirs = HKDF(hashes.SM3(), one["size"], salt or None, info).derive(ikm)
        if not hkdf(ikm, salt, info, one["size"]).hex() == theirs.hex() == one["okm"]:
            wrong.append(one)
    assert (len(good) > 80, wrong) == (True, [])


def test_pbkdf2_hmac_sm3_reproduces_the_published_vectors(vectors: Vectors) -> None:
    good = [
        one for one in vectors("PBKDF2-HMAC-SM3") if one["result"].endswith("_VALID") and one["iterations"] <= 80000
    ]
    wrong = [
        one
        for one in good
        if PBKDF2HMAC(hashes.SM3(), one["size"], bytes.fromhex(one["salt"]), one["iterations"])
        .derive(bytes.fromhex(one["password"]))
        .hex()
        != one["dk"]
    ]
    assert (len(good) > 20, wrong) == (True, [])


def gcm(vectors: Vectors) -> dict[str, bytes]:
    return {name: bytes.fromhex(value) for name, value in vectors("SM4-GCM")[0].items() if name != "comment"}


def test_sm4_gcm_reproduces_rfc_8998(vectors: Vectors) -> None:
    one = gcm(vectors)
    assert sm4.seal(one["key"], one["iv"], one["plaintext"], one["aad"]) == one["ciphertext"] + one["tag"]


def test_sm4_gcm_opens_rfc_8998(vectors: Vectors) -> None:
    one = gcm(vectors)
    assert sm4.unseal(one["key"], one["iv"], one["ciphertext"] + one["tag"], one["aad"]) == one["plaintext"]


@pytest.mark.parametrize("place", [0, 63, 64, 79])
def test_sm4_gcm_refuses_a_flipped_bit(vectors: Vectors, place: int) -> None:
    one = gcm(vectors)
    sealed = bytearray(one["ciphertext"] + one["tag"])
    sealed[place] ^= 1
    with pytest.raises(ZhunyuError, match="K004"):
        sm4.unseal(one["key"], one["iv"], bytes(sealed), one["aad"])


@pytest.mark.parametrize("sizes", [(15, 12), (32, 12), (16, 16), (16, 0)])
def test_sm4_takes_no_key_or_nonce_of_another_size(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="bytes are needed"):
        sm4.seal(b"k" * sizes[0], b"n" * sizes[1], b"", b"")


@BOTH
def test_the_published_sm2_signature_is_accepted(verifier: Verifier, vectors: Vectors) -> None:
    one = vectors("SM2-sign")[0]
    point = bytes.fromhex("04" + one["px"] + one["py"])
    pair = der.encode_integer(int(one["r"], 16)) + der.encode_integer(int(one["s"], 16))
    assert verifier(point, one["msg"].encode(), der.encode(der.SEQUENCE, pair))


def test_za_of_the_standard_is_reproduced(vectors: Vectors) -> None:
    one = vectors("SM2-sign")[0]
    point = bytes.fromhex("04" + one["px"] + one["py"])
    assert sm3.sm3_hex(curve.identity_bytes(point, one["id"].encode())).upper() == one["za"]


@BOTH
@pytest.mark.parametrize("number", range(16))
def test_each_negative_sm2_case_is_judged_as_published(verifier: Verifier, vectors: Vectors, number: int) -> None:
    one = vectors("SM2-verify-negative")[number]
    assert verifier(POINT, MESSAGE, bytes.fromhex(one["sig"])) == (one["result"] == "valid"), one["comment"]


def test_there_are_sixteen_negative_sm2_cases(vectors: Vectors) -> None:
    assert len(vectors("SM2-verify-negative")) == 16


@BOTH
def test_no_flipped_bit_of_a_signature_is_accepted(verifier: Verifier) -> None:
    step = 1 if verifier is openssl else 9
    flipped = [place for place in range(0, len(SIGNATURE) * 8, step) if verifier(POINT, MESSAGE, flip(place))]
    assert flipped == []


def flip(place: int) -> bytes:
    changed = bytearray(SIGNATURE)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def verdict() -> str:
    try:
        selftest.self_test()
    except ZhunyuError as error:
        return error.code
    return "passed"


def test_the_self_test_passes() -> None:
    assert verdict() == "passed"


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        ("selftest", "sm3_hex", lambda data: "00" * 32),
        ("selftest", "hmac_sm3", lambda key, data: bytes(32)),
        ("selftest", "hkdf", lambda *given: bytes(42)),
        ("selftest", "stretch", lambda *given: bytes(32)),
        ("sm4", "seal", lambda *given: b""),
        ("sm4", "unseal", lambda *given: b""),
        ("selftest", "_opens_what_was_altered", lambda: True),
        ("selftest", "verify_second", lambda *given: True),
        ("selftest", "verify_second", lambda *given: False),
        ("sm2", "verify", lambda *given, **more: True),
        ("sm2", "verify", lambda *given, **more: False),
    ],
)
def test_the_self_test_stops_on_a_broken_algorithm(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, broken: Callable[..., Any]
) -> None:
    monkeypatch.setattr({"selftest": selftest, "sm2": sm2, "sm4": sm4}[module], name, broken)
    assert verdict() == "K003"
