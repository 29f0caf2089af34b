"""Tokens with which other systems act for an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.errors import ZhunyuError
from engine.ports.accounts import TokenRow
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.sessions import Session, digest_of, secret, tell


class ApiTokens:
    """Issues, finds and revokes bearer tokens; stored as digests only."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    def issue(self, login: str, name: str, scopes: tuple[str, ...], days: int = 365, kind: str = "applicant") -> str:
        """A new bearer token of an applicant's or a department's account, shown only now; A003 when there is no such
        login."""
        token = "zy_" + secret(self._ids)
        with self._store.write() as store:
            found = store.accounts.by_login(kind, login)
            if found is None:
                raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
            until = (self._clock.now() + timedelta(days=days)).isoformat()
            store.accounts.add_token(digest_of(token), TokenRow(found[0].id, name, scopes, until))
            tell(
                store, self._clock, self._ids, found[0].id, "签发令牌", actor="system", name=name, scopes=list(scopes),
                until=until,
            )  # fmt: skip
        return token

    def revoke(self, login: str, name: str, kind: str = "applicant") -> None:
        """Forget a token by its account's login and its name; A003 when there is no such login."""
        with self._store.write() as store:
            found = store.accounts.by_login(kind, login)
            if found is None:
                raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
            store.accounts.end_token(found[0].id, name)
            tell(store, self._clock, self._ids, found[0].id, "作废令牌", actor="system", name=name)

    def find(self, token: str) -> Session | None:
        """The session a bearer token stands for: its account acting for its first subject."""
        with self._store.read() as store:
            row = store.accounts.token(digest_of(token))
            account = store.accounts.account(row.account) if row is not None else None
        if row is None or account is None or not account.active:
            return None
        if row.expires_at and datetime.fromisoformat(row.expires_at) <= self._clock.now():
            return None
        first = account.represents[0] if account.represents else None
        return Session(
            token="", account=account, subject=first.subject if first else None,
            authority=first.authority if first else "", expires_at=row.expires_at, scopes=row.scopes,
            token_name=row.name,
        )  # fmt: skip
