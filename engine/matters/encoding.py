"""The canonical published form of a matter: JSON with sorted keys, and its fingerprint."""

from __future__ import annotations

import msgspec

from engine.model.matter import Matter
from engine.trust.sm3 import sm3_hex

_DECODER = msgspec.json.Decoder(Matter)


def encode(matter: Matter) -> bytes:
    """The canonical JSON of a matter in UTF-8: keys sorted, defaults left out; the same matter gives the same bytes."""
    return msgspec.json.encode(matter, order="sorted")


def decode(data: bytes) -> Matter:
    """The matter of its canonical JSON; msgspec.DecodeError when it is none."""
    return _DECODER.decode(data)


def fingerprint(matter: Matter) -> str:
    """The SM3 (hex) of the canonical form with an empty hash."""
    return sm3_hex(encode(msgspec.structs.replace(matter, hash="")))
