"""Sessions: opened by a sign-in, found by their token, listed and ended by their owner."""

from __future__ import annotations

import base64
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.people import Actor, Subject
from engine.model.sign_in import Came, SignInRules
from engine.model.values import Json
from engine.ports.accounts import Account, SessionRow
from engine.ports.audit import Tally
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.recording import record
from engine.services.standing import Standings
from engine.trust.sm3 import sm3_hex

NOBODY = "login:unknown"


class Session(msgspec.Struct, frozen=True):
    """A signed-in account and the subject it acts for (None until one is chosen).

    `scopes` is set only for API tokens. `token` is what the cookie holds; it is stored only as a digest. `ref` names
    the session in the list of its owner, `how` is the way it was opened, `strong` says that a second factor was shown.
    """

    token: str
    account: Account
    subject: Subject | None
    authority: str
    expires_at: str
    scopes: tuple[str, ...] = ()
    token_name: str = ""
    ref: str = ""
    how: str = ""
    strong: bool = False


class SessionLine(msgspec.Struct, frozen=True):
    """A session as its owner sees it; `here` marks the one that asks."""

    ref: str
    device: str
    address: str
    how: str
    opened_at: str
    seen_at: str
    here: bool


def actor_of(session: Session) -> Actor:
    """Who acts in a session, as commands and events record it."""
    account = session.account
    return Actor(
        kind=account.kind, id=account.id, name=account.name, level=account.level, authority=session.authority,
        roles=account.roles, district=account.district,
    )  # fmt: skip


class Sessions:
    """Opens, finds, lists and ends sessions."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, rules: SignInRules, standings: Standings | None = None
    ) -> None:
        self._store, self._clock, self._ids, self.rules = store, clock, ids, rules
        self._standings = standings or Standings(dict)

    def open(self, account: Account, came: Came) -> Session:
        """A new session with a new token."""
        now, token = self._clock.now(), secret(self._ids)
        first = account.represents[0].subject.code if account.represents else ""
        row = SessionRow(
            account.id, first, now.isoformat(), (now + self.rules.idle(account.kind)).isoformat(),
            ref=self._ids.new(), address=came.address, device=came.device, how=came.how, seen_at=now.isoformat(),
            strong=came.strong,
        )  # fmt: skip
        with self._store.write() as store:
            account = self._standings.of(store, account, now.date())
            store.accounts.clear_sessions(now.isoformat())
            store.sign_in.clear(now.isoformat())
            store.accounts.add_session(digest_of(token), row)
            tell(
                store, self._clock, self._ids, account.id, "登录", kind=account.kind, address=came.address,
                how=came.how, device=came.device, strong=came.strong,
            )  # fmt: skip
        return _session(token, account, row)

    def find(self, token: str, touch: bool = True) -> Session | None:
        """The live session of a token; used often enough it goes on, `rules.longest` hours at most.

        `touch` False asks without using it: a page that polls by itself does not keep anyone signed in.
        """
        now, digest = self._clock.now(), digest_of(token)
        with self._store.read() as store:
            found = store.accounts.signed_in(digest)
            if found is not None:
                found = found[0], self._standings.of(store, found[1], now.date())
        if found is None or not found[1].active or datetime.fromisoformat(found[0].expires_at) <= now:
            return None
        row, account = found
        idle = self.rules.idle(account.kind)
        end = min(now + idle, datetime.fromisoformat(row.created_at) + self.rules.whole)
        if end <= now:
            return None
        if touch and end - datetime.fromisoformat(row.expires_at) > idle / 4:
            row = msgspec.structs.replace(row, expires_at=end.isoformat(), seen_at=now.isoformat())
            with self._store.write() as store:
                store.accounts.set_session(digest, row)
        return _session(token, account, row)

    def act_for(self, token: str, subject_code: str) -> Session:
        """From now on act for another subject; A010 when the account does not represent it."""
        session, digest = self.find(token), digest_of(token)
        if session is None:
            raise expired()
        if not any(one.subject.code == subject_code for one in session.account.represents):
            raise ZhunyuError("A010", "您没有代表该主体办事的授权。", "请由法定代表人授权后再办。", status=403)
        with self._store.write() as store:
            row = store.accounts.session(digest)
            if row is None:
                raise expired()
            row = msgspec.structs.replace(row, subject_code=subject_code)
            store.accounts.set_session(digest, row)
        return _session(token, session.account, row)

    def rotate(self, session: Session, *, strong: bool | None = None) -> Session:
        """The same session under a new token, after its owner has proved more; the old token is worth nothing."""
        token, before = secret(self._ids), digest_of(session.token)
        with self._store.write() as store:
            row = store.accounts.session(before)
            if row is None:
                raise expired()
            store.accounts.end_session(before)
            if strong is not None:
                row = msgspec.structs.replace(row, strong=strong)
            store.accounts.add_session(digest_of(token), row)
        return _session(token, session.account, row)

    def sign_out(self, token: str) -> None:
        """Forget the session."""
        digest = digest_of(token)
        with self._store.write() as store:
            row = store.accounts.session(digest)
            if row is not None:
                store.accounts.end_session(digest)
                tell(store, self._clock, self._ids, row.account, "退出")

    def list(self, session: Session) -> tuple[SessionLine, ...]:
        """The live sessions of the account, the newest first."""
        here, now = digest_of(session.token), self._clock.now()
        with self._store.read() as store:
            found = store.sign_in.sessions(session.account.id)
        return tuple(
            SessionLine(row.ref, row.device, row.address, row.how, row.created_at, row.seen_at, digest == here)
            for digest, row in found if datetime.fromisoformat(row.expires_at) > now
        )  # fmt: skip

    def end(self, session: Session, ref: str) -> None:
        """End one of one's own sessions; A003 when it is not one's own or has ended."""
        with self._store.write() as store:
            found = [one for one in store.sign_in.sessions(session.account.id) if ref and one[1].ref == ref]
            if not found:
                raise ZhunyuError("A003", "没有这次登录，或它已经结束。", "请刷新后再看。", status=404)
            digest, row = found[0]
            store.accounts.end_session(digest)
            tell(
                store, self._clock, self._ids, session.account.id, "结束登录", device=row.device, address=row.address
            )

    def end_others(self, session: Session) -> int:
        """End all of one's sessions but this; how many."""
        here = digest_of(session.token)
        with self._store.write() as store:
            others = [digest for digest, _ in store.sign_in.sessions(session.account.id) if digest != here]
            for digest in others:
                store.accounts.end_session(digest)
            store.sign_in.drop(session.account.id)
            if others:
                tell(store, self._clock, self._ids, session.account.id, "结束其他登录", count=len(others))
        return len(others)


