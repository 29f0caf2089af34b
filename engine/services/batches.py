"""集体办理: one parent case over many certificates; children made, judged and decided one by one, in chunks.

A process that dies goes on where it stopped: every child and the mark of its item are one commit.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import ZhunyuError
from engine.model import batch as words
from engine.model.authority import Authority
from engine.model.batch import Pick
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import Follow, Initiate, OpenBatch, StartBatch, TakeOut
from engine.model.matter import Matter
from engine.model.people import SYSTEM, Actor, Subject
from engine.model.route import Publicity
from engine.pipeline.advance import advance
from engine.pipeline.assess import check_form, names_of
from engine.pipeline.batches import shared
from engine.pipeline.context import Application, Context, Step
from engine.ports.batches import Item, Lines
from engine.ports.certificates import CertificateQuery
from engine.ports.drafts import Draft
from engine.ports.effects import Job
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing
from engine.services.desk_access import district_for, refuse
from engine.services.draft_filling import prefilled
from engine.services.draft_keeping import missing, unfiled
from engine.services.draft_views import Choice
from engine.services.drafts import choice_of
from engine.services.ex_officio import ExOfficio, acts_on
from engine.services.facts import Facts
from engine.services.offices import office_for
from engine.services.permission import STARTERS, Relation, in_place_of, permits
from engine.services.projection import Commit, batch_job, commit_step
from engine.services.shelf import Shelf
from engine.services.submission import new_number
from engine.stages.form.check import FormReading
from engine.stages.publicity import publicity_lines

MOST = 500
_CHUNK, _AT_ONCE = 20, 100
_SKIPPED = ("A002", "A004", "A009", "C003", "C004", "C005")  # what keeps one certificate out, not the batch


class _Moved(Exception):
    """Another process has dealt with the item."""


class Batches:
    """Choose certificates, open the parent, make the children, carry the decision out on each."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, facts: Facts, waker: Waker,
        committing: Committing, ex_officio: ExOfficio,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf
        self._facts, self._waker, self._committing, self._office = facts, waker, committing, ex_officio

    def matter(self, session: Session, matter_id: str) -> Matter:
        """The matter; A003 for one that has no batches."""
        matter = self._office.matter(session, matter_id)
        if matter.batch is None:
            raise ZhunyuError("A003", "这一事项不能批量办理。", "请从“依职权办理”重新选择。", status=404)
        return matter

    def find(self, session: Session, matter_id: str, asked: Mapping[str, str]) -> tuple[Choice, ...]:
        """Certificates by what the matter lets them be found by, of the officer's own district; usable ones first."""
        matter = self.matter(session, matter_id)
        assert matter.batch is not None
        given = {key: asked[key] for key in matter.batch.where if asked.get(key)}
        wanted = given.pop("district", "")
        district = district_for(session.account, STARTERS) or wanted
        until, status = given.pop("valid_to", ""), given.pop("status", "")
        query = CertificateQuery(
            type=matter.batch.type, district=district, valid_until=until, items=given, limit=MOST,
            statuses=(CertificateStatus(status),) if status in {one.value for one in CertificateStatus} else (),
        )  # fmt: skip
        with self._store.read() as tx:
            found = tx.certificates.find(query)
        today = self._clock.now().date().isoformat()
        return tuple(sorted((choice_of(matter, one, today) for one in found), key=lambda one: not one.usable))

    def start(self, session: Session, matter_id: str, taken: tuple[str, ...], left: Mapping[str, str]) -> Draft:
        """Begin the form of a batch over the certificates taken; `left` maps those left out to why.

        A004 when none is taken, they are too many, of several districts, or one was left out without a reason.
        """
        matter = self.matter(session, matter_id)
        assert matter.batch is not None
        if not taken or len(taken) + len(left) > MOST:
            raise ZhunyuError("A004", f"请选入一到 {MOST} 张证照。", "条件太宽的，请缩小范围。", status=422)
        if any(not reason.strip() for reason in left.values()):
            raise ZhunyuError("A004", "没有选入的证照要写明理由。", "请逐户写明。", status=422)
        with self._store.read() as tx:
            found = {id: tx.certificates.load(id) for id in (*taken, *left)}
        known = [one for one in found.values() if one is not None and one.type == matter.batch.type]
        districts = {one.district for one in known}
        if len(known) < len(found) or len(districts) != 1 or not acts_on(session, matter, known[0]):
            raise ZhunyuError("A004", "所选证照不是同一个区的同一类证照。", "请按区分批办理。", status=422)
        picks = tuple(
            Pick(one.id, one.number, one.holder_name, one.id not in left, left.get(one.id, "").strip()) for one in known
        )
        office, now = self._authority(matter, known[0]), self._clock.now().isoformat(timespec="seconds")
        draft = Draft(
            id=self._ids.new(), account=session.account.id, subject=Subject("法人", office.code, office.name),
            matter=matter.id, matter_hash=matter.hash, acts_on="", answers={}, uploads={}, revision=1,
            created_at=now, updated_at=now, picks=picks,
        )  # fmt: skip
        with self._store.write() as tx:
            tx.drafts.add(draft)
        return draft

    def reading(self, session: Session, draft: Draft) -> FormReading:
        """The shared part of the form as it stands."""
        matter, now = self._shelf.version(draft.matter_hash), self._clock.now()
        application = Application(draft.answers, draft.uploads, draft.subject)
        calendar = self._shelf.reference_calendar()
        return shared(matter, check_form(matter, application, actor_of(session), now.date(), calendar))

    def open(self, session: Session, draft_id: str) -> Case:
        """立案 over all certificates taken; the same form sent twice gives the same case."""
        draft = self._office.load(session, draft_id)
        if draft.case:
            with self._store.read() as tx:
                found = tx.cases.load(draft.case)
            if found is not None:
                return found
        draft, now = unfiled(draft), self._clock.now()
        matter = self._shelf.version(draft.matter_hash)
        with self._store.read() as tx:
            first = tx.certificates.load(draft.picks[0].certificate) if draft.picks else None
            guard = tx.guards.reading(matter.id, now)
        if first is None:
            raise missing("这份立案表没有选入证照。")
        context = self._context(matter, actor_of(session), self._authority(matter, first))
        command = OpenBatch(draft.answers, draft.uploads, draft.subject)
        step = advance(matter, None, command, {}, context)
        with self._store.write() as tx:
            kept = tx.drafts.get(draft.id, lock=True)
            if kept is None or kept.revision != draft.revision or kept.case:
                raise ZhunyuError("C002", "这份立案表刚刚有了变化。", "请刷新后再试。", status=409)
            case = commit_step(tx, step, Commit(matter, context.actor, now, None, self._ids, guard))
            tx.drafts.close(draft.id, case.id)
            tx.batches.add(tuple(_item(case.id, place, pick) for place, pick in enumerate(draft.picks)))
            self._enqueue(tx, case.id, 0)
        self._waker.wake()
        return case

    def work(self, parent_id: str, limit: int = _AT_ONCE) -> bool:
        """Go on with a batch for so many certificates at most; whether nothing is left to do. Repeating is harmless."""
        with self._store.read() as tx:
            parent = tx.cases.load(parent_id)
        if parent is None:
            return True
        deciding = parent.decision is not None or bool(parent.closed_at)
        state = words.FOLLOWING if deciding else words.WAITING
        while True:
            with self._store.read() as tx:
                items = tx.batches.waiting(parent_id, state, _CHUNK)
            if not items:
                break
            for item in items:
                if limit <= 0:
                    return False
                limit -= 1
                if deciding:
                    self._carry_out(parent, item)
                else:
                    self._make(parent, item)
        if not deciding and not parent.items:
            self._begin(parent)
        return True

    def run(self, job: Job) -> str:
        """The effect `batch`: some certificates, then the next job."""
        parent = str(job.body["parent"])
        if not self.work(parent):
            with self._store.write() as tx:
                self._enqueue(tx, parent, job.seq + 1)
            self._waker.wake()
        return ""

    def items(self, case_id: str, after: int = -1, limit: int = 50) -> tuple[tuple[Item, ...], dict[str, int]]:
        """A page of the items of a batch, and how many are in each state."""
        with self._store.read() as tx:
            return tx.batches.items(case_id, after, limit), tx.batches.counts(case_id)

    def take_out(self, session: Session, parent_id: str, certificate: str, reason: str) -> None:
        """逐户复核: take a child out of a batch that is not decided; A003, C001, C004 as `TakeOut`."""
        with self._store.read() as tx:
            parent = tx.cases.load(parent_id)
            item = next((one for one in tx.batches.items(parent_id) if one.certificate == certificate), None)
            child = tx.cases.load(item.case) if item is not None and item.case else None
        if parent is None or item is None or child is None:
            raise missing("批次里没有这一户。")
        verdict = permits(session.account, "batch.take_out", Relation(place=parent.district, matter=parent.matter))
        refuse(verdict.why_not, "由审查或审批岗位转出。")
        if parent.decision is not None or item.state != words.FOLLOWING:
            raise ZhunyuError("C001", "这一户已经不随批次办理，或者批次已经决定。", "请刷新后查看。", status=409)

        def mark(tx: Transaction) -> None:
            if not tx.batches.mark(parent_id, certificate, words.FOLLOWING, words.APART, reason=reason.strip()):
                raise ZhunyuError("C002", "这一户刚刚有了变化。", "请刷新后查看。", status=409)

        self._committing.carry_out(child, TakeOut(reason), in_place_of(actor_of(session), verdict.power), within=mark)

    def _make(self, parent: Case, item: Item) -> None:
        """One child case, judged by itself, and the mark of its item in one commit."""
        try:
            self._commit_child(parent, item)
        except _Moved:
            return
        except ZhunyuError as error:
            if error.code not in _SKIPPED:
                raise
            with self._store.write() as tx:
                tx.batches.mark(parent.id, item.certificate, words.WAITING, words.NOT_OPENED, reason=error.what)

    def _commit_child(self, parent: Case, item: Item) -> None:
        matter = self._shelf.version(parent.matter_hash)
        step, lines = self._child(matter, parent, item)
        state = words.FOLLOWING if not step.case.steps else words.APART
        reason = "" if state == words.FOLLOWING else _doubts(step.case)
        now = self._clock.now()
        with self._store.write() as tx:
            guard = tx.guards.reading(matter.id, now)
            if not tx.batches.mark(
                parent.id, item.certificate, words.WAITING, state, case=step.case.id, reason=reason, lines=lines
            ):
                raise _Moved
            commit_step(tx, step, Commit(matter, parent.initiator, now, None, self._ids, guard))

    def _child(self, matter: Matter, parent: Case, item: Item) -> tuple[Step, Lines]:
        with self._store.read() as tx:
            original = tx.certificates.load(item.certificate)
        if original is None or matter.acts_on is None:
            raise ZhunyuError("C005", "证照库里没有这张证照。", status=409)
        choice = choice_of(matter, original, self._clock.now().date().isoformat())
        if not choice.usable:
            raise ZhunyuError("C005", choice.why, status=409)
        subject, now = self._office.holder(original), self._clock.now()
        facts = self._facts.gather(matter, subject, parent.answers, original, (), now, complete=True, fresh=True)
        answers = prefilled(matter, subject, facts, original, parent.answers)
        context = self._context(matter, parent.initiator, self._authority(matter, original), original)
        command = Initiate(answers, parent.uploads, subject, acts_on=original.id, parent=parent.id)
        step = advance(matter, None, command, facts, context)
        application = Application(step.case.answers, parent.uploads, subject, facts, original, context.authority)
        names = names_of(matter, application, context.actor, now.date(), context.calendar)
        shows = next((one.publicity for one in matter.route if one.publicity), Publicity(0, shows=_LISTED))
        return step, publicity_lines(matter, shows, names)

    def _begin(self, parent: Case) -> None:
        with self._store.read() as tx:
            items, counts = tx.batches.items(parent.id), tx.batches.counts(parent.id)
        children = tuple(one.case for one in items if one.case)
        self._committing.report(parent.id, StartBatch(children, counts.get(words.FOLLOWING, 0)))

    def _carry_out(self, parent: Case, item: Item) -> None:
        """The parent's decision on one child, and the mark of its item in one commit."""
        decision = parent.decision
        granted = decision is not None and decision.outcome == self._shelf.version(parent.matter_hash).granting
        reason, basis = (decision.reason, decision.basis) if decision else (parent.close_reason, ())
        command = Follow(granted, parent.number, reason, basis)
        state = words.DONE if granted else words.DROPPED

        def mark(tx: Transaction) -> None:
            if not tx.batches.mark(parent.id, item.certificate, words.FOLLOWING, state):
                raise _Moved

        with self._store.read() as tx:
            child = tx.cases.load(item.case)
        assert child is not None
        try:
            if self._committing.carry_out(child, command, decision.by if decision else SYSTEM, within=mark) is child:
                with self._store.write() as tx:
                    mark(tx)
        except _Moved:
            pass

    def _context(
        self, matter: Matter, actor: Actor, authority: Authority, original: Certificate | None = None
    ) -> Context:
        now = self._clock.now()
        return Context(
            now=now, actor=actor, calendar=self._shelf.reference_calendar(), case_id=self._ids.new(),
            case_number=new_number(now, self._ids), authority=authority, original=original,
            certificate_ids=tuple(self._ids.new() for _ in matter.certificates),
        )  # fmt: skip

    def _authority(self, matter: Matter, certificate: Certificate) -> Authority:
        found = office_for(matter, {}, certificate, self._clock.now().date())
        if found is None:
            raise ZhunyuError("A004", "没有对应的办理机关。", "请核对所在区。", status=422)
        return found

    def _enqueue(self, tx: Transaction, parent: str, seq: int) -> None:
        tx.effects.enqueue(batch_job(self._ids.new(), parent, "making", str(seq), self._clock.now().isoformat(), seq))


_LISTED = ("original.number", "original.holder_name")


def _item(parent: str, place: int, pick: Pick) -> Item:
    state = words.WAITING if pick.taken else words.EXCLUDED
    return Item(parent, place, pick.certificate, pick.number, pick.holder, state, reason=pick.reason)


def _doubts(case: Case) -> str:
    findings = case.assessment.findings if case.assessment else ()
    found = [one for one in findings if one.result in ("failed", "unknown") and one.action != "提示"]
    return "；".join(one.message or f"{one.title}未能核实" for one in found)
