"""Signing acts: officers with their PIN, the agency for what the rules decide, applicants through their service."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import (
    Accept,
    AskSupplement,
    Command,
    Decline,
    FinishStep,
    Grant,
    MakeAgain,
    RecordSealed,
    RecordStatement,
    Refuse,
)
from engine.model.disputes import DecideFalsehood, Reopen
from engine.model.matter import EX_OFFICIO, Matter
from engine.model.values import Json
from engine.pipeline.context import Step
from engine.ports.accounts import Account
from engine.ports.publication import Publication
from engine.ports.signing import KeptCertificate, SignatureService
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.officer_keys import OfficerKeys
from engine.services.signing_authority import SigningAuthority, office_key
from engine.trust.acts import SignedAct, Statement, act_fault, sign_act
from engine.trust.pki.certificate import Certificate
from engine.trust.pki.identity import KeyIdentity

REQUIRED, OPTIONAL, OFF = "required", "optional", "off"
WORDS: dict[type, str] = {
    Accept: "受理", Decline: "不予受理", AskSupplement: "补正告知", FinishStep: "环节意见", Grant: "准予",
    Refuse: "不予许可", MakeAgain: "重新制证",
    RecordStatement: "陈述申辩记录", DecideFalsehood: "虚假材料认定", Reopen: "重新办理",
}  # fmt: skip
EX_OFFICIO_WORDS: dict[type, str] = {Grant: "依职权决定", Refuse: "终止办理"}
DEMO_PIN = "135790"  # of the demonstration's officers, whose passwords are public too
INSTANT, ISSUE = "秒批准予", "发证"
Signer = Callable[[Case, Command, datetime, str], SignedAct]


class Readiness(msgspec.Struct, frozen=True):
    """Whether an officer can sign: `policy` as set, whether a PIN is asked for, and why not ("" when they can)."""

    policy: str
    asks: bool
    why_not: str = ""
    until: str = ""
    serial: str = ""


class Seen(msgspec.Struct, frozen=True):
    """Certificates as they are kept, and how the version of the matter was published."""

    rows: tuple[KeptCertificate, ...]
    published: Publication | None


class Signing:
    """Makes signed acts. What it signs it has verified before it is kept."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, authority: SigningAuthority, policy: str = REQUIRED,
        service: SignatureService | None = None, second_share: int = 20,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids = store, clock, ids
        self._authority, self.policy, self._second = authority, policy, second_share
        self.keys = OfficerKeys(store=store, clock=clock, authority=authority, service=service)

    def readiness(self, account: Account) -> Readiness:
        """What the desk asks of an officer who is about to decide."""
        if self.policy == OFF:
            return Readiness(OFF, False)
        with self._store.read() as tx:
            found = self.keys.standing(tx, account)
        if isinstance(found, str):
            return Readiness(self.policy, False, found)
        _, certificate = found
        until = certificate.not_after.date().isoformat()
        return Readiness(self.policy, True, until=until, serial=certificate.serial_text)

    def officer(self, account: Account, pin: str) -> Signer | None:
        """How an officer signs a command; None when nothing is to be signed (by the policy, or optional and no PIN).

        The signer raises K008 without a PIN or with a wrong one (429 while locked), K007 for a certificate that may
        not be used.
        """
        if self.policy == OFF or (self.policy == OPTIONAL and not pin):
            return None
        return functools.partial(self._officer, account, pin)

    def agency(
        self, matter: Matter, before: Case | None, command: Command, step: Step, now: datetime, previous: str,
        *, later: bool = False, seen: Seen | None = None,
    ) -> tuple[SignedAct, ...]:  # fmt: skip
        """What the agency signs of a step of the system: an instant grant, and the issue of a certificate. `later`: the
        share of the second implementation is drawn before the certificate is sealed, not here. `seen` is what
        `look` has found already.

        ZhunyuError K007 when it is to sign and cannot.
        """
        case, instant = step.case, _instant_now(before, step.case)
        if self.policy == OFF or not (instant or isinstance(command, RecordSealed)):
            return ()
        told: list[tuple[str, dict[str, Json]]] = []
        with self._store.read() if seen is None or isinstance(command, RecordSealed) else nullcontext() as tx:
            if seen is None:
                assert tx is not None
                seen = self.look(tx, matter, case, ())
            if instant:
                told.append((INSTANT, _instant(matter, case, seen.published)))
            if isinstance(command, RecordSealed):
                assert tx is not None
                made = tx.certificates.load(command.certificate)
                number = made.number if made else ""
                file = {"certificate": command.certificate, "number": number, "file": command.file_digest}
                told.append((ISSUE, dict(file)))
        signer = _office(case)
        identity = self._authority.at_hand(seen.rows, "agency", signer[0])
        identity = identity or self._authority.identity("agency", *signer)
        return self._agency(case, before, told, now, previous, signer, identity, later)

    def look(self, tx: Transaction, matter: Matter, case: Case, ids: Sequence[str]) -> Seen:
        """What the agency's signature needs of the store, in a transaction that looks for more: the certificates with
        these ids, too."""
        record = tx.publications.checked((matter.hash,)).get(matter.hash)
        return Seen(tx.signing.among(ids, "agency", _office(case)[0]), record)

    def _officer(
        self, account: Account, pin: str, case: Case, command: Command, now: datetime, previous: str
    ) -> SignedAct:
        kept, certificate = self.keys.ready(account, pin, now)
        statement = self._statement(
            "officer", word_of(command, case), case, case.version, content_of(command), now, previous,
            (account.id, account.name), certificate,
        )  # fmt: skip
        sign = functools.partial(self.keys.sign, kept, account, pin, now)
        return self._checked(sign_act(statement, sign), certificate, second=True)

    def _agency(
        self, case: Case, before: Case | None, told: list[tuple[str, dict[str, Json]]], now: datetime, previous: str,
        signer: tuple[str, str], identity: KeyIdentity, later: bool,
    ) -> tuple[SignedAct, ...]:  # fmt: skip
        made: list[SignedAct] = []
        for word, content in told:
            after = made[-1].digest if made else previous
            version = before.version if before is not None else 0
            statement = self._statement("agency", word, case, version, content, now, after, signer, identity.own)
            second = not later and int(statement.nonce[:8], 16) % self._second == 0
            made.append(self._checked(sign_act(statement, identity.sign), identity.own, second=second))
        return tuple(made)

    def _statement(
        self, role: str, act: str, case: Case, version: int, content: Mapping[str, Json], now: datetime,
        previous: str, signer: tuple[str, str], certificate: Certificate,
    ) -> Statement:  # fmt: skip
        return Statement(
            role=role, act=act, case=case.id, number=case.number, matter=case.matter_hash, version=version,
            content=dict(content), materials=material_digests(case), previous=previous, signer=signer[0],
            signer_name=signer[1], certificate=certificate.id, serial=certificate.serial_text,
            at=now.isoformat(timespec="seconds"), nonce=self._ids.random(16).hex(),
        )  # fmt: skip

    @staticmethod
    def _checked(act: SignedAct, certificate: Certificate, *, second: bool) -> SignedAct:
        fault = act_fault(act, certificate.public, second=second)
        if fault:
            raise ZhunyuError("K008", f"签名没有通过核验：{fault}", "请重试；仍不行的请联系系统管理员。", status=502)
        return act


