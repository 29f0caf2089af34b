"""No key shows itself: not in what an object prints, not in a traceback with every local, not in a pickle."""

from __future__ import annotations

import copy
import pickle
import secrets
import traceback
from pathlib import Path

import pytest

from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.keys import KeyFolder, RingHistoryKeys, RingReceiptKeys, RingSealer, RingSeals
from engine.adapters.keys_admin import FolderAdmin
from engine.errors import ZhunyuError
from engine.settings import load
from engine.trust import keys
from engine.trust.keys import KeyRing, new_ring
from engine.trust.provider import SoftwareCrypto
from tests.unit.adapters.key_rows import MemoryKeys

PASSPHRASE = "a passphrase nobody may see"


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


def secret_marks(ring: KeyRing) -> list[str]:
    found = [*ring.roots.values(), ring.first, *(ring.signer(purpose).private.scalar for purpose in keys.PURPOSES)]
    return [mark for one in found for mark in (one.hex(), repr(one), str(int.from_bytes(one, "big")))]


def test_no_object_that_holds_keys_prints_one(ring: KeyRing, tmp_path: Path) -> None:
    crypto, folder = SoftwareCrypto(ring, secrets.token_bytes), KeyFolder(tmp_path, PASSPHRASE)
    sealer = RingSealer(crypto)
    holders = [
        ring, ring.signer("audit"), ring.signer("audit").private, crypto, folder, sealer,
        sealer.within(MemoryKeys()),
        RingHistoryKeys(crypto, sealer), RingReceiptKeys(ring), RingSeals(ring),
        FolderAdmin(folder, tmp_path, lambda: 0.0),
        SealedFiles(DirectoryFiles(tmp_path), ring, lambda owner: b""),
        load({"ZHUNYU_DATA_DIR": str(tmp_path / "d"), "ZHUNYU_KEY_PASSPHRASE": PASSPHRASE}),
    ]  # fmt: skip
    shown = "\n".join(f"{one!r} {one} {[one]}" for one in holders)
    assert [mark for mark in [*secret_marks(ring), PASSPHRASE] if mark in shown] == []


def test_no_traceback_shows_a_key_even_with_all_locals(ring: KeyRing, tmp_path: Path) -> None:
    rows = MemoryKeys()
    sealer = RingSealer(ring).within(rows)
    token = sealer.seal("cases.sealed", "1", b"x")
    try:
        sealer.open("cases.sealed", "2", token)
    except ZhunyuError as error:
        told = "".join(traceback.TracebackException.from_exception(error).format())
        assert [mark for mark in secret_marks(ring) if mark in told] == [] and "K004" in told
    folder = KeyFolder(tmp_path, PASSPHRASE, 100_000)
    folder.ring()
    try:
        KeyFolder(tmp_path, "wrong").ring()
    except ZhunyuError as error:
        assert PASSPHRASE not in "".join(traceback.TracebackException.from_exception(error).format())


def test_a_private_key_does_not_leave_the_process_by_a_pickle(ring: KeyRing) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(ring.signer("audit").private)
    with pytest.raises(TypeError):
        copy.deepcopy(ring.signer("audit").private)


def test_the_key_store_is_for_its_owner_only(tmp_path: Path) -> None:
    KeyFolder(tmp_path, PASSPHRASE, 100_000).ring()
    assert (tmp_path / "keystore").stat().st_mode & 0o777 == 0o600


def test_a_wrapped_data_key_shows_nothing_of_itself(ring: KeyRing) -> None:
    rows = MemoryKeys()
    sealer = RingSealer(ring)
    key = sealer.owner_key(rows, "case", make=True)
    assert key is not None and key.hex() not in repr(rows.rows) and repr(key) not in repr(rows.rows)
    assert rows.rows["case"].provider == "software/1" and rows.rows["case"].root == 1
