"""How often each matter is applied for: a roll-up that grows by what came since, so that nobody counts all cases."""

from __future__ import annotations

from typing import Protocol


class UseStore(Protocol):
    """Counted cases by matter id, up to an instant."""

    def counted(self) -> dict[str, int]:
        """Cases of each matter counted so far."""
        ...

    def until(self) -> int:
        """The instant up to which cases are counted, in seconds since 1970; 0 before the first count."""
        ...

    def count_on(self, before: int, until: int, after_text: str, until_text: str) -> bool:
        """Add the cases received after one ISO instant and up to another; False when somebody else was first.

        `before` is what `until()` was, `until` becomes it.
        """
        ...
