"""SM3 digests and HMAC-SM3 (GM/T 0004-2012, GB/T 32905-2016; HMAC by RFC 2104)."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes

DIGEST_SIZE = 32
_BLOCK_SIZE = 64
_INNER, _OUTER = bytes(byte ^ 0x36 for byte in range(256)), bytes(byte ^ 0x5C for byte in range(256))


@functools.cache
def _has_native() -> bool:
    """Whether hashlib's OpenSSL offers SM3; some distributions build it without."""
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return False
    return True


class Sm3:
    """An SM3 digest fed piece by piece; `digest` may be read at any time and does not end it."""

    def __init__(self, data: bytes = b"") -> None:
        self._state: Any = hashlib.new("sm3") if _has_native() else hashes.Hash(hashes.SM3())
        if data:
            self.update(data)

    def update(self, data: bytes) -> None:
        """Take in more bytes."""
        self._state.update(data)

    def digest(self) -> bytes:
        """The 32 bytes of the digest of everything taken in so far."""
        if _has_native():
            return bytes(self._state.digest())
        return bytes(self._state.copy().finalize())

    def hexdigest(self) -> str:
        """The digest as 64 lower-case hexadecimal digits."""
        return self.digest().hex()


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest of `data`."""
    return hashlib.new("sm3", data).digest() if _has_native() else Sm3(data).digest()


def begun(prefix: bytes) -> Callable[[bytes], bytes]:
    """The digest of data behind a prefix that is taken in only once: a digest that has begun is copied each time."""
    if not _has_native():
        return lambda data: sm3(prefix + data)
    copy = hashlib.new("sm3", prefix).copy

    def digest(data: bytes) -> bytes:
        state = copy()
        state.update(data)
        return state.digest()

    return digest


def sm3_hex(data: bytes) -> str:
    """The SM3 digest of `data` as 64 lower-case hexadecimal digits."""
    return sm3(data).hex()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """The 32-byte HMAC-SM3 of `data` under `key` (any length)."""
    block = (sm3(key) if len(key) > _BLOCK_SIZE else key).ljust(_BLOCK_SIZE, b"\0")
    return sm3(block.translate(_OUTER) + sm3(block.translate(_INNER) + data))
