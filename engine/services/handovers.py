"""转入: cases that another system hands in under its own number, which gives one case however often it is sent."""

from __future__ import annotations

from datetime import date

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.model.case import Case, Outside
from engine.model.checkdigits import id_reason, uscc_reason
from engine.model.commands import Submit
from engine.model.matter import HANDED_IN, Matter
from engine.model.people import Subject
from engine.model.values import Answers
from engine.pipeline.advance import advance
from engine.pipeline.context import Context
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.accounts import Session, actor_of
from engine.services.draft_filling import prefilled
from engine.services.facts import Facts
from engine.services.offices import office_for
from engine.services.projection import Commit, commit_step
from engine.services.shelf import Shelf
from engine.services.submission import new_number
from engine.trust.sm3 import sm3_hex

_MARK = "T"


class Handed(msgspec.Struct, frozen=True):
    """What another system hands in."""

    number: str
    matter: str
    subject: Subject
    answers: Answers


class Handovers:
    """Takes cases of other systems in, and tells those systems how they stand."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, facts: Facts, waker: Waker
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._shelf, self._facts, self._waker = shelf, facts, waker

    def take(self, session: Session, handed: Handed) -> tuple[Case, bool]:
        """The case of what was handed in, and whether it is new.

        A005 when the number came before with other contents or from another system; A003, A004, A009, A010 as filing.
        """
        digest = sm3_hex(msgspec.json.encode(handed, order="deterministic"))
        outside = Outside(session.account.login, handed.number, digest)
        with self._store.read() as tx:
            found = self._known(tx, outside)
        if found is not None:
            return found, False
        matter = self._matter(handed.matter)
        _require_subject(matter, handed.subject, self._clock.now().date())
        now = self._clock.now()
        facts = self._facts.gather(matter, handed.subject, handed.answers, None, (), now, complete=True, fresh=True)
        answers = prefilled(matter, handed.subject, facts, None, handed.answers)
        with self._store.read() as tx:
            guard = tx.guards.reading(matter.id, now)
        context = Context(
            now=now, actor=actor_of(session), calendar=self._shelf.reference_calendar(), case_id=self._ids.new(),
            case_number=new_number(now, self._ids), guard=guard,
            certificate_ids=tuple(self._ids.new() for _ in matter.certificates),
            authority=office_for(matter, answers, None, now.date()),
        )  # fmt: skip
        command = Submit(answers, {}, handed.subject, origin=HANDED_IN, insist=True, outside=outside)
        step = advance(matter, None, command, facts, context)
        with self._store.write() as tx:
            at = now.isoformat(timespec="seconds")
            if not tx.cases.submit_once(_mark(handed.number), session.account.id, "", context.case_id, at):
                known = self._known(tx, outside)
                assert known is not None
                return known, False
            case = commit_step(tx, step, Commit(matter, context.actor, now, None, self._ids, guard))
        self._waker.wake()
        return case, True

    def standing(self, session: Session, number: str) -> Case:
        """The case under a number of the session's own system; A003 for any other."""
        with self._store.read() as tx:
            id = tx.cases.submitted(_mark(number))
            case = tx.cases.load(id) if id else None
        if case is None or case.outside is None or case.outside.system != session.account.login:
            raise ZhunyuError("A003", "没有这一转入编号的办件。", "请核对编号。", status=404)
        return case

    def _known(self, tx: Transaction, outside: Outside) -> Case | None:
        id = tx.cases.submitted(_mark(outside.number))
        case = tx.cases.load(id) if id else None
        if case is not None and case.outside != outside:
            raise ZhunyuError(
                "A005", f"编号 {outside.number} 已经转入过，内容不同或者来自别的系统。", "请换用新的编号。", status=409
            )
        return case

    def _matter(self, matter_id: str) -> Matter:
        matter = self._shelf.current(matter_id)
        if matter.starts != HANDED_IN:
            raise ZhunyuError("A010", f"“{matter.title}”不接收转入的办件。", "请核对事项编号。", status=403)
        return matter


def _mark(number: str) -> str:
    """What stands for a number where submissions are kept once."""
    return _MARK + sm3_hex(number.encode())[:25]


def _require_subject(matter: Matter, subject: Subject, today: date) -> None:
    reason = uscc_reason(subject.code) if subject.kind == "法人" else id_reason(subject.code, today)
    if subject.kind not in matter.applicant:
        reason = f"本事项的申请人是{'、'.join(matter.applicant)}。"
    if reason or not subject.name.strip():
        fault = Problem("A004", reason or "没有申请人名称。", file="subject")
        raise ZhunyuError("A004", "申请人不对。", "请按提示更正。", status=422, problems=(fault,))
