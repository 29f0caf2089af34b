"""The queue of paper certificates, and the stock of blank forms."""

from __future__ import annotations

from typing import Protocol

import msgspec


class PaperRow(msgspec.Struct, frozen=True):
    """A paper certificate in the queue. `moved_at` is when it came into its state."""

    case: str
    paper: str
    certificate: str
    district: str
    state: str
    way: str
    title: str
    part: str
    number: str
    holder: str
    due: str
    moved_at: str


class PaperQuery(msgspec.Struct, frozen=True):
    """Which: of a `district` ("" all) in a `state`; `text` is part of the number or the holder's name. `after` is
    `due|case|paper` of the last one seen."""

    state: str
    district: str = ""
    text: str = ""
    after: str = ""
    limit: int = 20


class Blank(msgspec.Struct, frozen=True):
    """A blank form. `state`: 在库 | 已用 | 作废; `case` and `paper` are what it was used for."""

    type: str
    serial: str
    district: str
    state: str
    at: str
    by: str
    case: str = ""
    paper: str = ""
    reason: str = ""


class PaperStore(Protocol):
    """Paper certificates and blank forms."""

    def put(self, row: PaperRow) -> None:
        """The paper certificate as it stands now."""
        ...

    def find(self, query: PaperQuery) -> tuple[PaperRow, ...]:
        """Those due first."""
        ...

    def counts(self, district: str) -> dict[str, int]:
        """How many are in each state that is not over."""
        ...

    def stock(self, blanks: tuple[Blank, ...]) -> bool:
        """Take blank forms into stock; False when a serial number of the type was there before (nothing is kept)."""
        ...

    def take(self, type: str, serial: str, before: str, blank: Blank) -> bool:
        """Compare-and-set on the state `before` of a blank form of the district of `blank`."""
        ...

    def blanks(self, district: str, type: str, state: str, text: str, after: str, limit: int) -> tuple[Blank, ...]:
        """Blank forms by type and serial number; `after` is `type|serial` of the last one seen."""
        ...

    def stocks(self, district: str) -> dict[tuple[str, str, str], tuple[int, str]]:
        """By district, type and state: how many, and the lowest serial number."""
        ...
