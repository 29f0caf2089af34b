"""A circuit breaker: a service that fails again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Opens after `most` failures in a row; after `pause` seconds one call at a time may try whether it is over."""

    def __init__(self, most: int = 5, pause: float = 10.0, timer: Callable[[], float] = time.monotonic) -> None:
        self._most, self._pause, self._timer = most, pause, timer
        self._failures, self._until = 0, 0.0
        self._turn = threading.Lock()

    def allows(self) -> bool:
        """Whether a call may be made now."""
        with self._turn:
            if self._failures < self._most:
                return True
            now = self._timer()
            if now < self._until:
                return False
            self._until = now + self._pause  # this caller tries; the others wait for what it finds
            return True

    def failed(self) -> None:
        """A call failed."""
        with self._turn:
            self._failures += 1
            if self._failures >= self._most:
                self._until = self._timer() + self._pause

    def succeeded(self) -> None:
        """A call succeeded."""
        with self._turn:
            self._failures = 0
