"""Tasks that change hands, people who are barred, and copies, written in the one commit."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.move_events import Copied, PersonBarred, TaskHanded
from engine.ports.copies import CaseCopy
from engine.ports.store import Transaction


def handed(tx: Transaction, case: Case, event: TaskHanded) -> None:
    """The task, which nobody holds, is the person's; C002 when somebody has taken it meanwhile."""
    if event.to and not tx.cases.claim_task(case.id, event.task, event.to):
        raise ZhunyuError("C002", "这项任务已被他人领取或已办结。", "您填写的内容没有丢失，请刷新后查看。", status=409)


def barred(tx: Transaction, case: Case, event: PersonBarred) -> None:
    """The person's tasks of the case go back to their groups, and are not theirs any more."""
    tx.cases.bar_from_tasks(case.id, event.person)


def copied(tx: Transaction, case: Case, event: Copied, at: str, by: str) -> None:
    """A copy is in somebody's inbox."""
    tx.copies.send(CaseCopy(event.copy, case.id, event.person, event.role, event.district, at, by, event.note))
