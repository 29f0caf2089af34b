"""Filing an application: everything that must be known is gathered first, then one transaction decides every race."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.checkdigits import iso7064_mod37_36
from engine.model.commands import FileRows, Initiate, Submit
from engine.model.counter import Counter
from engine.model.events import CertificateOrdered
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import Actor, Subject
from engine.model.values import Answers
from engine.pipeline.advance import advance
from engine.pipeline.context import Context, Step
from engine.ports.drafts import Draft
from engine.ports.signing import KeptCertificate
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.accounts import Session, actor_of
from engine.services.confirming import given
from engine.services.draft_filling import argument_digest, prefilled
from engine.services.draft_keeping import own
from engine.services.facts import Facts
from engine.services.offices import office_for
from engine.services.projection import Commit, commit_step
from engine.services.report_projection import fulfilled_by
from engine.services.safeguard_projection import CapReached, instant_counter
from engine.services.sampling import Sampling
from engine.services.shadow import shadow_job
from engine.services.shelf import Shelf
from engine.services.signing import Seen, Signing
from engine.services.signing_applicants import (
    APPLICATION,
    ApplicantSigning,
    NewSignature,
    application_content,
    application_signed,
    keep_certificates,
)
from engine.trust.acts import FIRST, SignedAct

_ATTEMPTS = 3
_SERIAL = 8


class _Overtaken(Exception):
    """The draft was changed, or became a case, in another commit while this one was on its way."""


class Filing(msgspec.Struct, frozen=True):
    """An application ready to be filed."""

    draft: Draft
    matter: Matter
    command: Submit | Initiate | FileRows
    actor: Actor
    facts: dict[str, Fact]
    original: Certificate | None
    key: str
    sign: Callable[..., NewSignature] | None = None


class Submission:
    """Drafts become cases here."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, facts: Facts, waker: Waker,
        signing: Signing | None = None, applicants: ApplicantSigning | None = None,
    ) -> None:  # fmt: skip
        self._signing, self._applicants = signing, applicants
        self._store, self._clock, self._ids = store, clock, ids
        self._shelf, self._facts, self._waker = shelf, facts, waker
        self._sampling = Sampling(store=store, clock=clock, ids=ids)

    def submit(
        self, session: Session, draft_id: str, key: str, insist: bool = False, origin: str = "网上", secret: str = "",
        counter: Counter | None = None,
    ) -> Case:  # fmt: skip
        """File a draft; the same draft always gives the same case. `secret` opens the applicant's key where the matter
        asks for a signature; of an application at the `counter` the signature is on paper.

        Raises A003 for a draft that is not the session's, A004 with problems, A005 when the key was used for another
        draft, A008 when the matter has changed or left the shelf (the draft is kept), A009, A010, C003, C004,
        C005, K007, K008.
        """
        for _ in range(_ATTEMPTS):
            with self._store.read() as tx:
                filed = self._filed(tx, session, draft_id, key)
                draft = own(session, tx.drafts.get(draft_id)) if filed is None else None
            if draft is None:
                assert filed is not None
                return filed
            filing = self._prepare(session, draft, key, insist, origin, counter)
            if counter is None:
                filing = msgspec.structs.replace(filing, sign=self._signer(session, secret))
            try:
                return self._file(filing)
            except (_Overtaken, CapReached):
                continue
            except ZhunyuError as error:
                if error.code != "C002":
                    raise
        raise ZhunyuError("S006", "暂时不能提交。", "请稍后再试，您填写的内容没有丢失。", status=503)

    def _filed(self, tx: Transaction, session: Session, draft_id: str, key: str) -> Case | None:
        used = tx.cases.submitted_key(session.account.id, key) if key else None
        if used is not None and used != draft_id:
            raise ZhunyuError("A005", "这一请求编号已用于另一份申请。", "请换一个编号重试。", status=409)
        case_id = tx.cases.submitted(draft_id)
        case = tx.cases.load(case_id) if case_id else None
        if case is not None and case.initiator.id != session.account.id:
            raise ZhunyuError("A003", "找不到这份申请。", "请从“我的申请”重新进入。", status=404)
        return case

    def _prepare(
        self, session: Session, draft: Draft, key: str, insist: bool, origin: str, counter: Counter | None = None
    ) -> Filing:
        matter = self._shelf.current(draft.matter)
        if matter.hash != draft.matter_hash:
            raise outdated()
        with self._store.read() as tx:
            original = tx.certificates.load(draft.acts_on) if draft.acts_on else None
            confirmations = given(tx.confirmations.of_draft(draft.id)) if matter.countersign else {}
            consented = {(consent.fact, consent.digest): consent.id for consent in tx.drafts.consents(draft.id)}
        _require_usable(matter, original, draft)
        answers, facts = self.gathered(matter, draft.subject, draft.answers, original, consented)
        command: Submit | Initiate
        acts_on = original.id if original else ""
        if matter.ex_officio:
            command = Initiate(answers, draft.uploads, draft.subject, acts_on=acts_on)
        else:
            command = Submit(
                answers=answers, uploads=draft.uploads, subject=draft.subject, origin=origin, acts_on=acts_on,
                insist=insist, confirmations=confirmations, counter=counter,
            )  # fmt: skip
        return Filing(draft, matter, command, actor_of(session), facts, original, key)

    def gathered(
        self, matter: Matter, subject: Subject, answers: Answers, original: Certificate | None,
        consented: Mapping[tuple[str, str], str],
    ) -> tuple[Answers, dict[str, Fact]]:  # fmt: skip
        """The answers with what sources gave, and every fact; `consented` maps a fact and the digest of what it is
        asked with to the id of the consent."""
        facts: dict[str, Fact] = {}
        for _ in range(2):  # an answer taken from one source may be what another is asked with
            consents = {
                need.key: consented[need.key, digest]
                for need in matter.facts
                if (need.key, digest := argument_digest(need, answers)) in consented
            }
            facts = self._facts.gather(
                matter, subject, answers, original, consents, self._clock.now(), complete=True, fresh=True
            )
            filled = prefilled(matter, subject, facts, original, answers)
            if filled == answers:
                break
            answers = filled
        return answers, facts

    def _file(self, filing: Filing) -> Case:
        draft = filing.draft

        def claim(tx: Transaction, case: str, at: str) -> None:
            now_kept = tx.drafts.get(draft.id, lock=True)
            if now_kept is None or now_kept.revision != draft.revision:
                raise _Overtaken
            if not tx.cases.submit_once(draft.id, draft.account, filing.key, case, at):
                raise _Overtaken
            tx.drafts.close(draft.id, case)

        return self.file(filing, claim)

    def file(self, filing: Filing, claim: Callable[[Transaction, str, str], None]) -> Case:
        """Decide a filing and commit it. `claim` takes part in the commit with the id of the case and the instant: it
        takes what is filed, and undoes everything by raising when somebody else has taken it.

        Raises what `advance` raises, A008, A009, C002, C003, and `CapReached` when the day's instant grants are used
        up: the same filing then goes to people.
        """
        matter, draft = filing.matter, filing.draft
        now = self._clock.now()
        case_id = self._ids.new()
        with self._store.read() as tx:
            counted = tx.certificates.count(instant_counter(matter.id, now.date().isoformat()))
            guard = tx.guards.reading(matter.id, now)
        context = Context(
            now=now,
            actor=filing.actor,
            calendar=self._shelf.reference_calendar(),
            case_id=case_id,
            case_number=new_number(now, self._ids),
            certificate_ids=tuple(self._ids.new() for _ in matter.certificates),
            authority=office_for(matter, filing.command.answers, filing.original, now.date(), draft.subject),
            original=filing.original,
            instant_today=counted,
            guard=guard,
            seed=self._sampling.seed(now) if matter.sample else b"",
        )
        step = advance(matter, None, filing.command, filing.facts, context)
        own, acts = self._signed(filing, step, now)
        shadow = self._shelf.shadow(matter.id, now.date().isoformat())
        with self._store.write() as tx:
            pointer = tx.versions.pointer(matter.id)
            if pointer is None or pointer.state != "published" or pointer.hash != matter.hash:
                raise outdated()
            at = now.isoformat(timespec="seconds")
            claim(tx, case_id, at)
            case = commit_step(tx, step, Commit(matter, filing.actor, now, None, self._ids, guard, acts))
            if own is not None:
                keep_certificates(tx, own)
            settles = fulfilled_by(tx, matter, case, at, self._ids)
            if settles is not None:
                tx.effects.enqueue(settles)
            if shadow is not None:
                tx.effects.enqueue(shadow_job(shadow.id, case, at, self._ids))
        self._waker.wake()
        return case

    def _signer(self, session: Session, secret: str) -> Callable[..., NewSignature] | None:
        return functools.partial(self._applicants.sign, session, secret) if self._applicants is not None else None

    def _signed(
        self, filing: Filing, step: Step, now: datetime
    ) -> tuple[NewSignature | None, tuple[SignedAct, ...]]:
        """What the applicant signs of the application, and all that is signed: after it the agency's instant grant."""
        seen: list[Seen] = []

        def look(tx: Transaction, ids: list[str]) -> tuple[KeptCertificate, ...]:
            if self._signing is None:
                return tx.signing.among(ids, "root", "")
            seen.append(self._signing.look(tx, filing.matter, step.case, ids))
            return seen[0].rows

        own, acts = None, tuple[SignedAct, ...]()
        later = any(isinstance(event, CertificateOrdered) for event in step.events)  # see `Sealing`
        if filing.sign is not None and application_signed(filing.matter, step.case):
            content = application_content(filing.matter, step.case)
            own = filing.sign(APPLICATION, step.case, 0, content, now, FIRST, later=later, look=look)
            acts = (own.act,)
        if self._signing is None:
            return own, acts
        previous = own.act.digest if own is not None else FIRST
        agency = self._signing.agency(
            filing.matter, None, filing.command, step, now, previous, later=later, seen=seen[0] if seen else None
        )
        return own, (*acts, *agency)


