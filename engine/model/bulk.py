"""One act on many tasks: the run, its items, and what came of each."""

from __future__ import annotations

import msgspec

WAITING, WORKING, DONE, REFUSED, UNDONE = "waiting", "working", "done", "refused", "undone"


class BulkItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task in a run, as it was when it was chosen. `words` say what came of it; `undo` is what an undoing needs."""

    case: str
    task: str
    number: str
    matter_title: str
    subject: str
    title: str
    version: int
    role: str = ""
    state: str = WAITING
    words: str = ""
    undo: str = ""


class BulkRun(msgspec.Struct, frozen=True, omit_defaults=True):
    """An act on many tasks by one person: `action` by its name, `words` that go with it, `to` whom it is for."""

    id: str
    account: str
    action: str
    at: str
    items: tuple[BulkItem, ...]
    words: str = ""
    to: str = ""
    begun: bool = False

    @property
    def left(self) -> int:
        """How many items have not been tried."""
        return sum(one.state == WAITING for one in self.items)

    def counted(self, state: str) -> int:
        """How many items are in a state."""
        return sum(one.state == state for one in self.items)
