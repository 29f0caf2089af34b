"""Checks after the decision, for those who carry them out: what is to be checked, and recording what was found."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import AfterCheck, Case
from engine.model.certificate import Certificate
from engine.model.commands import RecordCheck
from engine.model.matter import Matter
from engine.pipeline.after_checks import RECALL, REVOKE
from engine.ports.cases import TaskRow
from engine.ports.store import Store
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing
from engine.services.desk_access import refuse, relation_of
from engine.services.permission import Relation, in_place_of, permits
from engine.services.shelf import Shelf


class CheckView(msgspec.Struct, frozen=True):
    """A check with its case. `leads` maps results to the title of the matter they lead to; `why_not` "" when this
    person may record."""

    case: Case
    matter: Matter
    check: AfterCheck
    certificates: tuple[Certificate, ...]
    leads: dict[str, str]
    why_not: str


class AfterChecks:
    """抽查, 后续核查, 后续措施 and 自我纠错 as tasks of the case's district."""

    def __init__(self, *, store: Store, shelf: Shelf, committing: Committing) -> None:
        self._store, self._shelf, self._committing = store, shelf, committing

    def view(self, session: Session, case_id: str, check_id: str) -> CheckView:
        """One check; A003 when there is none (or it is held back), A002 for another district's case."""
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
            task = next((one for one in tx.cases.tasks(case_id) if one.task == check_id), None)
            certificates = tx.certificates.of_case(case_id)
        check = next((one for one in case.checks if one.id == check_id), None) if case else None
        if case is None or check is None or (task is not None and task.state == "held"):
            raise ZhunyuError("A003", "找不到这项核查。", "请从“抽查与后续核查”重新进入。", status=404)
        refuse(permits(session.account, "check.read", _relation(case, check)).why_not)
        matter = self._shelf.version(case.matter_hash)
        return CheckView(
            case, matter, check, certificates, self._leads(check, certificates), _why_not(session, case, check, task)
        )

    def record(
        self, session: Session, case_id: str, check_id: str, result: str, opinion: str, version: int
    ) -> Case:
        """Record a result for the case as it was seen; C002 when it has changed, else as `record_check`."""
        seen = self.view(session, case_id, check_id)
        if seen.why_not:
            raise ZhunyuError("A002", seen.why_not, "请由有权限的工作人员办理。", status=403)
        if seen.case.version != version:
            what = "办件刚刚有了变化，可能已有人签署。"
            raise ZhunyuError("C002", what, "您填写的内容仍在下方，请核对后再提交。", status=409)
        command = RecordCheck(check_id, result, opinion, seen.leads.get(result, ""))
        power = permits(session.account, "check.record", _relation(seen.case, seen.check)).power
        return self._committing.carry_out(seen.case, command, in_place_of(actor_of(session), power))

    def _leads(self, check: AfterCheck, certificates: tuple[Certificate, ...]) -> dict[str, str]:
        """Titles of the matters that results lead to, as far as they are on the shelf."""
        titles = {card.id: card.title for card in self._shelf.cards()}
        leads = {result: titles.get(to[1:], to[1:]) for result, to in check.results.items() if to.startswith("→")}
        if check.kind == RECALL and certificates:
            types = {one.type for one in certificates}
            revoking = (
                matter.title
                for matter in (self._shelf.current(id) for id in titles)
                if matter.acts_on is not None and matter.acts_on.type in types
                and any(one.action == REVOKE for one in matter.certificates)
            )  # fmt: skip
            title = next(revoking, "")
            leads |= {REVOKE: title} if title else {}
        return leads


def _relation(case: Case, check: AfterCheck) -> Relation:
    """How the check stands: whoever may record it reads a confidential case, too."""
    return msgspec.structs.replace(
        relation_of(case), role=check.role, step=check.title, barred=check.barred,
        signed=tuple(actor.id for actor in check.signed),
    )  # fmt: skip


def _why_not(session: Session, case: Case, check: AfterCheck, task: TaskRow | None) -> str:
    account = session.account
    if check.finished_at:
        return "这项核查已经完成。"
    if account.id in check.barred:
        return "这份准予由您作出，依规定不得由您复核。"
    why_not = permits(account, "check.record", _relation(case, check)).why_not
    if why_not.startswith("本环节由"):
        return f"这项核查由“{check.role}”岗位办理。"
    if not why_not and check.staff == 1 and task is not None and task.claimed_by not in ("", account.id):
        return "这项核查已由他人领取。"
    return why_not
