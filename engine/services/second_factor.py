"""The second factor of staff: their certificate answering a challenge, or a one-time code (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import msgspec
import pyotp
from pyotp.utils import strings_equal

from engine.errors import ZhunyuError
from engine.model.sign_in import ALLOWED, OFF, REQUIRED, Came, SignInRules
from engine.ports.accounts import Account
from engine.ports.sign_in import Totp, Waiting
from engine.ports.signing import KeptCertificate
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.officer_keys import OfficerKeys
from engine.services.password_gate import locked
from engine.services.sessions import Session, digest_of, tell, tell_failure
from engine.trust.pki.certificate import Certificate
from engine.trust.sign_in import Challenge, answers

CERTIFICATE, TOTP, RECOVERY = "certificate", "totp", "recovery"
WORDS = {CERTIFICATE: "签名证书", TOTP: "动态口令", RECOVERY: "备用码"}
KINDS = ("login", "officer")  # certificates that may answer, the first before the second
ISSUER = "准予 审批工作台"
_LOCK, _PURPOSE, _CODES = "factor", "登录", 8
_ENROLLING = timedelta(minutes=10)


class Enrolment(msgspec.Struct, frozen=True):
    """A generator about to be enrolled: its secret in groups of four, and the address its QR code holds."""

    secret: str
    address: str


class Factors(msgspec.Struct, frozen=True):
    """The second factors of an account: what the installation asks (`policy`), since when it has a generator ("" none),
    how many recovery codes are left, until when its certificate may be used (or why not), whether that was chosen."""

    policy: str
    totp_since: str
    codes: int
    certificate_until: str
    certificate_why_not: str
    chosen: bool


class SecondFactor:
    """What is asked of whom, and whether it was shown. Failures of all kinds are counted by account."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, rules: SignInRules, keys: OfficerKeys | None = None,
        origin: str = "",
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self.rules = store, clock, ids, rules
        self._keys, self._origin = keys, origin

    def asked(self, tx: Transaction, account: Account) -> bool:
        """Whether the account must show a second factor."""
        if account.kind != "staff" or self.rules.second_factor == OFF:
            return False
        has = tx.sign_in.chosen(account.id) or tx.sign_in.totp(account.id) is not None
        return has or self.rules.second_factor == REQUIRED

    def ways(self, tx: Transaction, account: Account) -> tuple[str, ...]:
        """By which ways the account can show one now, the best first."""
        found = [CERTIFICATE] if not isinstance(self._certificate(tx, account), str) else []
        if tx.sign_in.totp(account.id) is not None:
            found.append(TOTP)
            found += [RECOVERY] if tx.sign_in.codes(account.id) else []
        return tuple(found)

    def factors(self, session: Session) -> Factors:
        """What the page of one's own second factors shows."""
        account = session.account
        with self._store.read() as tx:
            totp, codes = tx.sign_in.totp(account.id), tx.sign_in.codes(account.id)
            chosen, found = tx.sign_in.chosen(account.id), self._certificate(tx, account)
        why = found if isinstance(found, str) else ""
        until = "" if isinstance(found, str) else found[1].not_after.date().isoformat()
        return Factors(self.rules.second_factor, totp.at if totp else "", codes, until, why, chosen)

    def challenge(self, digest: str, waiting: Waiting) -> Challenge:
        """What the officer's key signs for a sign-in under way: bound to it, to what for and where."""
        return Challenge(waiting.account, digest, _PURPOSE, self._origin, waiting.nonce, waiting.expires_at)

    def sign(self, account: Account, challenge: Challenge, pin: str) -> bytes:
        """The answer of the officer's key behind its PIN, or of the service that holds it; K007, K008 as `OfficerKeys`.
        """
        now = self._clock.now()
        if self._keys is None:
            raise ZhunyuError("K007", "没有配置签名证书。", "请改用动态口令。", status=503)
        try:
            kept, _ = self._keys.ready(account, pin, now, KINDS)
            return self._keys.sign(kept, account, pin, now, challenge.message())
        except ZhunyuError as error:
            if pin:
                self._told(account, CERTIFICATE)
            raise error

    def answered(self, account: Account, challenge: Challenge, signature: bytes) -> None:
        """A011 unless the signature is that of the account's certificate, usable now, over this challenge."""
        self._check_lock(account)
        with self._store.read() as tx:
            found = self._certificate(tx, account)
        if isinstance(found, str):
            raise ZhunyuError("K007", found, "请改用动态口令，或联系系统管理员。", status=403)
        if not answers(challenge, found[1].public, signature):
            raise self._failed(account, CERTIFICATE, "签名没有通过核验。")

    def code(self, account: Account, code: str) -> None:
        """A011 unless it is the code of now, or of half a minute before or after, and was not used before."""
        self._check_lock(account)
        with self._store.write() as tx:
            totp = tx.sign_in.totp(account.id)
            step = _step(totp.secret, _digits(code), self._clock.now()) if totp is not None else None
            good = step is not None and tx.sign_in.step(account.id, step)
            if good:
                tx.accounts.clear_lock(_LOCK, account.id)
        if not good:
            raise self._failed(account, TOTP, "动态口令不正确，或已经用过。")

    def recovery(self, account: Account, code: str) -> None:
        """A011 unless it is one of the account's recovery codes, which is then used up."""
        self._check_lock(account)
        with self._store.write() as tx:
            good = tx.sign_in.use_code(account.id, _code_digest(account.id, code))
            if good:
                tx.accounts.clear_lock(_LOCK, account.id)
                tell(tx, self._clock, self._ids, account.id, "用去备用码", left=tx.sign_in.codes(account.id))
        if not good:
            raise self._failed(account, RECOVERY, "备用码不正确，或已经用过。")

    def begin(self, account: Account, place: str) -> Enrolment:
        """A new generator for the account, kept aside under `place` until its first code is given."""
        now, digest = self._clock.now(), digest_of(f"enrol:{place}")
        with self._store.write() as tx:
            found = tx.sign_in.waiting(digest)
            if found is None or found.account != account.id or _over(found, now):
                drawn = base64.b32encode(self._ids.random(20)).decode("ascii")
                until = (now + _ENROLLING).isoformat()
                found = Waiting(account.id, Came(), "", now.isoformat(), until, secret=drawn)
                tx.sign_in.wait(digest, found)
        return _enrolment(account, found.secret)

    def pending(self, account: Account, place: str) -> Enrolment | None:
        """The generator kept aside under `place`; None when none is (any more)."""
        with self._store.read() as tx:
            found = tx.sign_in.waiting(digest_of(f"enrol:{place}"))
        if found is None or found.account != account.id or _over(found, self._clock.now()):
            return None
        return _enrolment(account, found.secret)

    def enrol(self, account: Account, place: str, code: str) -> tuple[str, ...]:
        """The account's generator from now on, once it gives the right code; the recovery codes, shown only now."""
        self._check_lock(account)
        now, digest = self._clock.now(), digest_of(f"enrol:{place}")
        drawn = tuple(_recovery_code(self._ids) for _ in range(_CODES))
        with self._store.write() as tx:
            found = tx.sign_in.waiting(digest)
            if found is None or found.account != account.id or _over(found, now):
                raise ZhunyuError("A004", "这次开启已经过期。", "请重新开启，再扫一次二维码。", status=422)
            step = _step(found.secret, _digits(code), now)
            if step is not None:
                tx.sign_in.take(digest)
                tx.sign_in.put_totp(account.id, Totp(found.secret, step, now.isoformat()))
                tx.sign_in.put_codes(account.id, tuple(_code_digest(account.id, one) for one in drawn))
                tell(tx, self._clock, self._ids, account.id, "开启动态口令")
        if step is None:
            raise self._failed(account, TOTP, "动态口令不正确。")
        return drawn

    def renew_codes(self, account: Account) -> tuple[str, ...]:
        """New recovery codes in place of those before, shown only now."""
        drawn = tuple(_recovery_code(self._ids) for _ in range(_CODES))
        with self._store.write() as tx:
            if tx.sign_in.totp(account.id) is None:
                raise ZhunyuError("A004", "还没有开启动态口令。", "请先开启。", status=422)
            tx.sign_in.put_codes(account.id, tuple(_code_digest(account.id, one) for one in drawn))
            tell(tx, self._clock, self._ids, account.id, "换发备用码")
        return drawn

    def stop(self, account: Account) -> None:
        """No generator any more; A004 where a second factor is required and there is no other."""
        with self._store.write() as tx:
            chosen = tx.sign_in.chosen(account.id)
            if self.rules.second_factor == REQUIRED and isinstance(self._certificate(tx, account), str):
                raise ZhunyuError("A004", "须至少保留一种第二因素。", "请先办理签名证书，再停用动态口令。", status=422)
            tx.sign_in.forget(account.id)
            if chosen:
                tx.sign_in.choose(account.id, True)
            tell(tx, self._clock, self._ids, account.id, "停用动态口令")

    def choose(self, account: Account, on: bool) -> None:
        """Ask for the certificate at each sign-in, or no longer; K007 when there is none to ask for."""
        with self._store.write() as tx:
            found = self._certificate(tx, account)
            if on and isinstance(found, str):
                raise ZhunyuError("K007", found, "请由系统管理员签发或更换签名证书。", status=403)
            tx.sign_in.choose(account.id, on)
            tell(tx, self._clock, self._ids, account.id, "登录时核验证书" if on else "登录时不再核验证书")

    @property
    def optional(self) -> bool:
        """Whether each may turn it on and off."""
        return self.rules.second_factor == ALLOWED

    def _certificate(self, tx: Transaction, account: Account) -> tuple[KeptCertificate, Certificate] | str:
        if self._keys is None:
            return "没有配置签名证书。"
        tried = [self._keys.standing(tx, account, kind) for kind in KINDS]
        return next((one for one in tried if not isinstance(one, str)), tried[-1])

    def _check_lock(self, account: Account) -> None:
        now = self._clock.now()
        with self._store.read() as tx:
            lock = tx.accounts.lock(_LOCK, account.id)
        if lock.until and datetime.fromisoformat(lock.until) > now:
            raise locked("第二因素", lock.until, now)

    def _failed(self, account: Account, way: str, what: str) -> ZhunyuError:
        now = self._clock.now()
        with self._store.write() as tx:
            lock = tx.accounts.fail(
                _LOCK, account.id, now=now.isoformat(), since=(now - self.rules.lock).isoformat(),
                limit=self.rules.failures, until=(now + self.rules.lock).isoformat(),
            )  # fmt: skip
        self._told(account, way)
        if lock.until:
            return locked("第二因素", lock.until, now)
        return ZhunyuError("A011", what, "请核对后再试。", status=401)

    def _told(self, account: Account, way: str) -> None:
        with self._store.write() as tx:
            tell_failure(
                tx, self._clock, self._ids, account.id, "登录失败 第二因素", login=account.login, way=WORDS[way]
            )


def _enrolment(account: Account, drawn: str) -> Enrolment:
    address = pyotp.TOTP(drawn).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return Enrolment(" ".join(drawn[at : at + 4] for at in range(0, len(drawn), 4)), address)


def _over(waiting: Waiting, now: datetime) -> bool:
    return datetime.fromisoformat(waiting.expires_at) <= now


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code it is: this half minute, the one before or the one after; each is compared."""
    totp = pyotp.TOTP(secret)
    here = int(now.timestamp()) // totp.interval
    found = [one for one in (here - 1, here, here + 1) if strings_equal(code, totp.generate_otp(one))]
    return found[0] if found else None


def _digits(code: str) -> str:
    return "".join(code.split())[:12]


def _recovery_code(ids: Ids) -> str:
    """80 random bits as four groups of four."""
    text = base64.b32encode(ids.random(10)).decode("ascii")
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _code_digest(account: str, code: str) -> str:
    """Under what a recovery code is kept: 80 random bits need no slow hash."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())[:32]
    return digest_of(f"recovery:{account}:{plain}")
