"""The wired product: every service by its name."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.adapters.sql.transaction import SqlStore
from engine.ports.identity import IdentityProvider
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Accounts
from engine.services.aftercheck import AfterChecks
from engine.services.archive_office import ArchiveOffice
from engine.services.audit import Audit
from engine.services.backtesting import Backtesting
from engine.services.batches import Batches
from engine.services.bulk import BulkActs
from engine.services.case_panels import CasePanels
from engine.services.cases import Cases
from engine.services.certificates import Certificates
from engine.services.changeovers import Changeovers
from engine.services.confirming import Confirming
from engine.services.consents import Consents
from engine.services.counter import CounterDesk
from engine.services.delivering import Delivering
from engine.services.departments import Departments
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.disputes import Disputes
from engine.services.documents import Documents
from engine.services.drafts import Drafts
from engine.services.effects import Effects
from engine.services.enquiries import Enquiries
from engine.services.entrances import Entrances
from engine.services.ex_officio import ExOfficio
from engine.services.expiring import Expiring
from engine.services.explaining import Explaining
from engine.services.facts import Facts
from engine.services.field_papers import FieldPapers
from engine.services.guarding import Guarding
from engine.services.handovers import Handovers
from engine.services.history import History
from engine.services.inbox import Inbox
from engine.services.keys import Keys
from engine.services.list_files import ListFiles
from engine.services.list_filing import ListFiling
from engine.services.list_results import ListResults
from engine.services.list_rows import ListRows
from engine.services.move_services import MoveServices
from engine.services.panels import Panels
from engine.services.papers import Papers
from engine.services.popularity import Popularity
from engine.services.providing import Providing
from engine.services.publicity import Publicity
from engine.services.publishing import Publishing
from engine.services.ratings import Ratings
from engine.services.recall import Recalls
from engine.services.receipts import Receipts
from engine.services.reporting import Reporting
from engine.services.samples import Samples
from engine.services.sampling import Sampling
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.services.staffing import Staffing
from engine.services.visits import Visits
from engine.services.worklist import WorkList
from engine.settings import Settings


class Zhunyu(msgspec.Struct, frozen=True, kw_only=True):
    """The wired product: what portal, admin, API, workers and the command call."""

    settings: Settings
    store: SqlStore
    clock: Clock
    ids: Ids
    files: FileStore
    accounts: Accounts
    archives: ArchiveOffice
    shelf: Shelf
    facts: Facts
    drafts: Drafts
    ex_officio: ExOfficio
    batches: Batches
    rows: ListRows
    row_files: ListFiles
    lists: ListFiling
    results: ListResults
    handovers: Handovers
    cases: Cases
    confirming: Confirming
    reporting: Reporting
    desk: Desk
    panels: CasePanels
    counter: CounterDesk
    enquiries: Enquiries
    acting: DeskActing
    worklist: WorkList
    moves: MoveServices
    bulk: BulkActs
    changeovers: Changeovers
    delivering: Delivering
    certificates: Certificates
    departments: Departments
    consents: Consents
    providing: Providing
    disputes: Disputes
    documents: Documents
    explaining: Explaining
    receipts: Receipts
    effects: Effects
    publicity: Publicity
    papers: Papers
    popularity: Popularity
    samples: Samples
    publishing: Publishing
    shadows: Shadowing
    history: History
    backtesting: Backtesting
    guarding: Guarding
    after_checks: AfterChecks
    recalls: Recalls
    sampling: Sampling
    audit: Audit
    keys: Keys
    signing: Signatures
    visits: Visits
    experts: Panels
    field_papers: FieldPapers
    staffing: Staffing
    inbox: Inbox
    expiring: Expiring
    ratings: Ratings
    entrances: Entrances
    identity: IdentityProvider | None = None
    closing: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Give connections and sockets back."""
        for one in self.closing:
            one()
