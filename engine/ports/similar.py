"""Port: decided cases of a matter, newest first."""

from __future__ import annotations

from typing import Protocol


class SimilarStore(Protocol):
    """Finds the cases that an open one is compared with."""

    def decided(self, matter: str, district: str, limit: int) -> tuple[str, ...]:
        """The ids of the cases of a matter decided last, in a district ("" everywhere); by an index."""
        ...
