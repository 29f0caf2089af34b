"""Certificates: verify one, list one's own, hand out the file."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate, CertificateStatus
from engine.ports.certificates import CertificateQuery
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, Seals
from engine.services.accounts import Session
from engine.services.shelf import Shelf

_SHOWN = 50
_SHORTEST_SEARCH = 2
_ENDED = {
    CertificateStatus.CANCELLED: "证照已注销。",
    CertificateStatus.REVOKED: "证照已撤销。",
    CertificateStatus.VOIDED: "证号已作废。",
}


class Verification(msgspec.Struct, frozen=True):
    """What a check of a certificate found. `state`: valid | altered | revoked | expired | unknown | issuing.

    `reason` in Chinese; `face` what the public may see of it, names of natural persons masked.
    """

    state: str
    reason: str
    certificate: Certificate | None = None
    face: dict[str, str] = {}


class Certificates:
    """The register as applicants and the public see it."""

    def __init__(self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf, seals: Seals) -> None:
        self._store, self._clock, self._files = store, clock, files
        self._shelf, self._seals = shelf, seals

    def by_number(self, number: str) -> Verification:
        """What the register says of a number."""
        with self._store.read() as tx:
            found = tx.certificates.by_number(number.strip())
        if found is None:
            return Verification("unknown", "没有这一证号。请核对后重试。")
        if found.number != number.strip():
            return self._told("revoked", "这一证号已被新的证照取代。", found)
        return self._state(found)

    def by_file(self, data: bytes) -> Verification:
        """Check a file: its seal first, then what the register says of its certificate today."""
        check = self._seals.check(data)
        if check.state != "valid":
            return Verification(check.state, check.reason)
        with self._store.read() as tx:
            found = tx.certificates.by_number(check.number)
            versions = tx.certificates.versions(found.id) if found else ()
        if found is None:
            return Verification("unknown", "签章有效，但证照库里没有这一证号。")
        current = versions[-1] if versions else None
        outdated = found.number != check.number or (
            current is not None and check.facts.get("face") != dict(current.certificate.face) and len(versions) > 1
        )
        if outdated:
            return self._told("revoked", "这是变更前的证照，已被新的证照取代。", found)
        return self._state(found)

    def mine(self, session: Session) -> tuple[Certificate, ...]:
        """The certificates of the subject the session acts for, newest first."""
        if session.subject is None:
            return ()
        with self._store.read() as tx:
            return tx.certificates.find(CertificateQuery(holder_code=session.subject.code))

    def view(self, session: Session, certificate_id: str) -> Certificate:
        """One certificate of the subject; A003 when it is not theirs. Staff see every certificate."""
        with self._store.read() as tx:
            found = tx.certificates.load(certificate_id)
        subject = session.subject
        theirs = subject is not None and found is not None and found.holder_code == subject.code
        if found is None or not (theirs or session.account.kind == "staff"):
            raise ZhunyuError("A003", "找不到这份证照。", "请从“我的证照”重新进入。", status=404)
        return found

    def file(self, session: Session, certificate_id: str) -> tuple[str, bytes]:
        """The sealed file and the name to save it under; C005 while it is being made or when it is void."""
        certificate = self.view(session, certificate_id)
        with self._store.read() as tx:
            versions = tx.certificates.versions(certificate_id)
        sealed = next((one for one in reversed(versions) if one.state == "sealed" and one.file_key), None)
        if sealed is None:
            void = certificate.status is CertificateStatus.VOIDED
            raise ZhunyuError(
                "C005", "证照文件没有制成。" if void else "证照正在制作。", "" if void else "请稍后再下载。", status=409
            )
        try:
            data = self._files.get(sealed.file_key)
        except KeyError as error:
            raise ZhunyuError("S006", "证照文件暂时取不到。", "请稍后再试。", status=503) from error
        return f"{certificate.title}（{certificate.number}）.pdf", data

    def public_search(self, text: str) -> tuple[Verification, ...]:
        """Certificates by number or part of an organisation's name; natural persons are found by number only."""
        wanted = text.strip()
        if len(wanted) < _SHORTEST_SEARCH:
            return ()
        statuses = tuple(status for status in CertificateStatus if status is not CertificateStatus.ISSUING)
        query = CertificateQuery(text=wanted, statuses=statuses, limit=_SHOWN)
        with self._store.read() as tx:
            found = tx.certificates.find(query)
        return tuple(self._state(one) for one in found if one.number == wanted or not self._natural(one))

    def _state(self, found: Certificate) -> Verification:
        if found.status is CertificateStatus.ISSUING:
            return self._told("issuing", "证照正在制作。", found)
        if found.status in _ENDED:
            return self._told("revoked", _ENDED[found.status], found)
        if found.valid_to and found.valid_to < self._clock.now().date().isoformat():
            return self._told("expired", f"证照已于 {found.valid_to} 到期。", found)
        return self._told("valid", "证照有效。", found)

    def _told(self, state: str, reason: str, found: Certificate) -> Verification:
        """The finding with the face as the public may see it; the certificate itself goes without item and code."""
        hidden = self._hidden(found)
        face = {title: mask(text, hidden) for title, text in found.face.items()}
        shown = msgspec.structs.replace(
            found, face=face, item={}, locked_by="", holder_code=mask(found.holder_code, hidden),
            holder_name=mask(found.holder_name, hidden),
        )  # fmt: skip
        return Verification(state, reason, shown, face)

    def _hidden(self, found: Certificate) -> tuple[str, ...]:
        """The texts that may not be shown: a natural person's name and code, and sensitive items."""
        kind = self._shelf.certificate_types().get(found.type)
        personal = (found.holder_name, found.holder_code) if self._natural(found) else ()
        sensitive = kind.sensitive if kind else ()
        return tuple(filter(None, (*personal, *_texts(found.item.get(name) for name in sensitive))))

    def _natural(self, found: Certificate) -> bool:
        kind = self._shelf.certificate_types().get(found.type)
        return kind is not None and kind.holder == "自然人"


def mask(text: str, hidden: tuple[str, ...]) -> str:
    """The text with every hidden word reduced to its first character (a name) or its ends (a code)."""
    for word in sorted(hidden, key=len, reverse=True):
        short = word[:1] + "＊" * (len(word) - 1) if len(word) < 8 else word[:3] + "＊" * (len(word) - 7) + word[-4:]
        text = text.replace(word, short)
    return text


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))
