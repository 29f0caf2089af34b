"""The store as a whole: one transaction with a face per aggregate, each defined in its own module beside this."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from engine.ports.accounts import AccountStore
from engine.ports.archives import ArchiveStore, BasisStore
from engine.ports.audit import ActivityStore, PastStore, RunStore, TraceStore
from engine.ports.batches import BatchStore
from engine.ports.cases import CaseStore
from engine.ports.certificates import CertificateStore
from engine.ports.confirming import ConfirmationStore
from engine.ports.consents import ChangeStore, ConsentStore
from engine.ports.disputes import DisputeStore
from engine.ports.drafts import DraftStore
from engine.ports.effects import EffectStore
from engine.ports.endings import EndingStore
from engine.ports.facts import FactStore
from engine.ports.guards import GuardStore
from engine.ports.history import HistoryStore
from engine.ports.keys import KeyStore
from engine.ports.messages import MessageStore
from engine.ports.organisation import OrganisationStore
from engine.ports.papers import PaperStore
from engine.ports.publication import PublicationStore
from engine.ports.publicity import PublicityStore
from engine.ports.ratings import RatingStore
from engine.ports.recalls import RecallStore
from engine.ports.reports import ReportStore
from engine.ports.rows import RowStore
from engine.ports.shadows import ShadowStore
from engine.ports.sign_in import SignInStore
from engine.ports.signing import SigningStore
from engine.ports.uses import UseStore
from engine.ports.versions import VersionStore


class Transaction(Protocol):
    """One database transaction. It commits when its block ends, and rolls back when the block raises."""

    @property
    def accounts(self) -> AccountStore: ...
    @property
    def archives(self) -> ArchiveStore: ...
    @property
    def basis_files(self) -> BasisStore: ...
    @property
    def activity(self) -> ActivityStore: ...
    @property
    def batches(self) -> BatchStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def certificates(self) -> CertificateStore: ...
    @property
    def changes(self) -> ChangeStore: ...
    @property
    def confirmations(self) -> ConfirmationStore: ...
    @property
    def consents(self) -> ConsentStore: ...
    @property
    def disputes(self) -> DisputeStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def effects(self) -> EffectStore: ...
    @property
    def endings(self) -> EndingStore: ...
    @property
    def facts(self) -> FactStore: ...
    @property
    def guards(self) -> GuardStore: ...
    @property
    def history(self) -> HistoryStore: ...
    @property
    def keys(self) -> KeyStore: ...
    @property
    def organisation(self) -> OrganisationStore: ...
    @property
    def papers(self) -> PaperStore: ...
    @property
    def messages(self) -> MessageStore: ...
    @property
    def past(self) -> PastStore: ...
    @property
    def publications(self) -> PublicationStore: ...
    @property
    def publicity(self) -> PublicityStore: ...
    @property
    def ratings(self) -> RatingStore: ...
    @property
    def recalls(self) -> RecallStore: ...
    @property
    def reports(self) -> ReportStore: ...
    @property
    def rows(self) -> RowStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def shadows(self) -> ShadowStore: ...
    @property
    def sign_in(self) -> SignInStore: ...
    @property
    def signing(self) -> SigningStore: ...
    @property
    def traces(self) -> TraceStore: ...
    @property
    def uses(self) -> UseStore: ...
    @property
    def versions(self) -> VersionStore: ...


class Store(Protocol):
    """Where everything is kept."""

    def read(self) -> AbstractContextManager[Transaction]:
        """A read-only transaction with a consistent view."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """A writing transaction; on SQLite one at a time for all processes."""
        ...
