"""The store's face for the bureau's own organisation and who may do what in it."""

from __future__ import annotations

from typing import Protocol

from engine.model.organisation import Absence, Delegation, Holding, Organisation, Post, Unit
from engine.model.permission import PermissionTable


class OrganisationStore(Protocol):
    """Units, posts, holdings, permission tables, delegations and absences. Every change counts `revision` up."""

    def revision(self) -> int:
        """How many changes there have been."""
        ...

    def changed(self) -> None:
        """Count a change of what the organisation rests on (an account's roles, whether it is active)."""
        ...

    def load(self, since: str) -> Organisation:
        """All of it; of delegations and absences those that end on the ISO day `since` or later."""
        ...

    def put_unit(self, unit: Unit) -> None:
        """Write a unit; one with the same id is replaced, as with the following."""
        ...

    def put_post(self, post: Post) -> None:
        """Write a post."""
        ...

    def put_holding(self, holding: Holding) -> None:
        """Write who holds a post."""
        ...

    def add_table(self, table: PermissionTable) -> bool:
        """A new version of the permission table; False when its number is taken."""
        ...

    def put_delegation(self, delegation: Delegation) -> None:
        """Write a delegation."""
        ...

    def put_absence(self, absence: Absence) -> None:
        """Write an absence."""
        ...
