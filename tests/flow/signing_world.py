"""The world with signed acts: officers with certificates and PINs, and a signature service for applicants."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from engine.adapters.sql.database import Database
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Accept, Command, FinishStep, Grant
from engine.model.matter import Matter
from engine.model.people import Subject
from engine.ports.accounts import Account, Represented
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.cases import Cases
from engine.services.committing import Committing
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.history import History
from engine.services.signing import REQUIRED, Signing
from engine.services.signing_applicants import ApplicantSigning
from engine.services.signing_authority import SigningAuthority
from engine.services.signing_review import ActReview
from engine.trust import sm2
from engine.trust.pki.certificate import Certificate
from engine.trust.pki.issuing import Subject as Named
from engine.trust.pki.issuing import Term
from tests.flow.world import Checker, World, session
from tests.unit.pipeline import sample
from tests.unit.trust.pki_world import Authority

PIN, SECRET = "tide-2026", "246810"
DISTRICT = "黄浦区"
_DAY = timedelta(days=1)


class Service:
    """A signature service in memory, whose root the installation trusts."""

    def __init__(self) -> None:
        self.term = Term(sample.NOW - _DAY, sample.NOW + 300 * _DAY)
        self.root = Authority("签名服务", self.term)
        self.held: dict[str, tuple[Certificate, sm2.PrivateKey]] = {}
        self.asked: list[str] = []

    def certificates(self, kind: str, holder: str, name: str) -> tuple[bytes, ...]:
        if holder not in self.held:
            self.held[holder] = self.root.issue_with_key("applicant", name, self.term, holder)
        return self.held[holder][0].der, self.root.root.der

    def sign(self, kind: str, holder: str, message: bytes, secret: str) -> bytes:
        if secret != SECRET:
            raise ZhunyuError("K008", "签名口令不正确。", status=403)
        self.asked.append(holder)
        return sm2.sign(self.held[holder][1], message)


class Files:
    """The folder of trust, with the service's root and revocation list in it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.more: tuple[bytes, ...] = ()

    def certificates(self) -> tuple[bytes, ...]:
        return (self._service.root.root.der, *self.more)

    def lists(self) -> tuple[bytes, ...]:
        return (self._service.root.list(term=self._service.term),)


class SignedWorld(World):
    """The world whose officers sign."""

    def __init__(self, database: Database, matter: Matter | None = None, policy: str = REQUIRED) -> None:
        super().__init__(database, matter)
        self.service = Service()
        self.trust = Files(self.service)
        self.authority = SigningAuthority(
            store=self.store, clock=self.clock, ids=self.ids, files=self.trust, development=True, iterations=1000
        )
        self.signing = Signing(
            store=self.store, clock=self.clock, ids=self.ids, authority=self.authority, policy=policy,
            service=self.service, second_share=1,
        )  # fmt: skip
        self.applicants = ApplicantSigning(
            store=self.store, ids=self.ids, authority=self.authority, service=self.service
        )
        self.review = ActReview(store=self.store, authority=self.authority)
        self.committing = Committing(
            store=self.store, clock=self.clock, ids=self.ids, shelf=self.shelf, waker=self.waker, signing=self.signing
        )
        self.cases = Cases(
            store=self.store, clock=self.clock, ids=self.ids, files=self.files, shelf=self.shelf, facts=self.facts,
            waker=self.waker, committing=self.committing, uploads=Checker(), signing=self.signing,
            applicants=self.applicants,
        )  # fmt: skip
        self.desk = Desk(store=self.store, clock=self.clock, files=self.files, shelf=self.shelf)
        self.acting = DeskActing(
            store=self.store, clock=self.clock, shelf=self.shelf, committing=self.committing, signing=self.signing
        )

    def officer(self, login: str, *roles: str, certificate: bool = True) -> Session:
        """Someone at the desk, with a certificate unless told otherwise."""
        account = Account(f"STAFF-{login}", login, "staff", f"黄{login}", roles=roles, district=DISTRICT)
        if certificate and not self.held(account.id):
            self.authority.issue("officer", account.id, Named(account.name, DISTRICT), pin=PIN)
        return Session(token="", account=account, subject=None, authority="", expires_at="")

    def held(self, account: str) -> tuple[str, ...]:
        """The certificates of an officer."""
        with self.store.read() as tx:
            return tuple(one.id for one in tx.signing.held("officer", account))

    def waiting(self, number: int = 1) -> Case:
        """A case that waits for the window."""
        self.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
        return self.filed(session(number))

    def act(self, login: str, role: str, case: Case, command: Command, pin: str = PIN) -> Case:
        return self.acting.act(self.officer(login, role), case.id, command, case.version, pin)

    def granted(self, number: int = 1) -> Case:
        """A case taken through its route by four officers, each with a signature."""
        case = self.act("窗", "窗口", self.waiting(number), Accept("材料齐全。"))
        case = self.act("核甲", "核查", case, FinishStep("inspect", "符合", "现场一致。"))
        case = self.act("核乙", "核查", case, FinishStep("inspect", "符合", "现场一致。"))
        return self.act("批", "审批", case, Grant("准予。"))

    def states(self, case: Case) -> list[tuple[str, str]]:
        return [(one.act, one.state) for one in self.review.of_case(case.id)]

    def history(self) -> History:
        from engine.adapters.keys import RingHistoryKeys, RingSealer
        from tests.flow.world import RING

        keys = RingHistoryKeys(RING, RingSealer(RING))
        return History(store=self.store, clock=self.clock, keys=keys, acts=self.review.faults)


def agent(since: str, until: str, number: int = 1) -> Session:
    """An agent of an organisation, with the dates of the authority."""
    subject = Subject("法人", f"9131010100000{number:05d}", f"上海示例{number}号酒店有限公司")
    own = Represented(Subject("自然人", "310101197203121029", "林示可"), "本人")
    held = Represented(subject, "授权", since, until)
    account = Account(id="AGENT", login="agent", kind="applicant", name="林示可", level=3, represents=(held, own))
    return msgspec.structs.replace(session(number), account=account, subject=subject, authority="授权")
