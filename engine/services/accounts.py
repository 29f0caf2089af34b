"""Accounts: who signs in, for whom they act, and the tokens that prove it."""

from __future__ import annotations

import base64
import functools
from datetime import datetime, timedelta
from typing import NoReturn

import msgspec

from engine.errors import ZhunyuError
from engine.model.people import Actor, Subject
from engine.model.values import Json
from engine.ports.accounts import Account, Represented, SessionRow, TokenRow
from engine.ports.audit import Tally
from engine.ports.identity import Identity
from engine.ports.passwords import Passwords
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.password_rules import REMEMBERED, check_password, check_unused
from engine.services.recording import record
from engine.services.separation import check_roles
from engine.services.standing import Standings
from engine.trust.sm3 import sm3_hex

__all__ = ["Account", "Accounts", "Represented", "Session", "actor_of"]

FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
IDLE = {"applicant": timedelta(hours=2), "staff": timedelta(hours=1)}
_NOBODY = "login:unknown"
LONGEST = timedelta(hours=12)
_WRONG = ("A011", "账号或口令不正确。", "请核对后再试；连续输错 5 次，账号锁定 15 分钟。")


class Session(msgspec.Struct, frozen=True):
    """A signed-in account and the subject it acts for (None until one is chosen).

    `scopes` is set only for API tokens. `token` is what the cookie holds; it is stored only as a digest.
    """

    token: str
    account: Account
    subject: Subject | None
    authority: str
    expires_at: str
    scopes: tuple[str, ...] = ()
    token_name: str = ""


def actor_of(session: Session) -> Actor:
    """Who acts in a session, as commands and events record it."""
    account = session.account
    return Actor(
        kind=account.kind, id=account.id, name=account.name, level=account.level, authority=session.authority,
        roles=account.roles, district=account.district,
    )  # fmt: skip


