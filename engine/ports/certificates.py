"""The certificate register, its counters, and the numbers given up."""

from __future__ import annotations

from typing import Protocol

import msgspec

from engine.model.certificate import Certificate, CertificateStatus


class LegalFile(msgspec.Struct, frozen=True):
    """The legal form of a version (OFD): its file, its SM3 (hex), and the 电子证照标识, "" where none can be given."""

    key: str = ""
    digest: str = ""
    identifier: str = ""


NO_LEGAL_FILE = LegalFile()


class DuplicateFile(msgspec.Struct, frozen=True):
    """The 副本 of a version: its PDF and OFD with their SM3 (hex); all "" where it has none."""

    key: str = ""
    digest: str = ""
    legal_key: str = ""
    legal_digest: str = ""


NO_DUPLICATE = DuplicateFile()


class CertificateVersion(msgspec.Struct, frozen=True):
    """One version of a certificate. `state`: ordered | sealed | failed | void.

    `certificate` is how it stands once sealed; `file_key` and `digest` (SM3, hex) name the sealed PDF, `second`
    says that the independent verifier has checked it too. `legal` is empty for versions made before OFD.
    """

    certificate: Certificate
    version: int
    action: str
    case: str
    ordered_at: str
    state: str
    file_key: str = ""
    digest: str = ""
    second: bool = False
    sealed_at: str = ""
    legal: LegalFile = NO_LEGAL_FILE
    duplicate: DuplicateFile = NO_DUPLICATE


class VoidedNumber(msgspec.Struct, frozen=True):
    """A number that was drawn and given up; it is never used again."""

    number: str
    certificate: str
    case: str
    at: str
    reason: str


class CertificateQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which certificates. `items` maps item ids to a value the register keeps (for a multiple choice: one of them).

    `valid_until` finds those whose validity ends on that ISO day or before.
    """

    holder_code: str = ""
    type: str = ""
    statuses: tuple[CertificateStatus, ...] = ()
    valid_on: str = ""
    items: dict[str, str] = {}
    district: str = ""
    valid_until: str = ""
    text: str = ""
    limit: int = 100


class CertificateStore(Protocol):
    """The register."""

    def load(self, certificate: str) -> Certificate | None:
        """The certificate as it stands."""
        ...

    def by_number(self, number: str) -> Certificate | None:
        """The certificate that bears the number, or bore it in an earlier version."""
        ...

    def of_case(self, case: str) -> tuple[Certificate, ...]:
        """Certificates a case ordered, as they stand."""
        ...

    def find(self, query: CertificateQuery) -> tuple[Certificate, ...]:
        """Certificates newest first."""
        ...

    def lock(self, certificate: str, version: int, case: str) -> bool:
        """Lock for a case: compare-and-set on the version; False when it changed or another case holds it."""
        ...

    def unlock(self, certificate: str, case: str) -> None:
        """Give the lock of this case back."""
        ...

    def order(self, version: CertificateVersion, sensitive: tuple[str, ...], before: int) -> bool:
        """Register an ordered version; `before` is the version it follows, 0 for a new certificate. False when
        the certificate is no longer at `before` or the number is taken."""
        ...

    def ordered(self, certificate: str) -> CertificateVersion | None:
        """The version that waits for its file."""
        ...

    def version(self, certificate: str, version: int) -> CertificateVersion | None:
        """One version."""
        ...

    def versions(self, certificate: str) -> tuple[CertificateVersion, ...]:
        """All versions, oldest first."""
        ...

    def keep_file(
        self, certificate: str, version: int, file_key: str, digest: str, second: bool, at: str,
        legal: LegalFile = NO_LEGAL_FILE, duplicate: DuplicateFile = NO_DUPLICATE,
    ) -> bool:  # fmt: skip
        """The version's files are made: ordered → sealed; False when it was not waiting."""
        ...

    def legal_files(self, certificates: tuple[str, ...]) -> dict[str, LegalFile]:
        """The legal form of the latest sealed version of each certificate that has one."""
        ...

    def by_identifier(self, identifier: str) -> CertificateVersion | None:
        """The version that bears a 电子证照标识."""
        ...

    def change(self, certificate: str, status: CertificateStatus, reason: str) -> None:
        """Change the status and unlock. 有效 makes a sealed version the certificate as it stands."""
        ...

    def fail(self, certificate: str, reason: str, at: str) -> None:
        """Give up the ordered version and void the number that was drawn for it."""
        ...

    def draw(self, key: str) -> int:
        """The next value of a counter, from 1; others wait until this transaction ends."""
        ...

    def bump(self, key: str, cap: int | None) -> bool:
        """Add one to a counter unless it has reached the cap; whether it was added."""
        ...

    def count(self, key: str) -> int:
        """The value of a counter, 0 when it never moved."""
        ...

    def voided(self) -> tuple[VoidedNumber, ...]:
        """All numbers given up, oldest first."""
        ...
