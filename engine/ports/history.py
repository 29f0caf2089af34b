"""Where the history is kept: what happened in cases, to accounts, to published matters and to keys, sealed later."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.trust.history import Checkpoint, Entry, Linked


class NewEntry(msgspec.Struct, frozen=True):
    """What the history is told in a transaction.

    `trail` says what it is about: "case:<id>", "account:<id>", "login:<login>", "matter:<id>", "keys", "system".
    `content` (canonical JSON) is committed to by a keyed tag under `salt`. `counter` counts within the trail; 0 lets
    the store count. `keep` keeps the content, sealed, with the entry: for all that is not written down elsewhere.
    """

    id: str
    trail: str
    at: str
    actor: str
    what: str
    salt: bytes
    content: bytes
    counter: int = 0
    keep: bool = True


class StoredEntry(msgspec.Struct, frozen=True):
    """An entry as it is kept: `link` is None before it is sealed. `kept` tells whether the content lies with it;
    `content` is None where it does not, or where it can no longer be opened."""

    entry: Entry
    link: str | None
    kept: bool
    content: bytes | None


class HistoryQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Entries newest first: of a trail or of trails that begin with `kind` ("account"), of an actor, of a log
    or an activity (see `engine.model.activity`), with a text in `what`, between two ISO instants.
    `after` is the cursor the last page gave."""

    trail: str = ""
    kind: str = ""
    log: str = ""
    activity: str = ""
    actor: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    after: str = ""
    limit: int = 50


class HistoryStore(Protocol):
    """The entries and the checkpoints over them. Entries are only ever added; sealing gives them number and link."""

    def add(self, entry: NewEntry) -> None:
        """Add an unsealed entry."""
        ...

    def take_turn(self) -> bool:
        """Whether this transaction may seal: one at a time, over all processes; the turn ends with the transaction."""
        ...

    def unsealed(self, limit: int) -> tuple[Entry, ...]:
        """Entries without a number, oldest first."""
        ...

    def seal(self, linked: tuple[Linked, ...], checkpoint: Checkpoint) -> None:
        """Give entries their numbers and links, and keep the checkpoint over them."""
        ...

    def last(self) -> Checkpoint | None:
        """The newest checkpoint."""
        ...

    def checkpoints(self, after: int, limit: int) -> tuple[Checkpoint, ...]:
        """Checkpoints with a higher batch number, in order."""
        ...

    def covering(self, number: int) -> Checkpoint | None:
        """The checkpoint whose batch holds the entry of a number."""
        ...

    def between(self, first: int, last: int) -> tuple[Linked, ...]:
        """Sealed entries with numbers from `first` to `last`, in order."""
        ...

    def sealed(self, after: int, limit: int) -> tuple[Linked, ...]:
        """Sealed entries with a higher number, in order."""
        ...

    def of_trail(self, trail: str) -> tuple[StoredEntry, ...]:
        """All entries of a trail by counter, sealed or not."""
        ...

    def trails(self, after: str, limit: int) -> tuple[str, ...]:
        """The trails in order, after one."""
        ...

    def search(self, query: HistoryQuery) -> tuple[StoredEntry, ...]:
        """Entries newest first; contents are opened."""
        ...

    def entry(self, id: str) -> StoredEntry | None:
        """One entry by its id."""
        ...

    def lines(self, query: HistoryQuery) -> tuple[StoredEntry, ...]:
        """As `search`, without opening any content."""
        ...

    def misfiled(self, first: int, last: int) -> tuple[int, ...]:
        """Numbers of the span whose log or activity is not that of their trail and words."""
        ...

    def pending(self) -> int:
        """How many entries have no number yet."""
        ...

    def miscounted(self, limit: int) -> tuple[str, ...]:
        """Trails whose counters do not run from 1 without a gap, or whose case has another version than its last."""
        ...
