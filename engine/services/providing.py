"""Providing certificates to other departments: tell whether one is good, hand out its data and its file.

Every request names what it is for; every one is written into the history under the certificate, refused ones too. Data
and file go out only under a consent of the holder. Whether a certificate is in force may be told on a legal ground
alone (电子证照共享: GB/T 36906-2018; consent and purpose: 个人信息保护法 第六条、第十四条).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from engine.errors import ZhunyuError, register
from engine.model.certificate import Certificate
from engine.model.values import Json
from engine.ports.certificates import CertificateQuery
from engine.ports.consents import Consent
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.certificates import Certificates, Verification
from engine.services.consents import STANDING, plain_code, state_of, trail_of
from engine.services.departments import KIND
from engine.services.recording import record
from engine.services.shelf import Shelf

CHECKED, READ, TAKEN = "核验状态", "查看照面", "取用文件"
LIST = "zhunyu:certificate-changes:1"
_FORCE = ("valid", "expired")  # whose file is handed out

register({"A021": "没有持证人有效的授权", "A022": "用途没有登记"})


class Purpose(msgspec.Struct, frozen=True):
    """What a department asks for: its `matter`, who asks there, and its own case; `basis` a legal ground."""

    matter: str
    officer: str
    reference: str
    basis: str = ""


class Standing(msgspec.Struct, frozen=True):
    """Whether a certificate is in force, without its face. `holder_matches` is None when no holder was named."""

    state: str
    reason: str
    number: str = ""
    title: str = ""
    authority_name: str = ""
    valid_to: str = ""
    version: int = 0
    holder_matches: bool | None = None


class ProvidingKeys(Protocol):
    """What signs for other departments."""

    def answer(self, method: str, path: str, body: bytes, at: str, nonce: str) -> dict[str, str]:
        """The headers that sign an answer, as `engine.trust.message` has them."""
        ...

    def list(self, content: Mapping[str, Json]) -> bytes:
        """A signed list."""
        ...

    def public(self) -> dict[str, dict[str, str]]:
        """Public keys (hexadecimal points by key id) of "answers" and of "lists"."""
        ...


class Providing:
    """What the systems of other departments may ask."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, certificates: Certificates, shelf: Shelf, keys: ProvidingKeys
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._certificates, self._shelf, self.keys = certificates, shelf, keys

    def status(self, session: Session, purpose: Purpose, number: str, holder_code: str = "") -> Standing:
        """Whether the certificate of a number is in force, and whether it is of this holder where one is named."""
        self._may_ask(session, purpose)
        with self._store.write() as tx:
            found = tx.certificates.by_number(number.strip())
            self._tell(tx, session, purpose, found, CHECKED, number=number)
        told = self._certificates.standing(found, number)  # of a confidential one, that there is none
        known = found is not None and told.state != "unknown"
        matches = known and hmac.compare_digest(found.holder_code.encode(), holder_code.encode())  # type: ignore[union-attr]
        return _standing(told, matches if holder_code else None)

    def held(self, session: Session, purpose: Purpose, holder_code: str, type: str) -> tuple[Standing, ...]:
        """Certificates of a kind that an organisation holds. Not for kinds whose holders are natural persons (A021)."""
        self._may_ask(session, purpose)
        kind = self._shelf.certificate_types().get(type)
        if kind is not None and kind.holder == "自然人":
            raise ZhunyuError(
                "A021", "自然人的证照不能按持证人查询。", "请由持证人授权，或按证照编号核验状态。", status=403
            )
        with self._store.write() as tx:
            every = tx.certificates.find(CertificateQuery(holder_code=holder_code, type=type, limit=20))
            found = [one for one in every if not one.confidential]
            for one in found:
                self._tell(tx, session, purpose, one, CHECKED)
        return tuple(_standing(self._certificates.standing(one, one.number), True) for one in found)

    def metadata(self, session: Session, purpose: Purpose, number: str, code: str) -> tuple[Certificate, Verification]:
        """The certificate with its face, under the holder's consent; A021 without one."""
        found = self._released(session, purpose, number, code, READ)
        return found, self._certificates.state(found)

    def file(self, session: Session, purpose: Purpose, number: str, code: str) -> tuple[str, bytes]:
        """The sealed file under the holder's consent; A021 without one, C005 when the certificate has ended."""
        found = self._released(session, purpose, number, code, TAKEN)
        state = self._certificates.state(found)
        if state.state not in _FORCE:
            raise ZhunyuError("C005", state.reason, "证照已失效或尚未制成，不提供文件。", status=409)
        return self._certificates.sealed_file(found)

    def changes(self, since: int, limit: int) -> tuple[bytes, int, bool]:
        """The signed list of changes after a number, the last number in it, and whether more follow."""
        now: datetime = self._clock.now()
        with self._store.read() as tx:
            found, last = tx.changes.after(since, limit), tx.changes.last()
        until = found[-1].number if found else min(since, last)
        content = {
            "kind": LIST, "since": since, "until": until, "last": last, "at": now.isoformat(timespec="seconds"),
            "items": [msgspec.to_builtins(one) for one in found],
        }  # fmt: skip
        return self.keys.list(content), until, until < last

    def _may_ask(self, session: Session, purpose: Purpose) -> None:
        if session.account.kind != KIND:
            raise ZhunyuError("A002", "这个令牌不能用于证照共享。", "请使用部门的令牌。", status=403)
        if purpose.matter not in session.account.purposes:
            raise ZhunyuError(
                "A022", f"没有登记用途“{purpose.matter}”。", "请由证照发放机关登记这一事项后再用。", status=403
            )

    def _released(self, session: Session, purpose: Purpose, number: str, code: str, what: str) -> Certificate:
        """The certificate when a consent covers the request. A use is counted once for each case of theirs."""
        self._may_ask(session, purpose)
        with self._store.write() as tx:
            found = tx.certificates.by_number(number.strip())
            consent = tx.consents.by_code(plain_code(code)) if found else None
            refused = self._refusal(session, purpose, found, consent) if found else ""
            if found and consent and not refused and purpose.reference not in consent.references:
                tx.consents.use(
                    msgspec.structs.replace(consent, references=(*consent.references, purpose.reference))
                )
            covered = consent.id if consent and not refused else ""
            self._tell(tx, session, purpose, found, what, number=number, consent=covered, refused=refused)
        if found is None:
            raise ZhunyuError("A003", "没有这一证号。", "请核对证照编号。", status=404)
        if refused:
            raise ZhunyuError("A021", refused, "请由持证人在“我的证照”授权后，用新的授权码再试。", status=403)
        return found

    def _refusal(self, session: Session, purpose: Purpose, found: Certificate, consent: Consent | None) -> str:
        """Why a consent does not cover a request; "" when it does. One answer for all that a stranger could probe."""
        mine = consent is not None and consent.department == session.account.id and consent.certificate == found.id
        if consent is None or not mine or consent.matter != purpose.matter:
            return "授权码不适用于这张证照、本部门或这一用途。"
        state = state_of(consent, self._clock.now().date())
        again = state == "已用完" and purpose.reference in consent.references
        return "" if state == STANDING or again else f"持证人的授权{state}。"

    def _tell(
        self, tx: Transaction, session: Session, purpose: Purpose, found: Certificate | None, what: str, *,
        number: str = "", consent: str = "", refused: str = "",
    ) -> None:  # fmt: skip
        told: dict[str, Json] = {"department": session.account.name, **msgspec.structs.asdict(purpose)}
        if consent:
            told["consent"] = consent
        if refused:
            told["refused"] = refused
        if found is None:
            told["number"] = number
        trail = trail_of(found.id) if found else f"account:{session.account.id}"
        at = self._clock.now().isoformat(timespec="seconds")
        record(tx, self._ids, trail=trail, at=at, actor=session.account.id, what=what, content=told)


def _standing(found: Verification, matches: bool | None) -> Standing:
    one = found.certificate
    if one is None:
        return Standing(found.state, found.reason, holder_matches=matches)
    return Standing(
        found.state, found.reason, one.number, one.title, one.authority_name, one.valid_to, one.version, matches
    )
