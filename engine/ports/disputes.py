"""The list of disputes."""

from __future__ import annotations

from typing import Protocol

import msgspec


class DisputeRow(msgspec.Struct, frozen=True):
    """A dispute with its case. `state`: 待答复 | 已答复 | 已结."""

    case: str
    dispute: str
    district: str
    kind: str
    number: str
    state: str
    due: str
    stayed: bool
    case_number: str
    matter_title: str
    subject_name: str


class DisputeStore(Protocol):
    """Disputes as lists show them."""

    def put(self, row: DisputeRow) -> None:
        """The dispute as it stands now."""
        ...

    def find(
        self, district: str, state: str, kind: str, text: str, after: str, limit: int
    ) -> tuple[DisputeRow, ...]:
        """Those due first; an empty `district` sees all; `text` is a number or part of the subject's name; `after` is
        `due|case|dispute` of the last one seen."""
        ...

    def counts(self, district: str) -> dict[str, int]:
        """How many are in each state."""
        ...
