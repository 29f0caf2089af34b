"""Certificates by the day their validity ends."""

from __future__ import annotations

from typing import Protocol


class EndingStore(Protocol):
    """Certificates in force (有效) of one type; `after` and `until` are ISO days, the first is not counted."""

    def ending(self, type: str, after: str, until: str, place: str, limit: int) -> tuple[tuple[str, str], ...]:
        """The last day and the id of each, in that order, behind `place` ("day|id")."""
        ...

    def counted(self, type: str, after: str, until: str) -> tuple[tuple[str, int, str], ...]:
        """How many there are in each district, and the latest day among them."""
        ...
