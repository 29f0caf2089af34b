"""The numbered list of certificates that are no longer what they were, for the systems that keep copies of them."""

from __future__ import annotations

from engine.model.certificate import CertificateStatus
from engine.ports.store import Transaction

REPLACED = "变更"
_ENDED = frozenset({CertificateStatus.CANCELLED, CertificateStatus.REVOKED})


def note_change(tx: Transaction, certificate: str, status: CertificateStatus, at: str) -> None:
    """Add to the list, in the transaction that changes it, a certificate that ended or was replaced by a new version.

    One that comes into force for the first time changes nothing, nor does a number that was given up.
    """
    if status in _ENDED:
        found = tx.certificates.load(certificate)
        if found is not None:
            tx.changes.add(found.number, found.type, status.value, "", at)
    elif status is CertificateStatus.VALID:
        made = tx.certificates.load(certificate)
        if made is None or made.version == 1:
            return
        earlier = [one for one in tx.certificates.versions(certificate) if one.version < made.version]
        before = next((one.certificate.number for one in reversed(earlier) if one.state == "sealed"), "")
        if before:
            tx.changes.add(before, made.type, REPLACED, made.number, at)
