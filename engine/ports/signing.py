"""Where signed acts are kept, with the certificates they rest on and the register of agency letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from engine.trust.acts import SignedAct


class KeptCertificate(msgspec.Struct, frozen=True):
    """A certificate the installation knows. `id` is the SM3 of its DER, `kind` what it may be used for here.

    `holder` is the account id (officer, login), the authority's code (agency, seal_maker) or "" (root; an applicant's
    certificate is found by its id alone). `key` is its private key as `engine.services.signing_keys` seals it, b"" when
    the key is held elsewhere. Instants are ISO 8601 with zone; `revoked_at` is "" while it stands.
    """

    id: str
    kind: str
    holder: str
    der: bytes
    at: str
    key: bytes = b""
    revoked_at: str = ""
    reason: str = ""


class StoredAct(msgspec.Struct, frozen=True):
    """An act as it is kept, with the case version whose commit it belongs to. `act` is None when its content can no
    longer be opened."""

    version: int
    digest: str
    certificate: str
    act: SignedAct | None


class Letter(msgspec.Struct, frozen=True):
    """A letter of a case, by `kind`: its number (文号) and, once made, where the file is and its SM3."""

    case: str
    kind: str
    number: str
    at: str
    file: str = ""
    digest: str = ""


class SigningStore(Protocol):
    """Acts are only ever added; certificates are only ever added and revoked."""

    def keep(self, certificate: KeptCertificate) -> bool:
        """Keep a certificate; False when it is there already."""
        ...

    def certificate(self, id: str) -> KeptCertificate | None:
        """A certificate by its id."""
        ...

    def held(self, kind: str, holder: str) -> tuple[KeptCertificate, ...]:
        """The certificates of a kind and holder, newest first."""
        ...

    def among(self, ids: Sequence[str], kind: str, holder: str) -> tuple[KeptCertificate, ...]:
        """In one look what a check needs: the certificates with these ids, those of a kind and holder, and our roots;
        newest first."""
        ...

    def certificates(self, kind: str = "") -> tuple[KeptCertificate, ...]:
        """All certificates, of a kind when given, newest first; applicants' are not listed unless asked for."""
        ...

    def revoke(self, id: str, at: str, reason: str) -> bool:
        """Revoke; False when it was revoked before."""
        ...

    def add(self, case: str, version: int, *acts: SignedAct) -> None:
        """Add acts in the commit that makes the case's version; K011 when one of them was used before, C002 when
        another commit was first."""
        ...

    def acts(self, case: str) -> tuple[StoredAct, ...]:
        """The acts of a case in their order."""
        ...

    def last(self, case: str) -> str:
        """The digest of a case's last act; `engine.trust.acts.FIRST` when there is none."""
        ...

    def letter(self, case: str, kind: str) -> Letter | None:
        """A letter of a case."""
        ...

    def number_letter(self, letter: Letter) -> bool:
        """Enter a letter with its number; False when the case has one of the kind already."""
        ...

    def file_letter(self, letter: Letter) -> bool:
        """Say where the file of a letter is; False when it was said before."""
        ...


class TrustFiles(Protocol):
    """What the operator of an installation has put into its folder of trust: contents of files."""

    def certificates(self) -> tuple[bytes, ...]:
        """Certificates relied on (DER or PEM)."""
        ...

    def lists(self) -> tuple[bytes, ...]:
        """Revocation lists (DER)."""
        ...


class SignatureService(Protocol):
    """Where keys are that we do not hold: officers' USB keys behind a gateway, applicants' 法人一证通, 电子营业执照.

    `kind` is officer | applicant, `holder` an account id or an identity code. Each raises ZhunyuError S006 when the
    service does not answer.
    """

    def certificates(self, kind: str, holder: str, name: str) -> tuple[bytes, ...]:
        """The holder's certificate and those between it and its anchor (DER); K008 when the holder has none."""
        ...

    def sign(self, kind: str, holder: str, message: bytes, secret: str) -> bytes:
        """The signature (DER) of the holder's key; K008 (403) when the secret is wrong or the holder refused."""
        ...
