"""Outside identities: the city's unified account (统一身份认证) and the staff's single sign-on, by OpenID Connect."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.ports.accounts import Represented


class Challenge(msgspec.Struct, frozen=True):
    """A sign-in under way: where to send the visitor, and what must be kept in the browser session till the return."""

    url: str
    state: str
    nonce: str
    verifier: str


class Identity(msgspec.Struct, frozen=True):
    """Who the provider says it is. `subject` is the provider's own stable id; `level` the verified level 0–3.

    Of staff: the code of their `unit` there, their `posts`, and whether it asked for two factors (`strong`).
    """

    subject: str
    name: str
    level: int
    phone_masked: str
    represents: tuple[Represented, ...]
    unit: str = ""
    posts: tuple[str, ...] = ()
    strong: bool = False


class IdentityProvider(Protocol):
    """Sign-in at the provider with authorization code, PKCE and nonce."""

    def begin(self, return_url: str) -> Challenge:
        """A new sign-in; S006 when the provider cannot be reached."""
        ...

    def finish(self, challenge: Challenge, return_url: str, answer: str) -> Identity:
        """Who came back with the full answer URL; A011 when the answer is not genuine, S006 on an outage."""
        ...

    def leave_url(self, return_url: str) -> str:
        """Where to sign out at the provider as well; "" when it names no such place or cannot be reached."""
        ...


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of an outside system, by its code there, and the district its people work for here."""

    unit: str
    district: str


class Post(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post in an outside system, and the roles it gives here."""

    post: str
    roles: tuple[str, ...]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person of an outside system (`source`: sso | office) who has an account here already."""

    source: str
    subject: str
    login: str


class StaffTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who of the outside systems is who here."""

    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    people: tuple[Person, ...] = ()
