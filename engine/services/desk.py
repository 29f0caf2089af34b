"""The desk: work lists, a case on one page, and what staff do with it. Everyone sees only their own district."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.errors import ZhunyuError
from engine.model.case import Case, Upload, reply_files
from engine.model.certificate import Certificate
from engine.model.commands import (
    Accept,
    AskSupplement,
    Command,
    Decline,
    FinishStep,
    Grant,
    KeepRecord,
    MakeAgain,
    RecordStatement,
    Refuse,
)
from engine.model.events import Happened, Noted
from engine.model.values import Answers
from engine.ports.cases import CaseQuery, RecordedEvent, WorkQuery, WorkRow
from engine.ports.certificates import CertificateQuery
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore
from engine.services.accounts import Account, Session, actor_of
from engine.services.annex import annex_of
from engine.services.committing import Committing
from engine.services.desk_views import (
    CITY,
    DeskView,
    TaskLine,
    WorkPage,
    actions_of,
    compare,
    days_left,
    drawn_up,
    facts_of,
    hours_left,
    materials_of,
    may_see,
    risk_of,
    sees,
)
from engine.services.destroyed import or_outline
from engine.services.replies import Replies
from engine.services.separation import apart
from engine.services.shelf import Shelf
from engine.services.signing import Readiness, Signing
from engine.services.step_records import RecordView, record_view
from engine.services.upload_place import upload_key
from engine.services.views import CaseView, Moment
from engine.stages.workflow import open_record, step_of

VIEWS = ("group", "mine", "all", "checks", "done")
COMMANDS: dict[type, str] = {
    Accept: "accept", AskSupplement: "ask_supplement", Decline: "decline", FinishStep: "finish_step",
    Grant: "grant", KeepRecord: "finish_step", MakeAgain: "make_again", Refuse: "refuse",
    RecordStatement: "record_statement",
}  # fmt: skip
_RELATED = 10


class Desk:
    """Everything a member of staff does with cases."""

    def __init__(
        self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf, committing: Committing,
        signing: Signing | None = None, replies: Replies | None = None,
    ) -> None:  # fmt: skip
        self._signing, self._replies = signing, replies
        self._store, self._clock, self._files = store, clock, files
        self._shelf, self._committing = shelf, committing

    def work(
        self, session: Session, view: str = "group", text: str = "", matter: str = "", status: str = "",
        after: str = "", limit: int = 20,
    ) -> WorkPage:  # fmt: skip
        """A page of the work list, most urgent first. `view`: mine | group | done | all; `after` the page's cursor."""
        account = _staff(session).account
        query = WorkQuery(
            person=account.id, roles=account.roles, district=_district(account), text=text.strip(), matter=matter,
            view=view if view in VIEWS else "group", status=status, after=after, limit=min(max(limit, 1), 100),
        )  # fmt: skip
        with self._store.read() as store:
            rows, next = store.cases.work(query)
            counts = store.cases.work_counts(query)
            seen = store.accounts.readings(account.id, tuple({row.case.id for row in rows}))
            cases = {row.case.id: or_outline(store, row.case.id) for row in rows}
        today, calendar = self._clock.now().date(), self._shelf.reference_calendar()
        return WorkPage(tuple(_line(row, cases[row.case.id], seen, today, calendar) for row in rows), next, counts)

    def counts(self, session: Session) -> dict[str, int]:
        """How many tasks each view of the work list holds."""
        account = _staff(session).account
        with self._store.read() as store:
            return store.cases.work_counts(WorkQuery(account.id, account.roles, _district(account)))

    def view(self, session: Session, case_id: str) -> CaseView:
        """The case as staff see it; A003 when there is none, A002 when it is another district's."""
        with self._store.read() as store:
            return self._view(store, _read_by(session, store, store.cases.load(case_id)))

    def case(self, session: Session, case_id: str) -> DeskView:
        """The case with all a person needs to decide on one page; it counts as read from now on."""
        account = _staff(session).account
        with self._store.read() as store:
            case = _read_by(session, store, store.cases.load(case_id))
            view = self._view(store, case)
            tasks = store.cases.tasks(case_id)
            code = case.subjects[0].code
            others = CaseQuery(subject_code=code, district=_district(account), limit=_RELATED + 1)
            related = store.cases.lines(others) if code and not case.items else ()
            held = CertificateQuery(holder_code=code, limit=_RELATED)
            holdings = store.certificates.find(held) if code else ()  # an office may have no code yet
            seen = store.accounts.readings(account.id, (case_id,)).get(case_id)
        if seen != case.version:
            with self._store.write() as store:
                store.accounts.mark_read(account.id, case_id, case.version)
        matter, record, today = view.matter, open_record(case), self._clock.now().date()
        step = step_of(matter, record.step) if record else None
        hourly = "T" in case.due_legal
        due = case.due_legal if hourly else min(filter(None, (case.due_legal, case.due_promised)), default="")
        return DeskView(
            view=view, tasks=tasks, actions=actions_of(matter, case, account, today),
            materials=materials_of(matter, case), compared=compare(matter, case), facts=facts_of(matter, case),
            related=tuple(line for line in related if line.id != case_id)[:_RELATED], holdings=holdings,
            open_step=record, results=tuple(step.results) if step else (), people=step.staff if step else 1,
            due=due if not case.closed_at else "",
            days_left=days_left(due, today, self._shelf.reference_calendar()),
            hours_left=hours_left(due, self._clock.now()), drawn_up=drawn_up(case),
        )  # fmt: skip

    def upload(self, session: Session, case_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A file handed in for a case; A003 when the case has no such file."""
        with self._store.read() as store:
            case = _read_by(session, store, store.cases.load(case_id))
        for upload in (*(one for files in case.uploads.values() for one in files), *reply_files(case.steps)):
            if upload.id == upload_id:
                return upload, self._files.get(upload_key(upload_id))
        raise ZhunyuError("A003", "本办件没有这个文件。", "请从办件页面重新打开。", status=404)

    def signing(self, session: Session) -> Readiness | None:
        """What the officer is asked for before an act; None where nothing is signed."""
        return self._signing.readiness(_staff(session).account) if self._signing is not None else None

    def act(self, session: Session, case_id: str, command: Command, version: int, pin: str = "") -> Case:
        """Carry a staff command out on the case as it was seen, under the officer's signature.

        A002 for another district's case or another role's step, C001 when the state does not allow it, C002 when
        the case has changed since version `version`; K007 and K008 as `Signing.officer`.
        """
        case = self._may_act(session, case_id, command, version)
        if isinstance(command, FinishStep) and self._replies is not None:
            self._replies.require(command.reply)
        signer = self._signing.officer(session.account, pin) if self._signing is not None else None
        return self._committing.carry_out(case, command, actor_of(session), signer=signer)

    def _may_act(self, session: Session, case_id: str, command: Command, version: int) -> Case:
        account = _staff(session).account
        name = COMMANDS.get(type(command))
        with self._store.read() as store:
            case = _read_by(session, store, store.cases.load(case_id))
        if case.version != version:
            raise changed(case)
        matter, today = self._shelf.version(case.matter_hash), self._clock.now().date()
        actions = {action.name: action for action in actions_of(matter, case, account, today)}
        if name is None or name not in actions:
            raise ZhunyuError(
                "C001", f"办件当前为“{case.status.value}”，不能进行此操作。", "请刷新后查看最新状态。", status=409
            )
        if not actions[name].allowed:
            raise ZhunyuError("A002", actions[name].why_not, "请由有权限的工作人员办理。", status=403)
        return case

    def record(self, session: Session, view: CaseView, typed: Answers | None = None) -> RecordView | None:
        """The record of the case's open step as kept, or as typed; None when the step has none."""
        now, calendar = self._clock.now(), self._shelf.reference_calendar()
        return record_view(view.matter, view.case, view.original, typed, actor_of(_staff(session)), now, calendar)

    def keep_record(self, session: Session, case_id: str, command: KeepRecord, version: int) -> Case:
        """Keep a record that is still being filled in; refused as `act`, and never signed."""
        case = self._may_act(session, case_id, command, version)
        return self._committing.carry_out(case, command, actor_of(session))

    def take_reply(self, session: Session, case_id: str, filename: str, data: bytes) -> Upload:
        """Keep the letter of a body outside whose reply the open step waits for; A007 when it is not accepted."""
        with self._store.read() as store:
            case = _read_by(session, store, store.cases.load(case_id))
        record = open_record(case)
        if self._replies is None or record is None or not record.outside:
            raise ZhunyuError("C001", "现在没有等待外部答复的环节。", "请刷新后查看最新状态。", status=409)
        return self._replies.take(case_id, filename, data)

    def claim(self, session: Session, case_id: str, task: str) -> None:
        """Take a task of the group; C002 when another has it."""
        self._hand(session, case_id, task, take=True)

    def release(self, session: Session, case_id: str, task: str) -> None:
        """Give one's task back to the group."""
        self._hand(session, case_id, task, take=False)

    def certificates(self, session: Session, text: str, limit: int = 50) -> tuple[Certificate, ...]:
        """The register: certificates of any district whose number or holder's name fits."""
        _staff(session)
        with self._store.read() as store:
            return store.certificates.find(CertificateQuery(text=text.strip(), limit=limit))

    def _hand(self, session: Session, case_id: str, task: str, *, take: bool) -> None:
        person = _staff(session).account.id
        with self._store.write() as store:
            _seen_by(session, store.cases.load(case_id))
            row = next((one for one in store.cases.tasks(case_id) if one.task == task), None)
            mine = row is not None and may_see(session.account, row.district)
            if row is None or not mine or row.role not in session.account.roles or person in row.barred:
                raise ZhunyuError("A002", "您不能领取这项任务。", "请由有权限的工作人员办理。", status=403)
            hand = store.cases.claim_task if take else store.cases.release_task
            if not hand(case_id, task, person):
                raise ZhunyuError("C002", "这项任务已被他人领取或已办结。", "请刷新后查看。", status=409)

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
        Moment(one.at, one.event.kind, one.event.words, getattr(one.event, "detail", ""), one.actor.name)
        for one in events
        if isinstance(one.event, (Happened, Noted))
    )


