"""The bureau's own organisation: units 机构, posts 岗位, who holds them, delegations 授权 and deputies 代岗."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec

from engine.model.permission import DEFAULT_TABLE, PermissionTable


class Dated(Protocol):
    """Something that holds from one ISO day to another; "" is open."""

    @property
    def since(self) -> str: ...
    @property
    def until(self) -> str: ...


D = TypeVar("D", bound=Dated)


class Unit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A unit: the city's or a district's commission, or a 处/科室 within one (`parent` is the id of the unit above)."""

    id: str
    name: str
    district: str
    parent: str = ""
    since: str = ""
    until: str = ""


class Post(msgspec.Struct, frozen=True, omit_defaults=True):
    """A post within a unit; what it may do is in the permission table."""

    id: str
    name: str
    unit: str
    since: str = ""
    until: str = ""


class Holding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person (an account) in a post, from day to day."""

    id: str
    account: str
    post: str
    since: str
    until: str = ""


class Delegation(msgspec.Struct, frozen=True, omit_defaults=True):
    """授权: `giver` lets `taker` act with some of their own roles, for `lines` (() all they have) from day to day."""

    id: str
    giver: str
    taker: str
    roles: tuple[str, ...]
    since: str
    until: str
    lines: tuple[str, ...] = ()
    reason: str = ""
    made_by: str = ""
    made_at: str = ""
    revoked_by: str = ""
    revoked_at: str = ""


class Absence(msgspec.Struct, frozen=True, omit_defaults=True):
    """代岗: while `person` is away `deputy` does their work, with all their powers."""

    id: str
    person: str
    deputy: str
    since: str
    until: str
    reason: str = ""
    made_by: str = ""
    made_at: str = ""
    revoked_by: str = ""
    revoked_at: str = ""


class Organisation(msgspec.Struct, frozen=True):
    """All of it, as one value. `revision` counts its changes; tables are in the order of their numbers."""

    revision: int = 0
    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    holdings: tuple[Holding, ...] = ()
    tables: tuple[PermissionTable, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    absences: tuple[Absence, ...] = ()

    def table(self, day: str) -> PermissionTable:
        """The permission table in force on an ISO day: of those that have begun the last one made."""
        return next((one for one in reversed(self.tables) if one.since <= day), DEFAULT_TABLE)

    def absence(self, person: str, day: str) -> Absence | None:
        """The absence of a person on a day, if any; the one made last."""
        return next((one for one in reversed(in_force(self.absences, day)) if one.person == person), None)


def holds_on(one: Dated, day: str) -> bool:
    """Whether it holds on an ISO day."""
    revoked = getattr(one, "revoked_at", "")
    return (not one.since or one.since <= day) and (not one.until or day <= one.until) and not revoked


def in_force(entries: Iterable[D], day: str) -> tuple[D, ...]:
    """Those that hold on an ISO day, in their order."""
    return tuple(one for one in entries if holds_on(one, day))
