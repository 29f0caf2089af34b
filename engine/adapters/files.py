"""Files in a directory. A file is there whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

from engine.errors import ZhunyuError
from engine.ports.world import FileStore
from engine.trust.files import open_file, seal_file
from engine.trust.keys import KeyRing

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)*", re.ASCII)


class DirectoryFiles:
    """A file store under one directory; keys become paths."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        """Store whole or not at all; the same key again replaces."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
            _flush_folder(path.parent)
        except OSError as error:
            raise ZhunyuError(
                "S004", f"文件存储不可写：{error.strerror}。", "请检查磁盘空间和目录权限。", status=503
            ) from error

    def get(self, key: str) -> bytes:
        """The content; KeyError when there is none."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        # The form leaves no room for "..", an absolute path or a hidden file.
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a file key: {key!r}")
        return self._root.joinpath(*key.split("/"))


class SealedFiles:
    """A file store whose contents are encrypted, each under a key of its own and bound to its place."""

    def __init__(self, files: FileStore, ring: KeyRing) -> None:
        self._files, self._ring = files, ring

    def put(self, key: str, data: bytes) -> None:
        """Store whole or not at all; the same key again replaces."""
        self._files.put(key, b"".join(seal_file(self._ring, key, (data,), secrets.token_bytes)))

    def get(self, key: str) -> bytes:
        """The content; KeyError when there is none, ZhunyuError K004 when it was altered or moved."""
        return b"".join(open_file(self._ring, key, (self._files.get(key),)))

    def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        self._files.delete(key)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the name, too, must survive a power cut
    finally:
        os.close(descriptor)
