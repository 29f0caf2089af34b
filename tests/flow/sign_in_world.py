"""Everything that signing in consists of, over a fresh database, with a clock turned by hand."""

from __future__ import annotations

import functools
import secrets
from datetime import timedelta

import pyotp

from engine.adapters.ids import SystemIds
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.sql.database import Database
from engine.adapters.sql.transaction import SqlStore
from engine.model.sign_in import REQUIRED, Came, SignInRules
from engine.ports.accounts import Account
from engine.ports.identity import Person, Post, StaffTable, Unit
from engine.ports.signing import SignatureService
from engine.services.accounts import Accounts, Session
from engine.services.credentials import Credentials
from engine.services.officer_keys import OfficerKeys
from engine.services.qr_sign_in import QrSignIns
from engine.services.sign_in import UnderWay
from engine.services.signing_authority import SigningAuthority
from engine.services.staff_entry import StaffEntry
from engine.trust import sm2
from engine.trust.keys import SigningKey
from engine.trust.pki.certificate import Certificate
from engine.trust.pki.issuing import Subject
from engine.trust.sign_in import Ticket, write_ticket
from tests.unit.services.accounts_world import HandClock, PlainSealer

PASSWORD, PIN = "Huangpu-2026-lake", "tide-2026"
HERE = Came("10.1.2.3", "Windows 电脑的 Edge 浏览器")
OFFICE, ORIGIN = "https://office.example", "https://zhunyu.example"
TABLE = StaffTable(
    units=(Unit("U-HP", "黄浦区"),), posts=(Post("审批决定", ("审批",)), Post("审计岗", ("审计",))),
    people=(Person("office", "p-li", "li"),),
)  # fmt: skip


class Files:
    """What is relied on beside our own certificates."""

    def __init__(self) -> None:
        self.roots: tuple[bytes, ...] = ()
        self.revoked: tuple[bytes, ...] = ()

    def certificates(self) -> tuple[bytes, ...]:
        return self.roots

    def lists(self) -> tuple[bytes, ...]:
        return self.revoked


@functools.cache
def office_key() -> SigningKey:
    return SigningKey("office-1", "audit", sm2.generate(secrets.token_bytes))


class SignInWorld:
    """Li may approve, the guard is the security officer; nobody has a second factor yet."""

    def __init__(
        self, database: Database, policy: str = REQUIRED, service: SignatureService | None = None, **rules: int
    ) -> None:
        self.clock = HandClock()
        self.ids, self.store = SystemIds(self.clock), SqlStore(database, PlainSealer())
        base = {"store": self.store, "clock": self.clock, "ids": self.ids}
        self.files = Files()
        self.authority = SigningAuthority(**base, files=self.files, development=True)  # type: ignore[arg-type]
        keys = OfficerKeys(store=self.store, clock=self.clock, authority=self.authority, service=service)
        self.accounts = Accounts(
            **base, passwords=Argon2Passwords(memory_kib=64, passes=1), keys=keys, origin=ORIGIN,  # type: ignore[arg-type]
            rules=SignInRules(second_factor=policy, **rules),
        )  # fmt: skip
        steps = self.accounts.signing_in
        self.entry = StaffEntry(
            **base, signing_in=steps, table=lambda: TABLE, issuer=OFFICE, audience=ORIGIN,  # type: ignore[arg-type]
            trusted=lambda: {"office-1": office_key().public},
        )  # fmt: skip
        self.qr = QrSignIns(**base, signing_in=steps)  # type: ignore[arg-type]
        self.help = Credentials(**base, gate=self.accounts.gate)  # type: ignore[arg-type]
        li = Account("", "li", "staff", "李示例", roles=("审批",), district="黄浦区")
        an = Account("", "guard", "staff", "安示例", roles=("安全",), district="市级")
        self.li, self.an = (self.accounts.create(one, PASSWORD) for one in (li, an))

    def certify(self, kind: str = "officer") -> Certificate:
        """Give Li a certificate that opens with PIN."""
        return self.authority.issue(kind, self.li.id, Subject("李示例"), pin=PIN, iterations=1000)

    def begin(self, login: str = "li") -> UnderWay:
        """After the password."""
        found = self.accounts.signing_in.by_password("staff", login, PASSWORD, HERE)
        assert isinstance(found, UnderWay)
        return found

    def generator(self) -> pyotp.TOTP:
        """Give Li a generator of codes; its first code is used."""
        told = self.accounts.factor.begin(self.li, "place")
        totp = pyotp.TOTP(told.secret.replace(" ", ""))
        self.codes = self.accounts.factor.enrol(self.li, "place", totp.at(self.clock.now()))
        self.clock.turn(seconds=60)
        return totp

    def opened(self, login: str = "li", strong: bool = True) -> Session:
        """A session, by whatever way."""
        account = self.li if login == "li" else self.an
        return self.accounts.sessions.open(account, Came("10.9.9.9", "iPhone的 微信", strong=strong))

    def second_guard(self) -> Session:
        """The session of another security officer."""
        bao = Account("", "guard2", "staff", "保示例", roles=("安全",), district="市级")
        return self.accounts.sessions.open(self.accounts.create(bao, PASSWORD), Came("10.9.9.8", "电脑", strong=True))

    def ticket(self, subject: str = "p-li", key: SigningKey | None = None, **said: object) -> str:
        """A ticket of the office platform."""
        at = int(self.clock.now().timestamp())
        given = {"iss": OFFICE, "aud": ORIGIN, "sub": subject, "name": "李示例", "unit": "U-HP",
                 "posts": ("审批决定",), "jti": secrets.token_urlsafe(18), "iat": at, "exp": at + 60,
                 "key": "office-1", "factors": 2, **said}  # fmt: skip
        return write_ticket(Ticket(**given), key or office_key())  # type: ignore[arg-type]

    def said(self) -> list[str]:
        """What the history says, oldest first."""
        with self.store.read() as tx:
            return [entry.what for entry in tx.history.unsealed(200)]


DAY = timedelta(days=1)
