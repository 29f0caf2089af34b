"""The store's face for accounts, their sessions and their API tokens."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.people import Subject
from engine.model.permission import Power


class Represented(msgspec.Struct, frozen=True):
    """A subject an account may act for, and why: 本人 | 法定代表人 | 授权. ISO days `since` and `until` bound an
    authority ("" where it has no dates: it does not reach to signatures)."""

    subject: Subject
    authority: str
    since: str = ""
    until: str = ""


class Account(msgspec.Struct, frozen=True):
    """An account. `kind`: applicant | staff | department; `level` the verified identity level 0–3; `district` "市级"
    sees all.

    `phone_masked` shows the last four digits only. `roles` and `district` are set for staff, `purposes` for other
    departments: the matters of theirs for which they may ask for certificates. `powers` is what staff may do today and
    `lapsed` what delegations that are over let them do; both are worked out when a session is looked up, never stored.
    `inspector` is the number of a staff member's inspector certificate 执法证号.
    """

    id: str
    login: str
    kind: str
    name: str
    level: int = 0
    phone_masked: str = ""
    roles: tuple[str, ...] = ()
    district: str = ""
    represents: tuple[Represented, ...] = ()
    active: bool = True
    purposes: tuple[str, ...] = ()
    inspector: str = ""
    powers: tuple[Power, ...] = ()
    lapsed: tuple[Power, ...] = ()


class Lock(msgspec.Struct, frozen=True):
    """Failed sign-ins of one login: how many in a row, and the ISO instant until which it is locked ("" = not)."""

    failures: int = 0
    until: str = ""


class SessionRow(msgspec.Struct, frozen=True):
    """A stored session. `subject_code` is whom the account acts for now; instants are ISO 8601 with zone.

    `ref` names it to its owner; `address`, `device` and `how` say where it was opened, `seen_at` when it was last used
    (to a quarter of the idle time), `strong` whether a second factor was shown.
    """

    account: str
    subject_code: str
    created_at: str
    expires_at: str
    ref: str = ""
    address: str = ""
    device: str = ""
    how: str = ""
    seen_at: str = ""
    strong: bool = False


class TokenRow(msgspec.Struct, frozen=True):
    """A stored API token: whose, what it is called, what it may do, until when ("" = without end)."""

    account: str
    name: str
    scopes: tuple[str, ...]
    expires_at: str


class AccountStore(Protocol):
    """Accounts, sessions and tokens. Digests are SM3 (hex) of the token; the token itself is never stored."""

    def add(self, account: Account, password_hash: str, created_at: str) -> None:
        """A new account; ZhunyuError A005 when the login of that kind is taken."""
        ...

    def update(self, account: Account) -> None:
        """Write name, level, roles, district, represented subjects and whether it is active."""
        ...

    def set_password(self, account: str, password_hash: str) -> None:
        """Replace the password hash."""
        ...

    def replace_password(self, account: str, password_hash: str, at: str) -> None:
        """Give the account another password, and remember the one it had."""
        ...

    def passwords(self, account: str, limit: int) -> tuple[str, ...]:
        """The hashes of the present password and of those before it, newest first."""
        ...

    def account(self, id: str) -> Account | None:
        """By id."""
        ...

    def by_login(self, kind: str, login: str) -> tuple[Account, str] | None:
        """The account and its password hash."""
        ...

    def list(self, kind: str) -> tuple[Account, ...]:
        """All accounts of a kind by login."""
        ...

    def lock(self, kind: str, login: str) -> Lock:
        """Failed sign-ins of a login, whether or not the account exists."""
        ...

    def fail(self, kind: str, login: str, *, now: str, since: str, limit: int, until: str) -> Lock:
        """Count a failure in one step; failures before `since` are forgotten, the `limit`-th locks `until`."""
        ...

    def clear_lock(self, kind: str, login: str) -> None:
        """Forget the failures of a login."""
        ...

    def add_session(self, digest: str, row: SessionRow) -> None:
        """A new session."""
        ...

    def session(self, digest: str) -> SessionRow | None:
        """By the token's digest."""
        ...

    def signed_in(self, digest: str) -> tuple[SessionRow, Account] | None:
        """The session of a token's digest together with its account, in one look."""
        ...

    def set_session(self, digest: str, row: SessionRow) -> None:
        """Replace the subject and the end of a session."""
        ...

    def end_session(self, digest: str) -> None:
        """Forget a session; absent is fine."""
        ...

    def end_sessions(self, account: str) -> None:
        """Forget all sessions of an account."""
        ...

    def clear_sessions(self, now: str) -> int:
        """Forget sessions that ended before `now`; how many."""
        ...

    def add_token(self, digest: str, row: TokenRow) -> None:
        """A new API token."""
        ...

    def token(self, digest: str) -> TokenRow | None:
        """By the token's digest."""
        ...

    def end_token(self, account: str, name: str) -> None:
        """Forget a token by its name."""
        ...

    def readings(self, account: str, cases: tuple[str, ...]) -> dict[str, int]:
        """The version of each case that the account last looked at."""
        ...

    def mark_read(self, account: str, case: str, version: int) -> None:
        """The account has looked at this version of the case."""
        ...
