"""Where ratings of the service are kept."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.ratings import Rating


class RatingQuery(msgspec.Struct, frozen=True):
    """Which ratings, newest first: `state` (open by their day), a matter, a district, an office by name, a level, and
    ISO days from and to."""

    state: str = ""
    matter: str = ""
    district: str = ""
    score: int = 0
    since: str = ""
    until: str = ""
    after: str = ""
    limit: int = 20
    authority: str = ""


class RatingCount(msgspec.Struct, frozen=True):
    """Ratings of one value of a dimension: by score (1 to 5), and how many bad ones were answered."""

    key: str
    scores: tuple[int, int, int, int, int]
    answered: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.scores)

    @property
    def good_share(self) -> str:
        """好评率: 非常满意, 满意 and 基本满意 of all, in percent."""
        return f"{100 * sum(self.scores[:3]) / self.total:.2f}%" if self.total else "—"


class RatingStore(Protocol):
    """Ratings."""

    def add(self, rating: Rating) -> bool:
        """Keep a rating; False when the case has one at the service point."""
        ...

    def replace(self, before: Rating, rating: Rating) -> bool:
        """Write the rating as it is now; False when it is no longer as `before`."""
        ...

    def rating(self, id: str) -> Rating | None:
        """One rating."""
        ...

    def of_case(self, case: str) -> tuple[Rating, ...]:
        """The ratings of a case."""
        ...

    def ratings(self, query: RatingQuery) -> tuple[Rating, ...]:
        """Ratings of a query; open ones the earliest due first; up to `limit` + 1."""
        ...

    def due(self, until: str, limit: int, after: str) -> tuple[Rating, ...]:
        """Open ratings whose day comes at `until` or before, after `due|id`."""
        ...

    def owed(self, district: str) -> tuple[int, str]:
        """How many wait for an answer in a district ("" all), and the first day one is due, "" for none."""
        ...

    def counted(self, by: str, query: RatingQuery) -> tuple[RatingCount, ...]:
        """Counts by matter | district | authority | month."""
        ...