def secret(ids: Ids) -> str:
    """A new token that nobody guesses."""
    return base64.urlsafe_b64encode(ids.random(32)).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """Under what a token is kept."""
    return sm3_hex(token.encode())


def expired() -> ZhunyuError:
    """A001: there is no session any more."""
    return ZhunyuError("A001", "登录已过期。", "请重新登录。", status=401)


def tell(
    tx: Transaction, clock: Clock, ids: Ids, account: str, what: str, *, actor: str = "", **content: Json
) -> None:
    """Write into the history what happened to an account; to a login that is nobody's, where there is none."""
    trail, at = (f"account:{account}" if account else NOBODY), clock.now().isoformat(timespec="seconds")
    record(tx, ids, trail=trail, at=at, actor=actor or account, what=what, content=content)


def tell_failure(
    tx: Transaction, clock: Clock, ids: Ids, account: str, what: str, *, login: str = "", address: str = "",
    **content: Json,
) -> None:  # fmt: skip
    """Write a failed sign-in into the history, and count it for the analysis of the logs by login and by address."""
    tell(tx, clock, ids, account, what, login=login, address=address, **content)
    tried = {f"login:{login[:100]}" if login else "", f"address:{address}" if address else ""} - {""}
    hour = clock.now().isoformat()[:13]
    tx.activity.count(tuple(Tally(hour, one, "failure", 1) for one in sorted(tried)))


def _session(token: str, account: Account, row: SessionRow) -> Session:
    chosen = next((one for one in account.represents if one.subject.code == row.subject_code), None)
    return Session(
        token=token, account=account, subject=chosen.subject if chosen else None,
        authority=chosen.authority if chosen else "", expires_at=row.expires_at, ref=row.ref, how=row.how,
        strong=row.strong,
    )  # fmt: skip
