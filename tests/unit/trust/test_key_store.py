"""The key ring and its encrypted store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import ZhunyuError
from engine.trust import keys, sm2

Random = Callable[[int], bytes]
PASSPHRASE = "口令 one".encode()


@pytest.fixture(scope="module")
def store(ring: keys.KeyRing) -> bytes:
    return keys.lock_store(ring, PASSPHRASE, lambda size: bytes(range(size)), iterations=100_000)


def test_a_locked_ring_is_unlocked_by_its_passphrase(ring: keys.KeyRing, store: bytes) -> None:
    assert keys.unlock_store(store, PASSPHRASE) == ring


def test_a_ring_with_several_versions_survives_the_store(ring: keys.KeyRing, random: Random) -> None:
    turned = keys.rotate_signing(keys.rotate_root(ring, random), "certificate", random)
    assert keys.unlock_store(keys.lock_store(turned, PASSPHRASE, random, iterations=100_000), PASSPHRASE) == turned


@pytest.mark.parametrize("passphrase", [b"", b"wrong", PASSPHRASE + b" ", PASSPHRASE[:-1]])
def test_a_wrong_passphrase_is_refused(store: bytes, passphrase: bytes) -> None:
    with pytest.raises(ZhunyuError, match="K002 密钥库口令不正确"):
        keys.unlock_store(store, passphrase)


def test_no_flipped_byte_of_a_store_is_accepted(store: bytes) -> None:
    codes = set()
    for place in [*range(0, 110, 3), *range(110, len(store), 97), len(store) - 1]:
        with pytest.raises(ZhunyuError) as refusal:
            keys.unlock_store(store[:place] + bytes((store[place] ^ 1,)) + store[place + 1 :], PASSPHRASE)
        codes.add(refusal.value.code)
    assert codes == {"K002"}


@pytest.mark.parametrize("size", [0, 10, 18, 60, 118, 130, -1])
def test_a_store_cut_off_is_refused(store: bytes, size: int) -> None:
    with pytest.raises(ZhunyuError, match="K002"):
        keys.unlock_store(store[:size], PASSPHRASE)


@pytest.mark.parametrize("iterations", [b"1", b"99999", b"5000001", b"99999999999", b"-1"])
def test_a_store_that_asks_for_too_few_or_too_many_iterations_is_refused(store: bytes, iterations: bytes) -> None:
    with pytest.raises(ZhunyuError, match="参数"):
        keys.unlock_store(store.replace(b"100000", iterations, 1), PASSPHRASE)


def test_the_store_shows_no_key(ring: keys.KeyRing, store: bytes) -> None:
    secrets = [ring.root(1), *(ring.signer(purpose).private.scalar for purpose in keys.PURPOSES)]
    assert not any(secret in store for secret in secrets)


def test_a_new_ring_has_a_different_key_for_every_purpose(ring: keys.KeyRing) -> None:
    assert len({ring.signer(purpose).private for purpose in keys.PURPOSES}) == len(keys.PURPOSES)


def test_after_a_rotation_the_new_key_signs_and_both_are_trusted(ring: keys.KeyRing, random: Random) -> None:
    turned = keys.rotate_signing(ring, "audit", random)
    old, new = ring.signer("audit").key_id, turned.signer("audit").key_id
    assert list(turned.trusted("audit")) == [old, new]


def test_an_unknown_purpose_has_no_signer(ring: keys.KeyRing) -> None:
    with pytest.raises(ZhunyuError, match="K002"):
        ring.signer("lottery")


def test_an_unknown_root_version_cannot_open(ring: keys.KeyRing) -> None:
    with pytest.raises(ZhunyuError, match="K004"):
        ring.root(7)


def test_neither_ring_nor_signing_key_shows_a_secret(ring: keys.KeyRing) -> None:
    shown = repr(ring) + repr(ring.signer("push"))
    assert not {ring.root(1).hex(), repr(ring.root(1)), repr(ring.signer("push").private.scalar)} & set(shown.split())


def test_a_key_id_is_the_same_for_the_same_public_key(ring: keys.KeyRing) -> None:
    one = ring.signer("push")
    assert keys.signing_key("push", sm2.PrivateKey(one.private.scalar)).key_id == one.key_id


def test_trusted_keys_survive_their_file(ring: keys.KeyRing) -> None:
    trusted = ring.trusted("certificate")
    assert keys.read_trusted(keys.write_trusted(trusted)) == trusted


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": "zz"}', '{"a": "04"}'])
def test_a_malformed_file_of_trusted_keys_is_refused(text: str) -> None:
    with pytest.raises(ZhunyuError, match="K002"):
        keys.read_trusted(text)
