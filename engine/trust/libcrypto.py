"""The OpenSSL library (3.0 or later) that Python itself has loaded, reached through ctypes."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from collections.abc import Iterator
from ctypes import c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from typing import Any

from engine.errors import ZhunyuError

_OLDEST = 0x30000000
_BYTES_POINTER = ctypes.POINTER(c_char_p)
_SIZE_POINTER = ctypes.POINTER(c_size_t)
_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "OpenSSL_version_num": (c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "EVP_sm3": (c_void_p, ()),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_is_a": (c_int, (c_void_p, c_char_p)),
    "EVP_PKEY_CTX_set1_id": (c_int, (c_void_p, c_char_p, c_int)),
    "EVP_MD_CTX_new": (c_void_p, ()),
    "EVP_MD_CTX_free": (None, (c_void_p,)),
    "EVP_DigestSignInit": (c_int, (c_void_p, ctypes.POINTER(c_void_p), c_void_p, c_void_p, c_void_p)),
    "EVP_DigestSign": (c_int, (c_void_p, c_char_p, _SIZE_POINTER, c_char_p, c_size_t)),
    "EVP_DigestVerifyInit": (c_int, (c_void_p, ctypes.POINTER(c_void_p), c_void_p, c_void_p, c_void_p)),
    "EVP_DigestVerify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
    "EVP_PKEY_dup": (c_void_p, (c_void_p,)),
    "EVP_PKEY_set1_encoded_public_key": (c_int, (c_void_p, c_char_p, c_size_t)),
    "d2i_PUBKEY": (c_void_p, (c_void_p, _BYTES_POINTER, c_long)),
    "d2i_AutoPrivateKey": (c_void_p, (c_void_p, _BYTES_POINTER, c_long)),
    "i2d_PUBKEY": (c_int, (c_void_p, ctypes.POINTER(c_void_p))),
}


@functools.cache
def library() -> Any:
    """The loaded library with typed functions; ZhunyuError K003 when there is none or it is older than 3.0."""
    for candidate in _candidates():
        try:
            loaded = ctypes.CDLL(candidate)
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(loaded, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError):
            continue
        if loaded.OpenSSL_version_num() >= _OLDEST:
            return loaded
    raise ZhunyuError("K003", "找不到 OpenSSL 3.0 或更高版本的 libcrypto。", "请安装 OpenSSL 3 后重启。", status=500)


def _candidates() -> Iterator[str | None]:
    # Opening the extension module by its own name reaches the very libcrypto it is linked to.
    for module in ("_hashlib", "_ssl"):
        try:
            place = getattr(__import__(module), "__file__", None)
        except ImportError:
            continue
        if place:
            yield place
    yield None  # the process itself: Python linked statically
    found = ctypes.util.find_library("crypto")
    if found:
        yield found


class KeyHandle:
    """An EVP_PKEY of type SM2, freed with this object; safe to share between threads for reading."""

    def __init__(self, encoded: bytes, *, private: bool) -> None:
        """From a SubjectPublicKeyInfo, or a PKCS#8 structure when `private`; ValueError when OpenSSL refuses it."""
        lib = library()
        read = lib.d2i_AutoPrivateKey if private else lib.d2i_PUBKEY
        pointer = c_char_p(encoded)
        self._free = lib.EVP_PKEY_free
        self.address: int | None = read(None, ctypes.byref(pointer), len(encoded))
        if not self.address or lib.EVP_PKEY_is_a(self.address, b"SM2") != 1:
            lib.ERR_clear_error()
            raise ValueError("not an SM2 key")

    @classmethod
    def of_point(cls, like: KeyHandle, point: bytes) -> KeyHandle:
        """The public key of a point: a key of the same curve with another point, which spares reading a structure."""
        lib, made = library(), cls.__new__(cls)
        made._free = lib.EVP_PKEY_free
        made.address = lib.EVP_PKEY_dup(like.address)
        if not made.address or lib.EVP_PKEY_set1_encoded_public_key(made.address, point, len(point)) != 1:
            lib.ERR_clear_error()
            raise ValueError("not an SM2 key")
        return made

    def __del__(self) -> None:
        if getattr(self, "address", None):
            self._free(self.address)
            self.address = None

    def public_info(self) -> bytes:
        """The SubjectPublicKeyInfo, which OpenSSL computes from the scalar where only that was given."""
        lib = library()
        size = lib.i2d_PUBKEY(self.address, None)
        buffer = ctypes.create_string_buffer(max(size, 1))
        cursor = c_void_p(ctypes.addressof(buffer))
        if size <= 0 or lib.i2d_PUBKEY(self.address, ctypes.byref(cursor)) != size:
            raise ValueError("the public key cannot be written")
        return buffer.raw[:size]


def digest_sign(key: KeyHandle, message: bytes, signer_id: bytes) -> bytes:
    """The DER signature over SM3(ZA ‖ message); its nonce comes from OpenSSL's own generator."""
    lib, size = library(), c_size_t(128)
    signature = ctypes.create_string_buffer(size.value)
    context = _context(lib, lib.EVP_DigestSignInit, key, signer_id)
    try:
        if lib.EVP_DigestSign(context, signature, ctypes.byref(size), message, len(message)) != 1:
            lib.ERR_clear_error()
            raise ZhunyuError("K002", "SM2 签名失败。", status=500)
        return signature.raw[: size.value]
    finally:
        lib.EVP_MD_CTX_free(context)


def digest_verify(key: KeyHandle, message: bytes, signature: bytes, signer_id: bytes) -> bool:
    """Whether OpenSSL accepts the signature; the caller has checked its form."""
    lib = library()
    context = _context(lib, lib.EVP_DigestVerifyInit, key, signer_id)
    try:
        good = bool(lib.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1)
        if not good:
            lib.ERR_clear_error()
        return good
    finally:
        lib.EVP_MD_CTX_free(context)


def _context(lib: Any, start: Any, key: KeyHandle, signer_id: bytes) -> int:
    context = lib.EVP_MD_CTX_new()
    inner = c_void_p()
    # OpenSSL 3.0 leaves the signer id empty unless it is set, and hashes ZA only at the first update.
    if start(context, ctypes.byref(inner), lib.EVP_sm3(), None, key.address) != 1 or (
        lib.EVP_PKEY_CTX_set1_id(inner, signer_id, len(signer_id)) != 1
    ):
        lib.EVP_MD_CTX_free(context)
        lib.ERR_clear_error()
        raise ZhunyuError("K002", "SM2 密钥无法使用。", status=500)
    return int(context)
