"""The certificate a case acts on, as the case found it when it was filed."""

from __future__ import annotations

import msgspec

from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.events import CertificateLocked
from engine.model.matter import Matter
from engine.ports.store import Transaction


def original_of(tx: Transaction, matter: Matter, case: Case) -> Certificate | None:
    """The version the case locked, in the status without which nothing could have been filed.

    A version is kept as it was ordered, before it was in force. `matter` is the version the case was filed under. None
    for a case that acts on nothing.
    """
    if not case.acts_on or matter.acts_on is None:
        return None
    events = (one.event for one in tx.cases.events(case.id, personal=False))
    locked = next((one.version for one in events if isinstance(one, CertificateLocked)), 0)
    seen = tx.certificates.version(case.acts_on, locked) if locked else None
    found = seen.certificate if seen is not None else tx.certificates.load(case.acts_on)
    return msgspec.structs.replace(found, status=CertificateStatus(matter.acts_on.status)) if found else None
