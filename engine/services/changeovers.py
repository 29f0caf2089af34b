"""交接: who goes away hands the tasks they hold to a colleague, on a list that both sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from engine.errors import ZhunyuError
from engine.model.changeover import (
    DECLINED,
    PROPOSED,
    STATES,
    TAKEN,
    WITHDRAWN,
    Changeover,
    ChangeoverLine,
    GiveOver,
    TakeOver,
)
from engine.model.commands import Command
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.store import Store, Transaction
from engine.ports.work import WorkRow
from engine.ports.world import Clock, Ids, Renderer
from engine.services.accounts import Session, actor_of
from engine.services.desk_access import may_see, staff_of
from engine.services.recording import record
from engine.services.signing import Readiness
from engine.services.signing_review import Signatures
from engine.trust.acts import SignedAct

MOST, LONGEST = 500, 200
_KEPT = "清单没有改变。"


class ChangeoverView(msgspec.Struct, frozen=True):
    """A list as one of the two sees it: whether they may sign, withdraw or decline it; what is wrong with its
    signatures ("" nothing), and whether it bears any."""

    changeover: Changeover
    giving: bool
    taking: bool
    fault: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits for the taker."""
        return self.changeover.state == PROPOSED


class Changeovers:
    """Draws up lists, and moves the tasks when the taker signs."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, renderer: Renderer, signed: Signatures
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._renderer, self._signed = renderer, signed

    def signing(self, session: Session) -> Readiness:
        """What is asked for before a signature."""
        return self._signed.officers.readiness(staff_of(session).account)

    def held(self, session: Session) -> tuple[WorkRow, ...]:
        """The tasks one holds that are on no list yet, most urgent first."""
        person = staff_of(session).account.id
        with self._store.read() as tx:
            listed = tx.hand_work.listed_in(person)
            return tuple(row for row in tx.work.held_by(person, MOST) if (row.case.id, row.task.task) not in listed)

    def colleagues(self, session: Session) -> tuple[Account, ...]:
        """Those of the same office who could take something over: active, of a role of one's own."""
        mine = staff_of(session).account
        with self._store.read() as tx:
            every = tx.accounts.list("staff")
        return tuple(
            one for one in every
            if one.active and one.id != mine.id and one.district == mine.district and set(one.roles) & set(mine.roles)
        )  # fmt: skip

    def propose(
        self, session: Session, taker: str, chosen: Iterable[tuple[str, str]], reason: str, pin: str = ""
    ) -> Changeover:
        """Draw up the list of one's claimed tasks for a colleague, and sign it.

        C004 without a reason, A004 for no task, no such colleague, or a task that colleague may not do; C002 when one
        of the tasks is not one's own any more; K007, K008 as any signature.
        """
        words, wanted = _words(reason), tuple(dict.fromkeys(chosen))
        if not wanted or len(wanted) > MOST:
            raise ZhunyuError("A004", "没有选择要交接的任务，或者一次选得太多。", f"每次 1 至 {MOST} 项。", status=422)
        to = next((one for one in self.colleagues(session) if one.id == taker), None)
        if to is None:
            raise ZhunyuError("A004", "没有选择接收人。", "请选择本单位同岗位的一名工作人员。", status=422)
        held = {(row.case.id, row.task.task): row for row in self.held(session)}
        rows = [held.get(one) for one in wanted]
        if not all(rows):
            raise ZhunyuError("C002", "有的任务已不在您名下，或已列入另一份清单。", "请刷新后重新选择。", status=409)
        lines = tuple(_line(row, to) for row in rows if row is not None)
        now, me = self._clock.now(), session.account
        made = Changeover(
            id=self._ids.new(), number=f"JJ{now:%Y%m%d}{self._ids.digits(6)}", district=me.district, giver=me.id,
            giver_name=me.name, taker=to.id, taker_name=to.name, at=now.isoformat(timespec="seconds"), reason=words,
            lines=lines,
        )  # fmt: skip
        act = self._sign(session, made, GiveOver(to.id, to.name, words, made.tasks()), pin)
        made = msgspec.structs.replace(made, given=act.digest if act else "")
        with self._store.write() as tx:
            tx.hand_work.add_changeover(made)
            if act is not None:
                tx.signing.add(made.id, 1, act)
            self._told(tx, made, me.id, "提出交接")
        return made

    def take(self, session: Session, id: str, pin: str = "") -> Changeover:
        """Sign as the taker: every task of the list that the giver still holds is the taker's from now on. C001 when
        the list is settled, A002 for anybody else, K007, K008 as any signature."""
        found = self._waiting(session, id, taking=True)
        act = self._sign(session, found, TakeOver(found.giver, found.giver_name, found.tasks()), pin)
        with self._store.write() as tx:
            lines = tuple(self._moved(tx, found, line) for line in found.lines)
            done = self._settled(tx, found, TAKEN, lines=lines, taken=act.digest if act else "")
            if act is not None:
                tx.signing.add(done.id, 2, act)
            self._told(tx, done, session.account.id, "接收交接")
        return done

    def decline(self, session: Session, id: str, reason: str) -> Changeover:
        """Refuse a list as its taker, with a reason; the tasks stay with the giver."""
        found, words = self._waiting(session, id, taking=True), _words(reason)
        with self._store.write() as tx:
            done = self._settled(tx, found, DECLINED, answer=words)
            self._told(tx, done, session.account.id, "拒收交接")
        return done

    def withdraw(self, session: Session, id: str) -> Changeover:
        """Take a list back as its giver."""
        found = self._waiting(session, id, taking=False)
        with self._store.write() as tx:
            done = self._settled(tx, found, WITHDRAWN)
            self._told(tx, done, session.account.id, "撤回交接")
        return done

    def mine(self, session: Session, limit: int = 50) -> tuple[Changeover, ...]:
        """The lists one gave or takes, newest first."""
        person = staff_of(session).account.id
        with self._store.read() as tx:
            return tx.hand_work.changeovers(person, limit)

    def awaiting(self, session: Session) -> int:
        """How many lists wait for one's signature."""
        person = staff_of(session).account.id
        with self._store.read() as tx:
            return tx.hand_work.awaiting(person)

    def view(self, session: Session, id: str) -> ChangeoverView:
        """A list with its signatures checked now. A003 when there is none, A002 for others than the two and their
        supervisors (监督) of the district."""
        found, me = self._found(id), staff_of(session).account
        supervises = "监督" in me.roles and may_see(me, found.district)
        if me.id not in (found.giver, found.taker) and not supervises:
            raise ZhunyuError("A002", "这份交接清单与您无关。", "请由移交人或接收人打开。", status=403)
        with self._store.read() as tx:
            faults = [fault.text for fault in self._signed.review.faults(tx, found.paper(actor_of(session)))]
            told = [list(one) for one in found.tasks()]
            if any(one.act is None or one.act.statement.content.get("tasks") != told for one in tx.signing.acts(id)):
                faults.append("清单上的任务与双方所签的不符。")
        return ChangeoverView(found, me.id == found.giver, me.id == found.taker, "；".join(faults))

    def paper(self, session: Session, id: str) -> tuple[str, bytes]:
        """The list as (file name, PDF), to be printed and kept."""
        seen = self.view(session, id)
        with self._store.read() as tx:
            acts = tx.signing.acts(seen.changeover.id)
        signed = [
            [one.act.statement.signer_name, one.act.statement.act, one.act.statement.at[:16].replace("T", " "),
             one.act.statement.serial[:16], one.digest[:16]]
            for one in acts if one.act is not None
        ]  # fmt: skip
        page = _page(seen.changeover, signed)
        return f"交接清单-{seen.changeover.number}.pdf", self._renderer.render("changeover", page)

    def _found(self, id: str) -> Changeover:
        with self._store.read() as tx:
            found = tx.hand_work.changeover(id)
        if found is None:
            raise ZhunyuError("A003", "没有这份交接清单。", "请从“交接”重新进入。", status=404)
        return found

    def _waiting(self, session: Session, id: str, *, taking: bool) -> Changeover:
        found, me = self._found(id), staff_of(session).account.id
        if me != (found.taker if taking else found.giver):
            who = found.taker_name if taking else found.giver_name
            raise ZhunyuError("A002", f"这一步由{who}本人办理。", "", status=403)
        if found.state != PROPOSED:
            raise ZhunyuError("C001", f"这份清单{STATES[found.state]}。", "请刷新后查看。", status=409)
        return found

    def _moved(self, tx: Transaction, found: Changeover, line: ChangeoverLine) -> ChangeoverLine:
        if tx.work.hand_over(line.case, line.task, found.giver, found.taker):
            return line
        return msgspec.structs.replace(line, outcome="已办结，或已不在移交人名下")

    def _settled(self, tx: Transaction, found: Changeover, state: str, **change: object) -> Changeover:
        at = self._clock.now().isoformat(timespec="seconds")
        done = msgspec.structs.replace(found, state=state, settled_at=at, **change)
        if not tx.hand_work.settle(PROPOSED, done):
            raise ZhunyuError("C001", "这份清单刚刚有了变化。", _KEPT, status=409)
        return done

    def _sign(
        self, session: Session, about: Changeover, command: GiveOver | TakeOver, pin: str
    ) -> SignedAct | None:
        signer = self._signed.officers.officer(session.account, pin)
        if signer is None:
            return None
        with self._store.read() as tx:
            previous = tx.signing.last(about.id)
        paper = about.paper(actor_of(session))
        return signer(paper, cast(Command, command), self._clock.now(), previous)

    def _told(self, tx: Transaction, one: Changeover, actor: str, what: str) -> None:
        content: dict[str, Json] = {
            "id": one.id, "giver": one.giver, "taker": one.taker, "reason": one.reason, "answer": one.answer,
            "tasks": [list(line) for line in one.tasks()], "acts": [act for act in (one.given, one.taken) if act],
        }  # fmt: skip
        at = self._clock.now().isoformat(timespec="seconds")
        told = f"{what} {one.number}"
        record(tx, self._ids, trail=f"account:{actor}", at=at, actor=actor, what=told, content=content)


