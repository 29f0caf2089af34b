"""Drafts: start, autosave, upload, verify, preview. Nothing is filed here; `services.cases.submit` does that."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Assessment
from engine.model.certificate import Certificate
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import Actor, Subject
from engine.model.values import Answers
from engine.pipeline.context import Application, Context
from engine.pipeline.guarding import guarded
from engine.ports.certificates import CertificateQuery
from engine.ports.confirming import Request
from engine.ports.drafts import Consent, Draft, UploadChecker
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Accounts, Session, actor_of
from engine.services.confirming import given
from engine.services.draft_filling import argument_digest, covering, locked_fields, prefilled
from engine.services.draft_keeping import KeptDrafts, missing, own, unfiled
from engine.services.draft_views import Choice, Opening, Preview, fact_states, material_states, sign_states
from engine.services.facts import Facts
from engine.services.judging import Judgements
from engine.services.offices import office_for
from engine.services.safeguard_projection import instant_counter
from engine.services.shelf import Shelf

VERIFICATIONS_AN_HOUR = 20

class Drafts(KeptDrafts):
    """Drafts with what the rules say of them."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, facts: Facts,
        accounts: Accounts, uploads: UploadChecker,
    ) -> None:  # fmt: skip
        super().__init__(store=store, clock=clock, ids=ids, files=files, shelf=shelf, uploads=uploads)
        self._facts, self._accounts, self._judgements = facts, accounts, Judgements()

    def start(self, session: Session, matter_id: str, acts_on: str = "") -> Draft:
        """A new draft, prefilled from what is known about the subject.

        A003 for an unknown matter or certificate, A008 for one withdrawn, A010 without a subject the account may
        act for or one the matter is not for, C003/C005 for a certificate that cannot be acted on.
        """
        staff = session.account.kind == "staff"
        matter = self._shelf.current(matter_id) if staff else self._shelf.applied_for(matter_id)
        subject = subject_of(session)
        if matter.applicant and subject.kind not in matter.applicant:
            kinds = "、".join(matter.applicant)
            raise ZhunyuError(
                "A010", f"“{matter.title}”由{kinds}申请，您现在代表的是{subject.kind}。", "请切换办理主体。", status=403
            )
        original = self._original_to_act_on(session, matter, acts_on)
        now = self._clock.now()
        facts = self._facts.gather(matter, subject, {}, original, (), now)
        answers = prefilled(matter, subject, facts, original, {})
        at = now.isoformat(timespec="seconds")
        draft = Draft(
            id=self._ids.new(), account=session.account.id, subject=subject, matter=matter.id,
            matter_hash=matter.hash, acts_on=original.id if original else "", answers=answers, uploads={},
            revision=1, created_at=at, updated_at=at,
        )  # fmt: skip
        with self._store.write() as tx:
            tx.drafts.add(draft)
        return draft

    def verify(self, session: Session, draft_id: str, fact_key: str) -> Draft:
        """核验: record the consent to ask one source about the present answers, and ask it.

        A003 for a fact the matter does not ask for with consent, A006 beyond 20 an hour and account. The consent
        covers the arguments as they are now: changed answers need a new one.
        """
        draft = unfiled(self.load(session, draft_id))
        matter = self._shelf.version(draft.matter_hash)
        need = next((need for need in matter.facts if need.key == fact_key), None)
        if need is None or not self._facts.on_consent(need.source):
            raise missing("没有这一项核验。")
        now = self._clock.now()
        since = (now - timedelta(hours=1)).isoformat(timespec="seconds")
        consent = Consent(
            id=self._ids.new(), draft=draft.id, account=session.account.id, fact=need.key, source=need.source,
            digest=argument_digest(need, draft.answers), given_at=now.isoformat(timespec="seconds"),
        )  # fmt: skip
        with self._store.write() as tx:
            if tx.drafts.consents_since(session.account.id, since) >= VERIFICATIONS_AN_HOUR:
                raise ZhunyuError("A006", "核验次数过多。", "请一小时后再试。", status=429)
            tx.drafts.add_consent(consent)
        return self._gather(draft, matter)[0]

    def preview(
        self, session: Session, stored: str | Draft, answers: Answers | None = None, *, complete: bool = False
    ) -> Preview:
        """The application as it stands, judged; `stored` is the draft's id, or the draft as it was just stored or
        loaded, and `answers` stand in for those stored.

        With `complete` blank answers count as blank, as at submission; otherwise as not answered yet, as long as
        any required answer is missing.
        """
        draft = self.load(session, stored) if isinstance(stored, str) else own(session, stored)
        if answers is not None:
            draft = msgspec.structs.replace(draft, answers=answers)
        matter = self._shelf.version(draft.matter_hash)
        draft, facts, original = self._gather(draft, matter)
        filled = prefilled(matter, draft.subject, facts, original, draft.answers)
        changed = filled != draft.answers
        draft = msgspec.structs.replace(draft, answers=filled)
        return self._judge(session, draft, matter, facts, original, complete, changed)

    def follow_version(self, session: Session, draft_id: str) -> bool:
        """Move a draft to the version of its matter that is published now; whether it was on another. A008 when the
        matter left the shelf."""
        return self._follow(session, self.load(session, draft_id))

    def _follow(self, session: Session, draft: Draft) -> bool:
        matter = self._shelf.current(draft.matter)
        if draft.case or draft.matter_hash == matter.hash:
            return False
        known = {field.id for field in matter.fields()}
        needs = {need.id for need in matter.materials}
        with self._store.write() as tx:
            draft = unfiled(own(session, tx.drafts.get(draft.id, lock=True)))
            moved = msgspec.structs.replace(
                draft,
                matter_hash=matter.hash,
                answers={key: value for key, value in draft.answers.items() if key in known},
                uploads={key: files for key, files in draft.uploads.items() if key in needs},
                revision=draft.revision + 1,
            )
            return tx.drafts.replace(moved, draft.revision)

    def opened(self, session: Session, draft_id: str) -> Opening:
        """Open a draft's form: act for the subject an own draft was made for, or follow the matter's newest version.

        A003 and A008 as `load` and `follow_version`.
        """
        with self._store.read() as tx:
            draft = tx.drafts.get(draft_id)
        if draft is not None and draft.account == session.account.id and draft.subject != session.subject:
            return Opening(draft, switched=self._accounts.act_for(session.token, draft.subject.code).subject)
        draft = own(session, draft)
        if not self._follow(session, draft):
            return Opening(draft)
        return Opening(self.load(session, draft_id), moved=True)

    def carry_over(self, session: Session, draft_id: str, matter_id: str) -> Draft:
        """改办: a new draft of the matter a finding named, with the answers that both forms ask for.

        A003 when no finding of the draft names the matter.
        """
        preview = self.preview(session, draft_id, complete=True)
        if matter_id not in {finding.to for finding in preview.assessment.findings if finding.result == "failed"}:
            raise missing("这份申请没有可以改办的事项。")
        draft = self.start(session, matter_id, preview.draft.acts_on)
        known = {field.id for field in self._shelf.version(draft.matter_hash).fields()}
        carried = {key: value for key, value in preview.draft.answers.items() if key in known}
        return self.save(session, draft.id, {**carried, **draft.answers})

    def subject_certificates(self, session: Session, matter_id: str) -> tuple[Choice, ...]:
        """The subject's certificates of the type the matter acts on, usable ones first."""
        matter = self._shelf.current(matter_id)
        if matter.acts_on is None:
            return ()
        query = CertificateQuery(holder_code=subject_of(session).code, type=matter.acts_on.type)
        with self._store.read() as tx:
            found = tx.certificates.find(query)
        today = self._clock.now().date().isoformat()
        choices = [choice_of(matter, certificate, today) for certificate in found]
        return tuple(sorted(choices, key=lambda choice: not choice.usable))

    def _gather(
        self, draft: Draft, matter: Matter
    ) -> tuple[Draft, dict[str, Fact], Certificate | None]:
        """The draft with the consents that cover its present answers, its facts, and the certificate it acts on."""
        with self._store.read() as tx:
            consents = covering(matter, draft.answers, tx.drafts.consents(draft.id))
            original = tx.certificates.load(draft.acts_on) if draft.acts_on else None
        now = self._clock.now()
        facts = self._facts.gather(matter, draft.subject, draft.answers, original, consents, now)
        return msgspec.structs.replace(draft, consents=tuple(consents)), facts, original

    def _judge(
        self, session: Session, draft: Draft, matter: Matter, facts: dict[str, Fact],
        original: Certificate | None, complete: bool, changed: bool,
    ) -> Preview:  # fmt: skip
        actor, today = actor_of(session), self._clock.now().date()
        calendar = self._shelf.reference_calendar()
        office = office_for(matter, draft.answers, original, today, draft.subject)
        requests = self._asked(matter, draft)
        application = Application(
            draft.answers, draft.uploads, draft.subject, facts, original, office, given(requests)
        )
        judged = self._judgements.of(matter, application, actor, today, calendar, complete=complete)
        reading, missing = judged.reading, judged.missing
        assessment = self._as_guarded(matter, judged.assessment, facts, actor)
        in_order = not reading.errors and not missing and not assessment.missing
        names = judged.assessed.names
        confirmations = sign_states(matter, application, reading.answers, names, requests, self._clock.now())
        in_order = in_order and not any(one.lacking for one in confirmations)
        ready = in_order and assessment.outcome not in ("当场更正", "改办")
        askable = frozenset(need.key for need in matter.facts if self._facts.on_consent(need.source))
        return Preview(
            draft=draft, matter=matter,
            visible={key: shown and key not in judged.waiting for key, shown in reading.visible.items()},
            errors=reading.errors, missing=missing, assessed=msgspec.structs.replace(judged.assessed, bare=assessment),
            materials=material_states(matter, assessment, draft.uploads, judged.undecided),
            facts=fact_states(matter, facts, self._facts.titles(), askable),
            locked=locked_fields(matter, draft.subject, facts, original), original=original, ready=ready,
            instant=ready and assessment.outcome == "秒批", application=application, changed=changed,
            confirmations=confirmations,
        )  # fmt: skip

    def _asked(self, matter: Matter, draft: Draft) -> tuple[Request, ...]:
        if not matter.countersign:
            return ()
        with self._store.read() as tx:
            return tx.confirmations.of_draft(draft.id)

    def _as_guarded(
        self, matter: Matter, assessment: Assessment, facts: dict[str, Fact], actor: Actor
    ) -> Assessment:
        """What would become of it now: nobody is promised an instant approval that the guard would stop."""
        if assessment.outcome != "秒批":
            return assessment
        now = self._clock.now()
        with self._store.read() as tx:
            counted = tx.certificates.count(instant_counter(matter.id, now.date().isoformat()))
            guard = tx.guards.reading(matter.id, now)
        return guarded(matter, assessment, facts, Context(now, actor, {}, instant_today=counted, guard=guard))[0]

    def _original_to_act_on(self, session: Session, matter: Matter, certificate_id: str) -> Certificate | None:
        if matter.acts_on is None:
            return None
        with self._store.read() as tx:
            certificate = tx.certificates.load(certificate_id) if certificate_id else None
        if certificate is None or certificate.holder_code != subject_of(session).code:
            raise missing("找不到要办理的证照。")
        if certificate.locked_by:
            raise ZhunyuError(
                "C003", "这张证照正在办理另一件申请。", "请等那件办结后再申请，或先撤回它。", status=409
            )
        choice = choice_of(matter, certificate, self._clock.now().date().isoformat())
        if not choice.usable:
            raise ZhunyuError("C005", choice.why, "请选择另一张证照。", status=409)
        return certificate


def subject_of(session: Session) -> Subject:
    """Whom the session acts for; A010 when nobody is chosen."""
    if session.subject is None:
        raise ZhunyuError("A010", "还没有选择为谁办理。", "请先选择办理主体。", status=403)
    return session.subject


def choice_of(matter: Matter, certificate: Certificate, today: str) -> Choice:
    """Whether a matter can act on a certificate on an ISO day, or why not."""
    wanted = matter.acts_on.status if matter.acts_on else ""
    if matter.acts_on and certificate.type != matter.acts_on.type:
        return Choice(certificate, False, "不是本事项办理的证照。")
    if certificate.locked_by:
        return Choice(certificate, False, "正在办理另一件申请，办结后才能再申请。")
    if certificate.status.value != wanted:
        return Choice(certificate, False, f"证照状态是“{certificate.status.value}”，本事项只办理“{wanted}”的证照。")
    expired = bool(certificate.valid_to) and certificate.valid_to < today
    return Choice(certificate, True, "已过有效期" if expired else "")
