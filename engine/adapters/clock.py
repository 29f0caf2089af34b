"""The clock: the only place where the present time is read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # without daylight saving since 1991


class SystemClock:
    """The machine's clock in Asia/Shanghai."""

    def now(self) -> datetime:
        """The present instant, aware."""
        return datetime.now(SHANGHAI)


class FixedClock:
    """A clock that stands where it is put: for tests, replays and demonstrations."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant it was last put to."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Put it later (or, negative, earlier)."""
        self._now += by
