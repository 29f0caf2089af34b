"""Strict DER for the few structures signatures and keys are made of (ITU-T X.690, distinguished encoding only)."""

from __future__ import annotations

INTEGER, BIT_STRING, OCTET_STRING, OID, SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x30


class DerError(ValueError):
    """The bytes are not the one permitted encoding."""


def encode(tag: int, content: bytes) -> bytes:
    """Tag, shortest length, content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def encode_integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def read(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, which must bear `tag`, and the bytes after it; DerError otherwise."""
    if len(data) < 2 or data[0] != tag:
        raise DerError("unexpected tag or end of data")
    size, start = data[1], 2
    if size >= 0x80:
        count = size & 0x7F
        start += count
        if not 1 <= count <= 4 or len(data) < start:
            raise DerError("bad length")
        size = int.from_bytes(data[2:start], "big")
        if size < 0x80 or data[2] == 0:
            raise DerError("length is not the shortest")
    if len(data) < start + size:
        raise DerError("content is cut off")
    return data[start : start + size], data[start + size :]


def read_only(data: bytes, tag: int) -> bytes:
    """The content of an element that must fill `data`; DerError when bytes follow."""
    content, rest = read(data, tag)
    if rest:
        raise DerError("bytes after the end")
    return content


def read_integer(data: bytes) -> tuple[int, bytes]:
    """A non-negative INTEGER in its shortest form, and the bytes after it."""
    content, rest = read(data, INTEGER)
    if not content or content[0] & 0x80 or (len(content) > 1 and content[0] == 0 and content[1] < 0x80):
        raise DerError("integer is empty, negative or padded")
    return int.from_bytes(content, "big"), rest


def read_signature(data: bytes) -> tuple[int, int]:
    """The two numbers r and s of SEQUENCE { INTEGER, INTEGER } (GM/T 0009-2012 7.3); DerError otherwise."""
    first, rest = read_integer(read_only(data, SEQUENCE))
    second, rest = read_integer(rest)
    if rest:
        raise DerError("bytes after the two numbers")
    return first, second
