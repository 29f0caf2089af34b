"""The first step of a sign-in: login and password, locked after failures; and what the password still allows."""

from __future__ import annotations

import base64
import functools
import math
from datetime import datetime, timedelta
from typing import NoReturn

from engine.errors import ZhunyuError
from engine.model.sign_in import SignInRules
from engine.ports.accounts import Account
from engine.ports.passwords import Passwords
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.password_rules import REMEMBERED, check_password, check_unused
from engine.services.sessions import tell, tell_failure

GIVEN = "重置口令"  # what the history says of a password somebody else chose
FRESH, SOON, DUE, ENDED = "fresh", "soon", "due", "ended"
_SOON = timedelta(days=7)


class PasswordGate:
    """Checks passwords and changes them. Known and unknown logins are answered alike, and take equally long."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, passwords: Passwords, rules: SignInRules) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._passwords, self.rules = passwords, rules

    def check(self, kind: str, login: str, password: str, address: str) -> Account:
        """The account of a login and password; A011 for a wrong one (401), and while the login is locked (429).

        `rules.failures` failures in a row lock a login, whether or not it exists.
        """
        now, nobody = self._clock.now(), self._nobody
        with self._store.read() as store:
            lock = store.accounts.lock(kind, login)
            found = store.accounts.by_login(kind, login)
        if lock.until and datetime.fromisoformat(lock.until) > now:
            raise locked("账号", lock.until, now)
        account, hashed = found or (None, nobody)
        fits = self._passwords.verify(hashed or nobody, password)
        if account is None or not hashed or not fits or not account.active:
            self.fail(kind, login, account, address)
        better = self._passwords.hash(password) if self._passwords.outdated(hashed) else ""
        if lock.failures or better:
            with self._store.write() as store:
                store.accounts.clear_lock(kind, login)
                if better:
                    store.accounts.set_password(account.id, better)
        return account

    def standing(self, tx: Transaction, account: Account) -> str:
        """FRESH, SOON (ends within a week), DUE (must be changed now) or ENDED (only the security officer helps)."""
        if account.kind != "staff":
            return FRESH
        password, now = tx.sign_in.password(account.id), self._clock.now()
        if password.given:
            return DUE
        if not self.rules.password_days or not password.since:
            return FRESH
        end = datetime.fromisoformat(password.since) + timedelta(days=self.rules.password_days)
        if now >= end + timedelta(days=self.rules.password_grace):
            return ENDED
        return DUE if now >= end else SOON if now >= end - _SOON else FRESH

    def verify(self, account: Account, password: str, address: str = "") -> None:
        """A011 unless it is the account's password: asked again before something weighty, and counted likewise."""
        self.check(account.kind, account.login, password, address)

    def local(self, account: Account) -> bool:
        """Whether the account has a password here, rather than at an outside system."""
        with self._store.read() as tx:
            found = tx.accounts.by_login(account.kind, account.login)
        return bool(found and found[1])

    def change(self, account: Account, new: str) -> None:
        """Another password chosen by its owner; every session and sign-in under way ends. A004 against the rules."""
        check_password(new, account.login, account.name)
        with self._store.read() as store:
            used = store.accounts.passwords(account.id, REMEMBERED)
        check_unused(new, (one for one in used if one), self._passwords.verify)
        hashed, at = self._passwords.hash(new), self._clock.now().isoformat()
        with self._store.write() as store:
            store.accounts.replace_password(account.id, hashed, at)
            store.sign_in.mark_password(account.id, at, False)
            store.accounts.end_sessions(account.id)
            store.sign_in.drop(account.id)
            tell(store, self._clock, self._ids, account.id, "改口令")

    def give(self, account: Account, new: str, by: str) -> None:
        """A password somebody else chose: it must be changed at the next sign-in; sessions and locks end."""
        check_password(new, account.login, account.name)
        hashed, at = self._passwords.hash(new), self._clock.now().isoformat()
        with self._store.write() as store:
            store.accounts.replace_password(account.id, hashed, at)
            store.sign_in.mark_password(account.id, at, True)
            store.accounts.end_sessions(account.id)
            store.sign_in.drop(account.id)
            store.accounts.clear_lock(account.kind, account.login)
            tell(store, self._clock, self._ids, account.id, GIVEN, actor=by)

    def fail(self, kind: str, login: str, account: Account | None, address: str) -> NoReturn:
        """Count a failure, write it down, and refuse."""
        now = self._clock.now()
        with self._store.write() as store:
            lock = store.accounts.fail(
                kind, login, now=now.isoformat(), since=(now - self.rules.lock).isoformat(),
                limit=self.rules.failures, until=(now + self.rules.lock).isoformat(),
            )  # fmt: skip
            what = "登录失败 锁定" if lock.until else "登录失败"
            whose = account.id if account else ""
            tell_failure(
                store, self._clock, self._ids, whose, what, login=login, address=address, kind=kind
            )  # fmt: skip
        if lock.until:
            raise locked("账号", lock.until, now)
        next = f"请核对后再试；连续输错 {self.rules.failures} 次，账号锁定 {self.rules.locked} 分钟。"
        raise ZhunyuError("A011", "账号或口令不正确。", next, status=401)

    @functools.cached_property
    def _nobody(self) -> str:
        """Verified against where there is no such account, so that both take equally long; made with the first
        sign-in, whoever signs in."""
        return self._passwords.hash(base64.b64encode(self._ids.random(18)).decode())


def locked(what: str, until: str, now: datetime) -> ZhunyuError:
    """A011 (429) that says how long."""
    minutes = max(1, math.ceil((datetime.fromisoformat(until) - now).total_seconds() / 60))
    return ZhunyuError("A011", f"连续输错次数过多，{what}已锁定。", f"请 {minutes} 分钟后再试。", status=429)
