"""What the security officer does for people who cannot sign in: a new password, a lock undone, a factor removed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.password_gate import GIVEN, PasswordGate
from engine.services.password_rules import password_faults
from engine.services.permission import holds
from engine.services.separation import SECURITY
from engine.services.sessions import Session, tell

_FORGOTTEN, _CAME = "取消第二因素", "登录"
_LETTERS = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789")
_SHOWN = 50
_FACTOR_LOCKS = ("factor", "signing")


class Standing(msgspec.Struct, frozen=True):
    """How a person stands: locked until ("" not), since when the password, whether it must be changed, since when there
    is a generator of codes ("" none), how many sessions; `own` when it is who asks."""

    account: Account
    locked_until: str
    factor_locked_until: str
    password_since: str
    given: bool
    totp_since: str
    sessions: int
    local: bool
    own: bool


class Credentials:
    """For the security officer only, never for their own account; everything is written into the security log.

    Whoever has given a person a password does not take away their second factor before they have signed in, nor the
    other way round: one officer alone can never come in as somebody else (A002).
    """

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, gate: PasswordGate) -> None:
        self._store, self._clock, self._ids, self._gate = store, clock, ids, gate

    def people(self, session: Session, text: str) -> tuple[tuple[Account, ...], int]:
        """Staff whose login, name or district contains a text, at most 50, and how many there are."""
        _guard(session)
        with self._store.read() as tx:
            every = tx.accounts.list("staff")
        wanted = text.strip().lower()
        found = [one for one in every if wanted in f"{one.login} {one.name} {one.district}".lower()]
        return tuple(found[:_SHOWN]), len(found)

    def person(self, session: Session, id: str) -> Standing:
        """How a person stands; A003 when there is no such member of staff."""
        _guard(session)
        now = self._clock.now()
        with self._store.read() as tx:
            account = tx.accounts.account(id)
            if account is None or account.kind != "staff":
                raise ZhunyuError("A003", "没有这个工作人员账号。", "", status=404)
            found = tx.accounts.by_login("staff", account.login)
            password, totp = tx.sign_in.password(id), tx.sign_in.totp(id)
            locks = [tx.accounts.lock("staff", account.login), *(tx.accounts.lock(one, id) for one in _FACTOR_LOCKS)]
            live = [row for _, row in tx.sign_in.sessions(id) if datetime.fromisoformat(row.expires_at) > now]
        ends = [one.until if one.until and datetime.fromisoformat(one.until) > now else "" for one in locks]
        return Standing(
            account, ends[0], max(ends[1:]), password.since, password.given, totp.at if totp else "", len(live),
            local=bool(found and found[1]), own=id == session.account.id,
        )  # fmt: skip

    def reset(self, session: Session, id: str) -> str:
        """A password to be changed at the next sign-in, shown only now; every session of the person ends."""
        account = self._other(session, id)
        self._not_both(session, id, _FORGOTTEN)
        if not self.person(session, id).local:
            raise ZhunyuError("A004", "这个账号由外部系统登录，没有本系统口令。", "请到外部系统处理。", status=422)
        drawn = self._drawn(account)
        self._gate.give(account, drawn, session.account.id)
        return drawn

    def unlock(self, session: Session, id: str) -> None:
        """Undo the locks of sign-in, second factor and signing PIN."""
        self._other(session, id)
        self._unlock(id, session.account.id)

    def remove_factor(self, session: Session, id: str) -> None:
        """Remove the generator and its recovery codes (a lost phone); every session of the person ends."""
        self._other(session, id)
        self._not_both(session, id, GIVEN)
        self._forget(id, session.account.id)

    def end_sessions(self, session: Session, id: str) -> None:
        """End every session of the person."""
        self._other(session, id)
        with self._store.write() as tx:
            tx.accounts.end_sessions(id)
            tx.sign_in.drop(id)
            tell(tx, self._clock, self._ids, id, "结束全部登录", actor=session.account.id)

    def recover(self, id: str, forget_factor: bool) -> None:
        """As `unlock` and, when asked, `remove_factor`, by the operator on the machine itself."""
        self._unlock(id, "system")
        if forget_factor:
            self._forget(id, "system")

    def _unlock(self, id: str, by: str) -> None:
        with self._store.write() as tx:
            account = tx.accounts.account(id)
            if account is not None:
                tx.accounts.clear_lock("staff", account.login)
            for one in _FACTOR_LOCKS:
                tx.accounts.clear_lock(one, id)
            tell(tx, self._clock, self._ids, id, "解除锁定", actor=by)

    def _forget(self, id: str, by: str) -> None:
        with self._store.write() as tx:
            tx.sign_in.forget(id)
            tx.accounts.end_sessions(id)
            tx.sign_in.drop(id)
            tell(tx, self._clock, self._ids, id, _FORGOTTEN, actor=by)

    def _not_both(self, session: Session, id: str, other: str) -> None:
        with self._store.read() as tx:
            told = tx.history.of_trail(f"account:{id}")
        for one in reversed(told):
            if one.entry.what == _CAME:
                return
            if (one.entry.what, one.entry.actor) == (other, session.account.id):
                what = f"您已为此人{other}，本人还没有登录。"
                raise ZhunyuError("A002", what, "另一步请由另一位安全管理员办理，或等本人登录以后再办。", status=403)

    def _other(self, session: Session, id: str) -> Account:
        found = self.person(session, id)
        if found.own:
            raise ZhunyuError("A002", "不能为自己的账号办理。", "请由另一位安全管理员办理。", status=403)
        return found.account

    def _drawn(self, account: Account) -> str:
        """Twelve signs easy to read aloud, within the rules."""
        while True:
            signs = [
                kind[self._ids.random(1)[0] % len(kind)] for _ in range(4) for kind in _LETTERS
            ]  # fmt: skip
            text = "-".join("".join(signs[at : at + 4]) for at in range(0, 12, 4))
            if not password_faults(text, account.login, account.name):
                return text


def _guard(session: Session) -> None:
    if not holds(session.account, (SECURITY,)):
        raise ZhunyuError("A002", "只有安全管理员可以办理。", "", status=403)
