"""An OFD document under an electronic seal, as one file."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.trust.ofd.document import SEAL, SIGNATURE, SIGNATURES, VALUE, Description, document_files
from engine.trust.ofd.package import write_package
from engine.trust.ofd.page import Drawing
from engine.trust.ofd.signature_xml import SIGNATURES_XML, SignatureInfo, signature_xml
from engine.trust.ofd.structures import sign_value
from engine.trust.pki.identity import Identity
from engine.trust.sm3 import sm3


def sealed_ofd(drawing: Drawing, about: Description, seal: bytes, signer: Identity, at: datetime) -> bytes:
    """The document with `seal` set at the places of `drawing.stamps`, every file of it under the signature.

    The list of signatures is covered as well, so no further signature can be added (GB/T 33190-2016 clause 18.1).
    """
    at = at.astimezone(UTC).replace(microsecond=0)
    files = {**document_files(drawing, about), SIGNATURES: SIGNATURES_XML.encode(), SEAL: seal}
    info = SignatureInfo(at, {name: sm3(data) for name, data in files.items()}, drawing.stamps)
    files[SIGNATURE] = signature_xml(info).encode()
    files[VALUE] = sign_value(seal, at, sm3(files[SIGNATURE]), f"/{SIGNATURE}", signer)
    return write_package(files)
