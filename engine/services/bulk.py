"""One act on many tasks: each is a transaction of its own, each has a result of its own, some can be undone.

What can be done to many is in `ACTIONS`, one entry each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from engine.errors import ZhunyuError
from engine.model.bulk import DONE, REFUSED, UNDONE, WAITING, WORKING, BulkItem, BulkRun
from engine.model.commands import Accept
from engine.model.moves import HandOver, Remind
from engine.model.moving import ASSIGN, Person
from engine.ports.accounts import Account
from engine.ports.cases import TaskRow
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.desk_access import seen_by, staff_of
from engine.services.desk_acting import DeskActing
from engine.services.moves import Moves
from engine.services.signing import Readiness

MOST, LONGEST = 100, 500
_ASKS_AGAIN = ("K007", "K008")  # nothing is wrong with the item: the signature is


class BulkAction(msgspec.Struct, frozen=True):
    """What can be done to many tasks at once. `words` is what is asked for beside ("" nothing), `usual` what stands
    there; `to` what the person is called whom it is for ("" nobody); `signs` whether each is signed; `meaning` what
    happens; `undo` what undoing is called ("" it cannot be)."""

    name: str
    title: str
    meaning: str
    do: Callable[[BulkActs, Session, BulkItem, BulkRun, str], tuple[str, str]]
    words: str = ""
    usual: str = ""
    to: str = ""
    signs: bool = False
    undo: str = ""
    undoing: Callable[[BulkActs, Session, BulkItem], str] | None = None


class BulkActs:
    """Draws up, carries out and undoes runs of one act on many tasks."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, acting: DeskActing, moves: Moves) -> None:
        self.store, self.clock, self.ids, self.acting, self.moves = store, clock, ids, acting, moves

    def signing(self, session: Session, run: BulkRun) -> Readiness | None:
        """What is asked of the officer before the run; None where nothing is signed."""
        return self.acting.signing(session) if ACTIONS[run.action].signs else None

    def people(self, session: Session, run: BulkRun) -> tuple[Account, ...]:
        """Whom the run may be for: active staff of the district who have the roles of all its tasks."""
        if not ACTIONS[run.action].to:
            return ()
        needed = {item.role for item in run.items}
        with self.store.read() as tx:
            every = tx.accounts.list("staff")
        place = staff_of(session).account.district
        return tuple(one for one in every if one.active and one.district == place and needed <= set(one.roles))

    def draw_up(self, session: Session, action: str, chosen: Iterable[tuple[str, str]]) -> BulkRun:
        """The run over the chosen (case, task), as they are now; nothing is done yet. A003 for an act there is not,
        A004 for no task or too many, A002 for a case one does not see."""
        account, wanted = staff_of(session).account, tuple(dict.fromkeys(chosen))
        if action not in ACTIONS:
            raise ZhunyuError("A003", "没有这种批量操作。", "请从待办列表重新选择。", status=404)
        if not wanted or len(wanted) > MOST:
            raise ZhunyuError("A004", "没有选择任务，或者一次选得太多。", f"每次 1 至 {MOST} 项。", status=422)
        with self.store.read() as tx:
            items = tuple(self._item(tx, session, case, task) for case, task in wanted)
        run = BulkRun(self.ids.new(), account.id, action, self._at(), items, words=ACTIONS[action].usual)
        with self.store.write() as tx:
            tx.hand_work.add_run(run)
        return run

    def show(self, session: Session, id: str) -> BulkRun:
        """A run of one's own; A003 for any other."""
        with self.store.read() as tx:
            return _own(session, tx.hand_work.run(id))

    def carry_on(
        self, session: Session, id: str, words: str, pin: str, more: Callable[[], bool], to: str = ""
    ) -> BulkRun:
        """Do what is left of a run, one by one, as long as `more` says so. C004 for words that are too long, or for
        nobody or somebody else than `people` where the act is for a person; K007 and
        K008 stop the run before the item, which stays to be done: one wrong PIN is one failure, not many."""
        if len(words) > LONGEST:
            raise ZhunyuError("C004", "填写的内容太长。", f"请在 {LONGEST} 字以内写明。", status=422)
        run = self.show(session, id)
        if ACTIONS[run.action].to and not run.begun and to not in {one.id for one in self.people(session, run)}:
            raise ZhunyuError("C004", f"没有选择{ACTIONS[run.action].to}。", "请从列出的人员里选择。", status=422)
        while True:
            place, run = self._next(session, id, words.strip(), to)
            if place is None:
                return run
            item = run.items[place]
            try:
                said, undo = ACTIONS[run.action].do(self, session, item, run, pin)
                done = msgspec.structs.replace(item, state=DONE, words=said, undo=undo)
            except ZhunyuError as error:
                if error.code in _ASKS_AGAIN:
                    self._put(session, id, place, msgspec.structs.replace(item, state=WAITING))
                    raise
                done = msgspec.structs.replace(item, state=REFUSED, words=error.told)
            run = self._put(session, id, place, done)
            if not more():
                return run

    def undo(self, session: Session, id: str, place: int) -> BulkRun:
        """Undo one item of a run; C001 for one that cannot be undone, and whatever the undoing raises."""
        run = self.show(session, id)
        undoing = ACTIONS[run.action].undoing
        if undoing is None or not 0 <= place < len(run.items) or run.items[place].state != DONE:
            raise ZhunyuError("C001", "这一项不能撤销。", "请打开办件查看。", status=409)
        said = undoing(self, session, run.items[place])
        return self._put(session, id, place, msgspec.structs.replace(run.items[place], state=UNDONE, words=said))

    def _next(self, session: Session, id: str, words: str, to: str) -> tuple[int | None, BulkRun]:
        """The next item to be tried, taken so that nobody else tries it."""
        with self.store.write() as tx:
            run = _own(session, tx.hand_work.run(id, lock=True))
            if not run.begun:
                run = msgspec.structs.replace(run, words=words, to=to, begun=True)
            place = next((place for place, one in enumerate(run.items) if one.state == WAITING), None)
            if place is not None:
                taken = msgspec.structs.replace(run.items[place], state=WORKING)
                tx.hand_work.keep_run(_with(run, place, taken))
        return place, run

    def _put(self, session: Session, id: str, place: int, item: BulkItem) -> BulkRun:
        with self.store.write() as tx:
            run = _with(_own(session, tx.hand_work.run(id, lock=True)), place, item)
            tx.hand_work.keep_run(run)
        return run

    def _item(self, tx: Transaction, session: Session, case_id: str, task_id: str) -> BulkItem:
        case = seen_by(session, tx.cases.outline(case_id))
        line, task = tx.cases.line(case_id), self.task(tx, case_id, task_id)
        return BulkItem(
            case_id, task_id, case.number, case.matter_title, line.subject_name if line else "", task.title,
            case.version, task.role,
        )  # fmt: skip

    def task(self, tx: Transaction, case: str, task: str) -> TaskRow:
        """A task of a case; A003 when there is none."""
        found = next((one for one in tx.cases.tasks(case) if one.task == task), None)
        if found is None:
            raise ZhunyuError("A003", "没有这项任务。", "请刷新待办列表。", status=404)
        return found

    def _at(self) -> str:
        return self.clock.now().isoformat(timespec="seconds")


