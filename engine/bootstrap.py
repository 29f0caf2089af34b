"""Wiring: the only place where adapters meet services. Cheap: what is heavy is imported when first used."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from engine.adapters.archive_http import HttpArchive
from engine.adapters.archive_keys import RingArchiveKeys
from engine.adapters.celery_waker import CeleryWaker
from engine.adapters.clock import SystemClock
from engine.adapters.custodian import custodian_of
from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.ids import SystemIds
from engine.adapters.keys import RingHistoryKeys, RingReceiptKeys, RingSealer, RingSeals
from engine.adapters.keys_chosen import chosen_keys
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.peer import HttpPeer
from engine.adapters.provision_keys import RingProvisionKeys
from engine.adapters.registry import HttpRegistry
from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.report_seals import RingReportSeals
from engine.adapters.signature_service import HttpSignatureService
from engine.adapters.sql.database import Database
from engine.adapters.sql.sealed_places import PLACES
from engine.adapters.sql.transaction import SqlStore
from engine.adapters.trust_folder import TrustFolder
from engine.adapters.waker import DatagramWaker
from engine.model.archive import Plan
from engine.ports.drafts import CheckedUpload
from engine.ports.effects import Job
from engine.ports.identity import IdentityProvider
from engine.ports.world import Clock, FileStore, Ids, Waker
from engine.services.accounts import Accounts
from engine.services.aftercheck import AfterChecks
from engine.services.archive_access import ArchiveAccess
from engine.services.archive_basis import BasisFiles
from engine.services.archive_checking import ArchiveChecking
from engine.services.archive_contents import Contents
from engine.services.archive_destroying import ArchiveDestroying
from engine.services.archive_keeping import ArchiveKeeping
from engine.services.archive_office import ArchiveOffice
from engine.services.archive_transferring import ArchiveTransferring
from engine.services.archiving import KIND as ARCHIVE
from engine.services.archiving import Archiving
from engine.services.audit import Audit, audit
from engine.services.audit_analysis import Thresholds
from engine.services.backtesting import Backtesting
from engine.services.batches import Batches
from engine.services.cases import Cases
from engine.services.certificates import Certificates
from engine.services.committing import Committing
from engine.services.confirming import Confirming
from engine.services.consents import Consents
from engine.services.delivering import Delivering
from engine.services.departments import Departments
from engine.services.desk import Desk
from engine.services.documents import Documents
from engine.services.drafts import Drafts
from engine.services.effects import Effects
from engine.services.ex_officio import ExOfficio
from engine.services.explaining import Explaining
from engine.services.facts import Facts
from engine.services.guarding import Guarding
from engine.services.handovers import Handovers
from engine.services.history import History
from engine.services.keys import Keys
from engine.services.legal_form import LegalForms
from engine.services.letters import Letters
from engine.services.projection import BATCH, PUSH, SEAL
from engine.services.providing import Providing
from engine.services.publicity import Publicity
from engine.services.publishing import Publishing
from engine.services.recall import KIND as RECALL
from engine.services.recall import Recalls
from engine.services.receipts import Receipts
from engine.services.replies import Replies
from engine.services.report_projection import KIND as REPORT_FILED
from engine.services.reporting import Reporting
from engine.services.sampling import Sampling
from engine.services.sealing import Sealing
from engine.services.shadow import KIND as SHADOW
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.services.signing import Signing
from engine.services.signing_applicants import ApplicantSigning
from engine.services.signing_authority import SigningAuthority
from engine.services.signing_review import ActReview, Signatures
from engine.settings import PROGRAM, ROOT, Settings
from engine.trust.provider import Crypto

if TYPE_CHECKING:
    from engine.adapters.archive_files import ArchiveFiles


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
    handovers: Handovers
    cases: Cases
    confirming: Confirming
    reporting: Reporting
    desk: Desk
    delivering: Delivering
    certificates: Certificates
    departments: Departments
    consents: Consents
    providing: Providing
    documents: Documents
    explaining: Explaining
    receipts: Receipts
    effects: Effects
    publicity: Publicity
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
    identity: IdentityProvider | None = None
    closing: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Give connections and sockets back."""
        for one in self.closing:
            one()


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Zhunyu]:
    """The wired product for as long as a block lasts."""
    zhunyu = build(settings)
    try:
        yield zhunyu
    finally:
        zhunyu.close()


@contextlib.contextmanager
def ready(settings: Settings) -> Iterator[Zhunyu]:
    """As `opened`; ZhunyuError S002 unless the database has the schema this program was written for."""
    from engine.adapters.sql import schema

    with opened(settings) as zhunyu:
        schema.require_current(zhunyu.store.database)
        yield zhunyu


