"""Wiring of what stands beside a case on its page."""

from __future__ import annotations

from engine.bootstrap.adapters import Adapters
from engine.services.case_files import CaseFiles
from engine.services.case_panels import CasePanels
from engine.services.desk import Desk
from engine.services.dossier import Dossiers
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.services.similar_cases import SimilarCases


class LazyPages:
    """Pages as pictures, whose libraries are loaded with the first page."""

    def draw(self, media: str, data: bytes, page: int, width: int) -> bytes:
        from engine.adapters.page_images import PdfiumPages

        return PdfiumPages().draw(media, data, page, width)


def panels_of(on: Adapters, shelf: Shelf, desk: Desk, signed: Signatures) -> CasePanels:
    """The panels of the case page."""
    dossiers = Dossiers(store=on.store, clock=on.clock, acts=signed.review.of_case)
    return CasePanels(
        dossiers, CaseFiles(desk=desk, dossiers=dossiers, files=on.files, images=LazyPages()),
        SimilarCases(store=on.store, shelf=shelf, desk=desk),
    )
