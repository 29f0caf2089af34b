"""Port: the rows of lists that are being filled in. A row that was filed is in its case and here no more."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.case import Upload
from engine.model.values import Answers

UNCHECKED, IN_ORDER, WRONG = "unchecked", "in_order", "wrong"


class RowLine(msgspec.Struct, frozen=True):
    """One row of a draft's list, kept as typed. `place` counts from 1.

    `faults` are what is wrong by column id ("m-<material>" for a material, "" for the row); `state` is one of the words
    above, true for what `basis` stands for: the other answers, files and rules the row was checked with. `told` is why
    the row could not be filed when it was tried.
    """

    id: str
    draft: str
    place: int
    answers: Answers
    uploads: dict[str, tuple[Upload, ...]] = {}
    state: str = UNCHECKED
    basis: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    told: str = ""


class RowStore(Protocol):
    """The rows of lists, sealed like the drafts they belong to."""

    def add(self, rows: tuple[RowLine, ...]) -> None:
        """Store new rows."""
        ...

    def of(self, draft: str) -> tuple[RowLine, ...]:
        """The rows of a draft in their order."""
        ...

    def get(self, row: str) -> RowLine | None:
        """A row, or None."""
        ...

    def replace(self, row: RowLine) -> bool:
        """Store a row over itself; False when it is gone."""
        ...

    def delete(self, rows: tuple[str, ...]) -> None:
        """Remove rows; absent ones are fine."""
        ...
