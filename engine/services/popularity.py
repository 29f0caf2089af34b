"""Which matters are applied for most: counted on by the effects process, read by the first page."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.ports.store import Store
from engine.ports.world import Clock

EVERY = timedelta(minutes=5)
SLACK = timedelta(minutes=1)  # a commit may come this much later than the instant it writes


class Popularity:
    """Counts each case once, some minutes after it was received."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def roll_up(self) -> bool:
        """Count the cases that came since the last count, when that is long enough ago; whether it did."""
        now = self._clock.now()
        until = (now - SLACK).replace(microsecond=0)
        with self._store.read() as tx:
            before = tx.uses.until()
        after = datetime.fromtimestamp(before, now.tzinfo)
        if before and until - after < EVERY:
            return False
        with self._store.write() as tx:
            return tx.uses.count_on(before, int(until.timestamp()), _text(after), _text(until))

    def counted(self) -> dict[str, int]:
        """Cases by matter id."""
        with self._store.read() as tx:
            return tx.uses.counted()


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
