"""Certificates: verify one, list one's own, hand out the file."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.certificate_metadata import ROOT
from engine.ports.certificates import CertificateQuery, CertificateVersion, LegalFile
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, LegalForm, SealCheck, Seals
from engine.services.accounts import Session
from engine.services.letters import Letters
from engine.services.permission import permits
from engine.services.shelf import Shelf
from engine.trust.sm3 import sm3_hex

PDF, OFD = "pdf", "ofd"
_OFD = b"PK"  # how an OFD begins: it is a ZIP archive
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

    def __init__(
        self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf, seals: Seals, legal: LegalForm,
        letters: Letters | None = None,
    ) -> None:  # fmt: skip
        self._letters = letters
        self._store, self._clock, self._files = store, clock, files
        self._shelf, self._seals, self._legal = shelf, seals, legal

    def by_number(self, number: str) -> Verification:
        """What the register says of a number or of a 电子证照标识."""
        if number.strip().startswith(f"{ROOT}."):
            return self._by_identifier(number.strip())
        with self._store.read() as tx:
            return self.standing(tx.certificates.by_number(number.strip()), number)

    def _by_identifier(self, identifier: str) -> Verification:
        with self._store.read() as tx:
            version = tx.certificates.by_identifier(identifier)
            if version is None:
                return Verification("unknown", "没有这一电子证照标识。请核对后重试。")
            found = tx.certificates.load(version.certificate.id)
            if found is not None and version.version < found.version:
                return self._told("revoked", "这是变更前的证照，已被新的证照取代。", found)
            return self.standing(found, version.certificate.number)

    def legal_files(self, certificates: Iterable[Certificate]) -> dict[str, LegalFile]:
        """The legal form (OFD) of those that have one, by certificate."""
        wanted = tuple(one.id for one in certificates)
        if not wanted:
            return {}
        with self._store.read() as tx:
            return tx.certificates.legal_files(wanted)

    def standing(self, found: Certificate | None, number: str) -> Verification:
        """What is told of the certificate that bears a number, or bore it; None where there is none."""
        if found is None or found.confidential:
            return Verification("unknown", "没有这一证号。请核对后重试。")
        if found.number != number.strip():
            return self._told("revoked", "这一证号已被新的证照取代。", found)
        return self._state(found)

    def state(self, found: Certificate) -> Verification:
        """As `standing`, for who may know that there is this certificate."""
        return self._state(found)

    def by_file(self, data: bytes) -> Verification:
        """Check a file: its seal first, then what the register says of its certificate today."""
        check = self.check(data)
        if check.state != "valid":
            return Verification(check.state, check.reason)
        letter = self._letters.check(check, data) if self._letters is not None else None
        if letter is not None:
            return Verification(*letter)
        with self._store.read() as tx:
            found = tx.certificates.by_number(check.number)
            versions = tx.certificates.versions(found.id) if found else ()
        if found is None:
            return Verification("unknown", "签章有效，但证照库里没有这一证号。")
        current = versions[-1] if versions else None
        digest = sm3_hex(data)
        used = next((one for one in reversed(versions) if digest in _digests(one)), None)
        replaced = used is not None and used.version < found.version
        outdated = replaced or found.number != check.number or (
            used is None and current is not None and len(versions) > 1
            and check.facts.get("face") not in _faces(current)
        )
        if outdated:
            return self._told("revoked", "这是变更前的证照，已被新的证照取代。", found)
        return self._state(found)

    def check(self, data: bytes, *, second: bool = False) -> SealCheck:
        """Whether a PDF or an OFD is as it was sealed, whatever has become of the certificate since."""
        return (self._legal if data.startswith(_OFD) else self._seals).check(data, second=second)

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
        if found is None or not (theirs or not permits(session.account, "register.read").why_not):
            raise ZhunyuError("A003", "找不到这份证照。", "请从“我的证照”重新进入。", status=404)
        return found

    def file(
        self, session: Session, certificate_id: str, form: str = PDF, *, duplicate: bool = False
    ) -> tuple[str, bytes]:
        """The sealed file and the name to save it under; C005 while it is being made or when it is void.

        `form` is the convenience copy (PDF) or the legal form (OFD), `duplicate` the 副本 of the licence; A003 where a
        certificate has none.
        """
        return self.sealed_file(self.view(session, certificate_id), form, duplicate=duplicate)

    def sealed_file(self, certificate: Certificate, form: str = PDF, *, duplicate: bool = False) -> tuple[str, bytes]:
        """As `file`, for who may have the file of this certificate."""
        with self._store.read() as tx:
            versions = tx.certificates.versions(certificate.id)
        sealed = next((one for one in reversed(versions) if one.state == "sealed" and one.file_key), None)
        if sealed is None:
            void = certificate.status is CertificateStatus.VOIDED
            raise ZhunyuError(
                "C005", "证照文件没有制成。" if void else "证照正在制作。", "" if void else "请稍后再下载。", status=409
            )
        key = sealed.legal.key if form == OFD else sealed.file_key
        if duplicate:
            key = sealed.duplicate.legal_key if form == OFD else sealed.duplicate.key
        if duplicate and not sealed.duplicate.key:
            raise ZhunyuError("A003", "这份证照没有副本。", "请下载正本。", status=404)
        if not key:
            raise ZhunyuError(
                "A003", "这份证照没有 OFD 版式的法定电子证照。", "请下载 PDF，或在变更、延续时取得。", status=404
            )
        try:
            data = self._files.get(key)
        except KeyError as error:
            raise ZhunyuError("S006", "证照文件暂时取不到。", "请稍后再试。", status=503) from error
        part = "（副本）" if duplicate else ""
        return f"{certificate.title}{part}（{certificate.number}）.{form}", data

    def public_search(self, text: str) -> tuple[Verification, ...]:
        """Certificates by number or part of an organisation's name; natural persons are found by number only."""
        wanted = text.strip()
        if len(wanted) < _SHORTEST_SEARCH:
            return ()
        statuses = tuple(status for status in CertificateStatus if status is not CertificateStatus.ISSUING)
        query = CertificateQuery(text=wanted, statuses=statuses, limit=_SHOWN)
        with self._store.read() as tx:
            found = tx.certificates.find(query)
        shown = [one for one in found if not one.confidential and (one.number == wanted or not self._natural(one))]
        return tuple(self._state(one) for one in shown)

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
        if found.confidential:  # whoever has the file has its face; nobody else is told
            return Verification(state, reason)
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


def _digests(version: CertificateVersion) -> tuple[str, ...]:
    """The digests of all documents of a version."""
    one = version.duplicate
    return tuple(filter(None, (version.digest, version.legal.digest, one.digest, one.legal_digest)))


def _faces(version: CertificateVersion) -> tuple[dict[str, str], ...]:
    """What the documents of a version say."""
    return version.certificate.signed_face(), version.certificate.as_duplicate().signed_face()


def mask(text: str, hidden: tuple[str, ...]) -> str:
    """The text with every hidden word reduced to its first character (a name) or its ends (a code)."""
    for word in sorted(hidden, key=len, reverse=True):
        short = word[:1] + "＊" * (len(word) - 1) if len(word) < 8 else word[:3] + "＊" * (len(word) - 7) + word[-4:]
        text = text.replace(word, short)
    return text


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))
