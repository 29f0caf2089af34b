"""Wiring: the only place where adapters meet services. Cheap: what is heavy is imported when first used."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import msgspec

from engine.adapters.celery_waker import CeleryWaker
from engine.adapters.clock import SystemClock
from engine.adapters.files import DirectoryFiles, SealedFiles
from engine.adapters.ids import SystemIds
from engine.adapters.keys import RingHistoryKeys, RingReceiptKeys, RingSealer, RingSeals, open_ring
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.peer import HttpPeer
from engine.adapters.registry import HttpRegistry
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.database import Database
from engine.adapters.sql.transaction import SqlStore
from engine.adapters.waker import DatagramWaker
from engine.ports.drafts import CheckedUpload
from engine.ports.effects import Job
from engine.ports.identity import IdentityProvider
from engine.ports.world import Clock, FileStore, Ids, Waker
from engine.services.accounts import Accounts
from engine.services.aftercheck import AfterChecks
from engine.services.backtesting import Backtesting
from engine.services.cases import Cases
from engine.services.certificates import Certificates
from engine.services.committing import Committing
from engine.services.desk import Desk
from engine.services.documents import Documents
from engine.services.drafts import Drafts
from engine.services.effects import Effects
from engine.services.explaining import Explaining
from engine.services.facts import Facts
from engine.services.guarding import Guarding
from engine.services.history import History
from engine.services.projection import PUSH, SEAL
from engine.services.publishing import Publishing
from engine.services.recall import KIND as RECALL
from engine.services.recall import Recalls
from engine.services.receipts import Receipts
from engine.services.sampling import Sampling
from engine.services.sealing import Sealing
from engine.services.shadow import KIND as SHADOW
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.settings import PROGRAM, Settings
from engine.trust.keys import KeyRing


class Zhunyu(msgspec.Struct, frozen=True, kw_only=True):
    """The wired product: what portal, admin, API, workers and the command call."""

    settings: Settings
    store: SqlStore
    clock: Clock
    ids: Ids
    files: FileStore
    accounts: Accounts
    shelf: Shelf
    facts: Facts
    drafts: Drafts
    cases: Cases
    desk: Desk
    certificates: Certificates
    documents: Documents
    explaining: Explaining
    receipts: Receipts
    effects: Effects
    publishing: Publishing
    shadows: Shadowing
    history: History
    backtesting: Backtesting
    guarding: Guarding
    after_checks: AfterChecks
    recalls: Recalls
    sampling: Sampling
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


def build(settings: Settings, clock: Clock | None = None) -> Zhunyu:
    """Wire an installation; makes its keys at the first call. `clock` is for tests and demonstrations.

    The schema is left as it is: see `migrate`.
    """
    clock = clock or SystemClock()
    ids = SystemIds(clock)
    ring = open_ring(settings.data_dir / "keys", settings.key_passphrase)
    sealer = RingSealer(ring)
    store = SqlStore(Database(settings.database_url), sealer)
    files = SealedFiles(DirectoryFiles(settings.data_dir / "files"), ring)
    waker = _waker(settings)
    history = History(store=store, clock=clock, keys=RingHistoryKeys(ring, sealer))
    return _services(settings, store, clock, ids, files, ring, waker, history)


def migrate(zhunyu: Zhunyu) -> None:
    """Bring the database schema up to date; harmless when it is, or when several processes do it at once."""
    from engine.adapters.sql import schema

    schema.migrate(zhunyu.store.database)


class _Uploads:
    """The upload checker, whose PDF and image libraries are loaded with the first upload."""

    def check(self, filename: str, data: bytes, accept: tuple[str, ...], max_mb: int) -> CheckedUpload:
        from engine.adapters.uploads import ContentChecker

        return ContentChecker().check(filename, data, accept, max_mb)


def _services(
    settings: Settings, store: SqlStore, clock: Clock, ids: Ids, files: FileStore, ring: KeyRing,
    waker: DatagramWaker | CeleryWaker, history: History,
) -> Zhunyu:  # fmt: skip
    shelf, seals, uploads, renderer = Shelf(store=store), RingSeals(ring), _Uploads(), TypstRenderer()
    accounts = Accounts(store=store, clock=clock, ids=ids, passwords=Argon2Passwords())
    facts = Facts(store=store, clock=clock, shelf=shelf, sources=HttpRegistry(settings.registry_url))
    committing = Committing(store=store, clock=clock, ids=ids, shelf=shelf, waker=waker)
    cases = Cases(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, waker=waker, committing=committing,
        uploads=uploads,
    )  # fmt: skip
    desk = Desk(store=store, clock=clock, files=files, shelf=shelf, committing=committing)
    sealing = Sealing(
        store=store, clock=clock, files=files, renderer=renderer, seals=seals, reporter=committing, settings=settings
    )
    documents = Documents(
        files=files, renderer=renderer, applicant_view=cases.view, staff_view=desk.view, settings=settings
    )
    shadows = Shadowing(store=store, clock=clock, ids=ids, shelf=shelf)
    recalls = Recalls(store=store, clock=clock, ids=ids, committing=committing, waker=waker)
    return Zhunyu(
        settings=settings,
        store=store,
        clock=clock,
        ids=ids,
        files=files,
        accounts=accounts,
        shelf=shelf,
        facts=facts,
        drafts=Drafts(
            store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, accounts=accounts,
            uploads=uploads,
        ),
        cases=cases,
        desk=desk,
        certificates=Certificates(store=store, clock=clock, files=files, shelf=shelf, seals=seals),
        documents=documents,
        explaining=Explaining(store=store, clock=clock, shelf=shelf, facts=facts),
        receipts=_receipts(store, shelf, ring, cases, desk),
        effects=_effects(settings, store, clock, ids, ring, waker, sealing, cases, shadows, recalls),
        publishing=Publishing(store=store, clock=clock, ids=ids),
        shadows=shadows,
        history=history,
        guarding=Guarding(store=store, clock=clock, ids=ids, shelf=shelf),
        after_checks=AfterChecks(store=store, shelf=shelf, committing=committing),
        recalls=recalls,
        sampling=Sampling(store=store, clock=clock, ids=ids),
        backtesting=Backtesting(store=store, shelf=shelf),
        identity=_identity(settings, clock),
        closing=(store.database.close, waker.close),
    )  # fmt: skip


def _receipts(store: SqlStore, shelf: Shelf, ring: KeyRing, cases: Cases, desk: Desk) -> Receipts:
    keys = RingReceiptKeys(ring)
    return Receipts(
        store=store, shelf=shelf, keys=keys, applicant_view=cases.view, staff_view=desk.view, program=PROGRAM
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
    ring: KeyRing,
    waker: Waker,
    sealing: Sealing,
    cases: Cases,
    shadows: Shadowing,
    recalls: Recalls,
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
            SEAL: seal, PUSH: lambda job: peer.deliver(job.to, job.body, job.key), SHADOW: shadows.run,
            RECALL: recalls.run,
        },
        give_up={SEAL: give_up_seal, SHADOW: shadows.give_up},
        wake_case=cases.run_due,
    )


def _waker(settings: Settings) -> DatagramWaker | CeleryWaker:
    return CeleryWaker(settings.broker_url) if settings.worker == "celery" else DatagramWaker(settings.data_dir)
