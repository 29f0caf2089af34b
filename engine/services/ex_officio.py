"""Cases that officers start: find the certificate, fill in the form, 立案. The form is judged like an applicant's."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, Upload
from engine.model.certificate import Certificate
from engine.model.matter import EX_OFFICIO, Matter
from engine.model.people import Subject
from engine.model.values import Answers
from engine.ports.certificates import CertificateQuery
from engine.ports.drafts import Draft
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.cards import Card
from engine.services.desk_access import refuse
from engine.services.draft_keeping import missing
from engine.services.draft_views import Choice, Preview
from engine.services.drafts import Drafts, choice_of
from engine.services.permission import STARTERS, Relation, permits
from engine.services.shelf import Shelf
from engine.services.submission import Submission

_SHORTEST, _SHOWN = 2, 50


class Begun(msgspec.Struct, frozen=True):
    """A form an officer has begun: which matter, about whom, when it was last changed."""

    draft: str
    title: str
    about: str
    updated_at: str
    count: int = 0


class ExOfficio:
    """What officers do before an ex-officio case is there."""

    def __init__(self, *, store: Store, clock: Clock, shelf: Shelf, drafts: Drafts, submission: Submission) -> None:
        self._store, self._clock, self._shelf = store, clock, shelf
        self._drafts, self._submission = drafts, submission

    def matters(self, session: Session) -> tuple[Card, ...]:
        """The matters an officer may start a case of."""
        _officer(session)
        return tuple(card for card in self._shelf.cards() if card.starts == EX_OFFICIO)

    def begun(self, session: Session) -> tuple[Begun, ...]:
        """The officer's own forms that are no cases yet, last changed first."""
        with self._store.read() as tx:
            drafts = tx.drafts.begun_by(_officer(session).account.id)
        return tuple(
            Begun(one.id, self._shelf.version(one.matter_hash).title, one.subject.name, one.updated_at, len(one.picks))
            for one in drafts
            if self._shelf.version(one.matter_hash).ex_officio
        )

    def matter(self, session: Session, matter_id: str) -> Matter:
        """The matter; A003 for one that does not start ex officio."""
        _officer(session)
        matter = self._shelf.current(matter_id)
        if not matter.ex_officio:
            raise ZhunyuError("A003", "没有这一依职权事项。", "请从“依职权办理”重新选择。", status=404)
        return matter

    def find(self, session: Session, matter_id: str, text: str) -> tuple[Choice, ...]:
        """Certificates the matter acts on by number or holder, of the officer's own district; usable ones first."""
        matter = self.matter(session, matter_id)
        if matter.acts_on is None or len(text.strip()) < _SHORTEST:
            return ()
        with self._store.read() as tx:
            found = tx.certificates.find(CertificateQuery(text=text.strip(), type=matter.acts_on.type, limit=_SHOWN))
        today = self._clock.now().date().isoformat()
        choices = [choice_of(matter, one, today) for one in found if acts_on(session, matter, one)]
        return tuple(sorted(choices, key=lambda choice: not choice.usable))

    def start(
        self, session: Session, matter_id: str, certificate_id: str = "", subject: Subject | None = None
    ) -> Draft:
        """Begin the form of a matter about a certificate's holder, or about a subject where it acts on none.

        A002 for another district's certificate, A004 without a subject, C003 and C005 for one that cannot be acted on.
        """
        matter = self.matter(session, matter_id)
        if matter.acts_on is None:
            if subject is None or not subject.code.strip() or not subject.name.strip():
                raise ZhunyuError("A004", "没有写明当事人。", "请写明当事人的名称和代码。", status=422)
            return self._drafts.start(_acting(session, subject), matter_id)
        with self._store.read() as tx:
            certificate = tx.certificates.load(certificate_id) if certificate_id else None
        if certificate is None:
            raise missing("找不到要办理的证照。")
        if not acts_on(session, matter, certificate):
            raise ZhunyuError("A002", f"这张证照属于{certificate.district}，您不能办理。", "请由该区立案。", status=403)
        return self._drafts.start(_acting(session, self.holder(certificate)), matter_id, certificate.id)

    def preview(
        self, session: Session, draft_id: str, answers: Answers | None = None, *, complete: bool = False
    ) -> Preview:
        """The form as it stands, judged."""
        return self._drafts.preview(self._for(session, draft_id), draft_id, answers, complete=complete)

    def load(self, session: Session, draft_id: str) -> Draft:
        """The officer's own draft; A003 for any other."""
        return self._drafts.load(self._for(session, draft_id), draft_id)

    def save(self, session: Session, draft_id: str, answers: Answers, revision: int | None, window: str) -> Draft:
        """Keep what was typed; A013 when another window was first."""
        return self._drafts.save(self._for(session, draft_id), draft_id, answers, revision, window)

    def upload(self, session: Session, draft_id: str, material: str, name: str, data: bytes) -> Upload:
        """Keep a file; A007 with the reason when it may not be taken."""
        return self._drafts.upload(self._for(session, draft_id), draft_id, material, name, data)

    def remove_upload(self, session: Session, draft_id: str, material: str, upload: str) -> None:
        """Take a file out again."""
        self._drafts.remove_upload(self._for(session, draft_id), draft_id, material, upload)

    def delete(self, session: Session, draft_id: str) -> None:
        """Throw the form away."""
        self._drafts.delete(self._for(session, draft_id), draft_id)

    def initiate(self, session: Session, draft_id: str, key: str) -> Case:
        """立案; the same form sent twice gives the same case. Raises what `Submission.submit` raises."""
        return self._submission.submit(self._for(session, draft_id), draft_id, key)

    def _for(self, session: Session, draft_id: str) -> Session:
        """The session, acting about the subject of its own draft."""
        with self._store.read() as tx:
            draft = tx.drafts.get(draft_id)
        if draft is None or draft.account != _officer(session).account.id:
            raise missing("找不到这份立案表。")
        return _acting(session, draft.subject)

    def holder(self, certificate: Certificate) -> Subject:
        """Whom a case about a certificate is about."""
        kind = self._shelf.certificate_types().get(certificate.type)
        return Subject(kind.holder if kind else "法人", certificate.holder_code, certificate.holder_name)


def _acting(session: Session, subject: Subject) -> Session:
    return msgspec.structs.replace(session, subject=subject)


def _officer(session: Session) -> Session:
    refuse(permits(session.account, "ex_officio.start").why_not, f"由{'、'.join(STARTERS)}岗位办理。")
    return session


def acts_on(session: Session, matter: Matter, certificate: Certificate) -> bool:
    """Whether the officer may start a case of the matter about the certificate."""
    relation = Relation(place=certificate.district, matter=matter.id)
    return not permits(session.account, "ex_officio.act_on", relation).why_not
