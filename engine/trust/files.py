"""Sealed files: a random data key per file, wrapped in its header, and chunks of 1 MiB in SM4-GCM.

Layout now: magic 8 ‖ length of owner 1 ‖ owner ‖ nonce prefix 7 ‖ wrap nonce 12 ‖ wrapped file key 32, where the file
key is wrapped under a key derived from the data key of the owner (a case, a draft, "files"); a rotation of the root
touches no file. Earlier installations: magic 8 ‖ root version 4 ‖ nonce prefix 7 ‖ wrap nonce 12 ‖ wrapped key 32,
wrapped under a key derived from the root. Then the chunks, each with its 16-byte tag. Nonce of a chunk = prefix ‖
counter 4 ‖ last flag 1, so a chunk missing, moved, repeated or added fails; nothing of a chunk is released before it
verifies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.errors import ZhunyuError
from engine.trust import sm4
from engine.trust.envelope import associated, derive
from engine.trust.keys import KeyRing

Random = Callable[[int], bytes]
Buffer = bytes | memoryview

CHUNK = 1 << 20
_MAGIC = b"ZYFILE1\0"
_PREFIX_SIZE = 7
_WRAPPED_SIZE = sm4.KEY_SIZE + sm4.TAG_SIZE
_OWNED = b"ZYFILE2\0"
_HEADER_SIZE = len(_MAGIC) + 4 + _PREFIX_SIZE + sm4.NONCE_SIZE + _WRAPPED_SIZE


def seal_file(keys: KeyRing, context: str, content: Iterable[bytes], random: Random) -> Iterator[bytes]:
    """The sealed bytes of `content` (pieces of any size), piece by piece.

    `context` says what the file is (case / material / version); it is not stored and must be given to open it.
    """
    prefix, data_key = random(_PREFIX_SIZE), random(sm4.KEY_SIZE)
    yield _header(keys, context, prefix, data_key, random)
    for counter, last, chunk in _numbered(content, CHUNK):
        yield sm4.seal(data_key, _nonce(prefix, counter, last), chunk, associated("chunk", context))


def open_file(keys: KeyRing, context: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The plaintext of a sealed file, chunk by chunk, each only after it verified.

    ZhunyuError K004 at the first chunk that does not: a caller that must have all or nothing waits for the end.
    """
    pieces = iter(content)
    header, rest = _take(pieces, _HEADER_SIZE)
    prefix, data_key = _open_header(keys, context, header)
    for counter, last, chunk in _numbered(_with(rest, pieces), CHUNK + sm4.TAG_SIZE):
        yield sm4.unseal(data_key, _nonce(prefix, counter, last), chunk, associated("chunk", context))


def seal_for(owner: str, key: bytes, context: str, content: Iterable[bytes], random: Random) -> Iterator[bytes]:
    """The sealed bytes of `content` for an owner whose data key is `key`; `context` as in `seal_file`."""
    prefix, file_key, nonce = random(_PREFIX_SIZE), random(sm4.KEY_SIZE), random(sm4.NONCE_SIZE)
    wrapped = sm4.seal(derive(key, "file", "wrap", 0), nonce, file_key, _owned_aad(owner, context, prefix))
    yield _OWNED + bytes((len(owner),)) + owner.encode("ascii") + prefix + nonce + wrapped
    for counter, last, chunk in _numbered(content, CHUNK):
        yield sm4.seal(file_key, _nonce(prefix, counter, last), chunk, associated("chunk", context))


