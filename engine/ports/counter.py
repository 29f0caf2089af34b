"""Port: what is recorded at the counter beside a draft, and the codes by which a case is enquired about."""

from __future__ import annotations

from typing import Protocol

from engine.model.counter import Counter


class CounterStore(Protocol):
    """Notes of the counter."""

    def note(self, draft: str) -> Counter | None:
        """What was recorded beside a draft."""
        ...

    def keep(self, draft: str, counter: Counter) -> None:
        """Record it; what was recorded before is replaced."""
        ...

    def enquiry_code(self, number: str) -> str:
        """The code that opens the progress of the case with this number: 8 letters and digits, always the same, and
        known to nobody who was not given it."""
        ...
