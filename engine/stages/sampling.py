"""Which instant approvals are checked afterwards: by a draw nobody can foresee and everybody can repeat.

The day's seed is made once at random, its SM3 digest is kept at once, and the seed itself is told when the day is
over. A case is drawn when SM3(seed ‖ case id), read as a fraction of 1, lies below the share.
"""

from __future__ import annotations

from decimal import Decimal

from engine.trust.sm3 import sm3_hex

_DIGITS = 16  # hex digits of the digest that are read: 64 bits
_WHOLE = 1 << (4 * _DIGITS)


def digest_of(seed: bytes) -> str:
    """What is kept of a seed while its day lasts (SM3, hex)."""
    return sm3_hex(seed)


def drawn(seed: bytes, case: str, share: str) -> bool:
    """Whether the case is drawn; `share` as the matter writes it ("5%")."""
    number = int(sm3_hex(seed + case.encode("ascii"))[:_DIGITS], 16)
    return number * 100 < Decimal(share.removesuffix("%")) * _WHOLE