def _instant_now(before: Case | None, case: Case) -> bool:
    decision = case.decision
    return decision is not None and decision.automatic and (before is None or before.decision is None)


def _instant(matter: Matter, case: Case, record: Publication | None) -> dict[str, Json]:
    assert case.decision is not None
    published: dict[str, Json] = (
        {"by": record.by, "at": record.at, "how": record.how, "account": record.account, "id": record.id}
        if record is not None else {}
    )  # fmt: skip
    return {
        "outcome": case.decision.outcome, "reason": case.decision.reason, "basis": list(case.decision.basis),
        "row": case.assessment.by if case.assessment else "", "subject": case.subjects[0].name,
        "matter": matter.id, "title": matter.title, "published": published,
    }  # fmt: skip


def _office(case: Case) -> tuple[str, str]:
    """Whose seal an act of the agency bears: under what its certificate is held, and its name."""
    office = case.decision.office if case.decision is not None else None
    code, name = (office.code, office.name) if office is not None else (case.authority, case.authority_name)
    return office_key(code, name), name


def word_of(command: Command, case: Case) -> str:
    """The name of the act; an ex-officio case is decided in words of its own."""
    own = EX_OFFICIO_WORDS.get(type(command), "") if case.origin == EX_OFFICIO else ""
    return own or WORDS.get(type(command), "办理")


def content_of(command: Command) -> dict[str, Json]:
    """Everything a command says, as it is signed."""
    told = msgspec.to_builtins(command)
    assert isinstance(told, dict)
    return told


def material_digests(case: Case) -> dict[str, tuple[str, ...]]:
    """The digests of the files of a case by material."""
    return {id: tuple(one.digest for one in files) for id, files in case.uploads.items() if files}


def from_base64(text: str) -> bytes:
    """The bytes of Base64 text; K008 for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ZhunyuError("K008", "签名不是 Base64 文本。", "", status=422) from error
