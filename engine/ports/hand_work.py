"""Where bulk runs and hand-overs are kept."""

from __future__ import annotations

from typing import Protocol

from engine.model.bulk import BulkRun
from engine.model.changeover import Changeover


class HandWorkStore(Protocol):
    """Bulk runs and changeovers; each is written as a whole."""

    def add_run(self, run: BulkRun) -> None:
        """Keep a new run."""
        ...

    def run(self, id: str, *, lock: bool = False) -> BulkRun | None:
        """A run; with `lock` nobody else changes it before the transaction ends."""
        ...

    def keep_run(self, run: BulkRun) -> None:
        """Write a run as it is now."""
        ...

    def add_changeover(self, changeover: Changeover) -> None:
        """Keep a new list."""
        ...

    def changeover(self, id: str) -> Changeover | None:
        """A list by its id."""
        ...

    def settle(self, before: str, changeover: Changeover) -> bool:
        """Write a list as it is now; False when it is not in the state `before` any more."""
        ...

    def changeovers(self, person: str, limit: int) -> tuple[Changeover, ...]:
        """The lists somebody gave or takes, newest first."""
        ...

    def awaiting(self, person: str) -> int:
        """How many lists wait for this person's signature."""
        ...

    def listed_in(self, giver: str) -> frozenset[tuple[str, str]]:
        """Case and task of what the giver has on lists that are not settled."""
        ...
