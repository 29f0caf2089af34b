"""What the admin app calls of the wired product."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app

from engine.ports.world import Clock
from engine.services.accounts import Accounts
from engine.services.aftercheck import AfterChecks
from engine.services.archive_office import ArchiveOffice
from engine.services.audit import Audit
from engine.services.batches import Batches
from engine.services.bulk import BulkActs
from engine.services.case_panels import CasePanels
from engine.services.certificates import Certificates
from engine.services.changeovers import Changeovers
from engine.services.counter import CounterDesk
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.disputes import Disputes
from engine.services.documents import Documents
from engine.services.drafts import Drafts
from engine.services.effects import Effects
from engine.services.entrances import Entrances
from engine.services.ex_officio import ExOfficio
from engine.services.explaining import Explaining
from engine.services.field_papers import FieldPapers
from engine.services.guarding import Guarding
from engine.services.inbox import Inbox
from engine.services.move_services import MoveServices
from engine.services.panels import Panels
from engine.services.papers import Papers
from engine.services.publishing import Publishing
from engine.services.ratings import Ratings
from engine.services.recall import Recalls
from engine.services.receipts import Receipts
from engine.services.sampling import Sampling
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.services.staffing import Staffing
from engine.services.visits import Visits
from engine.services.worklist import WorkList
from engine.web.host import WebSettings


class AdminSettings(WebSettings, Protocol):
    """The settings the admin app reads."""

    @property
    def demo(self) -> bool: ...


class AdminHost(Protocol):
    """The services of the admin app; `engine.bootstrap.Zhunyu` fulfils it."""

    @property
    def settings(self) -> AdminSettings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def archives(self) -> ArchiveOffice: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def counter(self) -> CounterDesk: ...
    @property
    def panels(self) -> CasePanels: ...
    @property
    def acting(self) -> DeskActing: ...
    @property
    def worklist(self) -> WorkList: ...
    @property
    def bulk(self) -> BulkActs: ...
    @property
    def changeovers(self) -> Changeovers: ...
    @property
    def certificates(self) -> Certificates: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def disputes(self) -> Disputes: ...
    @property
    def papers(self) -> Papers: ...
    @property
    def ex_officio(self) -> ExOfficio: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def explaining(self) -> Explaining: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def effects(self) -> Effects: ...
    @property
    def publishing(self) -> Publishing: ...
    @property
    def shadows(self) -> Shadowing: ...
    @property
    def shelf(self) -> Shelf: ...
    @property
    def guarding(self) -> Guarding: ...
    @property
    def after_checks(self) -> AfterChecks: ...
    @property
    def recalls(self) -> Recalls: ...
    @property
    def moves(self) -> MoveServices: ...
    @property
    def sampling(self) -> Sampling: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def ratings(self) -> Ratings: ...
    @property
    def signing(self) -> Signatures: ...
    @property
    def visits(self) -> Visits: ...
    @property
    def experts(self) -> Panels: ...
    @property
    def field_papers(self) -> FieldPapers: ...
    @property
    def staffing(self) -> Staffing: ...
    @property
    def entrances(self) -> Entrances: ...


def zhunyu() -> AdminHost:
    """The product behind the app that answers this request."""
    return cast(AdminHost, current_app.extensions["zhunyu"])
