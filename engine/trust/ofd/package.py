"""The container of an OFD document: a ZIP archive that can be written in exactly one way.

Entries are stored, not compressed, in the order of writing, without dates, comments or extra fields. So an archive
cannot say one thing to one reader and another to the next, nothing can hide in it, and it is never larger than the
file. Source: PKWARE APPNOTE 6.3; GB/T 33190-2016 clause 6.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping

MOST_FILES = 200
MOST_BYTES = 32 * 1024 * 1024
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _DAY = 20, 0x0021  # 2.0; 1980-01-01, the first day a ZIP archive can name
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}(?:/[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}){0,7}", re.ASCII)


class PackageError(ValueError):
    """The archive is not one of ours; the text, in Chinese, says in what."""


def write_package(files: Mapping[str, bytes]) -> bytes:
    """The archive with `files` in their order; ValueError for a name outside the permitted form."""
    parts, directory, at = list[bytes](), list[bytes](), 0
    for name, data in files.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a permitted name: {name}")
        path, check = name.encode("ascii"), zlib.crc32(data)
        head = _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, 0, _DAY, check, len(data), len(data), len(path), 0)
        parts += [head, path, data]
        directory.append(_CENTRAL.pack(
            b"PK\1\2", _VERSION, _VERSION, 0, 0, 0, _DAY, check, len(data), len(data), len(path), 0, 0, 0, 0, 0, at
        ) + path)  # fmt: skip
        at += len(head) + len(path) + len(data)
    index = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(index), at, 0)
    return b"".join((*parts, index, end))


def read_package(archive: bytes) -> dict[str, bytes]:
    """The files of an archive, in their order; PackageError unless `write_package` would write the same bytes."""
    if len(archive) > MOST_BYTES:
        raise PackageError(f"文件超过 {MOST_BYTES // 1024 // 1024} MB。")
    files, at = dict[str, bytes](), 0
    while archive[at : at + 4] == b"PK\3\4":
        name, data, at = _read_file(archive, at)
        if name.lower() in {known.lower() for known in files}:
            raise PackageError(f"压缩包里有两个“{name}”。")
        files[name] = data
        if len(files) > MOST_FILES:
            raise PackageError(f"压缩包里的文件超过 {MOST_FILES} 个。")
    if not files or write_package(files) != archive:
        raise PackageError("压缩包的目录与内容不符，或前后另有内容。")
    return files


def _read_file(archive: bytes, at: int) -> tuple[str, bytes, int]:
    if len(archive) < at + _LOCAL.size:
        raise PackageError("压缩包不完整。")
    _, _, flags, method, _, _, check, packed, size, name_size, extra = _LOCAL.unpack_from(archive, at)
    start = at + _LOCAL.size + name_size
    if method or flags or extra or packed != size:
        raise PackageError("压缩包里有压缩、加密或附加内容，不是本系统制作的样子。")
    if name_size > 500 or len(archive) < start + size:
        raise PackageError("压缩包不完整。")
    name = archive[start - name_size : start].decode("ascii", "replace")
    if not _NAME.fullmatch(name):
        raise PackageError("压缩包里有不允许的文件名。")
    data = archive[start : start + size]
    if zlib.crc32(data) != check:
        raise PackageError(f"压缩包里“{name}”的内容已被改动。")
    return name, data, start + size
