"""Applicants sign: the application, the commitments in it, its withdrawal, the delivery; by the service that has their
key."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Command
from engine.model.matter import Matter
from engine.model.values import Json
from engine.ports.signing import KeptCertificate, SignatureService
from engine.ports.store import Store, Transaction
from engine.ports.world import Ids
from engine.services.accounts import Session
from engine.services.signing import Signer, content_of, material_digests
from engine.services.signing_authority import PARSED, SigningAuthority
from engine.trust.acts import SignedAct, Statement, act_fault, sign_act
from engine.trust.canonical import canonical
from engine.trust.sm3 import sm3_hex

APPLICATION, WITHDRAWAL, DELIVERY = "申请", "撤回", "签收"
_AGENT = "授权"
Look = Callable[[Transaction, list[str]], tuple[KeptCertificate, ...]]
ApplicantSigner = Callable[[str, Case, int, Mapping[str, Json], datetime, str], SignedAct]


class NewSignature(msgspec.Struct, frozen=True):
    """An act, and those certificates it rests on that are not kept yet."""

    act: SignedAct
    certificates: tuple[KeptCertificate, ...] = ()


class ApplicantSigning:
    """Applicants' signatures, as far as a matter asks for them."""

    def __init__(
        self, *, store: Store, ids: Ids, authority: SigningAuthority, service: SignatureService | None,
        second_share: int = 20,
    ) -> None:  # fmt: skip
        """One in `second_share` signatures is verified by the second implementation at once; `audit verify` has all of
        them verified by both."""
        self._store, self._ids, self._authority, self._service = store, ids, authority, service
        self._second = second_share

    def signer(self, session: Session, secret: str) -> ApplicantSigner:
        """How the session signs: (act, case, version, content, now, previous). It raises A010 for an agent without a
        dated authority, K008 without the secret or with a wrong one, K007 for a certificate that may not be used."""
        return functools.partial(self._signed, session, secret)

    def _signed(
        self, session: Session, secret: str, act: str, case: Case, version: int, content: Mapping[str, Json],
        now: datetime, previous: str,
    ) -> SignedAct:  # fmt: skip
        made = self.sign(session, secret, act, case, version, content, now, previous)
        if made.certificates:
            with self._store.write() as tx:
                keep_certificates(tx, made)
        return made.act

    def sign(
        self, session: Session, secret: str, act: str, case: Case, version: int, content: Mapping[str, Json],
        now: datetime, previous: str, *, later: bool = False, look: Look | None = None,
    ) -> NewSignature:  # fmt: skip
        """As `signer`, for who keeps the certificates in the transaction of the act itself. `later`: the share of the
        second implementation is drawn before the certificate is sealed, not here. `look` reads what is kept of the
        certificates with these ids, and our roots, and whatever else its caller needs at that moment."""
        code, name, standing_for = signs_as(session, now.date().isoformat())
        if self._service is None:
            raise ZhunyuError("K008", "没有配置申请人签名服务。", "请联系系统管理员。", status=503)
        if not secret:
            raise ZhunyuError(
                "K008", f"本事项的{act}须由申请人签名。", "请输入签名口令后再提交，您填写的内容没有丢失。", status=422
            )
        given = self._service.certificates("applicant", code, name)
        certificate = PARSED(given[0])
        with self._store.read() as tx:
            ids = [PARSED(one).id for one in given]
            rows = look(tx, ids) if look is not None else tx.signing.among(ids, "root", "")
        found, missing = self._authority.standing_of_given(rows, given, "applicant", now)
        if found.state != "valid":
            raise ZhunyuError("K007", f"签名证书不能使用：{found.reason}", "请向签发机构更换证书。", status=403)
        if certificate.code != code:
            raise ZhunyuError("K007", "签名证书不是申请人的。", "请使用申请人本人或本单位的证书。", status=403)
        statement = Statement(
            role="applicant", act=act, case=case.id, number=case.number, matter=case.matter_hash, version=version,
            content={**content, "for": standing_for}, materials=material_digests(case), previous=previous,
            signer=code, signer_name=certificate.name, certificate=certificate.id, serial=certificate.serial_text,
            at=now.isoformat(timespec="seconds"), nonce=self._ids.random(16).hex(),
        )  # fmt: skip
        service = self._service
        made = sign_act(statement, lambda message: service.sign("applicant", code, message, secret))
        second = not later and int(statement.nonce[:8], 16) % self._second == 0
        fault = act_fault(made, certificate.public, second=second)
        if fault:
            raise ZhunyuError("K008", f"签名没有通过核验：{fault}", "请重试；仍不行的请联系签名服务。", status=502)
        return NewSignature(made, tuple(
            KeptCertificate(PARSED(der).id, "applicant" if der == given[0] else "issuer", "", der, statement.at)
            for der in missing
        ))  # fmt: skip


