"""Officers' keys: which certificate of an officer may be used now, and a signature with its key behind the PIN."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.ports.signing import KeptCertificate, SignatureService
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.signing_authority import PARSED, SigningAuthority
from engine.trust import sm2
from engine.trust.pki import pin as pins
from engine.trust.pki.certificate import Certificate
from engine.trust.pki.trust import Standing

_FAILURES, _LOCKED_FOR = 5, timedelta(minutes=15)
_LOCK = "signing"


class OfficerKeys:
    """Keys of ours behind a PIN, or of the service that holds them (a USB key at the officer's place). Wrong PINs are
    counted together, wherever they are given."""

    def __init__(
        self, *, store: Store, clock: Clock, authority: SigningAuthority, service: SignatureService | None
    ) -> None:
        self._store, self._clock, self._authority, self._service = store, clock, authority, service

    def standing(
        self, tx: Transaction, account: Account, kind: str = "officer"
    ) -> tuple[KeptCertificate, Certificate] | str:
        """The newest certificate of an officer that may be used now, by path, validity, usage and revocation; or why
        there is none."""
        why = "您还没有签名证书。"
        now = self._clock.now()
        for kept in tx.signing.held(kind, account.id):
            certificate = PARSED(kept.der)
            found: Standing = self._authority.standing_of(tx, certificate, kind, now)
            if found.state == "valid":
                return kept, certificate
            why = f"您的签名证书不能使用：{found.reason}" if why.startswith("您还没有") else why
        return why

    def ready(
        self, account: Account, pin: str, now: datetime, kinds: tuple[str, ...] = ("officer",)
    ) -> tuple[KeptCertificate, Certificate]:
        """The certificate to sign with, the first of the kinds that may be used; K007 where there is none, K008 without
        a PIN (403) and while locked (429)."""
        with self._store.read() as tx:
            tried = [self.standing(tx, account, kind) for kind in kinds]
            lock = tx.accounts.lock(_LOCK, account.id)
        found = next((one for one in tried if not isinstance(one, str)), tried[-1])
        if isinstance(found, str):
            raise ZhunyuError("K007", found, "请由系统管理员签发或更换签名证书。", status=403)
        if lock.until and datetime.fromisoformat(lock.until) > now:
            raise _locked()
        if not pin:
            raise ZhunyuError("K008", "没有输入签名口令。", "请输入签名口令后再确认；填写的内容没有丢失。", status=403)
        return found

    def sign(self, kept: KeptCertificate, account: Account, pin: str, now: datetime, message: bytes) -> bytes:
        """The signature (DER) over a message whose first bytes name what it is; K008 for a wrong PIN."""
        try:
            if kept.key:
                made = sm2.sign(pins.open_key(kept.key, pin, kept.id), message)
            elif self._service is not None:
                made = self._service.sign("officer", account.id, message, pin)
            else:
                raise ZhunyuError("K008", "您的签名私钥不在本系统，也没有签名服务。", "请联系系统管理员。", status=503)
        except ZhunyuError as error:
            if error.code == "K008" and error.status == 403:
                raise self._failed(account, now) from error
            raise
        with self._store.write() as tx:
            tx.accounts.clear_lock(_LOCK, account.id)
        return made

    def _failed(self, account: Account, now: datetime) -> ZhunyuError:
        with self._store.write() as tx:
            lock = tx.accounts.fail(
                _LOCK, account.id, now=now.isoformat(), since=(now - _LOCKED_FOR).isoformat(), limit=_FAILURES,
                until=(now + _LOCKED_FOR).isoformat(),
            )  # fmt: skip
        return _locked() if lock.until else pins.wrong_pin()


def _locked() -> ZhunyuError:
    return ZhunyuError("K008", "签名口令连续输错次数过多，签名已锁定。", "请 15 分钟后再试。", status=429)