def new_number(now: datetime, ids: Ids) -> str:
    """A case number: the day, random digits that nobody guesses, and a check character (ISO/IEC 7064 MOD 37,36)."""
    body = f"{now:%Y%m%d}{ids.digits(_SERIAL)}"
    return body + iso7064_mod37_36(body)


def outdated() -> ZhunyuError:
    """A008: the matter the draft was written for is no longer the one on the shelf."""
    return ZhunyuError(
        "A008", "本事项的办理要求已经更新，这份申请是按旧要求填写的。",
        "草稿已保留，请重新发起申请并核对新的要求，已填内容可以带过去。", status=409,
    )  # fmt: skip


def _require_usable(matter: Matter, original: Certificate | None, draft: Draft) -> None:
    wanted = matter.acts_on
    if wanted is None:
        return
    if original is None or original.type != wanted.type or original.holder_code != draft.subject.code:
        raise ZhunyuError("C005", "没有选择可以办理本事项的证照。", "请先选择要办理的证照。", status=409)
    if original.locked_by:
        raise ZhunyuError("C003", "这份证照正由另一件办件处理。", "请待其办结后再申请。", status=409)
    if original.status.value != wanted.status:
        raise ZhunyuError("C005", f"证照状态为“{original.status.value}”，不能办理本事项。", status=409)

