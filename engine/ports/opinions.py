"""Where opinion templates are kept: those of an office, and one's own."""

from __future__ import annotations

from typing import Protocol

import msgspec


class OpinionTemplate(msgspec.Struct, frozen=True):
    """A sentence to start an opinion from. `owner` is "account:" and an id or "office:" and a district; `action` the
    action it is for, "" for any."""

    id: str
    owner: str
    action: str
    text: str
    by: str
    at: str


class OpinionStore(Protocol):
    """Opinion templates."""

    def of(self, owners: tuple[str, ...]) -> tuple[OpinionTemplate, ...]:
        """The templates of these owners, oldest first."""
        ...

    def add(self, template: OpinionTemplate) -> None:
        """Keep a new one."""
        ...

    def change(self, template: OpinionTemplate) -> bool:
        """Replace the words of one of the same owner; False when there is none."""
        ...

    def remove(self, id: str, owner: str) -> bool:
        """Forget one; False when the owner has none such."""
        ...
