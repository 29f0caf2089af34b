"""Wiring of what keeps and shows: history, keys, audit, receipts, provision, archive."""

from __future__ import annotations

import functools

import msgspec

from engine.adapters.archive_http import HttpArchive
from engine.adapters.archive_keys import RingArchiveKeys
from engine.adapters.custodian import custodian_of
from engine.adapters.keys import RingHistoryKeys, RingReceiptKeys
from engine.adapters.provision_keys import RingProvisionKeys
from engine.adapters.report_seals import RingReportSeals
from engine.adapters.sql.sealed_places import PLACES
from engine.bootstrap.adapters import Adapters
from engine.model.archive import Plan
from engine.services.accounts import Accounts
from engine.services.archive_access import ArchiveAccess
from engine.services.archive_basis import BasisFiles
from engine.services.archive_checking import ArchiveChecking
from engine.services.archive_contents import Contents
from engine.services.archive_destroying import ArchiveDestroying
from engine.services.archive_keeping import ArchiveKeeping
from engine.services.archive_office import ArchiveOffice
from engine.services.archive_transferring import ArchiveTransferring
from engine.services.archiving import Archiving
from engine.services.audit import Audit, audit
from engine.services.audit_analysis import Thresholds
from engine.services.cases import Cases
from engine.services.certificates import Certificates
from engine.services.consents import Consents
from engine.services.departments import Departments
from engine.services.desk import Desk
from engine.services.documents import Documents
from engine.services.explaining import Explaining
from engine.services.field_papers import FieldPapers
from engine.services.history import History
from engine.services.keys import Keys
from engine.services.legal_form import LegalForms
from engine.services.providing import Providing
from engine.services.receipts import Receipts
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.settings import PROGRAM, ROOT


def history_of(on: Adapters, signed: Signatures) -> History:
    """The sealed history of everything."""
    keys = RingHistoryKeys(on.crypto, on.sealer)
    return History(store=on.store, clock=on.clock, keys=keys, acts=signed.review.faults)


def keys_of(on: Adapters) -> Keys:
    """The keys of the installation."""
    return Keys(
        store=on.store, clock=on.clock, ids=on.ids, admin=on.keys.admin, wrapping=on.sealer, files=on.files,
        places=PLACES,
    )  # fmt: skip


def audit_of(
    on: Adapters, shelf: Shelf, history: History, explaining: Explaining, signed: Signatures
) -> Audit:
    """The auditors' pages."""
    limits = Thresholds(**msgspec.structs.asdict(on.settings.audit))
    seals, custodian = RingReportSeals(on.crypto), custodian_of(on.settings.custodian, on.crypto, on.clock)
    return audit(
        on.store, on.clock, on.ids, shelf, history, explaining, on.renderer, seals, custodian, limits,
        signed.review.of_case,
    )  # fmt: skip


def receipts_of(on: Adapters, shelf: Shelf, cases: Cases, desk: Desk, signed: Signatures) -> Receipts:
    """Receipts of decisions, which anyone can replay."""
    return Receipts(
        store=on.store, shelf=shelf, keys=RingReceiptKeys(on.crypto), applicant_view=cases.view,
        staff_view=desk.view, program=PROGRAM, acts=signed.review.of_case,
    )  # fmt: skip


def providing_of(
    on: Adapters, accounts: Accounts, certificates: Certificates, shelf: Shelf
) -> tuple[Departments, Consents, Providing]:
    """Certificates for other departments, with consent."""
    store, clock, ids = on.store, on.clock, on.ids
    departments = Departments(store=store, clock=clock, ids=ids, accounts=accounts)
    consents = Consents(store=store, clock=clock, ids=ids, certificates=certificates, departments=departments)
    return departments, consents, Providing(
        store=store, clock=clock, ids=ids, certificates=certificates, shelf=shelf, keys=RingProvisionKeys(on.crypto)
    )


def archives_of(
    on: Adapters, shelf: Shelf, documents: Documents, history: History, receipts: Receipts, legal: LegalForms,
    papers: FieldPapers,
) -> ArchiveOffice:  # fmt: skip
    """The archive: packages of ended cases, kept, checked, handed over, destroyed."""
    store, clock, ids, files, settings = on.store, on.clock, on.ids, on.files, on.settings
    access = ArchiveAccess(store=store, clock=clock, ids=ids, files=files)

    @functools.cache
    def plan() -> Plan:
        from engine.matters.archive_plan import FILE, load_plan

        return load_plan(settings.home if (settings.home / FILE).exists() else ROOT)

    contents = Contents(
        store=store, files=files, renderer=on.renderer, documents=documents, history=history, receipts=receipts,
        opener=on.archive_files, papers=papers,
    )  # fmt: skip
    archiving = Archiving(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, contents=contents,
        keys=RingArchiveKeys(on.crypto), plan=plan, opener=on.archive_files, legal=legal,
    )  # fmt: skip
    checking = ArchiveChecking(access=access, archiving=archiving)
    peer = HttpArchive(settings.archive_url, settings.archive_trusted, on.crypto, clock)
    return ArchiveOffice(
        archiving=archiving,
        keeping=ArchiveKeeping(access=access, renderer=on.renderer, binder=on.archive_files),
        checking=checking,
        transferring=ArchiveTransferring(
            access=access, archiving=archiving, checking=checking, peer=peer, waker=on.waker
        ),
        destroying=ArchiveDestroying(access=access, archiving=archiving, waker=on.waker),
        basis=BasisFiles(store=store, shelf=shelf),
    )
