"""Where answers of fact sources are kept for a while."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from engine.ports.world import Answer


class CachedAnswer(msgspec.Struct, frozen=True):
    """An answer and the instant it was given (ISO 8601 with zone)."""

    answer: Answer
    fetched_at: str


class Ban(msgspec.Struct, frozen=True):
    """A subject may not apply in a line from `since` until `until` (ISO days; "" for without end)."""

    ground: str
    since: str
    until: str


class FactStore(Protocol):
    """The cache of answers, by source and arguments; and the bans. Content is sealed, arguments are blinded."""

    def cached(self, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], CachedAnswer]:
        """The last answers by source and arguments (canonical text), of those asked that were ever answered."""
        ...

    def remember(self, source: str, arguments: str, answer: Answer, at: str) -> None:
        """Replace the last answer."""
        ...

    def forget(self, before: str) -> int:
        """Delete answers given before an instant; how many there were."""
        ...

    def bans(self, code: str, line: str, day: str) -> tuple[Ban, ...]:
        """Bans of a subject in a line that hold on a day, oldest first."""
        ...

    def add_ban(self, id: str, code: str, line: str, ban: Ban) -> None:
        """Record a ban."""
        ...
