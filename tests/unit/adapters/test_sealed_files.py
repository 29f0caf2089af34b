"""Files under data keys: bound to place and owner, streamed in bounded memory, readable in the earlier form."""

from __future__ import annotations

import secrets
import tracemalloc
from pathlib import Path

import pytest

from engine.adapters.files import FILES, DirectoryFiles, SealedFiles
from engine.errors import ZhunyuError
from engine.trust.files import CHUNK, open_for, owner_of, seal_for
from engine.trust.keys import KeyRing, new_ring

KEYS = {"A": b"a" * 16, "B": b"b" * 16, FILES: b"f" * 16}
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


@pytest.fixture
def files(tmp_path: Path, ring: KeyRing) -> SealedFiles:
    return SealedFiles(DirectoryFiles(tmp_path), ring, KEYS.__getitem__)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_of_any_size_comes_back(files: SealedFiles, size: int) -> None:
    data = secrets.token_bytes(size)
    files.put("a/b", data, "A")
    assert files.get("a/b") == data and files.owner("a/b") == "A"


def test_a_file_without_an_owner_belongs_to_the_files(files: SealedFiles) -> None:
    files.put("a", b"x")
    assert (files.owner("a"), list(files.earlier())) == (FILES, [])


def test_a_file_of_an_earlier_installation_is_read_and_moved_over(
    files: SealedFiles, tmp_path: Path, ring: KeyRing
) -> None:
    SealedFiles(DirectoryFiles(tmp_path), ring).put("old", b"content")
    assert files.get("old") == b"content" and list(files.earlier()) == ["old"]
    files.reseal("old", "B")
    assert files.get("old") == b"content" and files.owner("old") == "B" and list(files.earlier()) == []


def test_a_file_whose_header_names_another_owner_does_not_open(files: SealedFiles, tmp_path: Path) -> None:
    files.put("a", b"content", "A")
    path = tmp_path / "a"
    path.write_bytes(path.read_bytes().replace(b"\1A", b"\1B", 1))
    with pytest.raises(ZhunyuError, match="K004"):
        files.get("a")


@pytest.mark.parametrize("place", [0, 7, 8, 9, 10, 17, 30, 60, -1])
def test_no_flipped_byte_of_a_file_is_accepted(files: SealedFiles, tmp_path: Path, place: int) -> None:
    files.put("a", b"content", "A")
    data = bytearray((tmp_path / "a").read_bytes())
    data[place] ^= 1
    (tmp_path / "a").write_bytes(data)
    with pytest.raises((ZhunyuError, KeyError)):
        files.get("a")


@pytest.mark.parametrize("size", [0, 5, 8, 9, 40, 77, 83])
def test_a_file_cut_off_is_refused(files: SealedFiles, tmp_path: Path, size: int) -> None:
    files.put("a", b"content", "A")
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:size])
    with pytest.raises(ZhunyuError, match="K004"):
        files.get("a")


def test_chunks_that_are_swapped_or_missing_are_refused() -> None:
    pieces = list(seal_for("A", KEYS["A"], "p", (secrets.token_bytes(3 * CHUNK),), secrets.token_bytes))
    for wrong in ([pieces[0], pieces[2], pieces[1], pieces[3]], pieces[:3], [*pieces, pieces[3]]):
        with pytest.raises(ZhunyuError, match="K004"):
            list(open_for(KEYS.__getitem__, "p", wrong))


def test_nothing_of_a_chunk_is_given_out_before_it_verifies() -> None:
    pieces = list(seal_for("A", KEYS["A"], "p", (secrets.token_bytes(2 * CHUNK),), secrets.token_bytes))
    opened = open_for(KEYS.__getitem__, "p", [*pieces[:2], pieces[2][:-1] + b"\0"])
    assert len(next(opened)) == CHUNK
    with pytest.raises(ZhunyuError, match="K004"):
        next(opened)


@pytest.mark.parametrize("head", [b"", b"ZYFILE1\0....", b"%PDF-1.7"])
def test_what_is_no_file_of_an_owner_names_none(head: bytes) -> None:
    assert owner_of(head) == ""


def test_storing_fifty_megabytes_takes_little_more_than_the_upload_itself(files: SealedFiles) -> None:
    tracemalloc.start()
    data = bytes(50 * MEGABYTE)  # the upload as the portal hands it on
    files.put("large", data, "A")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    count = sum(len(piece) for piece in files.read("large"))
    reading = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak < 64 * MEGABYTE and count == len(data) and reading < 16 * MEGABYTE
