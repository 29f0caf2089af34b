"""Filing a list: the rows that are in order become cases one by one; the others go on in a list of their own.

A row is in one place only: in the list, or in its case. Its case, the mark of the row as filed and its removal from the
list are one commit, so that a process that dies goes on where it stopped and files nothing twice.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model import batch as words
from engine.model.case import Case, Upload
from engine.model.commands import EndRows, FileRows, Submit
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.rows import MOST_ROWS, shared_answers
from engine.model.values import Answers
from engine.ports.batches import Item
from engine.ports.drafts import Consent, Draft
from engine.ports.effects import Job
from engine.ports.rows import IN_ORDER, RowLine
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, Ids, Waker
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing
from engine.services.draft_filling import argument_digest, prefilled
from engine.services.draft_keeping import own
from engine.services.facts import Facts
from engine.services.list_rows import ListRows
from engine.services.list_shape import shape_of
from engine.services.projection import batch_job
from engine.services.safeguard_projection import CapReached
from engine.services.shelf import Shelf
from engine.services.submission import Filing, Submission, outdated
from engine.services.upload_place import upload_key

_CHUNK, _ATTEMPTS = 20, 5
_SECONDS = 20.0  # a job leaves the rest to the next one well within its lease
_AGAIN = timedelta(minutes=5)
_REFUSED = ("A003", "A004", "A008", "A009", "A010", "C003", "C004", "C005")  # what keeps one row out, not the list

Uploads = dict[str, tuple[Upload, ...]]


class _Moved(Exception):
    """Somebody else has dealt with the row, or the list has changed."""


class _Wait(Exception):
    """The sources have been asked as often as they may be within the hour."""


class ListFiling:
    """Lists become cases here."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, shelf: Shelf, facts: Facts, waker: Waker,
        committing: Committing, submission: Submission, rows: ListRows,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._shelf, self._facts, self._waker, self._committing = shelf, facts, waker, committing
        self._submission, self._rows = submission, rows

    def file(self, session: Session, draft_id: str, key: str, *, doubtful: bool, consent: bool) -> Case:
        """File the rows that are in order, with `doubtful` also those that go to people; the same list filed twice
        gives the same case. The other rows go on in a new draft.

        `consent` is the applicant's to asking the sources that are asked with consent only. Raises A003, A004 with
        every problem, A005, A008, A010, C002 when the list changed meanwhile, C004.
        """
        draft, filed = self._found(session, draft_id, key)
        if filed is not None:
            return filed
        matter = self._shelf.current(draft.matter)
        if matter.hash != draft.matter_hash:
            raise outdated()
        shape = shape_of(self._shelf, matter.hash)
        rows = self._rows.checked(session, draft, shape, MOST_ROWS)
        chosen = [row for row in rows if row.state == IN_ORDER and (doubtful or not row.hints)]
        consented = self._rows.consents(shape)
        if not chosen:
            raise ZhunyuError("A004", "没有可以提交的行。", "请先导入清单，更正提示的内容。", status=422)
        if consented and not consent:
            what = f"还没有同意就清单里的人员向{'、'.join(consented)}核验。"
            raise ZhunyuError("A004", what, "请勾选同意后再提交。", status=422)
        answers, facts = self._submission.gathered(matter, draft.subject, draft.answers, None, {})
        command = FileRows(answers, draft.uploads, draft.subject, len(chosen), consented)
        filing = Filing(draft, matter, command, actor_of(session), facts, None, key)
        taken = {row.id for row in chosen}
        left = [row for row in rows if row.id not in taken]
        follow = self._new_draft(draft.account, draft, matter) if left else None

        def claim(tx: Transaction, case: str, at: str) -> None:
            now_kept = tx.drafts.get(draft.id, lock=True)
            if now_kept is None or now_kept.revision != draft.revision or now_kept.uploads != draft.uploads:
                raise _Moved
            if _content(tx.rows.of(draft.id)) != _content(rows):
                raise _Moved
            if not tx.cases.submit_once(draft.id, draft.account, key, case, at):
                raise _Moved
            tx.drafts.close(draft.id, case)
            tx.batches.add(tuple(_item(case, place, row) for place, row in enumerate(chosen)))
            if follow is not None:
                _hand_over(tx, left, follow)
            tx.effects.enqueue(batch_job(self._ids.new(), case, "making", "0", at))

        try:
            return self._submission.file(filing, claim)
        except _Moved as moved:
            self._drop(follow)
            case = self._found(session, draft.id, key)[1]
            if case is not None:
                return case
            raise ZhunyuError("C002", "清单刚刚有了变化，没有提交。", "请核对后再提交。", status=409) from moved
        except BaseException:
            self._drop(follow)
            raise

    def _found(self, session: Session, draft_id: str, key: str) -> tuple[Draft, Case | None]:
        """The session's own draft and the case it became; A005 when the key was used for another draft."""
        with self._store.read() as tx:
            used = tx.cases.submitted_key(session.account.id, key) if key else None
            draft = own(session, tx.drafts.get(draft_id))
            filed = tx.cases.load(draft.case) if draft.case else None
        if used is not None and used != draft_id:
            raise ZhunyuError("A005", "这一请求编号已用于另一份申请。", "请换一个编号重试。", status=409)
        return draft, filed

    def put_back(self, session: Session, case_id: str) -> Draft | None:
        """The rows that could not be filed, in a new draft to be corrected; None when there are none (any more)."""
        parent = self.parent(session, case_id)
        matter = self._shelf.current(parent.matter)
        with self._store.read() as tx:
            items = tx.batches.waiting(parent.id, words.NOT_FILED, MOST_ROWS)
        if not items:
            return None
        known = {field.id for field in matter.fields()}
        needs = {need.id for need in matter.materials}
        answers = {key: value for key, value in parent.answers.items() if key in known}
        uploads = {key: files for key, files in parent.uploads.items() if key in needs}
        as_draft = _draft(parent, session.account.id, matter, answers, uploads, parent.id)
        draft = self._new_draft(session.account.id, as_draft, matter)
        try:
            with self._store.write() as tx:
                for item in items:
                    if not tx.batches.mark(parent.id, item.certificate, words.NOT_FILED, words.BACK):
                        raise _Moved
                rows = [row for item in items if (row := tx.rows.get(item.certificate)) is not None]
                _hand_over(tx, rows, draft)
        except _Moved:
            self._drop(draft)
            return None
        except BaseException:
            self._drop(draft)
            raise
        return draft

    def parent(self, session: Session, case_id: str) -> Case:
        """The case of a list the session may see; A003 for any other."""
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        subject = session.subject
        if case is None or subject is None or all(one.code != subject.code for one in case.subjects):
            raise ZhunyuError("A003", "找不到这一办件。", "请从“我的办件”重新进入。", status=404)
        batch = self._shelf.version(case.matter_hash).batch
        if batch is None or not batch.of_rows:
            raise ZhunyuError("A003", "这一办件没有清单。", "请从“我的办件”重新进入。", status=404)
        return case

    def owns(self, job: Job) -> bool:
        """Whether a job of the effect `batch` is about a list."""
        with self._store.read() as tx:
            case = tx.cases.load(str(job.body["parent"]))
        batch = self._shelf.version(case.matter_hash).batch if case is not None else None
        return batch is not None and batch.of_rows

    def run(self, job: Job) -> str:
        """The effect `batch` of a list: some rows, then the next job. Repeating is harmless."""
        parent = str(job.body["parent"])
        again = self.work(parent)
        if again is not None:
            at, phase = self._clock.now().isoformat(timespec="seconds"), "making"
            number = job.seq + 1 if job.to == phase else 0
            mark = f"{number}" if job.to == phase else f"after-{job.id}"
            ripe = again.isoformat(timespec="seconds")
            with self._store.write() as tx:
                tx.effects.enqueue(batch_job(self._ids.new(), parent, phase, mark, at, number, ripe))
            self._waker.wake()
        return ""

    def work(self, parent_id: str, most: int | None = None) -> datetime | None:
        """Go on with a list for some seconds, or `most` rows; when to go on again, None when every row was tried."""
        with self._store.read() as tx:
            parent = tx.cases.load(parent_id)
        if parent is None or parent.closed_at:
            return None
        ends = time.monotonic() + _SECONDS
        while True:
            with self._store.read() as tx:
                items = tx.batches.waiting(parent_id, words.WAITING, _CHUNK)
            if not items:
                break
            for item in items:
                if time.monotonic() > ends or (most is not None and most <= 0):
                    return self._clock.now()
                most = None if most is None else most - 1
                try:
                    self._make(parent, item)
                except _Wait:
                    return self._clock.now() + _AGAIN
        with self._store.read() as tx:
            counts = tx.batches.counts(parent_id)
        if not counts.get(words.WAITING) and not counts.get(words.FILED):
            unfiled = counts.get(words.NOT_FILED, 0) + counts.get(words.BACK, 0)
            self._committing.report(parent_id, EndRows(counts.get(words.DONE, 0), unfiled))
        return None

    def _make(self, parent: Case, item: Item) -> None:
        """One row becomes a case of its own, or is told why it could not."""
        for attempt in range(_ATTEMPTS):
            with self._store.read() as tx:
                row = tx.rows.get(item.certificate)
            if row is None:  # filed by somebody else; or lost, which is told
                with self._store.write() as tx:
                    tx.batches.mark(parent.id, item.certificate, words.WAITING, words.NOT_FILED)
                return
            try:
                self._file_row(parent, row)
                return
            except _Moved:
                return
            except CapReached:
                continue
            except ZhunyuError as error:
                if error.code in ("C002", "A008") and attempt < _ATTEMPTS - 1:
                    continue
                if error.code not in _REFUSED:
                    raise
                self._refuse(parent, row, error)
                return
        raise ZhunyuError("S006", "这一行暂时不能提交。", "系统会再试。", status=503)

    def _file_row(self, parent: Case, row: RowLine) -> None:
        matter = self._shelf.version(parent.matter_hash)
        assert matter.batch is not None
        child, subject = self._shelf.applied_for(matter.batch.child), parent.subjects[0]
        known = {need.id for need in child.materials}
        shared = shared_answers(matter, child, parent.answers)
        answers = prefilled(child, subject, {}, None, {**shared, **row.answers})
        uploads = {key: files for key, files in {**parent.uploads, **row.uploads}.items() if key in known and files}
        consented = self._consents(child, parent.initiator, row, answers, matter.batch.verify)
        answers, facts = self._submission.gathered(child, subject, answers, None, consented)
        draft = _draft(parent, parent.initiator.id, child, answers, uploads, row.id)
        command = Submit(answers, uploads, subject, origin=parent.origin, parent=parent.id)

        def claim(tx: Transaction, case: str, at: str) -> None:
            if not tx.batches.mark(parent.id, row.id, words.WAITING, words.FILED, case=case):
                raise _Moved
            tx.rows.delete((row.id,))

        self._submission.file(Filing(draft, child, command, parent.initiator, facts, None, ""), claim)

    def _refuse(self, parent: Case, row: RowLine, error: ZhunyuError) -> None:
        told = "".join(dict.fromkeys((*(problem.what for problem in error.problems),))) or error.what
        with self._store.write() as tx:
            if tx.batches.mark(parent.id, row.id, words.WAITING, words.NOT_FILED):
                tx.rows.replace(msgspec.structs.replace(row, told=told, basis=""))

    def _consents(
        self, child: Matter, actor: Actor, row: RowLine, answers: Answers, most: int
    ) -> dict[tuple[str, str], str]:
        """The recorded consents for what the sources are asked about one row; as often an hour as the account may."""
        now = self._clock.now()
        asked = [(one, argument_digest(one, answers)) for one in child.facts if self._facts.on_consent(one.source)]
        with self._store.read() as tx:
            given = {(one.fact, one.digest): one.id for one in tx.drafts.consents(row.id)}
        lacking = [(need, digest) for need, digest in asked if (need.key, digest) not in given]
        if not lacking:
            return given
        since = (now - timedelta(hours=1)).isoformat(timespec="seconds")
        at = now.isoformat(timespec="seconds")
        with self._store.write() as tx:
            before = tx.drafts.consents_since(actor.id, since)
            if before and before + len(lacking) > most:
                raise _Wait
            for need, digest in lacking:
                consent = Consent(self._ids.new(), row.id, actor.id, need.key, need.source, digest, at)
                tx.drafts.add_consent(consent)
                given[need.key, digest] = consent.id
        return given

    def _new_draft(self, account: str, like: Draft, matter: Matter) -> Draft:
        """A draft with the same answers and copies of the files; it is stored by who hands rows over to it."""
        uploads: Uploads = {}
        id, at = self._ids.new(), self._clock.now().isoformat(timespec="seconds")
        for material, files in like.uploads.items():
            for one in files:
                copy = msgspec.structs.replace(one, id=self._ids.new())
                self._files.put(upload_key(copy.id), self._files.get(upload_key(one.id)), id)
                uploads[material] = (*uploads.get(material, ()), copy)
        return msgspec.structs.replace(
            like, id=id, account=account, matter_hash=matter.hash, uploads=uploads, revision=1, created_at=at,
            updated_at=at, case="", consents=(), window="",
        )  # fmt: skip

    def _drop(self, draft: Draft | None) -> None:
        for one in (one for files in draft.uploads.values() for one in files) if draft is not None else ():
            self._files.delete(upload_key(one.id))


def _draft(parent: Case, account: str, matter: Matter, answers: Answers, uploads: Uploads, id: str) -> Draft:
    return Draft(
        id=id, account=account, subject=parent.subjects[0], matter=matter.id, matter_hash=matter.hash, acts_on="",
        answers=answers, uploads=uploads, revision=1, created_at="", updated_at="",
    )  # fmt: skip


def _hand_over(tx: Transaction, rows: list[RowLine], draft: Draft) -> None:
    """Store a new draft and move rows into its list."""
    tx.drafts.add(draft)
    tx.rows.delete(tuple(row.id for row in rows))
    tx.rows.add(tuple(msgspec.structs.replace(row, draft=draft.id, place=place) for place, row in enumerate(rows, 1)))


def _content(rows: tuple[RowLine, ...]) -> list[object]:
    return [(row.id, row.answers, row.uploads) for row in rows]


def _item(parent: str, place: int, row: RowLine) -> Item:
    return Item(parent, place, row.id, str(row.place), "", words.WAITING)
