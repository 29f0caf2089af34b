"""Expert panels at the desk: the secretary invites, experts read what the matter lets them and say their word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.case import Case, StepRecord, Upload
from engine.model.field_commands import AnswerInvitation, GiveOpinion, InvitedExpert, InviteExperts
from engine.model.fieldwork import RECUSED, Expert, Panel
from engine.model.form import Field
from engine.model.matter import Matter
from engine.model.route import Step
from engine.model.values import Answers, Json
from engine.ports.accounts import Account
from engine.ports.asked import REVIEW
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing, retried
from engine.services.desk_access import EXPERT, read_by, staff_of
from engine.services.desk_actions import may_act
from engine.services.permission import holds, in_place_of
from engine.services.shelf import Shelf
from engine.services.signing import Signing
from engine.services.step_records import RecordView, score_view
from engine.services.upload_place import upload_key
from engine.services.visit_views import as_upload
from engine.stages.fieldwork import Tally, panel_of, tally
from engine.stages.workflow import barred_people, open_record, step_of, task_id

_PERSONAL = ("身份证号", "电话", "人员", "承诺")  # kinds experts are never shown


class PanelView(msgspec.Struct, frozen=True):
    """A panel as its secretary sees it; `panel` is None before anybody is invited."""

    case: Case
    matter: Matter
    step: Step
    task: str
    panel: Panel | None
    tally: Tally
    due: str


class Invitation(msgspec.Struct, frozen=True):
    """What an expert is asked for, in a list."""

    case: str
    number: str
    matter: str
    title: str
    due: str


class Found(msgspec.Struct, frozen=True):
    """What an earlier step put on record, such as a site inspection: its title, result and opinion, the answers."""

    title: str
    result: str
    opinion: str
    lines: tuple[tuple[Field, Json], ...]


class Seat(msgspec.Struct, frozen=True):
    """A case as one of its experts sees it; `score` is None where the step has no form."""

    case: Case
    matter: Matter
    step: Step
    panel: Panel
    expert: Expert
    lines: tuple[tuple[Field, Json], ...]
    found: tuple[Found, ...]
    materials: tuple[tuple[str, Upload], ...]
    score: RecordView | None


class Panels:
    """Invites experts, and takes what they say."""

    def __init__(
        self, *, store: Store, clock: Clock, files: FileStore, shelf: Shelf, committing: Committing,
        signing: Signing | None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._files = store, clock, files
        self._shelf, self._committing, self._signing = shelf, committing, signing

    def view(self, session: Session, case_id: str) -> PanelView:
        """The panel of the open step; C001 when no step with experts is open."""
        with self._store.read() as tx:
            case = read_by(session, tx, tx.cases.load(case_id))
        matter, record, step = self._open(case)
        assert step.experts is not None
        panel = panel_of(case, task_id(record))
        day, calendar = self._clock.now().date(), self._shelf.reference_calendar()
        due = panel.due if panel is not None else add_workdays(day, step.experts.days, calendar).isoformat()
        return PanelView(case, matter, step, task_id(record), panel, tally(step.experts, panel), due)

    def candidates(self, session: Session, case_id: str) -> tuple[Account, ...]:
        """Experts who may still be invited."""
        view = self.view(session, case_id)
        there = {one.id for one in view.panel.experts} if view.panel is not None else set()
        barred = barred_people(view.case, view.step)
        with self._store.read() as tx:
            staff = tx.accounts.list("staff")
        return tuple(
            one for one in staff
            if one.active and holds(one, (EXPERT,)) and one.id not in there and one.id not in barred
        )  # fmt: skip

    def invite(self, session: Session, case_id: str, people: tuple[str, ...], due: str, version: int) -> Case:
        """Invite the experts of these ids; A002 for who is not the secretary, C002 when the case has changed."""
        view = self.view(session, case_id)
        record = open_record(view.case)
        assert record is not None
        verdict = may_act(view.matter, view.case, record, session.account, "finish_step")
        if verdict.why_not:
            raise ZhunyuError("A002", f"专家由“{record.role}”岗位邀请。", "请由有权限的工作人员办理。", status=403)
        if view.case.version != version:
            raise ZhunyuError("C002", "办件已被他人处理。", "请核对最新情况后再邀请。", status=409)
        offered = {one.id: one for one in self.candidates(session, case_id)}
        if not set(people) <= set(offered):
            raise ZhunyuError("C004", "所选的人不能受邀。", "请从列出的专家里选。", status=422)
        invited = tuple(InvitedExpert(one, offered[one].name) for one in people)
        command = InviteExperts(view.step.id, invited, due)
        return self._committing.carry_out(view.case, command, in_place_of(actor_of(session), verdict.power))

    def invitations(self, session: Session, state: str = "open") -> tuple[Invitation, ...]:
        """What somebody is invited to, the earliest day first; with `state` done what is over."""
        with self._store.read() as tx:
            rows = tx.asked.of(staff_of(session).account.id, REVIEW, state)
            cases = {row.case: tx.cases.outline(row.case) for row in rows}
        return tuple(
            Invitation(row.case, found.number, found.matter_title, row.title, row.due)
            for row in rows if (found := cases[row.case]) is not None
        )  # fmt: skip

    def seat(self, session: Session, case_id: str, typed: Answers | None = None) -> Seat:
        """The case as an expert may read it; A002 for who is not invited, or has recused, or once the step is over."""
        case, matter, _, step, panel, expert = self._seated(session, case_id)
        score = score_view(
            matter, case, step, expert.answers, typed, actor_of(session), self._clock.now(),
            self._shelf.reference_calendar(),
        )  # fmt: skip
        return Seat(
            case, matter, step, panel, expert, _lines(matter, case, step), _found(matter, case),
            _materials(matter, case), score,
        )  # fmt: skip

    def answer(self, session: Session, case_id: str, accepts: bool, reason: str = "") -> Case:
        """Accept an invitation, or recuse with a reason."""
        step = self._seated(session, case_id)[3]
        return self._again(session, case_id, AnswerInvitation(step.id, accepts, reason))

    def give(self, session: Session, case_id: str, vote: str, opinion: str, scores: Answers, pin: str = "") -> Case:
        """Give one's opinion under one's signature; A004 and C004 for what is lacking, K008 without the PIN."""
        step = self._seated(session, case_id)[3]
        return self._again(session, case_id, GiveOpinion(step.id, vote, opinion, scores), pin)

    def file(self, session: Session, case_id: str, upload_id: str) -> tuple[Upload, bytes]:
        """A material an expert may read; A003 for any other file."""
        seat = self.seat(session, case_id)
        for _, upload in seat.materials:
            if upload.id == upload_id:
                return upload, self._files.get(upload_key(upload_id))
        raise ZhunyuError("A003", "没有这个文件，或者不供专家查看。", "请从评审页面重新打开。", status=404)

    def _again(
        self, session: Session, case_id: str, command: AnswerInvitation | GiveOpinion, pin: str = ""
    ) -> Case:  # fmt: skip
        """Carry out what holds for the expert's own seat; another expert's commit does not make it void."""

        def act() -> Case:
            case, signer = self._seated(session, case_id)[0], None
            if self._signing is not None and isinstance(command, GiveOpinion):
                signer = self._signing.officer(session.account, pin)
            return self._committing.carry_out(case, command, actor_of(session), signer=signer)

        return retried(act)

    def _seated(self, session: Session, case_id: str) -> tuple[Case, Matter, StepRecord, Step, Panel, Expert]:
        account = staff_of(session).account
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        if case is None:
            raise ZhunyuError("A003", "找不到这一办件。", "请从“专家评审”重新进入。", status=404)
        invited = [one for panel in case.panels for one in panel.experts if one.id == account.id]
        if not invited:
            raise ZhunyuError("A002", "您没有受邀评审这一办件。", "请从“专家评审”进入。", status=403)
        if any(one.state == RECUSED for one in invited):
            raise ZhunyuError("A002", "您已回避本办件的评审，不能再查看。", "", status=403)
        matter, record, step = self._open(case)
        panel = panel_of(case, task_id(record))
        expert = next((one for one in panel.experts if one.id == account.id), None) if panel is not None else None
        if panel is None or expert is None:
            raise ZhunyuError("A002", "您没有受邀参加本轮评审。", "请从“专家评审”进入。", status=403)
        return case, matter, record, step, panel, expert

    def _open(self, case: Case) -> tuple[Matter, StepRecord, Step]:
        matter, record = self._shelf.version(case.matter_hash), open_record(case)
        step = step_of(matter, record.step) if record is not None else None
        if record is None or step is None or step.experts is None:
            raise ZhunyuError("C001", "办件现在没有进行中的专家评审。", "评审可能已经汇总办结。", status=409)
        return matter, record, step


def late(due: str, today: date) -> bool:
    """Whether the day for opinions has passed."""
    return today.isoformat() > due


def _lines(matter: Matter, case: Case, step: Step) -> tuple[tuple[Field, Json], ...]:
    """The answers an expert may read: what the step shows, or all, never what is sensitive."""
    shows = {path.partition(".")[0] for path in step.experts.shows} if step.experts is not None else set()
    hidden = {path.partition(".")[0] for path in matter.sensitive}
    shown = (field for field in matter.fields() if field.id not in hidden and (not shows or field.id in shows))
    return _told(shown, case.answers)


def _told(fields: Iterable[Field], answers: Answers) -> tuple[tuple[Field, Json], ...]:
    return tuple(
        (field, answers[field.id]) for field in fields
        if field.id in answers and not field.sensitive and field.kind not in _PERSONAL
    )  # fmt: skip


def _found(matter: Matter, case: Case) -> tuple[Found, ...]:
    """The records of the steps that are over, of each the last one, without what experts are never shown."""
    last = {one.step: one for one in case.steps if one.finished_at and one.answers}
    steps = ((one, step_of(matter, one.step)) for one in last.values())
    return tuple(
        Found(one.title, one.result, one.opinion, _told(step.form.fields, one.answers))
        for one, step in steps if step is not None and step.form is not None and step.experts is None
    )  # fmt: skip


def _materials(matter: Matter, case: Case) -> tuple[tuple[str, Upload], ...]:
    """The materials and the photos of visits; signatures are not for experts."""
    filed = tuple(
        (need.title, upload) for need in matter.materials if not need.sensitive
        for upload in case.uploads.get(need.id, ())
    )  # fmt: skip
    photos = (photo for visit in case.visits for photo in visit.photos)
    return filed + tuple(("现场照片", as_upload(photo)) for photo in photos)
