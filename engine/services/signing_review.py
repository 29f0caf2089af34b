"""What stands of the signed acts of a case: every signature, certificate and link checked anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from engine.decoding import converted
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Delivered
from engine.model.values import Json
from engine.ports.signing import StoredAct
from engine.ports.store import Store, Transaction
from engine.services.signing import Signing, material_digests
from engine.services.signing_applicants import APPLICATION, DELIVERY, ApplicantSigning, application_digest
from engine.services.signing_authority import PARSED, SigningAuthority
from engine.trust.acts import FIRST, ROLES, SignedAct, act_fault
from engine.trust.history import Fault

VALID, LATER, INVALID = "有效", "有效（证书其后吊销）", "无效"


class ActLine(msgspec.Struct, frozen=True):
    """An act as a reader sees it. `state`: VALID | LATER | INVALID, `reason` why, `opinion` what was said."""

    act: str
    role: str
    signer: str
    at: str
    state: str
    reason: str
    serial: str
    digest: str
    opinion: str = ""
    published: str = ""


class ActReview:
    """Checks acts against the case, the chain and today's knowledge of certificates."""

    def __init__(self, *, store: Store, authority: SigningAuthority) -> None:
        self._store, self._authority = store, authority

    def of_case(self, case_id: str) -> tuple[ActLine, ...]:
        """The acts of a case, oldest first, each checked now; () when there are none."""
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
            return tuple(self._lines(tx, case)) if case is not None else ()

    def faults(self, tx: Transaction, case: Case, *, second: bool = True) -> Iterator[Fault]:
        """What is wrong with the acts of a case, for the verification of the history; certificates revoked later are
        no fault. `second` asks the independent verifier too."""
        for line in self._lines(tx, case, second=second):
            if line.state == INVALID:
                who = f"{line.signer or '有人'}于 {line.at or '不明时间'}"
                yield Fault("签名", 0, f"{who} 的“{line.act}”签名无效：{line.reason}")

    def disagreement(self, tx: Transaction, case_id: str) -> str:
        """Why a signature of a case is none for one of the two implementations; "" when both accept them all."""
        for stored in tx.signing.acts(case_id):
            kept = tx.signing.certificate(stored.certificate)
            if stored.act is None or kept is None:
                return "签名或其证书已无法读取。"
            wrong = act_fault(stored.act, PARSED(kept.der).public, second=True)
            if wrong:
                return f"“{stored.act.statement.act}”：{wrong}"
        return ""

    def _lines(self, tx: Transaction, case: Case, *, second: bool = False) -> Iterator[ActLine]:
        previous = FIRST
        for stored in tx.signing.acts(case.id):
            fault, later = self._fault(tx, case, stored, previous, second)
            yield _line(stored, fault, later)
            previous = stored.digest

    def _fault(
        self, tx: Transaction, case: Case, stored: StoredAct, previous: str, second: bool
    ) -> tuple[str, str]:
        """Why an act does not stand ("" it does), and what is to be said of its certificate."""
        act = stored.act
        if act is None:
            return "所签内容已无法打开，或被改动过。", ""
        said = act.statement
        if stored.digest != act.digest or stored.certificate != said.certificate:
            return "所签内容与登记的摘要不符。", ""
        if (said.case, said.number, said.matter) != (case.id, case.number, case.matter_hash):
            return "签名属于另一办件。", ""
        if said.previous != previous or said.version >= stored.version:
            return "与前一次签名接不上，次序被改动过。", ""
        kept = tx.signing.certificate(said.certificate)
        if kept is None:
            return "没有签名所用的证书。", ""
        try:
            certificate = PARSED(kept.der)
            wrong = act_fault(act, certificate.public, second=second)
            between = [one.der for one in tx.signing.held("issuer", "")] if said.role == "applicant" else []
            found = self._authority.standing_of(tx, certificate, said.role, datetime.fromisoformat(said.at), between)
        except (ZhunyuError, ValueError) as error:
            return f"证书无法核验：{error}", ""
        if wrong or found.state != "valid":
            return wrong or found.reason, ""
        holder = certificate.code if said.role == "applicant" else kept.holder
        if holder != said.signer or kept.kind != said.role:
            return "证书不是签名人的。", ""
        wrong = _application_fault(case, act) or _delivery_fault(tx, case, act)
        return wrong, found.reason if found.revoked_later else ""


class Signatures(msgspec.Struct, frozen=True):
    """Everything about signed acts: who issues certificates, who signs, and what stands of what was signed."""

    authority: SigningAuthority
    officers: Signing
    applicants: ApplicantSigning
    review: ActReview


def _application_fault(case: Case, act: SignedAct) -> str:
    """Whether the application is still what the applicant signed; a supplement changes it by right."""
    said = act.statement
    if said.role != "applicant" or said.act != APPLICATION or (case.supplement and case.supplement.answered_at):
        return ""
    if said.content.get("application") != application_digest(case) or said.materials != material_digests(case):
        return "申请内容与申请人所签的不符。"
    return ""


def _received(content: Mapping[str, Json]) -> str:
    """What a delivery receipt lists, in words."""
    items = content.get("items")
    if not isinstance(items, list):
        return ""
    delivered = [one for one in items if isinstance(one, dict) and "digest" in one]
    return "、".join(f"{one.get('title', '')}{one.get('number', '')}" for one in delivered)


def _delivery_fault(tx: Transaction, case: Case, act: SignedAct) -> str:
    """Whether what the applicant signed for is what the registers of letters and certificates name."""
    said = act.statement
    if said.role != "applicant" or said.act != DELIVERY:
        return ""
    for one in converted(said.content.get("items", ()), tuple[Delivered, ...]):
        if one.certificate:
            versions = tx.certificates.versions(one.certificate)
            known = any((it.case, it.digest, it.legal.digest) == (case.id, one.digest, one.legal) for it in versions)
        else:
            letter = tx.signing.letter(case.id, one.letter)
            known = letter is None or not letter.digest or letter.digest == one.digest
        if not known:
            return f"所签收的{one.title}与登记的不符。"
    return ""


def _line(stored: StoredAct, fault: str, later: str) -> ActLine:
    if stored.act is None:
        return ActLine("不明", "", "", "", INVALID, fault, "", stored.digest)
    said = stored.act.statement
    ways = (said.content.get(name) for name in ("opinion", "reason", "result"))
    told = next((one for one in ways if one), "") or _received(said.content)
    published = said.content.get("published")
    by = f"{published.get('by', '')} {str(published.get('at', ''))[:10]}" if isinstance(published, dict) else ""
    return ActLine(
        act=said.act, role=ROLES.get(said.role, said.role), signer=said.signer_name, at=said.at,
        state=INVALID if fault else LATER if later else VALID,
        reason=fault or later or "签名有效，内容自签名以来未被改动。", serial=said.serial, digest=stored.digest,
        opinion=str(told), published=by.strip(),
    )  # fmt: skip
