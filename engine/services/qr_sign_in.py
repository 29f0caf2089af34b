"""Signing in at the desk with a phone that is signed in: the desk shows a QR code, the phone confirms, once."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.sign_in import QR, Came
from engine.ports.sign_in import QrSignIn
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.sessions import Session, digest_of, secret, tell, tell_failure
from engine.services.sign_in import SignIn, UnderWay

SHOWN, SEEN, CONFIRMED, REFUSED, USED, OVER = "shown", "seen", "confirmed", "refused", "used", "over"
LASTS = timedelta(seconds=120)


class Shown(msgspec.Struct, frozen=True):
    """What the desk shows: `secret` stays in its browser, `code` is in the QR, `check` is compared by eye."""

    secret: str
    code: str
    check: str
    until: str

    def __repr__(self) -> str:
        return f"Shown(until={self.until})"


class Asked(msgspec.Struct, frozen=True):
    """What the phone is asked: from which device and address, when, and the number the desk shows."""

    code: str
    device: str
    address: str
    at: str
    check: str


class QrSignIns:
    """The code is good for two minutes, for one browser, for the first person who scans it, and once."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, signing_in: SignIn) -> None:
        self._store, self._clock, self._ids, self._signing_in = store, clock, ids, signing_in

    def begin(self, came: Came) -> Shown:
        """A new code for the browser that asks."""
        now, kept = self._clock.now(), secret(self._ids)
        code = base64.b32encode(self._ids.random(20)).decode("ascii").lower()
        row = QrSignIn(
            digest_of(code), self._ids.digits(2), came, SHOWN, now.isoformat(), (now + LASTS).isoformat()
        )
        with self._store.write() as tx:
            tx.sign_in.clear(now.isoformat())
            tx.sign_in.show(digest_of(kept), row)
        return Shown(kept, code, row.check, row.expires_at)

    def state(self, kept: str) -> str:
        """How far it has come, for the browser that shows it: SHOWN | SEEN | CONFIRMED | REFUSED | USED | OVER."""
        with self._store.read() as tx:
            row = tx.sign_in.shown(digest_of(kept))
        return OVER if row is None or self._ended(row) else row.state

    def look(self, session: Session, code: str) -> Asked:
        """What the phone is asked. The code belongs to who looks first; A011 (403) for anyone else, and for a code
        whose time is up or that was used."""
        digest, row = self._found(session, code)
        if row.state == SHOWN:
            with self._store.write() as tx:
                if not tx.sign_in.move(digest, SHOWN, SEEN, session.account.id, session.strong):
                    raise self._replayed(session, row)
        elif row.state != SEEN or row.account != session.account.id:
            raise self._replayed(session, row)
        return Asked(code, row.came.device, row.came.address, row.created_at, row.check)

    def confirm(self, session: Session, code: str) -> None:
        """Let the desk in, once."""
        self._answer(session, code, CONFIRMED)

    def refuse(self, session: Session, code: str) -> None:
        """Do not let the desk in."""
        self._answer(session, code, REFUSED)

    def enter(self, kept: str, came: Came) -> Session | UnderWay:
        """The desk goes in after the phone has confirmed; A011 before, afterwards and without its secret."""
        digest = digest_of(kept)
        with self._store.write() as tx:
            row = tx.sign_in.shown(digest)
            good = row is not None and not self._ended(row) and tx.sign_in.move(digest, CONFIRMED, USED)
            account = tx.accounts.account(row.account) if row is not None and good else None
        if row is None or account is None:
            raise ZhunyuError("A011", "这次扫码登录没有确认，或已经用过。", "请重新扫码。", status=401)
        came = msgspec.structs.replace(came, how=QR, strong=row.strong)
        return self._signing_in.known(account, came)

    def _answer(self, session: Session, code: str, state: str) -> None:
        digest, row = self._found(session, code)
        with self._store.write() as tx:
            good = row.account == session.account.id and tx.sign_in.move(digest, SEEN, state)
            if good:
                tell(
                    tx, self._clock, self._ids, session.account.id,
                    "扫码登录 确认" if state == CONFIRMED else "扫码登录 拒绝", device=row.came.device,
                    address=row.came.address,
                )  # fmt: skip
        if not good:
            raise self._replayed(session, row)

    def _found(self, session: Session, code: str) -> tuple[str, QrSignIn]:
        if session.account.kind != "staff":
            raise ZhunyuError("A002", "只有工作人员可以扫码登录工作台。", "", status=403)
        with self._store.read() as tx:
            found = tx.sign_in.by_code(digest_of(code))
        if found is None or self._ended(found[1]):
            raise ZhunyuError("A011", "这个二维码已经过期。", "请在电脑上换一个再扫。", status=403)
        return found

    def _replayed(self, session: Session, row: QrSignIn) -> ZhunyuError:
        with self._store.write() as tx:
            tell_failure(
                tx, self._clock, self._ids, session.account.id, "登录失败 二维码重放", login=session.account.login,
                address=row.came.address, device=row.came.device,
            )  # fmt: skip
        return ZhunyuError("A011", "这个二维码已经被扫过，或已经用过。", "请在电脑上换一个再扫。", status=403)

    def _ended(self, row: QrSignIn) -> bool:
        return datetime.fromisoformat(row.expires_at) <= self._clock.now()
