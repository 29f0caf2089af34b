"""The holder's side of providing certificates: give and withdraw consents, see who looked at a certificate and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate, CertificateStatus
from engine.ports.consents import Consent
from engine.ports.history import HistoryQuery
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.certificates import Certificates
from engine.services.departments import Departments
from engine.services.recording import record

LONGEST_DAYS, MOST_USES = 365, 50
GIVEN, WITHDRAWN = "授权使用", "撤回授权"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_SIGNS = 12  # 60 bits
_SHOWN, _PAGE = 50, 20
STANDING = "有效"


class ConsentLine(msgspec.Struct, frozen=True):
    """A consent as its holder sees it. `state`: 有效 | 已用完 | 已到期 | 已撤回."""

    consent: Consent
    state: str

    @property
    def code(self) -> str:
        """The code in groups of four, to be read out or typed."""
        return "-".join(self.consent.code[at : at + 4] for at in range(0, _SIGNS, 4))


class UseLine(msgspec.Struct, frozen=True):
    """One thing that was done with a certificate: by whom (a department, or the holder), what, what for, on what
    ground; `refused` why it was not done."""

    at: str
    who: str
    what: str
    matter: str
    officer: str
    reference: str
    ground: str
    refused: str


class Consents:
    """What holders decide about the use of their certificates."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, certificates: Certificates, departments: Departments
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._certificates, self._departments = certificates, departments

    def give(
        self, session: Session, certificate_id: str, *, department: str, matter: str, days: int, uses: int
    ) -> Consent:
        """A new consent for a department (account id) and one of its matters, from now for `days` days.

        `uses` is the number of the department's own cases, 0 for any. A003 when the certificate is not theirs, C005
        when it is not in force, A004 for a choice that is not offered.
        """
        certificate = self._certificates.view(session, certificate_id)
        chosen = next((one for one in self._departments.active() if one.id == department), None)
        if chosen is None or matter not in chosen.purposes:
            raise ZhunyuError("A004", "请选择要授权的部门和用途。", "只能授权给列出的部门和事项。", status=422)
        if not 1 <= days <= LONGEST_DAYS or not 0 <= uses <= MOST_USES:
            raise ZhunyuError("A004", f"授权期限应为 1 至 {LONGEST_DAYS} 天。", "请重新选择。", status=422)
        if certificate.status is not CertificateStatus.VALID:
            raise ZhunyuError("C005", "这张证照现在不是有效状态，不能授权使用。", "", status=409)
        now = self._clock.now()
        consent = Consent(
            id=self._ids.new(), certificate=certificate.id, department=chosen.id, department_name=chosen.name,
            matter=matter, until=(now.date() + timedelta(days=days - 1)).isoformat(), uses=uses, code=self._code(),
            given_by=session.account.id, given_at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        with self._store.write() as tx:
            standing = [state_of(one, now.date()) for one in tx.consents.of_certificate(certificate.id, _SHOWN)]
            if standing.count(STANDING) == _SHOWN:  # each stays in sight, so that it can be withdrawn
                raise ZhunyuError("A009", "有效的授权已经过多。", "请先撤回不再需要的授权。", status=409)
            tx.consents.add(consent)
            told = {"department": chosen.name, "matter": matter, "until": consent.until, "uses": uses}
            record(
                tx, self._ids, trail=trail_of(certificate.id), at=consent.given_at, actor=session.account.id,
                what=GIVEN, content={"who": session.account.name, "consent": consent.id, **told},
            )  # fmt: skip
        return consent

    def of(self, session: Session, certificate_id: str) -> tuple[Certificate, tuple[ConsentLine, ...]]:
        """The certificate and its consents, newest first; A003 when it is not theirs."""
        certificate, today = self._certificates.view(session, certificate_id), self._clock.now().date()
        with self._store.read() as tx:
            found = tx.consents.of_certificate(certificate.id, _SHOWN)
        return certificate, tuple(ConsentLine(one, state_of(one, today)) for one in found)

    def withdraw(self, session: Session, certificate_id: str, consent_id: str) -> None:
        """End a consent at once; A003 when there is none of theirs that stands."""
        certificate = self._certificates.view(session, certificate_id)
        at = self._clock.now().isoformat(timespec="seconds")
        with self._store.write() as tx:
            ended = tx.consents.withdraw(consent_id, certificate.id, at)
            if ended is None:
                raise ZhunyuError("A003", "没有可以撤回的授权。", "请刷新页面查看。", status=404)
            told = {"department": ended.department_name, "matter": ended.matter, "consent": ended.id}
            record(
                tx, self._ids, trail=trail_of(certificate.id), at=at, actor=session.account.id, what=WITHDRAWN,
                content={"who": session.account.name, **told},
            )  # fmt: skip

    def uses(self, session: Session, certificate_id: str, after: str = "") -> tuple[Certificate, list[UseLine], str]:
        """The certificate, what was done with it newest first, and the cursor of the next page ("" = no more)."""
        certificate = self._certificates.view(session, certificate_id)
        query = HistoryQuery(trail=trail_of(certificate.id), after=after, limit=_PAGE + 1)
        with self._store.read() as tx:
            found = tx.history.search(query)
        lines = [_use(one.entry.at, one.entry.what, one.content) for one in found[:_PAGE]]
        last = found[_PAGE - 1].entry if len(found) > _PAGE else None
        return certificate, lines, f"{last.at}|{last.id}" if last else ""

    def _code(self) -> str:
        value = int.from_bytes(self._ids.random(8), "big")
        return "".join(_ALPHABET[value >> (5 * place) & 31] for place in range(_SIGNS))


def trail_of(certificate: str) -> str:
    """The trail of the history on which uses of a certificate are written."""
    return f"certificate:{certificate}"


def plain_code(text: str) -> str:
    """A code as typed, in the one spelling it is kept in."""
    kept = text.upper().translate(str.maketrans("OIL", "011", " -　－"))
    return kept if len(kept) == _SIGNS else ""


def state_of(consent: Consent, today: date) -> str:
    """Where a consent stands on a day."""
    if consent.withdrawn_at:
        return "已撤回"
    if consent.until < today.isoformat():
        return "已到期"
    return "已用完" if consent.uses and len(consent.references) >= consent.uses else STANDING


def _use(at: str, what: str, content: bytes | None) -> UseLine:
    told: dict[str, Any] = msgspec.json.decode(content) if content else {}

    def text(name: str) -> str:
        value = told.get(name, "")
        return value if isinstance(value, str) else ""

    ground = "持证人的授权" if text("consent") and what not in (GIVEN, WITHDRAWN) else text("basis")
    if what == GIVEN:
        who, ground = text("who"), f"授权给{text('department')}，至 {text('until')}"
    elif what == WITHDRAWN:
        who, ground = text("who"), f"撤回给{text('department')}的授权"
    else:
        who = text("department")
    return UseLine(at, who, what, text("matter"), text("officer"), text("reference"), ground, text("refused"))

