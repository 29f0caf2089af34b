"""Accounts: who there is. Sessions, tokens and the steps of a sign-in are parts of it, each in a module of its own."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.people import Actor
from engine.model.sign_in import OIDC, PASSWORD, Came, SignInRules
from engine.ports.accounts import Account, Represented
from engine.ports.identity import Identity
from engine.ports.passwords import Passwords
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.api_tokens import ApiTokens
from engine.services.officer_keys import OfficerKeys
from engine.services.password_gate import FRESH, PasswordGate
from engine.services.password_rules import check_password
from engine.services.second_factor import SecondFactor
from engine.services.separation import check_roles
from engine.services.sessions import Session, Sessions, actor_of, digest_of, tell, tell_failure
from engine.services.sign_in import SignIn
from engine.services.standing import Standings

__all__ = ["Account", "Accounts", "Represented", "Session", "actor_of"]
_REMEMBERED = timedelta(hours=13)  # longer than the browser holds what it began


class Accounts:
    """The accounts themselves, and as parts: `sessions`, `tokens`, the `gate` of passwords, the second `factor`, and
    the steps of a sign-in (`signing_in`).

    What all callers use of the parts has its name here too.
    """

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, passwords: Passwords, rules: SignInRules | None = None,
        keys: OfficerKeys | None = None, origin: str = "", standings: Standings | None = None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._passwords = store, clock, ids, passwords
        self.rules = rules or SignInRules()
        self.sessions = Sessions(store=store, clock=clock, ids=ids, rules=self.rules, standings=standings)
        self.tokens = ApiTokens(store=store, clock=clock, ids=ids)
        self.gate = PasswordGate(store=store, clock=clock, ids=ids, passwords=passwords, rules=self.rules)
        self.factor = SecondFactor(store=store, clock=clock, ids=ids, rules=self.rules, keys=keys, origin=origin)
        self.signing_in = SignIn(
            store=store, clock=clock, ids=ids, gate=self.gate, factor=self.factor, sessions=self.sessions
        )

    def sign_in(self, kind: str, login: str, password: str, address: str = "") -> Session:
        """A session by login and password alone; A030 (403) when there are more steps to it, which
        `signing_in` takes."""
        came = self.signing_in.by_password(kind, login, password, Came(address))
        if not isinstance(came, Session):
            self.signing_in.give_up(came.token)
            raise ZhunyuError("A030", "登录还须第二因素，或先换口令。", "请在登录页完成。", status=403)
        return came

    def sign_in_as(self, identity: Identity, came: Came | None = None) -> Session:
        """A new session of an applicant for who an outside identity provider says it is; the account follows the
        provider."""
        login = f"oidc:{identity.subject}"
        with self._store.write() as store:
            found = store.accounts.by_login("applicant", login)
            account = Account(
                id=found[0].id if found else self._ids.new(), login=login, kind="applicant", name=identity.name,
                level=identity.level, phone_masked=identity.phone_masked, represents=identity.represents,
                active=found[0].active if found else True,
            )  # fmt: skip
            if found is None:
                store.accounts.add(account, "", self._clock.now().isoformat())
            else:
                store.accounts.update(account)
        if not account.active:
            raise ZhunyuError("A011", "账号已停用。", "请联系管理员。", status=403)
        return self.sessions.open(account, came or Came(how=OIDC))

    def use_once(self, kind: str, value: str, came: Came) -> None:
        """Use an answer of an outside system up; A011 when it was used before, which goes into the security log."""
        until = (self._clock.now() + _REMEMBERED).isoformat()
        with self._store.write() as store:
            if store.sign_in.once(kind, digest_of(value), until):
                return
            tell_failure(store, self._clock, self._ids, "", "登录失败 重放", address=came.address, source=kind)
        raise ZhunyuError("A011", "这次登录已经用过。", "请重新登录。", status=401)

    def session(self, token: str, touch: bool = True) -> Session | None:
        """As `Sessions.find`."""
        return self.sessions.find(token, touch)

    def act_for(self, token: str, subject_code: str) -> Session:
        """As `Sessions.act_for`."""
        return self.sessions.act_for(token, subject_code)

    def sign_out(self, token: str) -> None:
        """As `Sessions.sign_out`."""
        self.sessions.sign_out(token)

    def actor(self, session: Session) -> Actor:
        """Who acts, as commands and events record it."""
        return actor_of(session)

    def api_token(
        self, login: str, name: str, scopes: tuple[str, ...], days: int = 365, kind: str = "applicant"
    ) -> str:
        """As `ApiTokens.issue`."""
        return self.tokens.issue(login, name, scopes, days, kind)

    def revoke_token(self, login: str, name: str, kind: str = "applicant") -> None:
        """As `ApiTokens.revoke`."""
        self.tokens.revoke(login, name, kind)

    def by_api_token(self, token: str) -> Session | None:
        """As `ApiTokens.find`."""
        return self.tokens.find(token)

    def create(self, account: Account, password: str, actor: str = "system", *, given: bool = False) -> Account:
        """A new account with a fresh id; A004 for a password against the rules, A005 for a login in use,
        A016 for roles that exclude each other. `given`: the password must be changed at the first sign-in."""
        check_roles(account.roles)
        check_password(password, account.login, account.name)
        account = msgspec.structs.replace(account, id=self._ids.new())
        hashed, now = self._passwords.hash(password), self._clock.now().isoformat()
        with self._store.write() as store:
            store.accounts.add(account, hashed, now)
            store.organisation.changed()
            if given:
                store.sign_in.mark_password(account.id, now, True)
            tell(
                store, self._clock, self._ids, account.id, "新建账号", actor=actor, kind=account.kind,
                roles=list(account.roles), district=account.district,
            )  # fmt: skip
        return account

    def change_password(self, session: Session, old: str, new: str, came: Came | None = None) -> Session:
        """Change one's own password; every session ends and a new one is given."""
        account = session.account
        check_password(new, account.login, account.name)
        came = came or Came()
        self.gate.verify(account, old, came.address)
        self.gate.change(account, new)
        return self.sessions.open(account, msgspec.structs.replace(came, how=session.how, strong=session.strong))

    def password_standing(self, session: Session) -> str:
        """Whether the password of a session's account is to be changed soon, as `PasswordGate.standing` says."""
        with self._store.read() as store:
            return self.gate.standing(store, session.account) if session.how == PASSWORD else FRESH

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
                store.sign_in.drop(account_id)
            tell(
                store, self._clock, self._ids, account_id, "恢复账号" if active else "停用账号", actor=actor
            )

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
            tell(
                store, self._clock, self._ids, account_id, "改岗位", actor=actor, before=list(account.roles),
                after=list(roles),
            )  # fmt: skip

    def list(self, kind: str) -> tuple[Account, ...]:
        """All accounts of a kind by login."""
        with self._store.read() as store:
            return store.accounts.list(kind)
