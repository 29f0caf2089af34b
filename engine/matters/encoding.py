"""The published form of a matter: JSON in the order of the declaration, and its fingerprint."""

from __future__ import annotations

import msgspec

from engine.model.matter import Matter
from engine.trust.sm3 import sm3_hex

_DECODER = msgspec.json.Decoder(Matter)


def encode(matter: Matter) -> bytes:
    """The JSON of a matter in UTF-8, defaults left out; the same matter gives the same bytes.

    Keys are not sorted: the order of certificate lines, table columns and results is the order people see, and
    belongs to the matter. What has no order of its own (code lists, parameters, titles) the linker sorts.
    """
    return msgspec.json.encode(matter)


def decode(data: bytes) -> Matter:
    """The matter of its JSON; msgspec.DecodeError when it is none."""
    return _DECODER.decode(data)


def fingerprint(matter: Matter) -> str:
    """The SM3 (hex) of the published form with an empty hash."""
    return sm3_hex(encode(msgspec.structs.replace(matter, hash="")))
