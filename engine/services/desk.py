"""The desk: a case on one page, and the register. Everyone sees only their own district."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.calendar import estimated
from engine.model.case import Case, Upload, reply_files
from engine.model.certificate import Certificate
from engine.model.events import Happened, Noted
from engine.model.people import called
from engine.pipeline.course import clocks
from engine.ports.cases import CaseQuery, RecordedEvent
from engine.ports.certificates import CertificateQuery
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore
from engine.services.accounts import Session
from engine.services.annex import annex_of
from engine.services.desk_access import district_of, read_by, staff_of
from engine.services.desk_actions import actions_of
from engine.services.desk_views import (
    DeskView,
    compare,
    days_left,
    drawn_up,
    facts_of,
    hours_left,
    materials_of,
)
from engine.services.shelf import Shelf
from engine.services.upload_place import upload_key
from engine.services.views import CaseView, Moment
from engine.services.visit_views import visit_files
from engine.stages.workflow import open_record, step_of

_RELATED = 10


class Desk:
    """What a member of staff sees of cases."""

    def __init__(self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf) -> None:
        self._store, self._clock, self._files, self._shelf = store, clock, files, shelf

    def view(self, session: Session, case_id: str) -> CaseView:
        """The case as staff see it; A003 when there is none, A002 when it is another district's."""
        with self._store.read() as store:
            return self._view(store, read_by(session, store, store.cases.load(case_id)))

    def case(self, session: Session, case_id: str) -> DeskView:
        """The case with all a person needs to decide on one page; it counts as read from now on."""
        account = staff_of(session).account
        with self._store.read() as store:
            case = read_by(session, store, store.cases.load(case_id))
            view = self._view(store, case)
            tasks = store.cases.tasks(case_id)
            code = case.subjects[0].code
            others = CaseQuery(subject_code=code, district=district_of(account), limit=_RELATED + 1)
            related = store.cases.lines(others) if code and not case.items else ()
            held = CertificateQuery(holder_code=code, limit=_RELATED)
            holdings = store.certificates.find(held) if code else ()  # an office may have no code yet
            seen = store.accounts.readings(account.id, (case_id,)).get(case_id)
        if seen != case.version:
            with self._store.write() as store:
                store.accounts.mark_read(account.id, case_id, case.version)
        matter, record = view.matter, open_record(case)
        now, calendar = self._clock.now(), self._shelf.reference_calendar()
        step = step_of(matter, record.step) if record else None
        hourly = "T" in case.due_legal
        due = case.due_legal if hourly else min(filter(None, (case.due_legal, case.due_promised)), default="")
        running = clocks(matter, case, calendar, now)
        return DeskView(
            view=view, tasks=tasks, actions=actions_of(matter, case, account, now, calendar),
            materials=materials_of(matter, case), compared=compare(matter, case), facts=facts_of(matter, case),
            related=tuple(line for line in related if line.id != case_id)[:_RELATED], holdings=holdings,
            open_step=record, results=tuple(step.results) if step else (), people=step.staff if step else 1,
            due=due if not case.closed_at else "",
            days_left=days_left(due, now.date(), calendar),
            hours_left=hours_left(due, now), drawn_up=drawn_up(case),
            clocks=running, estimated=estimated((one.due for one in running if not one.ended), calendar),
        )  # fmt: skip

    def upload(self, session: Session, case_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file handed in for a case; A003 when the case has no such file."""
        with self._store.read() as store:
            case = read_by(session, store, store.cases.load(case_id))
        others = (*reply_files(case.steps), *visit_files(case))
        for upload in (*(one for files in case.uploads.values() for one in files), *others):
            if upload.id == upload_id:
                return upload, self._files.get(upload_key(upload_id))
        raise ZhunyuError("A003", "本办件没有这个文件。", "请从办件页面重新打开。", status=404)

    def certificates(self, session: Session, text: str, limit: int = 50) -> tuple[Certificate, ...]:
        """The register: certificates of any district whose number or holder's name fits."""
        staff_of(session)
        with self._store.read() as store:
            return store.certificates.find(CertificateQuery(text=text.strip(), limit=limit))

    def _view(self, store: Transaction, case: Case) -> CaseView:
        matter = self._shelf.version(case.matter_hash)
        certificates = store.certificates.of_case(case.id)
        original = store.certificates.load(case.acts_on) if case.acts_on else None
        return CaseView(
            case=case, matter=matter, timeline=timeline(store.cases.events(case.id)), certificates=certificates,
            sealed=bool(certificates) and all(one.status.value != "制证中" for one in certificates),
            original=original, etag=f"{case.version}", can=(), annex=annex_of(store, case),
        )  # fmt: skip


def timeline(events: tuple[RecordedEvent, ...]) -> tuple[Moment, ...]:
    """The milestones for staff, oldest first."""
    return tuple(
        Moment(one.at, one.event.kind, one.event.words, getattr(one.event, "detail", ""), called(one.actor))
        for one in events
        if isinstance(one.event, (Happened, Noted))
    )