def build(settings: Settings, clock: Clock | None = None) -> Zhunyu:
    """Wire an installation; makes its keys at the first call. `clock` is for tests and demonstrations.

    The schema is left as it is: see `migrate`.
    """
    clock = clock or SystemClock()
    ids = SystemIds(clock)
    chosen = chosen_keys(settings, clock)
    crypto = chosen.crypto
    sealer = RingSealer(crypto)
    store = SqlStore(Database(settings.database_url), sealer)
    files = SealedFiles(DirectoryFiles(settings.data_dir / "files"), chosen.roots, store.data_key)
    waker = _waker(settings)
    signed = _signing(settings, store, clock, ids, crypto)
    history = History(
        store=store, clock=clock, keys=RingHistoryKeys(crypto, sealer), acts=signed.review.faults
    )
    keys = Keys(
        store=store, clock=clock, ids=ids, admin=chosen.admin, wrapping=sealer, files=files, places=PLACES
    )
    return _services(settings, store, clock, ids, files, crypto, waker, history, keys, signed)


def migrate(zhunyu: Zhunyu) -> None:
    """Bring the database schema up to date; harmless when it is, or when several processes do it at once."""
    from engine.adapters.sql import schema

    schema.migrate(zhunyu.store.database)


class _ArchiveFiles:
    """Opens and binds the files of archives, by the same libraries."""

    def pages(self, extension: str, data: bytes) -> int:
        return _archive_files().pages(extension, data)

    def as_pdf(self, extension: str, data: bytes) -> bytes | None:
        return _archive_files().as_pdf(extension, data)

    def count(self, pdf: bytes) -> int:
        return _archive_files().count(pdf)

    def bind(self, parts: Sequence[bytes], numbered: bytes, first: int) -> bytes:
        return _archive_files().bind(parts, numbered, first)


@functools.cache
def _archive_files() -> ArchiveFiles:
    from engine.adapters.archive_files import ArchiveFiles

    return ArchiveFiles()