class Accounts:
    """Sign-in, sessions, acting for a subject, API tokens, and the accounts themselves."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, passwords: Passwords, standings: Standings | None = None
    ) -> None:
        self._store, self._clock, self._ids, self._passwords = store, clock, ids, passwords
        self._standings = standings or Standings(dict)

    def sign_in(self, kind: str, login: str, password: str, address: str = "") -> Session:
        """A new session; A011 for a wrong login or password, and while the login is locked (429).

        Five failures within 15 minutes lock a login for 15 minutes, whether or not it exists.
        """
        now, nobody = self._clock.now(), self._nobody
        with self._store.read() as store:
            lock = store.accounts.lock(kind, login)
            found = store.accounts.by_login(kind, login)
        if lock.until and datetime.fromisoformat(lock.until) > now:
            raise _locked()
        account, hashed = found or (None, nobody)
        fits = self._passwords.verify(hashed, password)
        if account is None or not fits or not account.active:
            self._fail(kind, login, now, account, address)
        better = self._passwords.hash(password) if self._passwords.outdated(hashed) else ""
        if lock.failures or better:
            with self._store.write() as store:
                store.accounts.clear_lock(kind, login)
                if better:
                    store.accounts.set_password(account.id, better)
        return self._open(account, now, address)

    def sign_in_as(self, identity: Identity) -> Session:
        """A new session for who an outside identity provider says it is; the account follows the provider."""
        now = self._clock.now()
        login = f"oidc:{identity.subject}"
        with self._store.write() as store:
            found = store.accounts.by_login("applicant", login)
            account = Account(
                id=found[0].id if found else self._ids.new(), login=login, kind="applicant", name=identity.name,
                level=identity.level, phone_masked=identity.phone_masked, represents=identity.represents,
                active=found[0].active if found else True,
            )  # fmt: skip
            if found is None:
                store.accounts.add(account, "", now.isoformat())
            else:
                store.accounts.update(account)
        if not account.active:
            raise ZhunyuError("A011", "账号已停用。", "请联系管理员。", status=403)
        return self._open(account, now)

    @functools.cached_property
    def _nobody(self) -> str:
        """Verified against where there is no such account, so that both take equally long; made with the first
        sign-in, whoever signs in."""
        return self._passwords.hash(base64.b64encode(self._ids.random(18)).decode())

    def session(self, token: str, touch: bool = True) -> Session | None:
        """The live session of a token; used often enough it goes on, 12 hours at most.

        `touch` False asks without using it: a page that polls by itself does not keep anyone signed in.
        """
        now, digest = self._clock.now(), _digest(token)
        with self._store.read() as store:
            found = store.accounts.signed_in(digest)
            if found is not None:
                found = found[0], self._standings.of(store, found[1], now.date())
        if found is None or not found[1].active or datetime.fromisoformat(found[0].expires_at) <= now:
            return None
        row, account = found
        end = min(now + IDLE[account.kind], datetime.fromisoformat(row.created_at) + LONGEST)
        if touch and end - datetime.fromisoformat(row.expires_at) > IDLE[account.kind] / 4:
            row = msgspec.structs.replace(row, expires_at=end.isoformat())
            with self._store.write() as store:
                store.accounts.set_session(digest, row)
        return _session(token, account, row)

    def act_for(self, token: str, subject_code: str) -> Session:
        """From now on act for another subject; A010 when the account does not represent it."""
        session, digest = self.session(token), _digest(token)
        if session is None:
            raise ZhunyuError("A001", "登录已过期。", "请重新登录。", status=401)
        if not any(one.subject.code == subject_code for one in session.account.represents):
            raise ZhunyuError("A010", "您没有代表该主体办事的授权。", "请由法定代表人授权后再办。", status=403)
        with self._store.write() as store:
            row = store.accounts.session(digest)
            if row is None:
                raise ZhunyuError("A001", "登录已过期。", "请重新登录。", status=401)
            row = msgspec.structs.replace(row, subject_code=subject_code)
            store.accounts.set_session(digest, row)
        return _session(token, session.account, row)

    def sign_out(self, token: str) -> None:
        """Forget the session."""
        digest = _digest(token)
        with self._store.write() as store:
            row = store.accounts.session(digest)
            if row is not None:
                store.accounts.end_session(digest)
                self._tell(store, row.account, "退出")

    def actor(self, session: Session) -> Actor:
        """Who acts, as commands and events record it."""
        return actor_of(session)

    def api_token(
        self, login: str, name: str, scopes: tuple[str, ...], days: int = 365, kind: str = "applicant"
    ) -> str:
        """A new bearer token of an applicant's or a department's account, shown only now; A003 when there is no such
        login."""
        token = "zy_" + self._secret()
        with self._store.write() as store:
            found = store.accounts.by_login(kind, login)
            if found is None:
                raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
            until = (self._clock.now() + timedelta(days=days)).isoformat()
            store.accounts.add_token(_digest(token), TokenRow(found[0].id, name, scopes, until))
            self._tell(store, found[0].id, "签发令牌", actor="system", name=name, scopes=list(scopes), until=until)
        return token

    def revoke_token(self, login: str, name: str, kind: str = "applicant") -> None:
        """Forget a token by its account's login and its name; A003 when there is no such login."""
        with self._store.write() as store:
            found = store.accounts.by_login(kind, login)
            if found is None:
                raise ZhunyuError("A003", f"没有登录名 {login}。", "请核对登录名。", status=404)
            store.accounts.end_token(found[0].id, name)
            self._tell(store, found[0].id, "作废令牌", actor="system", name=name)

    def by_api_token(self, token: str) -> Session | None:
        """The session a bearer token stands for: its account acting for its first subject."""
        with self._store.read() as store:
            row = store.accounts.token(_digest(token))
            account = store.accounts.account(row.account) if row is not None else None
            account = self._standings.of(store, account, self._clock.now().date()) if account is not None else None
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

    def create(self, account: Account, password: str, actor: str = "system") -> Account:
        """A new account with a fresh id; A004 for a password against the rules, A005 for a login in use,
        A016 for roles that exclude each other."""
        check_roles(account.roles)
        check_password(password, account.login, account.name)
        account = msgspec.structs.replace(account, id=self._ids.new())
        hashed = self._passwords.hash(password)
        with self._store.write() as store:
            store.accounts.add(account, hashed, self._clock.now().isoformat())
            store.organisation.changed()
            self._tell(
                store, account.id, "新建账号", actor=actor, kind=account.kind, roles=list(account.roles),
                district=account.district,
            )  # fmt: skip
        return account

    def change_password(self, session: Session, old: str, new: str) -> Session:
        """Change one's own password; every session ends and a new one is given."""
        account = session.account
        check_password(new, account.login, account.name)
        with self._store.read() as store:
            found = store.accounts.by_login(account.kind, account.login)
            used = store.accounts.passwords(account.id, REMEMBERED)
        if found is None or not self._passwords.verify(found[1], old):
            self._fail(account.kind, account.login, self._clock.now(), account, "")
        check_unused(new, used, self._passwords.verify)
        hashed = self._passwords.hash(new)
        with self._store.write() as store:
            store.accounts.replace_password(account.id, hashed, self._clock.now().isoformat())
            store.accounts.end_sessions(account.id)
            self._tell(store, account.id, "改口令")
        return self._open(account, self._clock.now())

    def reset_password(self, account_id: str, password: str, actor: str) -> None:
        """Give an account another password, ending its sessions and its lock; A003, A004 as `create`."""
        with self._store.read() as store:
            account = store.accounts.account(account_id)
        if account is None:
            raise ZhunyuError("A003", "没有这个账号。", "", status=404)
        check_password(password, account.login, account.name)
        hashed = self._passwords.hash(password)
        with self._store.write() as store:
            store.accounts.replace_password(account_id, hashed, self._clock.now().isoformat())
            store.accounts.end_sessions(account_id)
            store.accounts.clear_lock(account.kind, account.login)
            self._tell(store, account_id, "重置口令", actor=actor)

    def set_active(self, account_id: str, active: bool, actor: str = "system") -> None:
        """Stop an account, ending its sessions, or let it sign in again."""
        with self._store.write() as store:
            account = store.accounts.account(account_id)
            if account is None:
                raise ZhunyuError("A003", "没有这个账号。", "", status=404)
            store.accounts.update(msgspec.structs.replace(account, active=active))
            store.organisation.changed()
            if not active:
                store.accounts.end_sessions(account_id)
            self._tell(store, account_id, "恢复账号" if active else "停用账号", actor=actor)

    def set_roles(self, account_id: str, roles: tuple[str, ...], actor: str = "system") -> None:
        """Give a staff account other roles, ending its sessions; A016 for roles that exclude each other."""
        check_roles(roles)
        with self._store.write() as store:
            account = store.accounts.account(account_id)
            if account is None or account.kind != "staff":
                raise ZhunyuError("A003", "没有这个工作人员账号。", "请核对登录名。", status=404)
            store.accounts.update(msgspec.structs.replace(account, roles=roles))
            store.organisation.changed()
            store.accounts.end_sessions(account_id)
            self._tell(store, account_id, "改岗位", actor=actor, before=list(account.roles), after=list(roles))

    def list(self, kind: str) -> tuple[Account, ...]:
        """All accounts of a kind by login."""
        with self._store.read() as store:
            return store.accounts.list(kind)

    def _fail(self, kind: str, login: str, now: datetime, account: Account | None, address: str) -> NoReturn:
        with self._store.write() as store:
            lock = store.accounts.fail(
                kind, login, now=now.isoformat(), since=(now - LOCKED_FOR).isoformat(), limit=FAILURES,
                until=(now + LOCKED_FOR).isoformat(),
            )  # fmt: skip
            what = "登录失败 锁定" if lock.until else "登录失败"
            self._tell(store, account.id if account else "", what, login=login, kind=kind, address=address)
            hour, tried = now.isoformat()[:13], {f"login:{login[:100]}", f"address:{address}" if address else ""}
            store.activity.count(tuple(Tally(hour, one, "failure", 1) for one in tried if one))
        raise _locked() if lock.until else ZhunyuError(*_WRONG, status=401)

    def _open(self, account: Account, now: datetime, address: str = "") -> Session:
        token = self._secret()
        first = account.represents[0].subject.code if account.represents else ""
        row = SessionRow(account.id, first, now.isoformat(), (now + IDLE[account.kind]).isoformat())
        with self._store.write() as store:
            account = self._standings.of(store, account, now.date())
            store.accounts.clear_sessions(now.isoformat())
            store.accounts.add_session(_digest(token), row)
            self._tell(store, account.id, "登录", kind=account.kind, address=address)
        return _session(token, account, row)

    def _tell(self, tx: Transaction, account: str, what: str, *, actor: str = "", **content: Json) -> None:
        """Write into the history what happened to an account; to a login that is nobody's, where there is none."""
        trail, at = (f"account:{account}" if account else _NOBODY), self._clock.now().isoformat(timespec="seconds")
        record(tx, self._ids, trail=trail, at=at, actor=actor or account, what=what, content=content)

    def _secret(self) -> str:
        return base64.urlsafe_b64encode(self._ids.random(32)).rstrip(b"=").decode()


def _session(token: str, account: Account, row: SessionRow) -> Session:
    chosen = next((one for one in account.represents if one.subject.code == row.subject_code), None)
    return Session(
        token=token, account=account, subject=chosen.subject if chosen else None,
        authority=chosen.authority if chosen else "", expires_at=row.expires_at,
    )  # fmt: skip


def _digest(token: str) -> str:
    return sm3_hex(token.encode())


def _locked() -> ZhunyuError:
    return ZhunyuError("A011", "连续输错次数过多，账号已锁定。", "请 15 分钟后再试。", status=429)
