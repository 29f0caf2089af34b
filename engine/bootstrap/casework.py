"""Wiring of what handles cases: signing, committing, documents, effects."""

from __future__ import annotations

from engine.adapters.peer import HttpPeer
from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.adapters.signature_service import HttpSignatureService
from engine.adapters.trust_folder import TrustFolder
from engine.bootstrap.adapters import Adapters
from engine.ports.effects import Job
from engine.services.archive_office import ArchiveOffice
from engine.services.archiving import KIND as ARCHIVE
from engine.services.batches import Batches
from engine.services.cases import Cases
from engine.services.clock_letters import ClockNotices
from engine.services.committing import Committing
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.documents import Documents
from engine.services.effects import Effects
from engine.services.enquiries import Enquiries
from engine.services.facts import Facts
from engine.services.legal_form import LegalForms
from engine.services.letters import Letters
from engine.services.list_filing import ListFiling
from engine.services.message_sending import KINDS as MESSAGE_KINDS
from engine.services.message_sending import Sending
from engine.services.projection import BATCH, PUSH, SEAL
from engine.services.recall import KIND as RECALL
from engine.services.recall import Recalls
from engine.services.replies import Replies
from engine.services.report_projection import KIND as REPORT_FILED
from engine.services.reporting import Reporting
from engine.services.sealing import Sealing
from engine.services.shadow import KIND as SHADOW
from engine.services.shadow import Shadowing
from engine.services.shelf import Shelf
from engine.services.signing import Signing
from engine.services.signing_applicants import ApplicantSigning
from engine.services.signing_authority import SigningAuthority
from engine.services.signing_review import ActReview, Signatures
from engine.settings import PROGRAM


def signing_of(on: Adapters) -> Signatures:
    """Who signs, and what stands of what was signed."""
    settings, store, clock, ids = on.settings, on.store, on.clock, on.ids
    folders = [settings.trust_dir, *([settings.data_dir / "sandbox" / "trust"] if settings.sandbox else [])]
    authority = SigningAuthority(
        store=store, clock=clock, ids=ids, files=TrustFolder(*folders), development=settings.development_ca
    )
    service = HttpSignatureService(settings.signature_url, on.crypto, clock) if settings.signature_url else None
    officers = Signing(
        store=store, clock=clock, ids=ids, authority=authority, policy=settings.signing, service=service,
        second_share=settings.second_share,
    )  # fmt: skip
    applicants = ApplicantSigning(
        store=store, ids=ids, authority=authority, service=service, second_share=settings.second_share
    )
    return Signatures(authority, officers, applicants, ActReview(store=store, authority=authority))


def casework_of(
    on: Adapters, shelf: Shelf, facts: Facts, signed: Signatures, letters: Letters
) -> tuple[Committing, Cases, Desk]:
    """What changes cases: the one way to commit, the applicants' side, the desk."""
    store, clock, ids, files, signing = on.store, on.clock, on.ids, on.files, signed.officers
    committing = Committing(store=store, clock=clock, ids=ids, shelf=shelf, waker=on.waker, signing=signing)
    cases = Cases(
        store=store, clock=clock, ids=ids, files=files, shelf=shelf, facts=facts, waker=on.waker,
        committing=committing, uploads=on.uploads, signing=signing, applicants=signed.applicants,
        notices=ClockNotices(letters=letters, shelf=shelf, clock=clock),
    )  # fmt: skip
    return committing, cases, Desk(store=store, clock=clock, files=files, shelf=shelf)


def acting_of(
    on: Adapters, shelf: Shelf, committing: Committing, signed: Signatures, letters: Letters
) -> DeskActing:
    """What staff do with cases."""
    return DeskActing(
        store=on.store, clock=on.clock, shelf=shelf, committing=committing, signing=signed.officers,
        replies=Replies(files=on.files, ids=on.ids, uploads=on.uploads),
        notices=ClockNotices(letters=letters, shelf=shelf, clock=on.clock),
    )  # fmt: skip


def documents_of(on: Adapters, cases: Cases, desk: Desk, letters: Letters, signed: Signatures) -> Documents:
    """The papers of a case."""
    return Documents(
        files=on.files, renderer=on.renderer, applicant_view=cases.view, staff_view=desk.view, settings=on.settings,
        letters=letters, acts=signed.review.of_case, enquiry=Enquiries(store=on.store).code,
    )  # fmt: skip


def legal_of(on: Adapters, shelf: Shelf, signed: Signatures) -> LegalForms:
    """The legal form (OFD) of certificates."""
    return LegalForms(
        store=on.store, clock=on.clock, files=on.files, shelf=shelf, drawer=OfdRenderer(on.renderer),
        holders=signed.authority, program=PROGRAM,
    )  # fmt: skip


def effects_of(
    on: Adapters, sending: Sending, sealing: Sealing, cases: Cases, shadows: Shadowing, recalls: Recalls,
    archives: ArchiveOffice, reporting: Reporting, batches: Batches, lists: ListFiling,
) -> Effects:  # fmt: skip
    """What is carried out after a commit, each kind of job by its service."""
    peer = HttpPeer(on.settings.peer_url, on.crypto, on.clock)

    def seal(job: Job) -> str:
        sealing.make(str(job.body["certificate"]))
        return ""

    def give_up_seal(job: Job, reason: str) -> None:
        sealing.give_up(str(job.body["certificate"]), reason)

    return Effects(
        store=on.store, clock=on.clock, ids=on.ids, waker=on.waker,
        handlers={
            SEAL: seal, PUSH: lambda job: peer.deliver(job.to, job.body, job.key),
            REPORT_FILED: reporting.settle, SHADOW: shadows.run,
            RECALL: recalls.run, ARCHIVE: archives.run,
            BATCH: lambda job: (lists if lists.owns(job) else batches).run(job),
            **dict.fromkeys(MESSAGE_KINDS, sending.run),
        },
        give_up={
            SEAL: give_up_seal, SHADOW: shadows.give_up, ARCHIVE: archives.give_up, PUSH: sending.push_failed,
            **dict.fromkeys(MESSAGE_KINDS, sending.give_up),
        },
        wake_case=cases.run_due,
    )  # fmt: skip
