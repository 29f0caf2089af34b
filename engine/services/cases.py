"""Cases from the applicant's side: file, follow, withdraw, answer a request for supplement."""

from __future__ import annotations

import contextlib

from engine.errors import ZhunyuError
from engine.model.case import OPEN, UNDER_WAY, Case, Status, Upload
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.clock_commands import AskHearing
from engine.model.commands import AnswerSupplement, Lapse, Withdraw
from engine.model.events import Happened
from engine.model.hearing import TOLD
from engine.model.matter import EX_OFFICIO, Matter
from engine.model.people import SYSTEM
from engine.model.values import Answers
from engine.pipeline.delivering import may_sign_for
from engine.ports.cases import CaseQuery
from engine.ports.drafts import UploadChecker
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, Ids, Waker
from engine.services.accounts import Session, actor_of
from engine.services.clock_letters import ClockNotices
from engine.services.committing import Committing
from engine.services.desk_access import at_counter
from engine.services.facts import Facts
from engine.services.shelf import Shelf
from engine.services.signing import Signing
from engine.services.signing_applicants import WITHDRAWAL, ApplicantSigning, command_signer
from engine.services.submission import Submission
from engine.services.upload_place import upload_key
from engine.services.views import CaseLine, CaseView, Moment
from engine.trust.sm3 import sm3_hex


class Cases:
    """What an applicant does with cases, and what the effects process does in nobody's name."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, facts: Facts, waker: Waker,
        committing: Committing, uploads: UploadChecker, signing: Signing | None = None,
        applicants: ApplicantSigning | None = None, notices: ClockNotices | None = None,
    ) -> None:  # fmt: skip
        self._applicants, self._notices = applicants, notices
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._shelf, self._facts, self._committing, self._uploads = shelf, facts, committing, uploads
        self.submission = Submission(
            store=store, clock=clock, ids=ids, shelf=shelf, facts=facts, waker=waker, signing=signing,
            applicants=applicants,
        )  # fmt: skip

    def submit(
        self, session: Session, draft_id: str, key: str, insist: bool = False, origin: str = "网上", secret: str = ""
    ) -> Case:
        """File a draft; see `Submission.submit`."""
        return self.submission.submit(session, draft_id, key, insist, origin, secret)

    def mine(self, session: Session, after: str = "", limit: int = 50) -> tuple[CaseLine, ...]:
        """Cases of the subject the session acts for, else those the account filed; newest first.

        `after` is `received_at|id` of the last line seen.
        """
        code = session.subject.code if session.subject else ""
        account = "" if code else session.account.id
        query = CaseQuery(account=account, subject_code=code, after=after, limit=limit)
        with self._store.read() as tx:
            return tx.cases.lines(query)

    def view(self, session: Session, case_id: str) -> CaseView:
        """A case with its timeline and certificates; A003 when it is not theirs."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
            events = tx.cases.events(case_id, personal=case.confidential)
            certificates = _ordered_by(tx, case)
            original = tx.certificates.load(case.acts_on) if case.acts_on else None
        timeline = tuple(
            Moment(at=one.at, kind=one.event.kind, words=one.event.words, actor=_shown(one.actor.kind))
            for one in events
            if isinstance(one.event, Happened)
        )
        return CaseView(
            case=case,
            matter=self._shelf.version(case.matter_hash),
            timeline=timeline,
            certificates=certificates,
            sealed=bool(certificates) and all(one.status is not CertificateStatus.ISSUING for one in certificates),
            original=original,
            etag=_etag(case, certificates),
            can=_can(self._shelf.version(case.matter_hash), case, self._clock.now().date().isoformat()),
        )

    def etag(self, session: Session, case_id: str) -> str:
        """The `etag` of the view, for a page that asks whether anything is new; A003 when the case is not theirs."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
            return _etag(case, _ordered_by(tx, case))

    def withdraw(
        self, session: Session, case_id: str, reason: str = "", secret: str = "", on_paper: bool = False
    ) -> Case:
        """撤回 before the decision; C001 after it; signed where the matter asks for it (A010, K007, K008), but for what
        was signed `on_paper` at the counter."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
        signer = None
        if not on_paper and self._applicants is not None and WITHDRAWAL in self._shelf.version(case.matter_hash).sign:
            signer = command_signer(WITHDRAWAL, self._applicants.signer(session, secret))
        return self._committing.carry_out(case, Withdraw(reason), actor_of(session), signer=signer)

    def ask_hearing(self, session: Session, case_id: str, words: str) -> Case:
        """Ask for the hearing one was told of; C001 when there is none to ask for, C004 after its last day."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
        matter = self._shelf.version(case.matter_hash)
        day = self._clock.now().date().isoformat()
        asked, may = AskHearing(case.subjects[0].name, day, words), "ask_hearing" in _can(matter, case, day)
        command = self._notices.numbered(case, asked) if may and self._notices is not None else asked
        return self._committing.carry_out(case, command, actor_of(session))

    def answer_supplement(
        self, session: Session, case_id: str, answers: Answers, uploads: dict[str, tuple[Upload, ...]]
    ) -> Case:
        """Answer the request for supplement; A004 with problems when the answers are not in order."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
            original = tx.certificates.load(case.acts_on) if case.acts_on else None
        for files in uploads.values():
            for upload in files:
                self._require_stored(upload)
        matter = self._shelf.version(case.matter_hash)
        consents = {key: fact.consent for key, fact in case.facts.items() if fact.consent}
        facts = self._facts.gather(
            matter, case.subjects[0], {**case.answers, **answers}, original, consents, self._clock.now(),
            complete=True, fresh=True, case=case.id,
        )  # fmt: skip
        return self._committing.carry_out(case, AnswerSupplement(answers, uploads), actor_of(session), facts)

    def supplement_upload(self, session: Session, case_id: str, material_id: str, filename: str, data: bytes) -> Upload:
        """Take a file for a material that the request for supplement opened; A007 with the reason otherwise."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
        asked = case.supplement.items if case.supplement and case.status is Status.SUPPLEMENT else ()
        matter = self._shelf.version(case.matter_hash)
        need = next((need for need in matter.materials if need.id == material_id), None)
        if need is None or not any(material_id in item.materials for item in asked):
            raise ZhunyuError("A007", "没有要求补正这份材料。", "请只上传列出的材料。", status=422)
        found = self._uploads.check(filename, data, need.accept, need.max_mb)
        upload = Upload(
            id=self._ids.new(), name=found.name, media=found.media, size=found.size, digest=found.digest,
            pages=found.pages,
        )  # fmt: skip
        self._files.put(upload_key(upload.id), data, case.id)
        return upload

    def upload(self, session: Session, case_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file the applicant handed in; A003 when the case has none such."""
        with self._store.read() as tx:
            case = self._own(tx, session, case_id)
        found = next((one for files in case.uploads.values() for one in files if one.id == upload_id), None)
        if found is None:
            raise ZhunyuError("A003", "本办件没有这个文件。", "请从办件页面重新打开。", status=404)
        return found, self._files.get(upload_key(upload_id))

    def run_due(self, case_id: str, what: str) -> None:
        """A reminder fell due."""
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        if case is not None:
            self._committing.carry_out(case, Lapse(what), SYSTEM)

    def _require_stored(self, upload: Upload) -> None:
        """The file behind an upload must be the very one it names: uploads come back from the browser."""
        stored = b""
        with contextlib.suppress(KeyError, ValueError):
            stored = self._files.get(upload_key(upload.id))
        if not stored or sm3_hex(stored) != upload.digest or len(stored) != upload.size:
            raise ZhunyuError("A007", "上传的文件已经失效。", "请重新上传。", status=422)

    def _own(self, tx: Transaction, session: Session, case_id: str) -> Case:
        case = tx.cases.load(case_id)
        if case is None or not _theirs(session, case):
            raise ZhunyuError("A003", "找不到这一办件。", "请从“我的办件”重新进入。", status=404)
        return case


