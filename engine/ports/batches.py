"""The items of batches: which certificate or row, how far it is, and which child case it became."""

from __future__ import annotations

from typing import Protocol

import msgspec

Lines = tuple[tuple[str, str], ...]


class Item(msgspec.Struct, frozen=True):
    """One certificate of a batch, or one row of a list (`certificate` is its id, `number` its number, nothing else).

    `state` is one of `engine.model.batch`; `lines` are what 公示 and the annex show.
    """

    parent: str
    place: int
    certificate: str
    number: str
    holder: str
    state: str
    case: str = ""
    reason: str = ""
    lines: Lines = ()


class BatchStore(Protocol):
    """The items of batches. Nothing in them but what the register has in the clear."""

    def add(self, items: tuple[Item, ...]) -> None:
        """The items of a new batch."""
        ...

    def waiting(self, parent: str, state: str, limit: int) -> tuple[Item, ...]:
        """Items in a state, in their order."""
        ...

    def mark(
        self, parent: str, certificate: str, before: str, state: str, *, case: str = "", reason: str = "",
        lines: Lines = (),
    ) -> bool:  # fmt: skip
        """Compare-and-set of an item's state; what is not given stays as it was. False when it was in another."""
        ...

    def items(self, parent: str, after: int = -1, limit: int = 1000) -> tuple[Item, ...]:
        """The items of a batch behind a place, in their order."""
        ...

    def counts(self, parent: str) -> dict[str, int]:
        """How many items are in each state."""
        ...

    def settle(self, case: str) -> str:
        """Mark the row that became the case as having its result; the id of the list, "" when it was marked before."""
        ...

    def of_case(self, case: str) -> Item | None:
        """The item a child case was made of."""
        ...
