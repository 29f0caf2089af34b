"""The rules of signing in that an installation sets, and what is known of where someone came from."""

from __future__ import annotations

from datetime import timedelta

import msgspec

REQUIRED, ALLOWED, OFF = "required", "allowed", "off"
POLICIES = (REQUIRED, ALLOWED, OFF)
PASSWORD, OIDC, TICKET, QR = "口令", "统一身份认证", "办公平台", "扫码"


class SignInRules(msgspec.Struct, frozen=True):
    """The rules of signing in.

    `second_factor` of staff: required of everyone, allowed (asked of those who turned it on) or off. `idle` minutes of
    staff and applicants after which a session ends unused, `longest` hours after which it ends anyhow. `password_days`
    a password of staff lasts (0: for ever) and `password_grace` days more in which it may still be changed at sign-in.
    `failures` in a row lock a login for `locked` minutes.
    """

    second_factor: str = OFF
    idle_staff: int = 60
    idle_applicant: int = 120
    longest: int = 12
    password_days: int = 0
    password_grace: int = 30
    failures: int = 5
    locked: int = 15

    def idle(self, kind: str) -> timedelta:
        """How long a session of the kind of account lasts unused."""
        return timedelta(minutes=self.idle_staff if kind == "staff" else self.idle_applicant)

    @property
    def whole(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.longest)

    @property
    def lock(self) -> timedelta:
        """How long a login stays locked."""
        return timedelta(minutes=self.locked)


class Came(msgspec.Struct, frozen=True):
    """Where someone signs in from: the network address, the device in words, by which way, and whether a second factor
    was shown there already."""

    address: str = ""
    device: str = ""
    how: str = PASSWORD
    strong: bool = False
