"""Port: the reports that holders owe after a decision."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Owed(msgspec.Struct, frozen=True):
    """A report that is owed: of which case and certificate ("" none), by which ISO day, and the matter that files it.

    `title` is "" for a confidential case.
    """

    case: str
    report: str
    certificate: str
    matter: str
    title: str
    due: str


class ReportStore(Protocol):
    """Reports owed, projected from the events of their cases."""

    def owe(self, owed: Owed, holder_code: str) -> None:
        """Keep a report that the holder owes from now on."""
        ...

    def settle(self, case: str, report: str) -> None:
        """The report is not owed any more."""
        ...

    def of_holder(self, holder_code: str, matter: str = "", limit: int = 50) -> tuple[Owed, ...]:
        """What a holder owes, the earliest day first; with `matter` only what that matter files."""
        ...
