"""催办 by the applicant."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.matter import EX_OFFICIO
from engine.model.moves import Remind
from engine.pipeline.move_rules import main_task, why_not_remind
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session, actor_of
from engine.services.cases import Cases
from engine.services.committing import Committing

NOT_NOW = "办件现在没有待办的环节。"


class Reminding:
    """What an applicant does about a case that takes long."""

    def __init__(self, *, store: Store, clock: Clock, cases: Cases, committing: Committing) -> None:
        self._store, self._clock, self._cases, self._committing = store, clock, cases, committing

    def why_not(self, session: Session, case: Case) -> str:
        """Why the applicant may not remind now; "" when they may."""
        if case.status not in OPEN or case.origin == EX_OFFICIO:
            return NOT_NOW
        return why_not_remind(case, actor_of(session), self._clock.now())

    def remind(self, session: Session, case_id: str) -> Case:
        """Remind whoever has the case; A003 when it is not theirs, C001 when nobody is to be reminded now."""
        self._cases.view(session, case_id)
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        assert case is not None  # it was just looked at
        if why := self.why_not(session, case):
            raise ZhunyuError("C001", why, "请稍后再试。", status=409)
        return self._committing.carry_out(case, Remind(main_task(case)), actor_of(session))
