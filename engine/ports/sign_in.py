"""The store's face for what signing in needs beside accounts: steps under way, second factors, things used once."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.sign_in import Came
from engine.ports.accounts import SessionRow


class Waiting(msgspec.Struct, frozen=True):
    """A sign-in that has passed its first step, kept under the digest of what the browser holds.

    `nonce` is the challenge a certificate signs, `secret` a TOTP secret about to be enrolled ("" for none). Instants
    are ISO 8601 with zone.
    """

    account: str
    came: Came
    nonce: str
    created_at: str
    expires_at: str
    proved: bool = False
    secret: str = ""


class Password(msgspec.Struct, frozen=True):
    """Since when an account has its password (ISO instant), and whether somebody else chose it."""

    since: str
    given: bool


class Totp(msgspec.Struct, frozen=True):
    """A generator of one-time codes: its Base32 secret, the last time step whose code was used, since when."""

    secret: str
    step: int
    at: str


class QrSignIn(msgspec.Struct, frozen=True):
    """A sign-in by QR code, kept under the digest of what the browser at the desk holds.

    `code` is the digest of what the QR shows, `check` the two-digit number both screens show. `state`: shown | seen |
    confirmed | refused | used. `account` is who saw it, `strong` whether their own session had a second factor.
    """

    code: str
    check: str
    came: Came
    state: str
    created_at: str
    expires_at: str
    account: str = ""
    strong: bool = False


class SignInStore(Protocol):
    """Everything here is keyed by digests (SM3, hex) of what browsers hold; secrets are sealed."""

    def wait(self, digest: str, row: Waiting) -> None:
        """A new sign-in under way, or what has changed of it."""
        ...

    def waiting(self, digest: str) -> Waiting | None:
        """The sign-in under way, whether or not its time is up."""
        ...

    def take(self, digest: str) -> bool:
        """End a sign-in under way; False when it was ended before: only one call gets True."""
        ...

    def drop(self, account: str) -> None:
        """End every sign-in of an account that is under way."""
        ...

    def once(self, kind: str, digest: str, until: str) -> bool:
        """Use something up, remembered until an instant; False when it was used before."""
        ...

    def clear(self, now: str) -> None:
        """Forget what ended before `now`."""
        ...

    def password(self, account: str) -> Password:
        """Since when an account has its password."""
        ...

    def mark_password(self, account: str, since: str, given: bool) -> None:
        """The password was set."""
        ...

    def totp(self, account: str) -> Totp | None:
        """The account's generator of codes."""
        ...

    def put_totp(self, account: str, totp: Totp) -> None:
        """A generator in place of the one before."""
        ...

    def step(self, account: str, step: int) -> bool:
        """Use up a time step; False when it or a later one was used before."""
        ...

    def put_codes(self, account: str, digests: tuple[str, ...]) -> None:
        """Recovery codes in place of those before."""
        ...

    def use_code(self, account: str, digest: str) -> bool:
        """Use up a recovery code; False when there is none like it."""
        ...

    def codes(self, account: str) -> int:
        """How many recovery codes are left."""
        ...

    def chosen(self, account: str) -> bool:
        """Whether the account asks for its certificate as a second factor of its own accord."""
        ...

    def choose(self, account: str, on: bool) -> None:
        """Ask for the certificate from now on, or no longer."""
        ...

    def forget(self, account: str) -> None:
        """Remove the account's generator, recovery codes and choice."""
        ...

    def show(self, digest: str, row: QrSignIn) -> None:
        """A new sign-in by QR code."""
        ...

    def shown(self, digest: str) -> QrSignIn | None:
        """By what the browser at the desk holds."""
        ...

    def by_code(self, code: str) -> tuple[str, QrSignIn] | None:
        """By what the QR shows, with the digest of the desk's browser."""
        ...

    def move(self, digest: str, before: str, state: str, account: str = "", strong: bool = False) -> bool:
        """From one state to the next; False when it was not in `before` (any more)."""
        ...

    def sessions(self, account: str) -> tuple[tuple[str, SessionRow], ...]:
        """The account's sessions with their digests, the newest first."""
        ...
