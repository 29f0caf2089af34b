"""Wiring of all services over the adapters."""

from __future__ import annotations

from engine.adapters.keys import RingSeals
from engine.adapters.registry import HttpRegistry
from engine.bootstrap.adapters import Adapters
from engine.bootstrap.after import after_of
from engine.bootstrap.case_panels import panels_of
from engine.bootstrap.casework import acting_of, casework_of, documents_of, effects_of, legal_of, signing_of
from engine.bootstrap.fieldwork import field_of
from engine.bootstrap.hand_work import hand_work_of
from engine.bootstrap.keeping import archives_of, audit_of, history_of, keys_of, providing_of, receipts_of
from engine.bootstrap.messages import messages_of, sending_of
from engine.bootstrap.moves import moves_of
from engine.bootstrap.organisation import staffing_of, standings_of
from engine.bootstrap.product import Zhunyu
from engine.bootstrap.sign_in import accounts_of, city_of, entrances_of
from engine.ports.world import Seals
from engine.services.accounts import Accounts
from engine.services.aftercheck import AfterChecks
from engine.services.backtesting import Backtesting
from engine.services.batches import Batches
from engine.services.cases import Cases
from engine.services.certificates import Certificates
from engine.services.committing import Committing
from engine.services.confirming import Confirming
from engine.services.counter import CounterDesk
from engine.services.delivering import Delivering
from engine.services.drafts import Drafts
from engine.services.enquiries import Enquiries
from engine.services.ex_officio import ExOfficio
from engine.services.explaining import Explaining
from engine.services.facts import Facts
from engine.services.guarding import Guarding
from engine.services.handovers import Handovers
from engine.services.legal_form import LegalForms
from engine.services.letters import Letters
from engine.services.list_files import ListFiles
from engine.services.list_filing import ListFiling
from engine.services.list_results import ListResults
from engine.services.list_rows import ListRows
from engine.services.popularity import Popularity
from engine.services.publicity import Publicity
from engine.services.publishing import Publishing
from engine.services.recall import Recalls
from engine.services.reporting import Reporting
from engine.services.samples import Samples
from engine.services.sampling import Sampling
from engine.services.sealing import Sealing
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.services.signing_review import Signatures
from engine.services.worklist import WorkList


