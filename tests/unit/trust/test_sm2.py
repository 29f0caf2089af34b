"""SM2 keys: import, export, limits; and gmssl agreeing with OpenSSL on random signatures."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import ZhunyuError
from engine.trust import curve, der, libcrypto, sm2
from engine.trust.second import verify_second

Random = Callable[[int], bytes]


def key(number: int) -> sm2.PrivateKey:
    return sm2.PrivateKey(number.to_bytes(32, "big"))


def starting_with(prefix: bytes) -> sm2.PrivateKey:
    return next(one for one in map(key, range(1, 20_000)) if one.public.point.startswith(b"\x04" + prefix))


def test_gmssl_accepts_200_random_signatures_made_by_openssl(random: Random) -> None:
    pairs = [(sm2.generate(random), random(1 + number)) for number in range(200)]
    refused = [
        n for n, (one, text) in enumerate(pairs) if not verify_second(one.public.point, text, sm2.sign(one, text))
    ]
    assert refused == []


def test_both_verifiers_refuse_signatures_over_another_message(random: Random) -> None:
    verdicts = set()
    for number in range(20):
        one, text = sm2.generate(random), random(10 + number)
        signature = sm2.sign(one, text + b"x")
        verdicts.add((sm2.verify(one.public, text, signature), verify_second(one.public.point, text, signature)))
    assert verdicts == {(False, False)}


@pytest.mark.parametrize("prefix", [b"\x04", b"\x00", b"\x44", b"\x40"], ids=["04", "00", "44", "40"])
def test_the_second_verifier_takes_keys_whose_point_begins_with_zeros_and_fours(prefix: bytes) -> None:
    one = starting_with(prefix)
    assert verify_second(one.public.point, b"text", sm2.sign(one, b"text"))


def test_the_second_verifier_refuses_a_point_off_the_curve() -> None:
    one = key(7)
    off = one.public.point[:-1] + bytes((one.public.point[-1] ^ 1,))
    assert not verify_second(off, b"text", sm2.sign(one, b"text"))


def test_the_second_verifier_survives_a_signature_that_leads_to_infinity() -> None:
    s = 5
    t = -s * pow(3, -1, curve.N) % curve.N  # s·G + t·(3·G) is the point at infinity
    pair = der.encode_integer((t - s) % curve.N) + der.encode_integer(s)
    assert not verify_second(key(3).public.point, b"text", der.encode(der.SEQUENCE, pair))


def test_a_signature_under_another_signer_id_is_refused() -> None:
    signature = sm2.sign(key(9), b"text", signer_id=b"someone")
    assert not sm2.verify(key(9).public, b"text", signature)


def test_a_signature_verifies_under_the_signer_id_it_was_made_with() -> None:
    signature = sm2.sign(key(9), b"text", signer_id=b"someone")
    assert sm2.verify(key(9).public, b"text", signature, signer_id=b"someone")


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 100_000])
def test_messages_of_any_length_are_signed(size: int) -> None:
    assert sm2.verify(key(11).public, b"z" * size, sm2.sign(key(11), b"z" * size))


def test_threads_may_share_a_key() -> None:
    one = key(13)
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(lambda n: sm2.sign(one, b"%d" % n), range(200)))
    assert all(sm2.verify(one.public, b"%d" % n, signature) for n, signature in enumerate(signatures))


@pytest.mark.parametrize("number", [0, curve.N - 1, curve.N, 2**256 - 1])
def test_a_scalar_out_of_range_is_no_key(number: int) -> None:
    with pytest.raises(ZhunyuError, match="K002"):
        key(number)


@pytest.mark.parametrize("number", [1, curve.N - 2])
def test_the_ends_of_the_range_sign(number: int) -> None:
    assert sm2.verify(key(number).public, b"text", sm2.sign(key(number), b"text"))


def test_generation_gives_a_key_even_for_the_largest_random_bytes() -> None:
    assert sm2.generate(lambda size: b"\xff" * size).public.point[0] == 4


@pytest.mark.parametrize("point", [b"", bytes(65), b"\x04" + bytes(64), b"\x02" + bytes(32), b"\x04" + b"\xff" * 64])
def test_bytes_that_are_no_point_are_no_public_key(point: bytes) -> None:
    with pytest.raises(ZhunyuError, match="K002"):
        sm2.PublicKey(point)


def test_a_private_key_survives_pkcs8(random: Random) -> None:
    one = sm2.generate(random)
    assert sm2.PrivateKey.from_pem(one.to_pem()) == one


def test_a_public_key_survives_spki(random: Random) -> None:
    one = sm2.generate(random).public
    assert sm2.PublicKey.from_pem(one.to_pem()) == one


def test_a_pkcs8_without_the_public_key_is_read() -> None:
    assert sm2.PrivateKey.from_der(sm2._pkcs8(key(5).scalar, None)) == key(5)


def test_a_pkcs8_with_the_public_key_of_another_is_refused() -> None:
    with pytest.raises(ZhunyuError, match="不匹配"):
        sm2.PrivateKey.from_der(sm2._pkcs8(key(5).scalar, key(6).public.point))


def test_a_key_file_cut_off_anywhere_is_refused() -> None:
    whole, codes = key(5).to_der(), set()
    for size in range(len(whole)):
        with pytest.raises(ZhunyuError) as refusal:
            sm2.PrivateKey.from_der(whole[:size])
        codes.add(refusal.value.code)
    assert codes == {"K002"}


def test_a_key_of_another_curve_is_refused() -> None:
    other = key(5).public.to_der().replace(bytes.fromhex("2a811ccf5501822d"), bytes.fromhex("2a8648ce3d030107"))
    with pytest.raises(ZhunyuError, match="K002"):
        sm2.PublicKey.from_der(other)


@pytest.mark.parametrize("text", ["", "zz", "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", "04ab"])
def test_text_that_is_no_key_is_refused_with_k002(text: str) -> None:
    for read in (sm2.PrivateKey.from_pem, sm2.PublicKey.from_pem, sm2.PublicKey.from_hex):
        with pytest.raises(ZhunyuError, match="K002"):
            read(text)


def test_a_private_key_is_never_shown() -> None:
    assert repr(key(5)) == "PrivateKey()"


def test_a_private_key_is_never_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(key(5))


def test_a_public_key_may_be_pickled_after_use() -> None:
    public = key(5).public
    sm2.verify(public, b"", b"")
    assert pickle.loads(pickle.dumps(public)) == public


@pytest.fixture
def fresh_library() -> Iterator[None]:
    libcrypto.library.cache_clear()
    yield
    libcrypto.library.cache_clear()


@pytest.mark.usefixtures("fresh_library")
@pytest.mark.parametrize("candidates", [[], ["/nowhere/libcrypto.so"], ["libc.so.6"]], ids=["none", "missing", "other"])
def test_a_machine_without_openssl_3_is_told_so(monkeypatch: pytest.MonkeyPatch, candidates: list[str]) -> None:
    monkeypatch.setattr(libcrypto, "_candidates", lambda: iter(candidates))
    with pytest.raises(ZhunyuError, match="K003"):
        libcrypto.library()