class _Uploads:
    """The upload checker, whose PDF and image libraries are loaded with the first upload."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        from engine.adapters.uploads import ContentChecker

        return ContentChecker().check(filename, data, accept, max_mb)


def _services(
    settings: Settings, store: SqlStore, clock: Clock, ids: Ids, files: SealedFiles, ring: Crypto,
    waker: DatagramWaker | CeleryWaker, history: History, keys: Keys, signed: Signatures,
) -> Zhunyu:  # fmt: skip
    shelf, seals, uploads, renderer = Shelf(store=store), RingSeals(ring), _Uploads(), TypstRenderer()
    accounts = Accounts(store=store, clock=clock, ids=ids, passwords=Argon2Passwords())
    facts = Facts(store=store, clock=clock, shelf=shelf, sources=HttpRegistry(settings.registry_url))
    committing, cases, desk = _casework(store, clock, ids, files, shelf, facts, waker, uploads, signed)
    legal = _legal(store, clock, files, shelf, renderer, signed)
    sealing = Sealing(
        store=store, clock=clock, files=files, renderer=renderer, seals=seals, legal=legal, reporter=committing,
        settings=settings, acts=signed.review.disagreement,
    )
    letters = Letters(store=store, clock=clock, ids=ids, files=files, seals=seals)
    documents = _documents(settings, files, renderer, cases, desk, letters, signed)
    delivering = Delivering(
        store=store, cases=cases, letters=documents, committing=committing, applicants=signed.applicants
    )
    shadows = Shadowing(store=store, clock=clock, ids=ids, shelf=shelf)
    certificates = Certificates(
        store=store, clock=clock, files=files, shelf=shelf, seals=seals, legal=legal, letters=letters
    )
    departments, consents, providing = _providing(store, clock, ids, ring, accounts, certificates, shelf)
    recalls = Recalls(store=store, clock=clock, ids=ids, committing=committing, waker=waker)
    reporting = Reporting(store=store, clock=clock, shelf=shelf, committing=committing)
    receipts = _receipts(store, shelf, ring, cases, desk, signed)
    explaining = Explaining(store=store, clock=clock, shelf=shelf, facts=facts)
    audited = _audited(settings, store, clock, ids, ring, shelf, history, explaining, renderer, signed)
    archives = _archives(
        settings, store, clock, ids, files, ring, waker, shelf, renderer, documents, history, receipts, legal
    )
    drafts = Drafts(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, accounts=accounts, uploads=uploads
    )
    ex_officio = ExOfficio(store=store, clock=clock, shelf=shelf, drafts=drafts, submission=cases.submission)
    batches = Batches(
        store=store, clock=clock, ids=ids, shelf=shelf, facts=facts, waker=waker, committing=committing,
        ex_officio=ex_officio,
    )  # fmt: skip
    return Zhunyu(
        settings=settings, store=store, clock=clock, ids=ids, files=files, accounts=accounts, shelf=shelf, facts=facts,
        drafts=drafts,
        ex_officio=ex_officio, batches=batches,
        handovers=Handovers(store=store, clock=clock, ids=ids, shelf=shelf, facts=facts, waker=waker),
        confirming=Confirming(store=store, clock=clock, ids=ids, shelf=shelf, applicants=signed.applicants),
        reporting=reporting, cases=cases, desk=desk, delivering=delivering, certificates=certificates,
        departments=departments, consents=consents, providing=providing, documents=documents, explaining=explaining,
        receipts=receipts, archives=archives,
        effects=_effects(
            settings, store, clock, ids, ring, waker, sealing, cases, shadows, recalls, archives, reporting, batches
        ),
        publicity=Publicity(store=store, clock=clock, committing=committing),
        publishing=Publishing(store=store, clock=clock, ids=ids),
        shadows=shadows,
        history=history,
        keys=keys,
        guarding=Guarding(store=store, clock=clock, ids=ids, shelf=shelf),
        after_checks=AfterChecks(store=store, shelf=shelf, committing=committing),
        recalls=recalls,
        sampling=Sampling(store=store, clock=clock, ids=ids),
        audit=audited,
        signing=signed,
        backtesting=Backtesting(store=store, shelf=shelf),
        identity=_identity(settings, clock),
        closing=(audited.watching.close, store.database.close, waker.close),
    )  # fmt: skip


def _legal(
    store: SqlStore, clock: Clock, files: SealedFiles, shelf: Shelf, renderer: TypstRenderer, signed: Signatures
) -> LegalForms:
    drawer = OfdRenderer(renderer)
    return LegalForms(
        store=store, clock=clock, files=files, shelf=shelf, drawer=drawer, holders=signed.authority, program=PROGRAM
    )


def _providing(
    store: SqlStore, clock: Clock, ids: Ids, ring: Crypto, accounts: Accounts, certificates: Certificates, shelf: Shelf
) -> tuple[Departments, Consents, Providing]:
    departments = Departments(store=store, clock=clock, ids=ids, accounts=accounts)
    consents = Consents(store=store, clock=clock, ids=ids, certificates=certificates, departments=departments)
    keys = RingProvisionKeys(ring)
    return departments, consents, Providing(
        store=store, clock=clock, ids=ids, certificates=certificates, shelf=shelf, keys=keys
    )


def _casework(
    store: SqlStore, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, facts: Facts, waker: Waker,
    uploads: _Uploads, signed: Signatures,
) -> tuple[Committing, Cases, Desk]:  # fmt: skip
    signing = signed.officers
    committing = Committing(store=store, clock=clock, ids=ids, shelf=shelf, waker=waker, signing=signing)
    cases = Cases(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, waker=waker, committing=committing,
        uploads=uploads, signing=signing, applicants=signed.applicants,
    )  # fmt: skip
    replies = Replies(files=files, ids=ids, uploads=uploads)
    desk = Desk(
        store=store, clock=clock, files=files, shelf=shelf, committing=committing, signing=signing, replies=replies
    )
    return committing, cases, desk


def _documents(
    settings: Settings, files: FileStore, renderer: TypstRenderer, cases: Cases, desk: Desk, letters: Letters,
    signed: Signatures,
) -> Documents:  # fmt: skip
    return Documents(
        files=files, renderer=renderer, applicant_view=cases.view, staff_view=desk.view, settings=settings,
        letters=letters, acts=signed.review.of_case,
    )  # fmt: skip


def _signing(settings: Settings, store: SqlStore, clock: Clock, ids: Ids, crypto: Crypto) -> Signatures:
    folders = [settings.trust_dir, *([settings.data_dir / "sandbox" / "trust"] if settings.sandbox else [])]
    authority = SigningAuthority(
        store=store, clock=clock, ids=ids, files=TrustFolder(*folders), development=settings.development_ca
    )
    service = HttpSignatureService(settings.signature_url, crypto, clock) if settings.signature_url else None
    officers = Signing(
        store=store, clock=clock, ids=ids, authority=authority, policy=settings.signing, service=service,
        second_share=settings.second_share,
    )  # fmt: skip
    applicants = ApplicantSigning(
        store=store, ids=ids, authority=authority, service=service, second_share=settings.second_share
    )
    return Signatures(authority, officers, applicants, ActReview(store=store, authority=authority))


def _audited(
    settings: Settings, store: SqlStore, clock: Clock, ids: Ids, ring: Crypto, shelf: Shelf, history: History,
    explaining: Explaining, renderer: TypstRenderer, signed: Signatures,
) -> Audit:  # fmt: skip
    limits = Thresholds(**msgspec.structs.asdict(settings.audit))
    seals, custodian = RingReportSeals(ring), custodian_of(settings.custodian, ring, clock)
    acts = signed.review.of_case
    return audit(store, clock, ids, shelf, history, explaining, renderer, seals, custodian, limits, acts)


def _receipts(
    store: SqlStore, shelf: Shelf, ring: Crypto, cases: Cases, desk: Desk, signed: Signatures
) -> Receipts:
    keys = RingReceiptKeys(ring)
    return Receipts(
        store=store, shelf=shelf, keys=keys, applicant_view=cases.view, staff_view=desk.view, program=PROGRAM,
        acts=signed.review.of_case,
    )  # fmt: skip


def _archives(
    settings: Settings, store: SqlStore, clock: Clock, ids: Ids, files: FileStore, crypto: Crypto, waker: Waker,
    shelf: Shelf, renderer: TypstRenderer, documents: Documents, history: History, receipts: Receipts,
    legal: LegalForms,
) -> ArchiveOffice:  # fmt: skip
    opener = _ArchiveFiles()
    access = ArchiveAccess(store=store, clock=clock, ids=ids, files=files)

    @functools.cache
    def plan() -> Plan:
        from engine.matters.archive_plan import FILE, load_plan

        return load_plan(settings.home if (settings.home / FILE).exists() else ROOT)

    contents = Contents(
        store=store, files=files, renderer=renderer, documents=documents, history=history, receipts=receipts,
        opener=opener,
    )  # fmt: skip
    archiving = Archiving(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, contents=contents, keys=RingArchiveKeys(crypto),
        plan=plan, opener=opener, legal=legal,
    )  # fmt: skip
    checking = ArchiveChecking(access=access, archiving=archiving)
    peer = HttpArchive(settings.archive_url, settings.archive_trusted, crypto, clock)
    return ArchiveOffice(
        archiving=archiving,
        keeping=ArchiveKeeping(access=access, renderer=renderer, binder=opener),
        checking=checking,
        transferring=ArchiveTransferring(
            access=access, archiving=archiving, checking=checking, peer=peer, waker=waker
        ),
        destroying=ArchiveDestroying(access=access, archiving=archiving, waker=waker),
        basis=BasisFiles(store=store, shelf=shelf),
    )


def _identity(settings: Settings, clock: Clock) -> IdentityProvider | None:
    if not settings.oidc_issuer:
        return None
    from engine.adapters.identity import OidcProvider

    return OidcProvider(
        issuer=settings.oidc_issuer, client_id=settings.oidc_client, client_secret=settings.oidc_secret, clock=clock
    )


def _effects(
    settings: Settings,
    store: SqlStore,
    clock: Clock,
    ids: Ids,
    ring: Crypto,
    waker: Waker,
    sealing: Sealing,
    cases: Cases,
    shadows: Shadowing,
    recalls: Recalls,
    archives: ArchiveOffice,
    reporting: Reporting,
    batches: Batches,
) -> Effects:
    peer = HttpPeer(settings.peer_url, ring, clock)

    def seal(job: Job) -> str:
        sealing.make(str(job.body["certificate"]))
        return ""

    def give_up_seal(job: Job, reason: str) -> None:
        sealing.give_up(str(job.body["certificate"]), reason)

    return Effects(
        store=store,
        clock=clock,
        ids=ids,
        waker=waker,
        handlers={
            SEAL: seal, PUSH: lambda job: peer.deliver(job.to, job.body, job.key),
            REPORT_FILED: reporting.settle, SHADOW: shadows.run,
            RECALL: recalls.run, ARCHIVE: archives.run, BATCH: batches.run,
        },
        give_up={SEAL: give_up_seal, SHADOW: shadows.give_up, ARCHIVE: archives.give_up},
        wake_case=cases.run_due,
    )


def _waker(settings: Settings) -> DatagramWaker | CeleryWaker:
    return CeleryWaker(settings.broker_url) if settings.worker == "celery" else DatagramWaker(settings.data_dir)