def wire(on: Adapters) -> Zhunyu:
    """All services over the adapters, those first on which others stand."""
    settings, store, clock, ids, files = on.settings, on.store, on.clock, on.ids, on.files
    signed, shelf, seals = signing_of(on), Shelf(store=store), RingSeals(on.crypto)
    standings = standings_of(shelf)
    history, accounts = history_of(on, signed), accounts_of(on, signed, standings)
    facts = Facts(store=store, clock=clock, shelf=shelf, sources=HttpRegistry(settings.registry_url))
    letters = Letters(store=store, clock=clock, ids=ids, files=files, seals=seals)
    committing, cases, desk = casework_of(on, shelf, facts, signed, letters)
    legal, (inbox, expiring, ratings) = legal_of(on, shelf, signed), messages_of(on, shelf, cases)
    acting = acting_of(on, shelf, committing, signed, letters)
    documents = documents_of(on, cases, desk, letters, signed)
    moves = moves_of(on, shelf, committing, cases, documents, signed)
    certificates = Certificates(
        store=store, clock=clock, files=files, shelf=shelf, seals=seals, legal=legal, letters=letters
    )
    departments, consents, providing = providing_of(on, accounts, certificates, shelf)
    explaining = Explaining(store=store, clock=clock, shelf=shelf, facts=facts)
    receipts, audited = receipts_of(on, shelf, cases, desk, signed), audit_of(on, shelf, history, explaining, signed)
    drafts, ex_officio, batches = _drafting(on, shelf, facts, accounts, cases, committing)
    rows, lists = _lists(on, shelf, facts, cases, committing)
    field = field_of(on, shelf, committing, signed, desk)
    archives = archives_of(on, shelf, documents, history, receipts, legal, field["field_papers"])
    shadows = Shadowing(store=store, clock=clock, ids=ids, shelf=shelf)
    recalls = Recalls(store=store, clock=clock, ids=ids, committing=committing, waker=on.waker)
    reporting = Reporting(store=store, clock=clock, shelf=shelf, committing=committing)
    sealing = sealing_of(on, committing, legal, signed, seals)
    return Zhunyu(
        settings=settings, store=store, clock=clock, ids=ids, files=files, accounts=accounts, shelf=shelf, facts=facts,
        drafts=drafts, ex_officio=ex_officio, batches=batches, reporting=reporting, cases=cases, desk=desk,
        panels=panels_of(on, shelf, desk, signed), enquiries=Enquiries(store=store),
        counter=CounterDesk(store=store, clock=clock, shelf=shelf, drafts=drafts, cases=cases, renderer=on.renderer),
        acting=acting, worklist=WorkList(store=store, clock=clock, ids=ids, shelf=shelf),
        **hand_work_of(on, acting, moves.desk, signed), moves=moves,
        certificates=certificates, departments=departments, consents=consents, providing=providing,
        documents=documents, explaining=explaining, receipts=receipts, archives=archives, shadows=shadows,
        history=history, recalls=recalls, audit=audited, signing=signed, keys=keys_of(on),
        rows=rows, lists=lists, row_files=ListFiles(store=store, ids=ids, files=files, uploads=on.uploads, rows=rows),
        results=ListResults(store=store, shelf=shelf, filing=lists),
        handovers=Handovers(store=store, clock=clock, ids=ids, shelf=shelf, facts=facts, waker=on.waker),
        confirming=Confirming(store=store, clock=clock, ids=ids, shelf=shelf, applicants=signed.applicants),
        delivering=Delivering(
            store=store, cases=cases, letters=documents, committing=committing, applicants=signed.applicants
        ),
        effects=effects_of(
            on, sending_of(on, standings), sealing, cases, shadows, recalls, archives, reporting, batches, lists
        ),
        publicity=Publicity(store=store, clock=clock, committing=committing),
        **after_of(on, shelf, committing, certificates, signed),
        popularity=Popularity(store=store, clock=clock), samples=Samples(renderer=on.renderer),
        publishing=Publishing(store=store, clock=clock, ids=ids),
        guarding=Guarding(store=store, clock=clock, ids=ids, shelf=shelf),
        after_checks=AfterChecks(store=store, shelf=shelf, committing=committing),
        sampling=Sampling(store=store, clock=clock, ids=ids),
        staffing=staffing_of(on, accounts, committing, standings),
        backtesting=Backtesting(store=store, shelf=shelf),
        inbox=inbox, expiring=expiring, ratings=ratings, **field,
        identity=city_of(settings, clock), entrances=entrances_of(on, accounts),
        closing=(audited.watching.close, store.database.close, on.waker.close),
    )  # fmt: skip


def _drafting(
    on: Adapters, shelf: Shelf, facts: Facts, accounts: Accounts, cases: Cases, committing: Committing
) -> tuple[Drafts, ExOfficio, Batches]:
    store, clock, ids = on.store, on.clock, on.ids
    drafts = Drafts(
        store=store, clock=clock, ids=ids, files=on.files, shelf=shelf, facts=facts, accounts=accounts,
        uploads=on.uploads,
    )  # fmt: skip
    ex_officio = ExOfficio(store=store, clock=clock, shelf=shelf, drafts=drafts, submission=cases.submission)
    batches = Batches(
        store=store, clock=clock, ids=ids, shelf=shelf, facts=facts, waker=on.waker, committing=committing,
        ex_officio=ex_officio,
    )  # fmt: skip
    return drafts, ex_officio, batches


def sealing_of(on: Adapters, committing: Committing, legal: LegalForms, signed: Signatures, seals: Seals) -> Sealing:
    """What makes certificate files."""
    return Sealing(
        store=on.store, clock=on.clock, files=on.files, renderer=on.renderer, seals=seals, legal=legal,
        reporter=committing, settings=on.settings, acts=signed.review.disagreement,
    )  # fmt: skip


def _lists(
    on: Adapters, shelf: Shelf, facts: Facts, cases: Cases, committing: Committing
) -> tuple[ListRows, ListFiling]:
    store, clock, ids, files = on.store, on.clock, on.ids, on.files
    rows = ListRows(store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts)
    return rows, ListFiling(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, waker=on.waker,
        committing=committing, submission=cases.submission, rows=rows,
    )