def _claim(on: BulkActs, session: Session, item: BulkItem, run: BulkRun, pin: str) -> tuple[str, str]:
    on.acting.claim(session, item.case, item.task)
    return "已领取", "release"


def _give_back(on: BulkActs, session: Session, item: BulkItem) -> str:
    on.acting.release(session, item.case, item.task)
    return "已退回本岗待办"


def _release(on: BulkActs, session: Session, item: BulkItem, run: BulkRun, pin: str) -> tuple[str, str]:
    return _give_back(on, session, item), "claim"


def _take_again(on: BulkActs, session: Session, item: BulkItem) -> str:
    on.acting.claim(session, item.case, item.task)
    return "已重新领取"


def _accept(on: BulkActs, session: Session, item: BulkItem, run: BulkRun, pin: str) -> tuple[str, str]:
    case = on.acting.act(session, item.case, Accept(run.words), item.version, pin)
    return f"已受理，办件现为“{case.status.value}”", ""


def _assign(on: BulkActs, session: Session, item: BulkItem, run: BulkRun, pin: str) -> tuple[str, str]:
    command = HandOver(item.task, Person(run.to, ""), run.words, ASSIGN)  # the name is filled in from the account
    on.moves.act(session, item.case, command, item.version, pin)
    return "已委派", ""


def _remind(on: BulkActs, session: Session, item: BulkItem, run: BulkRun, pin: str) -> tuple[str, str]:
    with on.store.read() as tx:
        version = tx.cases.version(item.case)  # a reminder holds for the case as it comes to stand
    on.moves.act(session, item.case, Remind(item.task), version, pin)
    return "已催办", ""


# One entry for each thing that can be done to many tasks; the desk shows them in this order.
ACTIONS: dict[str, BulkAction] = {
    one.name: one
    for one in (
        BulkAction("claim", "领取", "所选任务归您办理，本岗其他人不再看到。", _claim, undo="退回", undoing=_give_back),
        BulkAction("release", "退回本岗", "所选任务退回本岗待办，由同岗位的人领取。", _release, undo="重新领取",
                   undoing=_take_again),
        BulkAction("accept", "受理", "逐件作出受理决定并通知申请人，期限自受理起算。受理不能撤销。", _accept,
                   words="办理意见", usual="材料齐全，符合法定形式，予以受理。", signs=True),
        BulkAction("assign", "委派", "所选任务交给一名同岗位的人员办理，由他签收；他可以说明理由退还。", _assign,
                   words="委派的理由", usual="按分工办理。", to="办理人", signs=True),
        BulkAction("remind", "催办", "提醒办理人尽快办理，每件每小时一次。", _remind),
    )
}  # fmt: skip


def _own(session: Session, run: BulkRun | None) -> BulkRun:
    if run is None or run.account != staff_of(session).account.id:
        raise ZhunyuError("A003", "没有这次批量操作。", "请从待办列表重新选择。", status=404)
    return run


def _with(run: BulkRun, place: int, item: BulkItem) -> BulkRun:
    return msgspec.structs.replace(run, items=(*run.items[:place], item, *run.items[place + 1 :]))
