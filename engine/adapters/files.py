"""Files in a directory. A file is there whole or not at all."""

from __future__ import annotations

import io
import itertools
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.errors import ZhunyuError
from engine.trust.files import open_file, open_for, owner_of, seal_file, seal_for
from engine.trust.keys import KeyRing

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)*", re.ASCII)
_PIECE = 1 << 20
_HEAD = 300
FILES = "files"  # the owner of files that belong to no case


class DirectoryFiles:
    """A file store under one directory; keys become paths."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes, owner: str = "") -> None:
        """Store whole or not at all; the same key again replaces. `owner` is of no concern here."""
        self.write(key, (data,))

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """Store what comes piece by piece, whole or not at all."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
            flush_folder(path.parent)
        except OSError as error:
            raise ZhunyuError(
                "S004", f"文件存储不可写：{error.strerror}。", "请检查磁盘空间和目录权限。", status=503
            ) from error

    def get(self, key: str) -> bytes:
        """The content; KeyError when there is none."""
        return b"".join(self.read(key))

    def read(self, key: str, size: int = _PIECE) -> Iterator[bytes]:
        """The content in pieces of `size` bytes; KeyError at the first when there is none."""
        try:
            with self._path(key).open("rb") as file:
                while piece := file.read(size):
                    yield piece
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def listed(self) -> Iterator[str]:
        """Every key there is."""
        for folder, _folders, names in os.walk(self._root):
            for name in sorted(names):
                key = Path(folder, name).relative_to(self._root).as_posix()
                if _KEY.fullmatch(key):
                    yield key

    def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        self._path(key).unlink(missing_ok=True)

    def under(self, folder: str) -> tuple[str, ...]:
        """The keys that lie directly in a folder; () when there is none."""
        path = self._path(folder)
        names = sorted(one.name for one in path.iterdir() if one.is_file()) if path.is_dir() else []
        return tuple(key for name in names if _KEY.fullmatch(key := f"{folder}/{name}"))

    def _path(self, key: str) -> Path:
        # The form leaves no room for "..", an absolute path or a hidden file.
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a file key: {key!r}")
        return self._root.joinpath(*key.split("/"))


class SealedFiles:
    """A file store whose contents are encrypted, each under a key of its own and bound to its place and owner.

    `key_of` gives the data key of an owner, made when it has none yet: ZhunyuError K006 when it was destroyed. Without
    it files are wrapped under the root of the ring, as installations did before there were data keys.
    """

    def __init__(
        self, files: DirectoryFiles, ring: KeyRing | Callable[[], KeyRing] | None,
        key_of: Callable[[str], bytes] | None = None,
    ) -> None:  # fmt: skip
        self._files, self._ring, self._key_of = files, ring, key_of

    def put(self, key: str, data: bytes, owner: str = "") -> None:
        """Store whole or not at all; the same key again replaces. `owner`: the case or draft the file belongs to."""
        self._files.write(key, self._sealed(key, (data,), owner or FILES))

    def get(self, key: str) -> bytes:
        """The content; KeyError when there is none, K004 when it was altered or moved, K006 when it was destroyed."""
        made = io.BytesIO()
        for piece in self.read(key):
            made.write(piece)
        return made.getvalue()

    def read(self, key: str) -> Iterator[bytes]:
        """The content piece by piece, each once it has verified."""
        pieces = self._files.read(key)
        first = next(pieces, b"")
        whole = itertools.chain((first,), pieces)
        return open_for(self._data_key, key, whole) if owner_of(first) else open_file(self._root(), key, whole)

    def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        self._files.delete(key)

    def under(self, folder: str) -> tuple[str, ...]:
        """The keys that lie directly in a folder; () when there is none."""
        return self._files.under(folder)

    def owner(self, key: str) -> str:
        """Who the file belongs to; "" when it is wrapped under the root; KeyError when there is none."""
        return owner_of(next(self._files.read(key, _HEAD), b""))

    def earlier(self) -> Iterator[str]:
        """Keys of files that are still wrapped under a root."""
        return (key for key in self._files.listed() if not self.owner(key))

    def reseal(self, key: str, owner: str) -> None:
        """Seal a file anew for an owner."""
        self._files.write(key, self._sealed(key, self.read(key), owner or FILES))

    def _sealed(self, key: str, pieces: Iterable[bytes], owner: str) -> Iterator[bytes]:
        if self._key_of is None:
            return seal_file(self._root(), key, pieces, secrets.token_bytes)
        return seal_for(owner, self._key_of(owner), key, pieces, secrets.token_bytes)

    def _data_key(self, owner: str) -> bytes:
        if self._key_of is None:
            raise ZhunyuError("K004", "找不到加密文件的数据密钥。")
        return self._key_of(owner)

    def _root(self) -> KeyRing:
        ring = self._ring() if callable(self._ring) else self._ring
        if ring is None:
            raise ZhunyuError("K004", "不是加密文件，或用其他密钥加密。")
        return ring


def flush_folder(folder: Path) -> None:
    """Make what was named in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