def keep_certificates(tx: Transaction, made: NewSignature) -> None:
    """Keep the certificate of a signature and those of its issuers, so that it can be checked without the service."""
    for one in made.certificates:
        tx.signing.keep(one)


def signs_as(session: Session, today: str) -> tuple[str, str, dict[str, str]]:
    """Whose key signs (code and name), and for whom by which right.

    An organisation's own key signs for its legal representative; an agent signs with a personal key, and only within
    the dates of an authority that has them: else A010.
    """
    subject = session.subject
    if subject is None:
        raise ZhunyuError("A010", "没有选择为谁办理。", "请先选择申请人。", status=403)
    if session.authority != _AGENT:
        return subject.code, subject.name, {"code": subject.code, "name": subject.name, "by": session.authority}
    held = next((one for one in session.account.represents if one.subject.code == subject.code), None)
    own = next((one for one in session.account.represents if one.authority == "本人"), None)
    if held is None or not (held.since and held.until) or not held.since <= today <= held.until:
        raise ZhunyuError(
            "A010", f"代“{subject.name}”签名须有写明起止日期、现在有效的授权。",
            "请由法定代表人登记授权及其期限，或由法定代表人签名提交。", status=403,
        )  # fmt: skip
    if own is None:
        raise ZhunyuError("A010", "账号没有本人的实名信息，不能签名。", "请先完成实名认证。", status=403)
    right = {"code": subject.code, "name": subject.name, "by": _AGENT, "since": held.since, "until": held.until}
    return own.subject.code, own.subject.name, right


def command_signer(act: str, signer: ApplicantSigner) -> Signer:
    """How a command of the applicant (WITHDRAWAL, DELIVERY) is signed: everything it says."""

    def sign(case: Case, command: Command, now: datetime, previous: str) -> SignedAct:
        return signer(act, case, case.version, content_of(command), now, previous)

    return sign


def application_signed(matter: Matter, case: Case) -> bool:
    """Whether the matter asks the applicant to sign this application: always, or for a commitment in it."""
    agreed = any(one.kind == "承诺" and case.answers.get(one.id) is True for one in matter.fields())
    return "申请" in matter.sign or ("承诺" in matter.sign and agreed)


def asks_signature(matter: Matter) -> bool:
    """Whether submitting an application of the matter may ask for a signature."""
    return bool({"申请", "承诺"} & set(matter.sign))


def application_content(matter: Matter, case: Case) -> dict[str, Json]:
    """What is signed of an application: the digest of all of it, and every commitment with the digest of its text."""
    agreed = {
        one.id: {"title": one.title, "text": sm3_hex(one.text.encode("utf-8"))}
        for one in matter.fields()
        if one.kind == "承诺" and case.answers.get(one.id) is True
    }
    return {"application": application_digest(case), "commitments": agreed}


def application_digest(case: Case) -> str:
    """SM3 over everything that was applied for: matter version, subjects, answers, materials, certificate acted on."""
    told = {
        "matter": case.matter_hash, "subjects": [[one.kind, one.code, one.name] for one in case.subjects],
        "answers": case.answers, "materials": material_digests(case), "acts_on": case.acts_on,
    }  # fmt: skip
    return sm3_hex(canonical(told))
