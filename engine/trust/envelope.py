"""Sealed fields: SM4-GCM under a key derived for each table, column and root version, bound to its row.

A token opens only in the place it was written for: moving it to another row, column or version fails. `seal_field`
seals under a root key: data keys, and fields of installations before there were data keys; `seal_under` under a data
key, which a rotation of the root leaves as it is.
Equality search goes by an HMAC-SM3 blind index under a key of its own.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import ZhunyuError
from engine.trust import sm4
from engine.trust.keys import KeyRing
from engine.trust.sm3 import hmac_sm3

Random = Callable[[int], bytes]

_TOKEN = re.compile(r"([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})", re.ASCII)
_OWNED = re.compile(r"k\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})", re.ASCII)
_PLACE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", re.ASCII)


@functools.lru_cache(maxsize=512)
def derive(root: bytes, purpose: str, context: str, version: int, size: int = sm4.KEY_SIZE) -> bytes:
    """A key of `size` bytes for one purpose, context and root version (HKDF-SM3, RFC 5869, no salt)."""
    info = associated("zhunyu", purpose, context, str(version))
    return hkdf(root, None, info, size)


def hkdf(key: bytes, salt: bytes | None, info: bytes, size: int) -> bytes:
    """HKDF-SM3 (RFC 5869)."""
    return HKDF(hashes.SM3(), size, salt, info).derive(key)


def associated(*parts: str) -> bytes:
    """The parts, each behind its length in four bytes, so that no two lists give the same bytes."""
    encoded = [part.encode("utf-8") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def seal_field(keys: KeyRing, place: str, row: str, plaintext: bytes, random: Random) -> str:
    """The token `version.nonce.ciphertext` (base64url) that stands in `place` ("table.column") of `row`."""
    version, nonce = keys.root_version, random(sm4.NONCE_SIZE)
    key = derive(keys.root(version), "field", _place(place), version)
    sealed = sm4.seal(key, nonce, plaintext, _aad(place, row, version))
    return f"{version}.{_text(nonce)}.{_text(sealed)}"


def open_field(keys: KeyRing, place: str, row: str, token: str) -> bytes:
    """The plaintext of a token; ZhunyuError K004 when it was altered, moved, or its root key is not in the ring."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ZhunyuError("K004", "加密字段的格式不符。")
    version = int(match[1])
    try:
        nonce, sealed = _bytes(match[2]), _bytes(match[3])
    except (ValueError, binascii.Error) as error:
        raise ZhunyuError("K004", "加密字段的格式不符。") from error
    key = derive(keys.root(version), "field", _place(place), version)
    return sm4.unseal(key, nonce, sealed, _aad(place, row, version))


def seal_under(key: bytes, owner: str, place: str, row: str, plaintext: bytes, random: Random) -> str:
    """The token `k.nonce.ciphertext` sealed under a key derived from the data key of `owner` for this place."""
    nonce = random(sm4.NONCE_SIZE)
    sealed = sm4.seal(derive(key, "field", _place(place), 0), nonce, plaintext, _owned(owner, place, row))
    return f"k.{_text(nonce)}.{_text(sealed)}"


def open_under(key: bytes, owner: str, place: str, row: str, token: str) -> bytes:
    """The plaintext of a `seal_under` token; ZhunyuError K004 when it was altered, or moved to another owner, place
    or row."""
    match = _OWNED.fullmatch(token)
    if match is None:
        raise ZhunyuError("K004", "加密字段的格式不符。")
    try:
        nonce, sealed = _bytes(match[1]), _bytes(match[2])
    except (ValueError, binascii.Error) as error:
        raise ZhunyuError("K004", "加密字段的格式不符。") from error
    return sm4.unseal(derive(key, "field", _place(place), 0), nonce, sealed, _owned(owner, place, row))


def under_data_key(token: str) -> bool:
    """Whether a token is sealed under a data key, not directly under a root key as tokens of earlier versions are."""
    return token.startswith("k.")


def field_version(token: str) -> int:
    """The root version a token was sealed under, for finding what a rotation has left; K004 when it is no token."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ZhunyuError("K004", "加密字段的格式不符。")
    return int(match[1])


def blind_index(keys: KeyRing, place: str, value: str) -> str:
    """64 hexadecimal digits that are equal for equal values of one column, under the current root version.

    `value` is taken as given: the caller normalises it.
    """
    return _index(keys, place, value, keys.root_version)


def blind_indexes(keys: KeyRing, place: str, value: str) -> tuple[str, ...]:
    """The index under every root version, newest first: what a search asks for while a rotation is under way."""
    return tuple(_index(keys, place, value, version) for version in sorted(keys.roots, reverse=True))


def _index(keys: KeyRing, place: str, value: str, version: int) -> str:
    key = derive(keys.root(version), "blind-index", _place(place), version, 32)
    return hmac_sm3(key, value.encode("utf-8")).hex()


def _aad(place: str, row: str, version: int) -> bytes:
    table, _, column = place.partition(".")
    return associated("field", table, column, row, str(version))


def _owned(owner: str, place: str, row: str) -> bytes:
    table, _, column = place.partition(".")
    return associated("owned-field", owner, table, column, row)


def _place(place: str) -> str:
    if not _PLACE.fullmatch(place):
        raise ValueError(f"a place is table.column, not {place!r}")
    return place


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(data) != text:
        raise ValueError("not the shortest spelling")
    return data
