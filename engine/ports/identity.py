"""An outside identity provider: the city's unified account (统一身份认证) by OpenID Connect."""

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
    """Who the provider says it is. `subject` is the provider's own stable id; `level` the verified level 0–3."""

    subject: str
    name: str
    level: int
    phone_masked: str
    represents: tuple[Represented, ...]


class IdentityProvider(Protocol):
    """Sign-in at the provider with authorization code, PKCE and nonce."""

    def begin(self, return_url: str) -> Challenge:
        """A new sign-in; S006 when the provider cannot be reached."""
        ...

    def finish(self, challenge: Challenge, return_url: str, answer: str) -> Identity:
        """Who came back with the full answer URL; A011 when the answer is not genuine, S006 on an outage."""
        ...
