"""Signing in step by step: password or single sign-on, then the second factor, then a due password, then the session.

Between the steps there is no session: the browser holds the token of a sign-in under way, which opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.sign_in import PASSWORD, Came
from engine.ports.accounts import Account
from engine.ports.sign_in import Waiting
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.password_gate import DUE, ENDED, PasswordGate
from engine.services.second_factor import Enrolment, SecondFactor
from engine.services.sessions import Session, Sessions, digest_of, secret
from engine.trust.sign_in import Challenge

FACTOR, ENROL, RENEW = "factor", "enrol", "renew"
_LONGEST = timedelta(minutes=10)


class UnderWay(msgspec.Struct, frozen=True):
    """A sign-in under way: what its browser holds, whose it is, which `step` is next (FACTOR | ENROL | RENEW), by which
    ways the factor can be shown, until when."""

    token: str
    account: Account
    step: str
    ways: tuple[str, ...]
    until: str

    def __repr__(self) -> str:
        return f"UnderWay({self.account.login!r}, {self.step})"


class SignIn:
    """The steps of a sign-in. Each answers with the session, or with what is still to do."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, gate: PasswordGate, factor: SecondFactor, sessions: Sessions
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._gate, self.factor, self._sessions = gate, factor, sessions

    def by_password(self, kind: str, login: str, password: str, came: Came) -> Session | UnderWay:
        """The first step by login and password; A011 as `PasswordGate.check`."""
        return self.known(self._gate.check(kind, login, password, came.address), came)

    def known(self, account: Account, came: Came) -> Session | UnderWay:
        """After it is known who it is, by whichever way; A011 (403) for an account that was stopped."""
        if not account.active:
            raise ZhunyuError("A011", "账号已停用。", "请联系管理员。", status=403)
        return self._next(account, came, proved=came.strong)

    def under_way(self, token: str) -> UnderWay:
        """A sign-in under way by what its browser holds; A001 when there is none any more."""
        waiting, account = self._waiting(token)
        step, ways = self._step(account, waiting.came, waiting.proved)
        return UnderWay(token, account, step, ways, waiting.expires_at)

    def challenge(self, token: str) -> Challenge:
        """What the officer's key signs for this sign-in."""
        waiting, _ = self._waiting(token)
        return self.factor.challenge(digest_of(token), waiting)

    def with_pin(self, token: str, pin: str) -> Session | UnderWay:
        """The second factor by the key we or the signature service hold, opened with its PIN."""
        waiting, account = self._waiting(token)
        challenge = self.factor.challenge(digest_of(token), waiting)
        return self.with_signature(token, self.factor.sign(account, challenge, pin))

    def with_signature(self, token: str, signature: bytes) -> Session | UnderWay:
        """The second factor by a signature (DER) over the challenge of this sign-in."""
        waiting, account = self._waiting(token)
        self.factor.answered(account, self.factor.challenge(digest_of(token), waiting), signature)
        return self._proved(token, account, waiting)

    def with_code(self, token: str, code: str) -> Session | UnderWay:
        """The second factor by a one-time code."""
        waiting, account = self._waiting(token)
        self.factor.code(account, code)
        return self._proved(token, account, waiting)

    def with_recovery(self, token: str, code: str) -> Session | UnderWay:
        """The second factor by a recovery code."""
        waiting, account = self._waiting(token)
        self.factor.recovery(account, code)
        return self._proved(token, account, waiting)

    def enrolment(self, token: str) -> Enrolment:
        """The generator to enrol where a second factor is required and there is none."""
        under_way = self._at(token, ENROL)
        return self.factor.begin(under_way.account, token)

    def enrol(self, token: str, code: str) -> tuple[Session | UnderWay, tuple[str, ...]]:
        """Enrol by the first code; the recovery codes are shown only now."""
        under_way = self._at(token, ENROL)
        codes = self.factor.enrol(under_way.account, token, code)
        waiting, account = self._waiting(token)
        return self._proved(token, account, waiting), codes

    def renew(self, token: str, new: str) -> Session | UnderWay:
        """Another password in place of one that is due; A004 against the rules."""
        under_way = self._at(token, RENEW)
        waiting, account = self._waiting(token)
        self._gate.change(under_way.account, new)
        return self._next(account, waiting.came, waiting.proved)

    def give_up(self, token: str) -> None:
        """Forget a sign-in under way."""
        with self._store.write() as tx:
            tx.sign_in.take(digest_of(token))

    def _proved(self, token: str, account: Account, waiting: Waiting) -> Session | UnderWay:
        """The factor was shown: this sign-in ends, so that nothing of it can be used again, and the next step begins
        under another token."""
        with self._store.write() as tx:
            if not tx.sign_in.take(digest_of(token)):
                raise _over()
        return self._next(account, waiting.came, proved=True)

    def _next(self, account: Account, came: Came, proved: bool) -> Session | UnderWay:
        step, ways = self._step(account, came, proved)
        if not step:
            return self._sessions.open(account, msgspec.structs.replace(came, strong=proved))
        now, token = self._clock.now(), secret(self._ids)
        row = Waiting(
            account.id, came, self._ids.random(32).hex(), now.isoformat(), (now + _LONGEST).isoformat(), proved
        )
        with self._store.write() as tx:
            tx.sign_in.clear(now.isoformat())
            tx.sign_in.wait(digest_of(token), row)
        return UnderWay(token, account, step, ways, row.expires_at)

    def _step(self, account: Account, came: Came, proved: bool) -> tuple[str, tuple[str, ...]]:
        """The next step, "" for none; and the ways of a factor."""
        with self._store.read() as tx:
            if not proved and self.factor.asked(tx, account):
                ways = self.factor.ways(tx, account)
                return (FACTOR if ways else ENROL), ways
            standing = self._gate.standing(tx, account) if came.how == PASSWORD else ""
        if standing == ENDED:
            raise ZhunyuError("A011", "口令过期已久，不能再用。", "请联系安全管理员重置口令。", status=403)
        return (RENEW, ()) if standing == DUE else ("", ())

    def _at(self, token: str, step: str) -> UnderWay:
        under_way = self.under_way(token)
        if under_way.step != step:
            raise _over()
        return under_way

    def _waiting(self, token: str) -> tuple[Waiting, Account]:
        with self._store.read() as tx:
            found = tx.sign_in.waiting(digest_of(token))
            account = tx.accounts.account(found.account) if found is not None else None
        if found is None or account is None or not account.active:
            raise _over()
        if datetime.fromisoformat(found.expires_at) <= self._clock.now():
            raise _over()
        return found, account


def _over() -> ZhunyuError:
    return ZhunyuError("A001", "这次登录已经过期，或已在别处完成。", "请重新登录。", status=401)
