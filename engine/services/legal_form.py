"""The legal form of a certificate: an OFD under the issuing authority's electronic seal, made and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate
from engine.model.certificate_metadata import FACE, REGISTER, VERSION, identifier, metadata
from engine.model.values import Json
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, SealCheck
from engine.services.shelf import Shelf
from engine.services.signing_authority import office_key
from engine.trust.sm3 import sm3_hex

if TYPE_CHECKING:  # what is heavy is loaded with the first OFD
    from engine.trust.ofd.checking import OfdCheck
    from engine.trust.ofd.page import Drawing
    from engine.trust.pki.certificate import Certificate as KeyCertificate
    from engine.trust.pki.identity import Identity
    from engine.trust.pki.trust import Standing

AGENCY, MAKER = "agency", "seal_maker"
_MAKER_NAME = "准予电子印章制作系统"
_HERE = timezone(timedelta(hours=8))
_SIZE = 42  # millimetres across: the statutory size of the seal of an office of this rank


class Drawer(Protocol):
    """Draws pages and the pictures of seals."""

    def draw(self, layout: str, data: Mapping[str, Json]) -> Drawing:
        """The pages of a layout, with the places where seals go."""
        ...

    def seal_picture(self, authority: str, name: str) -> bytes:
        """The picture (PNG, square, transparent) of an authority's seal."""
        ...


class KeyHolders(Protocol):
    """Whose keys sign, and what their certificates are worth."""

    def identity(self, kind: str, holder: str, name: str) -> Identity:
        """Who signs as `kind` for a holder; ZhunyuError K007 when there is none."""
        ...

    def standing_of(self, tx: Transaction, certificate: KeyCertificate, kind: str, at: datetime) -> Standing:
        """Whether a certificate could be relied on as a kind at a time."""
        ...


class LegalForms:
    """Makes and checks; nothing is registered here."""

    def __init__(
        self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf, drawer: Drawer, holders: KeyHolders,
        program: str,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._files, self._shelf = store, clock, files, shelf
        self._drawer, self._holders, self._program = drawer, holders, program

    def identifier(self, certificate: Certificate, version: int) -> str:
        """The 电子证照标识 of a version; "" while its type or its authority has no code."""
        return identifier(self._type_code(certificate), certificate.authority, certificate.id, version)

    def make(self, certificate: Certificate, version: int, page: Mapping[str, Json]) -> tuple[bytes, str]:
        """The sealed OFD of a version of a certificate and its SM3 (hex).

        `page` is what its layout is given. ZhunyuError S001 and S007 as the renderer, K007 when the authority has no
        certificate to seal with.
        """
        from engine.trust.ofd.document import Description
        from engine.trust.ofd.sealing import sealed_ofd

        office, name = certificate.authority_name, certificate.seal
        signer = self._holders.identity(AGENCY, office_key(certificate.authority, office), office)
        drawing = self._drawer.draw(certificate.layout, page)
        if len(drawing.stamps) != 1:
            raise ZhunyuError("S007", f"版式“{certificate.layout}”应有且只有一处印章。", status=500)
        description = Description(
            title=certificate.title, author=office, day=certificate.issued_on, creator="zhunyu",
            version=self._program,
            data=metadata(certificate, self._type_code(certificate), self.identifier(certificate, version), version),
        )  # fmt: skip
        file = sealed_ofd(drawing, description, self._seal(office, name, signer), signer, self._clock.now())
        return file, sm3_hex(file)

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        """Check an OFD against the certificates of this installation; `second` as for the seal of a PDF."""
        from engine.trust.ofd.checking import check_ofd

        return told(check_ofd(file, self._fault, self._clock.now(), second=second))

    def _type_code(self, certificate: Certificate) -> str:
        kind = self._shelf.certificate_types().get(certificate.type)
        return kind.code if kind else ""

    def _seal(self, office: str, name: str, signer: Identity) -> bytes:
        """The seal of an office, made once for each certificate that uses it."""
        from engine.trust.ofd.structures import SealContent, make_seal
        from engine.trust.pki.certificate import read_certificate

        identifier = sm3_hex(f"{office}\0{name}\0".encode() + signer.certificate)[:32]
        key = f"seals/{identifier}.esl"
        try:
            return self._files.get(key)
        except KeyError:
            pass
        maker, user = self._holders.identity(MAKER, "", _MAKER_NAME), read_certificate(signer.certificate)
        start = max(user.not_before, read_certificate(maker.certificate).not_before)
        made = make_seal(SealContent(
            identifier=identifier, name=f"{office}{name}", signers=(signer.certificate,), created=start, start=start,
            end=user.not_after, picture=self._drawer.seal_picture(office, name), width=_SIZE, height=_SIZE,
        ), maker)  # fmt: skip
        self._files.put(key, made)
        return made

    def _fault(self, certificate: KeyCertificate, kind: str, at: datetime) -> str:
        from engine.trust.ofd.checking import LEAKED, LEAKED_WORDS

        with self._store.read() as tx:
            found = self._holders.standing_of(tx, certificate, kind, at)
            kept = tx.signing.certificate(certificate.id)
        if found.state != "valid":
            return found.reason
        return LEAKED_WORDS if kept is not None and kept.reason == LEAKED else ""


def told(found: OfdCheck) -> SealCheck:
    """A check in the words of the register; facts only where the seal may be believed."""
    if found.sealed is None:
        return SealCheck(found.state, found.reason)
    data, sealed = found.sealed.about.data, found.sealed
    face: dict[str, Json] = {key.removeprefix(FACE): text for key, text in data.items() if key.startswith(FACE)}
    facts: dict[str, Json] = {
        "certificate": data.get(REGISTER, ""), "holder": data.get("certificateHolderName", ""), "face": face,
        "issued_on": data.get("certificateIssuedDate", ""), "valid_to": data.get("certificateExpiringDate", ""),
        "issuer": sealed.about.author, "sealed_at": sealed.at.astimezone(_HERE).isoformat(),
        "key": sealed.signer.serial_text, "seal": sealed.seal,
        "identifier": data.get("certificateIdentifier", ""), "version": data.get(VERSION, ""),
    }  # fmt: skip
    return SealCheck(found.state, found.reason, data.get("certificateNumber", ""), facts)
