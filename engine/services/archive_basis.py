"""Basis files 基础档案: one per holder or product within a line, with its cases and certificates."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.ports.archives import Archive, BasisFile
from engine.ports.certificates import CertificateQuery
from engine.ports.store import Store
from engine.services.accounts import Session
from engine.services.archive_access import district_of
from engine.services.destroyed import readable
from engine.services.shelf import Shelf
from engine.stages.archive.basis import HOLDER


class BasisPage(msgspec.Struct, frozen=True):
    """A basis file with its cases (newest first), the latest archive of each, and its certificates."""

    file: BasisFile
    cases: tuple[tuple[Case, Archive | None], ...]
    certificates: tuple[Certificate, ...]


class BasisFiles:
    """Search and view. Staff see what of a file is their own district's."""

    def __init__(self, *, store: Store, shelf: Shelf) -> None:
        self._store, self._shelf = store, shelf

    def find(
        self, session: Session, text: str, line: str = "", kind: str = "", after: str = "", limit: int = 50
    ) -> tuple[tuple[BasisFile, ...], str]:
        """Files by part of the title or the whole key, and the cursor of the next page or ""."""
        with self._store.read() as tx:
            found = tx.basis_files.find(text.strip(), line, kind, district_of(session), after, limit + 1)
        return found[:limit], found[limit - 1].id if len(found) > limit else ""

    def lines(self) -> Sequence[str]:
        """The lines that have files."""
        with self._store.read() as tx:
            return tx.basis_files.lines()

    def page(self, session: Session, file_id: str) -> BasisPage:
        """One file; A003 when there is none, or nothing in it is the viewer's district."""
        district = district_of(session)
        with self._store.read() as tx:
            file = tx.basis_files.load(file_id)
            members = tx.basis_files.members(file_id) if file else ()
            cases = tuple(case for id in members if (case := readable(tx, id)) is not None)
            cases = tuple(case for case in cases if not district or case.district == district)
            if file is None or not cases:
                raise ZhunyuError("A003", "没有这一基础档案。", "请从基础档案重新查询。", status=404)
            latest = {id: next((one for one in tx.archives.of_case(id) if one.latest), None) for id in members}
            found = {one.id: one for case in cases for one in tx.certificates.of_case(case.id)}
            held = tx.certificates.find(CertificateQuery(holder_code=file.key)) if file.kind == HOLDER else ()
        lines = {card.id: card.line for card in self._shelf.cards()}
        found |= {one.id: one for one in held if lines.get(one.matter, file.line) == file.line}
        shown = (one for one in found.values() if not district or one.district == district)
        ordered = tuple(sorted(shown, key=lambda one: (one.issued_on, one.number), reverse=True))
        return BasisPage(file, tuple((case, latest[case.id]) for case in reversed(cases)), ordered)
