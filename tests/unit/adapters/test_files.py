from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.errors import ZhunyuError
from engine.trust.keys import KeyRing, new_ring


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


def test_what_was_put_is_what_is_got(tmp_path: Path) -> None:
    files = DirectoryFiles(tmp_path)
    files.put("certificates/a1/1.pdf", b"content")
    assert files.get("certificates/a1/1.pdf") == b"content"


def test_the_same_key_again_replaces(tmp_path: Path) -> None:
    files = DirectoryFiles(tmp_path)
    files.put("a", b"first")
    files.put("a", b"second")
    assert files.get("a") == b"second"


def test_an_absent_file_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        DirectoryFiles(tmp_path).get("nothing")


def test_deleting_an_absent_file_is_fine(tmp_path: Path) -> None:
    files = DirectoryFiles(tmp_path)
    files.delete("nothing")
    with pytest.raises(KeyError):
        files.get("nothing")


@pytest.mark.parametrize("key", ["../x", "/etc/passwd", "a/../b", "", "a//b", ".hidden", "A", "a b", "a\0"])
def test_a_key_that_is_not_of_our_making_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a file key"):
        DirectoryFiles(tmp_path).put(key, b"")


def test_nothing_but_the_file_is_left_in_its_folder(tmp_path: Path) -> None:
    DirectoryFiles(tmp_path).put("folder/a", b"x")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["a"]


def test_a_sealed_file_does_not_lie_in_the_clear(tmp_path: Path, ring: KeyRing) -> None:
    SealedFiles(DirectoryFiles(tmp_path), ring).put("a", b"secret words")
    assert b"secret words" not in (tmp_path / "a").read_bytes()


def test_a_sealed_file_opens_again(tmp_path: Path, ring: KeyRing) -> None:
    files = SealedFiles(DirectoryFiles(tmp_path), ring)
    files.put("a", b"secret words" * 200_000)
    assert files.get("a") == b"secret words" * 200_000


def test_a_sealed_file_moved_to_another_key_does_not_open(tmp_path: Path, ring: KeyRing) -> None:
    files = SealedFiles(DirectoryFiles(tmp_path), ring)
    files.put("a", b"secret words")
    (tmp_path / "a").rename(tmp_path / "b")
    with pytest.raises(ZhunyuError, match="K004"):
        files.get("b")