def _ordered_by(tx: Transaction, case: Case) -> tuple[Certificate, ...]:
    return tuple(one for one in tx.certificates.of_case(case.id) if one.id in case.certificates)


def _etag(case: Case, certificates: tuple[Certificate, ...]) -> str:
    stamp = "|".join((str(case.version), *(f"{one.status.value}{one.version}" for one in certificates)))
    return sm3_hex(stamp.encode())[:16]


def _theirs(session: Session, case: Case) -> bool:
    if session.account.kind != "applicant":
        return at_counter(session, case)
    if session.subject is not None:
        return any(subject.code == session.subject.code for subject in case.subjects)
    return case.initiator.id == session.account.id


def _can(matter: Matter, case: Case, day: str) -> tuple[str, ...]:
    own = case.origin != EX_OFFICIO and matter.batch is None  # of a list every row is withdrawn by itself
    possible: tuple[str, ...] = ("withdraw",) if case.status in OPEN and own else ()
    if may_sign_for(matter, case):
        possible = ("sign_for",)
    hearing = case.hearing
    if case.status in UNDER_WAY and hearing is not None and hearing.state == TOLD and day <= hearing.ask_by:
        possible = (*possible, "ask_hearing")
    return (*possible, "answer_supplement") if case.status is Status.SUPPLEMENT else possible


def _shown(kind: str) -> str:
    """Applicants see offices, not the names of staff."""
    return {"staff": "办理机关", "system": "系统", "applicant": "申请人"}.get(kind, "")

