"""A holder's consents to the use of a certificate by another department, and the list of certificates that changed."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Consent(msgspec.Struct, frozen=True):
    """One consent of a holder.

    `department` is the account id of who may use the certificate, `matter` what for, `until` the last day (ISO).
    `uses`: for how many of the department's own cases, 0 for any number; `references` are those it was used for.
    `code` is what the holder hands to the department. `withdrawn_at` "" while the consent stands.
    """

    id: str
    certificate: str
    department: str
    department_name: str
    matter: str
    until: str
    uses: int
    code: str
    given_by: str
    given_at: str
    references: tuple[str, ...] = ()
    withdrawn_at: str = ""


class ConsentStore(Protocol):
    """Consents. Code, matter and references are kept sealed; the code is found by a keyed digest."""

    def add(self, consent: Consent) -> None:
        """A new consent."""
        ...

    def by_code(self, code: str) -> Consent | None:
        """The consent of a code; others who ask for it wait until this transaction ends."""
        ...

    def of_certificate(self, certificate: str, limit: int) -> tuple[Consent, ...]:
        """The newest consents to the use of a certificate, newest first."""
        ...

    def use(self, consent: Consent) -> None:
        """Keep the references of a consent."""
        ...

    def withdraw(self, consent: str, certificate: str, at: str) -> Consent | None:
        """End a consent to the use of this certificate; None when there is none that stands."""
        ...


class CertificateChange(msgspec.Struct, frozen=True):
    """A certificate that is no longer what it was. `number` counts all changes from 1 without a gap.

    `kind`: 变更 (replaced by `successor`), 注销, 撤销. `at` is "" for changes from before the list was kept.
    """

    number: int
    certificate_number: str
    type: str
    kind: str
    successor: str
    at: str


class ChangeStore(Protocol):
    """The list of changes, which is only ever added to."""

    def add(self, certificate_number: str, type: str, kind: str, successor: str, at: str) -> int:
        """Add a change under the next number; others who add wait until this transaction ends."""
        ...

    def after(self, number: int, limit: int) -> tuple[CertificateChange, ...]:
        """Changes with a higher number, in order."""
        ...

    def last(self) -> int:
        """The highest number, 0 when there is no change."""
        ...
