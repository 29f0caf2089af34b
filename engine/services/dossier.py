"""What stands beside a case on its page: what a supplement changed, proofs, advice, law, alerts, its course."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.model.case import Case
from engine.model.matter import Matter
from engine.pipeline.past import fold
from engine.ports.cases import RecordedEvent
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.case_changes import Alterations, alterations
from engine.services.case_course import Entry, course_of
from engine.services.desk_advice import Advice, advise
from engine.services.desk_views import DeskView
from engine.services.proofs import proven, provers
from engine.services.signing_review import ActLine
from engine.services.step_basis import Clause, Condition, clauses_of, conditions_of
from engine.services.subject_alerts import Alert, alerts_of
from engine.services.views import CaseView

_ANSWERED = "补正提交"


class Dossier(msgspec.Struct, frozen=True):
    """The panels beside a case.

    `altered` is None where no supplement was answered; `before` the case as it stood then, for masking what is shown of
    it. `proves` maps a material to the fields it proves, `proved_by` a field to its materials.
    """

    advice: Advice | None
    altered: Alterations | None
    before: Case | None
    proves: dict[str, tuple[str, ...]]
    proved_by: dict[str, tuple[str, ...]]
    clauses: tuple[Clause, ...]
    conditions: tuple[Condition, ...]
    alerts: tuple[Alert, ...]
    course: tuple[Entry, ...]
    acts: tuple[ActLine, ...]


class Dossiers:
    """Puts the panels together."""

    def __init__(self, *, store: Store, clock: Clock, acts: Callable[[str], tuple[ActLine, ...]]) -> None:
        self._store, self._clock, self._acts = store, clock, acts

    def of(self, seen: DeskView) -> Dossier:
        """The panels of a case that the desk has let somebody see."""
        case, matter = seen.view.case, seen.view.matter
        with self._store.read() as tx:
            events = tx.cases.events(case.id)
            altered, before = _altered(tx, matter, case, events)
            code = case.subjects[0].code if case.subjects else ""
            owed = tx.reports.of_holder(code, limit=10) if code and not case.items else ()
        acts, today = self._acts(case.id), self._clock.now().date().isoformat()
        proves = proven(matter)
        return Dossier(
            advice=advise(matter, case, seen.compared, seen.days_left), altered=altered, before=before, proves=proves,
            proved_by=provers(proves), clauses=clauses_of(matter, case), conditions=conditions_of(matter, case),
            alerts=alerts_of(matter, case, seen.holdings, seen.related, owed, events, today),
            course=course_of(case, events, acts), acts=acts,
        )  # fmt: skip

    def before(self, view: CaseView) -> Case | None:
        """The case as it stood before its supplement was answered; None where there was none."""
        with self._store.read() as tx:
            events = tx.cases.events(view.case.id)
            return _altered(tx, view.matter, view.case, events)[1]


def _altered(
    tx: Transaction, matter: Matter, case: Case, events: tuple[RecordedEvent, ...]
) -> tuple[Alterations | None, Case | None]:
    """What the answer to the supplement changed, from the case as the version before it was kept."""
    if case.supplement is None or not case.supplement.answered_at:
        return None, None
    answered = next((one for one in reversed(events) if getattr(one.event, "kind", "") == _ANSWERED), None)
    since = case.supplement.answered_at
    if answered is None or answered.version < 2:
        return Alterations(since, reason="没有找到补正提交的记录，不能对照补正以前的内容。"), None
    changes = tx.past.changes(case.id, answered.version - 1)
    broken = next((one.reason for one in changes if one.change is None), "")
    whole = not broken and bool(changes) and changes[-1].version == answered.version - 1
    before = fold(one.change for one in changes if one.change is not None) if whole else None
    if before is None:
        return Alterations(since, reason=broken or "补正以前的内容早于本系统开始留存各版，不能对照。"), None
    return alterations(matter, before, case), before