def open_for(key_of: Callable[[str], bytes], context: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The plaintext of a file sealed by `seal_for`, chunk by chunk, each only after it verified.

    `key_of` gives the data key of the owner that the header names. ZhunyuError K004 as in `open_file`.
    """
    pieces = iter(content)
    head, rest = _take(pieces, len(_OWNED) + 1)
    if not head.startswith(_OWNED) or len(head) <= len(_OWNED):
        raise ZhunyuError("K004", "不是加密文件。")
    more, rest = _take(_with(rest, pieces), head[-1] + _PREFIX_SIZE + sm4.NONCE_SIZE + _WRAPPED_SIZE)
    named, body = more[: head[-1]], more[head[-1] :]
    prefix, nonce, wrapped = body[:7], body[7:19], body[19:]
    if len(wrapped) != _WRAPPED_SIZE or not named.isascii():
        raise ZhunyuError("K004", "加密文件不完整。")
    owner = named.decode("ascii")
    file_key = sm4.unseal(derive(key_of(owner), "file", "wrap", 0), nonce, wrapped, _owned_aad(owner, context, prefix))
    for counter, last, chunk in _numbered(_with(rest, pieces), CHUNK + sm4.TAG_SIZE):
        yield sm4.unseal(file_key, _nonce(prefix, counter, last), chunk, associated("chunk", context))


def owner_of(head: bytes) -> str:
    """The owner a sealed file names in its first bytes (300 are enough); "" when it is wrapped under the root."""
    size = len(_OWNED) + 1
    if not head.startswith(_OWNED) or len(head) < size:
        return ""
    return head[size : size + head[size - 1]].decode("ascii", "replace")


def rewrap_header(keys: KeyRing, context: str, header: bytes, random: Random) -> bytes:
    """The header (the first `header_size()` bytes) rewrapped under the current root; the chunks stay as they are."""
    prefix, data_key = _open_header(keys, context, header)
    return _header(keys, context, prefix, data_key, random)


def header_size() -> int:
    """How many bytes at the start of a sealed file a rotation replaces."""
    return _HEADER_SIZE


def _header(keys: KeyRing, context: str, prefix: bytes, data_key: bytes, random: Random) -> bytes:
    version, nonce = keys.root_version, random(sm4.NONCE_SIZE)
    wrapped = sm4.seal(_wrap_key(keys, version), nonce, data_key, _wrap_aad(context, version, prefix))
    return _MAGIC + version.to_bytes(4, "big") + prefix + nonce + wrapped


def _open_header(keys: KeyRing, context: str, header: bytes) -> tuple[bytes, bytes]:
    if len(header) != _HEADER_SIZE or not header.startswith(_MAGIC):
        raise ZhunyuError("K004", "不是加密文件，或文件头不完整。")
    at = len(_MAGIC)
    version = int.from_bytes(header[at : at + 4], "big")
    prefix = header[at + 4 : at + 4 + _PREFIX_SIZE]
    nonce, wrapped = header[at + 4 + _PREFIX_SIZE : -_WRAPPED_SIZE], header[-_WRAPPED_SIZE:]
    return prefix, sm4.unseal(_wrap_key(keys, version), nonce, wrapped, _wrap_aad(context, version, prefix))


def _wrap_key(keys: KeyRing, version: int) -> bytes:
    return derive(keys.root(version), "file", "wrap", version)


def _wrap_aad(context: str, version: int, prefix: bytes) -> bytes:
    return associated("file", str(version), context, prefix.hex())


def _owned_aad(owner: str, context: str, prefix: bytes) -> bytes:
    return associated("owned-file", owner, context, prefix.hex())


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + counter.to_bytes(4, "big") + bytes((last,))


def _numbered(content: Iterable[Buffer], size: int) -> Iterator[tuple[int, bool, bytes]]:
    """Chunks of exactly `size` bytes with their number and whether it is the last; an empty content is one chunk."""
    held, counter = bytearray(), 0
    for piece in content:
        for start in range(0, len(piece), size):  # a large piece is never held twice
            held += memoryview(piece)[start : start + size]
            if len(held) > size:
                yield counter, False, bytes(memoryview(held)[:size])
                del held[:size]
                counter += 1
    yield counter, True, bytes(held)


def _take(pieces: Iterator[Buffer], size: int) -> tuple[bytes, memoryview]:
    held = b""
    while len(held) < size:
        piece = next(pieces, None)
        if piece is None:
            break
        if not held and len(piece) >= size:  # what is left of a large piece is not copied
            return bytes(piece[:size]), memoryview(piece)[size:]
        held += piece
    return held[:size], memoryview(held)[size:]


def _with(first: Buffer, rest: Iterator[Buffer]) -> Iterator[Buffer]:
    yield first
    yield from rest
