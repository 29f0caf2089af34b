"""Saved views of the work list: what a member of staff has called by a name."""

from __future__ import annotations

import msgspec

VIEWS = (
    "mine", "group", "department", "overdue", "today", "stopped", "returned", "alerts", "checks", "done", "all",
)  # fmt: skip
COLUMNS = ("subject", "step", "due", "risk", "status", "district", "channel", "received", "holder")
USUAL = ("subject", "step", "due", "risk", "status")
SIZES = (20, 50, 100)
ORDERS = ("urgent", "latest")


class Filters(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a list is narrowed to; "" narrows nothing. Days are ISO; `risk` is the least sum of findings."""

    text: str = ""
    matter: str = ""
    line: str = ""
    status: str = ""
    district: str = ""
    due_from: str = ""
    due_to: str = ""
    risk: int = 0
    channel: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked at all."""
        return self != Filters()


class Arrangement(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a list is shown: which view of it, narrowed to what, with which columns, in which order, how many a page."""

    view: str = "group"
    filters: Filters = Filters()
    columns: tuple[str, ...] = USUAL
    order: str = "urgent"
    size: int = 20


class SavedView(msgspec.Struct, frozen=True):
    """An arrangement under a name. The usual one is opened when the list is opened without asking for another."""

    id: str
    account: str
    name: str
    arrangement: Arrangement
    usual: bool = False
