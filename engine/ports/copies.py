"""Where the copies of cases are kept that were sent to people and roles for reading."""

from __future__ import annotations

from typing import Protocol

import msgspec


class CaseCopy(msgspec.Struct, frozen=True):
    """A case that was sent for reading to `person` (an account), or to those with `role` in `district`."""

    id: str
    case: str
    person: str
    role: str
    district: str
    sent_at: str
    sent_by: str
    note: str


class Reading(msgspec.Struct, frozen=True):
    """Somebody has read a copy: the read receipt."""

    copy: str
    account: str
    name: str
    at: str


class Inbox(msgspec.Struct, frozen=True):
    """Whose copies: of the account, and of its roles in its district."""

    account: str
    roles: tuple[str, ...]
    district: str


class CopyStore(Protocol):
    """Copies and their read receipts."""

    def send(self, copy: CaseCopy) -> None:
        """Keep a copy."""
        ...

    def inbox(self, whose: Inbox, after: str = "", limit: int = 20) -> tuple[CaseCopy, ...]:
        """Copies newest first; `after` is the id of the last one seen."""
        ...

    def unread(self, whose: Inbox) -> int:
        """How many of them the account has not read."""
        ...

    def copy(self, id: str) -> CaseCopy | None:
        """One copy."""
        ...

    def of_case(self, case: str) -> tuple[CaseCopy, ...]:
        """The copies of a case, oldest first."""
        ...

    def read(self, reading: Reading) -> None:
        """Keep a read receipt; the first one stays."""
        ...

    def readings(self, copies: tuple[str, ...]) -> tuple[Reading, ...]:
        """The receipts of these copies, oldest first."""
        ...