def _line(row: WorkRow, to: Account) -> ChangeoverLine:
    if row.task.role not in to.roles:
        raise ZhunyuError(
            "A004", f"{row.case.number} 的“{row.task.title}”由“{row.task.role}”岗位办理，{to.name}没有这个岗位。",
            "请另选接收人，或者不选这一项。", status=422,
        )  # fmt: skip
    if to.id in row.task.barred:
        raise ZhunyuError(
            "A004", f"{to.name}办理过 {row.case.number} 的前一环节，依规定不得再办“{row.task.title}”。",
            "请另选接收人，或者不选这一项。", status=422,
        )  # fmt: skip
    return ChangeoverLine(
        row.case.id, row.task.task, row.case.number, row.case.matter_title, row.case.subject_name, row.task.title,
        row.task.due or row.case.due,
    )  # fmt: skip


def _words(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise ZhunyuError("C004", "没有写明原因，或者太长。", f"请在 {LONGEST} 字以内写明。", status=422)
    return words


def _page(one: Changeover, signed: list[list[str]]) -> dict[str, Json]:
    lines: list[Json] = [
        [str(place), line.number, line.matter_title, line.subject, line.step, line.due[:10], line.outcome]
        for place, line in enumerate(one.lines, 1)
    ]
    return {
        "title": "工作交接清单", "number": one.number, "district": one.district, "giver": one.giver_name,
        "taker": one.taker_name, "at": one.at[:16].replace("T", " "), "state": STATES[one.state], "reason": one.reason,
        "settled_at": one.settled_at[:16].replace("T", " "), "answer": one.answer, "lines": lines,
        "signed": [list(row) for row in signed],
    }  # fmt: skip
