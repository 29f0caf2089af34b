"""Identifiers and randomness from the operating system."""

from __future__ import annotations

import secrets
import threading

from engine.ports.world import Clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_RANDOM_BITS = 80


class SystemIds:
    """ULID-like identifiers: 48 bits of milliseconds, 80 random bits, 26 characters; sortable by time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """A new identifier; of one process each is greater than the one before, also when the clock steps back."""
        with self._lock:
            instant = max(int(self._clock.now().timestamp() * 1000), self._last >> _RANDOM_BITS)
            value = (instant << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
            while value <= self._last:
                value = (instant << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
                instant += 1
            self._last = value
        return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))

    def random(self, size: int) -> bytes:
        """`size` random bytes fit for keys and nonces."""
        return secrets.token_bytes(size)

    def digits(self, size: int) -> str:
        """`size` random decimal digits."""
        return "".join(secrets.choice("0123456789") for _ in range(size))
