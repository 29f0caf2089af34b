"""The services of the panels beside a case."""

from __future__ import annotations

import msgspec

from engine.services.case_files import CaseFiles
from engine.services.dossier import Dossiers
from engine.services.similar_cases import SimilarCases


class CasePanels(msgspec.Struct, frozen=True):
    """What the case page calls beside the desk."""

    dossiers: Dossiers
    files: CaseFiles
    similar: SimilarCases