def changed(case: Case) -> ZhunyuError:
    """C002 in words: who acted last, as far as the case tells."""
    done = [record for record in case.steps if record.finished_at and record.by is not None]
    who = ""
    if done and done[-1].by is not None:
        at = done[-1].finished_at[:16].replace("T", " ")
        who = f"{done[-1].by.name}已于 {at} 办理“{done[-1].title}”。"
    what = f"办件已被他人处理，现为“{case.status.value}”。{who}"
    return ZhunyuError("C002", what, "您填写的内容仍在下方，请核对最新情况后再办。", status=409)


def _line(
    row: WorkRow, case: Case | None, seen: Mapping[str, int], today: date, calendar: Mapping[str, str]
) -> TaskLine:
    due = row.task.due or row.case.due
    return TaskLine(
        case=row.case, task=row.task.task, step=row.task.step, title=row.task.title, due=due,
        overdue=bool(due) and row.task.state == "open" and due[:10] < today.isoformat(),
        days_left=days_left(due, today, calendar), risk=risk_of(case) if case else 0,
        unread=case is not None and seen.get(case.id) != case.version, claimed_by=row.task.claimed_by,
    )  # fmt: skip


def _district(account: Account) -> str:
    return "" if account.district == CITY else account.district


def _staff(session: Session) -> Session:
    if session.account.kind != "staff":
        raise ZhunyuError("A002", "只有工作人员可以办理。", "", status=403)
    if apart(session.account.roles):
        raise ZhunyuError(
            "A002", "系统和安全岗位不接触办件和证照。", "请从导航进入本岗位的页面。", status=403
        )
    return session


def _read_by(session: Session, store: Transaction, case: Case | None) -> Case:
    """A confidential case is read by those who took one of its tasks, and by nobody else at the desk."""
    found, person = _seen_by(session, case), session.account.id
    tasks = store.cases.tasks(found.id) if found.confidential else ()
    if found.confidential and not any(person in (task.claimed_by, task.closed_by) for task in tasks):
        raise ZhunyuError(
            "A002", "重特事项只有经办人可以查看。", "请先领取任务；审计人员请在“追溯”中写明理由后查看。", status=403
        )
    return found


def _seen_by(session: Session, case: Case | None) -> Case:
    if case is None:
        raise ZhunyuError("A003", "找不到这一办件。", "请从待办列表重新进入。", status=404)
    if not sees(_staff(session).account, case):
        raise ZhunyuError("A002", f"本办件属于{case.district}，您没有查看权限。", "如需协办，请联系该区。", status=403)
    return case
