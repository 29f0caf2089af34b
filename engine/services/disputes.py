"""Disputes about cases, and findings of false materials, for those who handle them."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.disputes import AfterCommand, DecideFalsehood, Reopen
from engine.ports.disputes import DisputeRow
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session, actor_of
from engine.services.committing import Committing
from engine.services.desk_access import district_of, read_by, refuse, staff_of
from engine.services.permission import Relation, holds, in_place_of, permits
from engine.services.signing import Readiness, Signing

HANDLERS = ("审查", "审批", "监督")  # who registers and answers disputes, and reports false materials
STATES = ("待答复", "已答复", "已结")
PAGE = 20


class DisputePage(msgspec.Struct, frozen=True):
    """A page of disputes, the cursor of the next one, how many each state holds; `today` is an ISO day."""

    rows: tuple[DisputeRow, ...]
    next: str
    counts: dict[str, int]
    today: str


class Disputes:
    """复议, 诉讼, 投诉, 虚假材料."""

    def __init__(self, *, store: Store, clock: Clock, committing: Committing, signing: Signing | None = None) -> None:
        self._store, self._clock, self._committing, self._signing = store, clock, committing, signing

    def page(self, session: Session, state: str, kind: str = "", text: str = "", after: str = "") -> DisputePage:
        """Disputes in a state, those due first; A002 for other roles."""
        account = _handler(session).account
        wanted = state if state in STATES else STATES[0]
        with self._store.read() as tx:
            rows = tx.disputes.find(district_of(account), wanted, kind, text.strip(), after, PAGE + 1)
            counts = tx.disputes.counts(district_of(account))
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        next = f"{last.due}|{last.case}|{last.dispute}" if last else ""
        today = self._clock.now().date().isoformat()
        return DisputePage(rows[:PAGE], next, {one: counts.get(one, 0) for one in STATES}, today)

    def case(self, session: Session, case_id: str) -> Case:
        """The case with its disputes and findings; A002, A003."""
        with self._store.read() as tx:
            return read_by(_handler(session), tx, tx.cases.load(case_id))

    def signing(self, session: Session) -> Readiness | None:
        """What is asked for before an act is signed; None where nothing is."""
        return self._signing.readiness(staff_of(session).account) if self._signing is not None else None

    def act(self, session: Session, case_id: str, command: AfterCommand, version: int, pin: str = "") -> Case:
        """Carry a command out on the case as it was seen, under the officer's signature where it decides something.

        A002 for other roles and districts, C001, C002, C004; K007 and K008 as `Signing.officer`.
        """
        case = self.case(session, case_id)
        decides = isinstance(command, DecideFalsehood | Reopen)
        wanted, relation = "dispute.decide" if decides else "dispute.act", Relation(case.district, matter=case.matter)
        verdict = permits(session.account, wanted, relation)
        refuse(verdict.why_not, "请由该区有权限的工作人员办理。")
        if case.version != version:
            what = "办件刚刚有了变化。"
            raise ZhunyuError("C002", what, "您填写的内容仍在下方，请核对最新情况后再提交。", status=409)
        signer = self._signing.officer(session.account, pin) if decides and self._signing is not None else None
        return self._committing.carry_out(
            case, command, in_place_of(actor_of(session), verdict.power), signer=signer
        )


def _handler(session: Session) -> Session:
    account = staff_of(session).account
    if not holds(account, HANDLERS):
        raise ZhunyuError("A002", f"由“{'”“'.join(HANDLERS)}”岗位办理。", "", status=403)
    return session
