"""Acting on a case at the desk: every action is checked, signed and carried out here."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case, Upload
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
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.model.values import Answers
from engine.pipeline.move_rules import given_to
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session, actor_of
from engine.services.clock_actions import COMMANDS as CLOCK_COMMANDS
from engine.services.clock_letters import ClockNotices
from engine.services.committing import Committing
from engine.services.desk_access import asked_of, read_by, seen_by, staff_of
from engine.services.desk_actions import actions_of, may_act
from engine.services.permission import in_place_of, permits
from engine.services.replies import Replies
from engine.services.shelf import Shelf
from engine.services.signing import Readiness, Signing
from engine.services.step_records import RecordView, record_view
from engine.services.views import CaseView
from engine.stages.workflow import open_record

COMMANDS: dict[type, str] = {
    Accept: "accept", AskSupplement: "ask_supplement", Decline: "decline", FinishStep: "finish_step",
    Grant: "grant", KeepRecord: "finish_step", MakeAgain: "make_again", Refuse: "refuse",
    RecordStatement: "record_statement", **CLOCK_COMMANDS,
}  # fmt: skip


class DeskActing:
    """What a member of staff does with a case."""

    def __init__(
        self, *, store: Store, clock: Clock, shelf: Shelf, committing: Committing,
        signing: Signing | None = None, replies: Replies | None = None,
        notices: ClockNotices | None = None,
    ) -> None:  # fmt: skip
        self._signing, self._replies, self._notices = signing, replies, notices
        self._store, self._clock, self._shelf, self._committing = store, clock, shelf, committing

    def signing(self, session: Session) -> Readiness | None:
        """What the officer is asked for before an act; None where nothing is signed."""
        return self._signing.readiness(staff_of(session).account) if self._signing is not None else None

    def act(self, session: Session, case_id: str, command: Command, version: int, pin: str = "") -> Case:
        """Carry a staff command out on the case as it was seen, under the officer's signature.

        A002 for another district's case or another role's step, C001 when the state does not allow it, C002 when
        the case has changed since version `version`; K007 and K008 as `Signing.officer`.
        """
        case = self._may_act(session, case_id, command, version)
        if isinstance(command, FinishStep) and self._replies is not None:
            self._replies.require(command.reply)
        command = self._notices.numbered(case, command) if self._notices is not None else command
        signer = self._signing.officer(session.account, pin) if self._signing is not None else None
        return self._committing.carry_out(case, command, self._actor(session, case, command), signer=signer)

    def _actor(self, session: Session, case: Case, command: Command) -> Actor:
        return acts_as(session, self._shelf.version(case.matter_hash), case, COMMANDS[type(command)])

    def _may_act(self, session: Session, case_id: str, command: Command, version: int) -> Case:
        account = staff_of(session).account
        name = COMMANDS.get(type(command))
        with self._store.read() as store:
            case = read_by(session, store, store.cases.load(case_id))
        require_seen(case, version)
        matter, now = self._shelf.version(case.matter_hash), self._clock.now()
        known = actions_of(matter, case, account, now, self._shelf.reference_calendar())
        actions = {action.name: action for action in known}
        if name is None or name not in actions:
            raise ZhunyuError(
                "C001", f"办件当前为“{case.status.value}”，不能进行此操作。", "请刷新后查看最新状态。", status=409
            )
        if not actions[name].allowed:
            record = open_record(case)
            lapsed = may_act(matter, case, record, account, name).lapsed if record is not None else None
            if lapsed is not None:
                raise ZhunyuError("A031", actions[name].why_not, "请由授权人或本岗位的工作人员办理。", status=403)
            raise ZhunyuError("A002", actions[name].why_not, "请由有权限的工作人员办理。", status=403)
        return case

    def record(self, session: Session, view: CaseView, typed: Answers | None = None) -> RecordView | None:
        """The record of the case's open step as kept, or as typed; None when the step has none."""
        now, calendar = self._clock.now(), self._shelf.reference_calendar()
        return record_view(view.matter, view.case, view.original, typed, actor_of(staff_of(session)), now, calendar)

    def keep_record(self, session: Session, case_id: str, command: KeepRecord, version: int) -> Case:
        """Keep a record that is still being filled in; refused as `act`, and never signed."""
        case = self._may_act(session, case_id, command, version)
        return self._committing.carry_out(case, command, self._actor(session, case, command))

    def take_reply(self, session: Session, case_id: str, filename: str, data: bytes) -> Upload:
        """Keep the letter of a body outside whose reply the open step waits for; A007 when it is not accepted."""
        with self._store.read() as store:
            case = read_by(session, store, store.cases.load(case_id))
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

    def _hand(self, session: Session, case_id: str, task: str, *, take: bool) -> None:
        person, name = staff_of(session).account.id, "task.claim" if take else "task.release"
        with self._store.write() as store:
            case = seen_by(session, store.cases.load(case_id))
            if not take and given_to(case, task, actor_of(session)):
                raise ZhunyuError("C004", "这项任务是转办、委派给您的。", "请写明理由，用“退还任务”退还。", status=409)
            row = next((one for one in store.cases.tasks(case_id) if one.task == task), None)
            if row is None or permits(session.account, name, asked_of(case, row)).why_not:
                raise ZhunyuError("A002", "您不能领取这项任务。", "请由有权限的工作人员办理。", status=403)
            hand = store.cases.claim_task if take else store.cases.release_task
            if not hand(case_id, task, person):
                raise ZhunyuError("C002", "这项任务已被他人领取或已办结。", "请刷新后查看。", status=409)


def acts_as(session: Session, matter: Matter, case: Case, name: str) -> Actor:
    """Who acts on the open step of a case; with whose authority where that is somebody else's (受委托, 代岗)."""
    record = open_record(case)
    verdict = may_act(matter, case, record, session.account, name) if record is not None else None
    return in_place_of(actor_of(session), verdict.power if verdict is not None else None)


def require_seen(case: Case, version: int) -> None:
    """C002 unless the case is as it was at the version, but for reminders and copies."""
    if not case.version - case.moves.quiet <= version <= case.version:
        raise changed(case)


def changed(case: Case) -> ZhunyuError:
    """C002 in words: who acted last, as far as the case tells."""
    done = [record for record in case.steps if record.finished_at and record.by is not None]
    who = ""
    if done and done[-1].by is not None:
        at = done[-1].finished_at[:16].replace("T", " ")
        who = f"{done[-1].by.name}已于 {at} 办理“{done[-1].title}”。"
    what = f"办件已被他人处理，现为“{case.status.value}”。{who}"
    return ZhunyuError("C002", what, "您填写的内容仍在下方，请核对最新情况后再办。", status=409)
