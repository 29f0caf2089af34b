"""Site inspections at the desk and on the phone: planned, taken along, and what comes back kept once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case, StepRecord
from engine.model.field_commands import AddPhoto, PlanVisit
from engine.model.fieldwork import Attest, Inspector, Photo
from engine.model.matter import Matter
from engine.model.route import Step
from engine.model.values import Answers, Json
from engine.pipeline.visits import VISITING, require_unsigned
from engine.ports.asked import VISIT
from engine.ports.drafts import UploadChecker
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, Ids
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing, retried
from engine.services.desk_access import may_see, read_by, staff_of
from engine.services.permission import Relation, holds, in_place_of, permits
from engine.services.recording import record as write_down
from engine.services.shelf import Shelf
from engine.services.step_records import record_view
from engine.services.upload_place import upload_key
from engine.services.visit_merging import Report, merged
from engine.services.visit_views import Candidate, Coming, Taken, VisitView, pictures_of, without_sensitive
from engine.stages.fieldwork import not_sent, visit_of
from engine.stages.workflow import barred_people, open_record, step_of, task_id
from engine.trust.sm3 import sm3_hex

_ATTEMPTS, _LARGEST = 6, 8  # MB a photo, which the phone has made smaller before
_KINDS = ("jpg", "png")
_T = TypeVar("_T")


class Visits:
    """Plans visits and takes what inspectors send."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, uploads: UploadChecker, shelf: Shelf,
        committing: Committing,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self._uploads, self._shelf, self._committing = uploads, shelf, committing

    def certify(self, account_id: str, number: str, actor: str = "system") -> None:
        """Keep the number of somebody's inspector certificate 执法证号; "" takes it away. A003 for no such staff."""
        with self._store.write() as tx:
            account = tx.accounts.account(account_id)
            if account is None or account.kind != "staff":
                raise ZhunyuError("A003", "没有这个工作人员账号。", "请核对登录名。", status=404)
            tx.accounts.update(msgspec.structs.replace(account, inspector=number.strip()))
            at = self._clock.now().isoformat(timespec="seconds")
            content: dict[str, Json] = {"number": number.strip()}
            write_down(
                tx, self._ids, trail=f"account:{account_id}", at=at, actor=actor, what="登记执法证号", content=content
            )

    def candidates(self, session: Session, case_id: str) -> tuple[Candidate, ...]:
        """Who may be sent: inspectors of the place; those who are barred are not among them."""
        case, record, step = self._open(session, case_id)
        barred, place = barred_people(case, step), _place(case, record)
        with self._store.read() as tx:
            staff = tx.accounts.list("staff")
        return tuple(
            Candidate(one, "" if one.inspector else "没有登记执法证号")
            for one in staff
            if one.active and holds(one, (VISITING,)) and may_see(one, place) and one.id not in barred
        )

    def plan(
        self, session: Session, case_id: str, command: PlanVisit, people: tuple[str, ...], version: int
    ) -> Case:  # fmt: skip
        """Plan a visit with the people of these ids; C002 when the case has changed, A002 for another's district."""
        case, record, step = self._open(session, case_id)
        account = session.account
        relation = Relation(place=_place(case, record), matter=case.matter)
        verdict = permits(account, "visit.plan", relation)
        if verdict.why_not or account.id in barred_people(case, step):
            raise ZhunyuError("A002", "您不能安排这次核查。", "请由核查岗位的工作人员安排。", status=403)
        if case.version != version:
            raise ZhunyuError("C002", "办件已被他人处理。", "您填写的内容仍在下方，请核对后再提交。", status=409)
        offered = {one.account.id: one.account for one in self.candidates(session, case_id)}
        unknown = [one for one in people if one not in offered]
        if unknown:
            raise ZhunyuError("C004", "所选人员不能参加这次核查。", "请从列出的人员里选。", status=422)
        sent = tuple(Inspector(id, offered[id].name, offered[id].inspector) for id in people)
        actor = in_place_of(actor_of(session), verdict.power)
        return self._committing.carry_out(case, msgspec.structs.replace(command, inspectors=sent), actor)

    def coming(self, session: Session) -> tuple[Coming, ...]:
        """The visits somebody is sent to, the earliest first."""
        with self._store.read() as tx:
            rows = tx.asked.of(staff_of(session).account.id, VISIT)
            cases = {row.case: tx.cases.load(row.case) for row in rows}
        found = []
        for row in rows:
            case = cases[row.case]
            visit = visit_of(case, row.task) if case is not None and not case.confidential else None
            if case is not None:
                found.append(
                    Coming(
                        row.case, row.task, case.number, case.matter_title,
                        "" if case.confidential else case.subjects[0].name, row.title, row.due,
                        visit.half if visit else "", visit.place if visit else "", case.confidential,
                    )
                )
        return tuple(found)

    def view(self, session: Session, case_id: str, typed: Answers | None = None) -> VisitView:
        """The visit of the open step; `typed` are answers by the ids of the record's form. C001 when none is open."""
        case, record, step = self._open(session, case_id)
        return self._view(session, case, record, step, typed)

    def along(self, session: Session, case_id: str) -> VisitView:
        """The visit to be taken along on the phone of one who is sent; A002 for others and for a confidential case,
        which may not be kept on a phone."""
        case, record, step = self._open(session, case_id)
        self._require_sent(session, case, record)
        return without_sensitive(self._view(session, case, record, step, None))

    def add_photo(
        self, session: Session, case_id: str, key: str, filename: str, data: bytes, taken_at: str, place: str
    ) -> tuple[bool, int]:  # fmt: skip
        """Keep a photo: whether it is new under its key, and how many the visit has. A007 for what is no picture."""
        found = self._uploads.check(filename, data, _KINDS, _LARGEST)
        photo = Photo(
            self._upload_id(session, case_id, key), found.name, found.media, found.size, found.digest,
            self._instant(taken_at), session.account.name, _key(key), place[:60],
        )  # fmt: skip

        def act(case: Case, record: StepRecord, step: Step) -> tuple[bool, int]:
            visit = visit_of(case, task_id(record))
            kept = visit.photos if visit is not None else ()
            if any(one.key == photo.key for one in kept):
                return False, len(kept)
            self._files.put(upload_key(photo.id), data, case_id)
            self._committing.carry_out(case, AddPhoto(step.id, photo), actor_of(session))
            return True, len(kept) + 1

        return self._settled(session, case_id, act)

    def report(self, session: Session, case_id: str, sent: Report) -> Taken:
        """Keep what an inspector wrote, merged with what others wrote since; nothing is kept where they clash."""
        picture = self._signature(session, case_id, sent)

        def act(case: Case, record: StepRecord, step: Step) -> Taken:
            visit = visit_of(case, task_id(record))
            if visit is None:
                raise ZhunyuError("C001", "这次核查还没有安排。", "请先在办件页面安排核查。", status=409)
            if sent.key in visit.sent:
                return Taken(again=True)
            require_unsigned(record)
            view = self._view(session, case, record, step, sent.answers)
            now = self._view(session, case, record, step, None)
            mine, theirs = (one.record.record if one.record is not None else {} for one in (view, now))
            known = {field.id: field.title for field in (step.form.fields if step.form is not None else ())}
            attest = _attest(sent, picture, self._clock.now())
            made, clashes = merged(sent, visit, known, mine, theirs, attest)
            if clashes:
                by = visit.reported_by.name if visit.reported_by is not None else ""
                return Taken(clashes=clashes, by=by, at=visit.reported_at)
            self._committing.carry_out(case, msgspec.structs.replace(made, step=step.id), actor_of(session))
            return Taken()

        return self._settled(session, case_id, act)

    def photo(self, session: Session, case_id: str, photo_id: str) -> tuple[Photo, bytes]:
        """A photo or signature of a visit of the case; A003 when there is none."""
        with self._store.read() as tx:
            case = read_by(session, tx, tx.cases.load(case_id))
        for one in pictures_of(case):
            if one.id == photo_id:
                return one, self._files.get(upload_key(one.id))
        raise ZhunyuError("A003", "本办件没有这张照片。", "请从办件页面重新打开。", status=404)

    def _settled(self, session: Session, case_id: str, act: Callable[[Case, StepRecord, Step], _T]) -> _T:
        """Act on the case as it is, again when another commit was first: what comes from a phone holds whatever else
        happened to the case meanwhile."""

        def once() -> _T:
            case, record, step = self._open(session, case_id)
            self._require_sent(session, case, record)
            return act(case, record, step)

        return retried(once, _ATTEMPTS)

    def _open(self, session: Session, case_id: str) -> tuple[Case, StepRecord, Step]:
        with self._store.read() as tx:
            case = read_by(session, tx, tx.cases.load(case_id))
        record = open_record(case)
        step = step_of(self._shelf.version(case.matter_hash), record.step) if record is not None else None
        if record is None or step is None or step.role != VISITING:
            raise ZhunyuError("C001", "办件现在没有待办的现场核查。", "请回到办件页面查看最新状态。", status=409)
        return case, record, step

    @staticmethod
    def _require_sent(session: Session, case: Case, record: StepRecord) -> None:
        visit = visit_of(case, task_id(record))
        why = not_sent(case, task_id(record), session.account.id)
        if visit is None or why:
            raise ZhunyuError("A002", why or "这次核查还没有安排。", "请由指派的核查人员填写。", status=403)
        if case.confidential:
            raise ZhunyuError(
                "A002", "重特事项不得保存在手机上。", "请联网在办件页面直接填写记录表。", status=403
            )

    def _view(
        self, session: Session, case: Case, record: StepRecord, step: Step, typed: Answers | None
    ) -> VisitView:  # fmt: skip
        matter = self._shelf.version(case.matter_hash)
        with self._store.read() as tx:
            original = tx.certificates.load(case.acts_on) if case.acts_on else None
        calendar = self._shelf.reference_calendar()
        drawn = record_view(matter, case, original, typed, actor_of(session), self._clock.now(), calendar)
        visit = visit_of(case, task_id(record))
        return VisitView(case, step.title, record, visit, drawn, tuple(step.results), step.staff, _site(matter, case))

    def _signature(self, session: Session, case_id: str, sent: Report) -> Photo | None:
        if not sent.picture:
            return None
        found = self._uploads.check("被核查人签名.png", sent.picture, ("png",), 1)
        id = self._upload_id(session, case_id, f"signature {sent.key}")
        self._files.put(upload_key(id), sent.picture, case_id)
        at = self._instant(sent.signed_at)
        return Photo(id, found.name, found.media, found.size, found.digest, at, session.account.name, sent.key)

    def _upload_id(self, session: Session, case_id: str, key: str) -> str:
        """The same for the same sending, so that a file sent twice lies there once, and for no other."""
        return sm3_hex(f"{case_id}/{session.account.id}/{_key(key)}".encode())[:26].upper()

    def _instant(self, told: str) -> str:
        """The instant the phone told, if it is one and not in the future; else now."""
        now = self._clock.now()
        try:
            at = datetime.fromisoformat(told.replace("Z", "+00:00"))
            good = at.tzinfo is not None and at <= now
        except ValueError:
            good = False
        return (at.astimezone(now.tzinfo) if good else now).isoformat(timespec="seconds")


def _place(case: Case, record: StepRecord) -> str:
    return record.office.district if record.office is not None else case.district


def _key(key: str) -> str:
    if not 8 <= len(key) <= 80 or not key.isprintable():
        raise ZhunyuError("A012", "没有带幂等键。", "请从现场核查页面提交。", status=400)
    return key


def _attest(sent: Report, picture: Photo | None, now: datetime) -> Attest | None:
    if not sent.attest:
        return None
    at = picture.taken_at if picture is not None else now.isoformat(timespec="seconds")
    return Attest(
        sent.attest, sent.name.strip()[:60], at, picture, sent.reason.strip()[:500], sent.witness.strip()[:60]
    )


def _site(matter: Matter, case: Case) -> str:
    """The address to visit, as the application gives it: one the applicant wrote before one of the registry."""
    places = (one for one in matter.fields() if one.kind == "地址" and not one.sensitive)
    given = sorted(places, key=lambda one: one.locked)
    return next((text for one in given if isinstance(text := case.answers.get(one.id), str) and text), "")
