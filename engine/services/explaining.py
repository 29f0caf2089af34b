"""Explanations for pages and commands: of a draft as it stands, and of a case as it was judged."""

from __future__ import annotations

from datetime import date

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.certificate import Certificate
from engine.model.explanation import APPLICANT, STAFF, Explanation, Mending
from engine.model.matter import Matter
from engine.pipeline.context import Application
from engine.pipeline.explaining import Subject, explain
from engine.pipeline.proposing import propose
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session, actor_of
from engine.services.draft_views import Preview
from engine.services.facts import Facts
from engine.services.shelf import Shelf


class Explaining:
    """Why an application came out as it did, and what would help, for who reads it."""

    def __init__(self, *, store: Store, clock: Clock, shelf: Shelf, facts: Facts) -> None:
        self._store, self._clock, self._shelf, self._facts = store, clock, shelf, facts

    def of_preview(self, session: Session, preview: Preview) -> Explanation:
        """Of a draft, for the applicant. Changes are looked for once the form is filled in and in order."""
        application, mending = preview.application, Mending()
        if not (preview.missing or preview.errors or preview.instant):
            mending = propose(
                preview.matter, application, actor_of(session), self._clock.now().date(),
                self._shelf.reference_calendar(), preview.assessment,
            )  # fmt: skip
        subject = Subject(application.facts, self._facts.titles(), self._now())
        return explain(preview.matter, preview.assessed.traced(passed=False), subject, APPLICANT, mending)

    def by_number(self, number: str, reader: str) -> Explanation | None:
        """Of a case named by its number or id, for the command line; A003 when there is none."""
        with self._store.read() as tx:
            case = tx.cases.load(tx.cases.by_number(number) or number)
            original = tx.certificates.load(case.acts_on) if case is not None and case.acts_on else None
        if case is None:
            raise ZhunyuError("A003", f"没有办件 {number}。", "请核对办件编号。", status=404)
        return self.of_case(case, self._shelf.version(case.matter_hash), original, reader)

    def of_case(
        self, case: Case, matter: Matter, original: Certificate | None, reader: str
    ) -> Explanation | None:
        """Of a case as its stored assessment has it; None where nothing was judged. While the case is open, with the
        changes that would have made it pass: for a supplement, or for the next application."""
        if case.assessment is None:
            return None
        mending = Mending()
        if case.status in OPEN and case.assessment.law_day:
            application = Application(case.answers, case.uploads, case.subjects[0], dict(case.facts), original,
                                      confirmations=case.confirmations)  # fmt: skip
            mending = propose(
                matter, application, case.initiator, date.fromisoformat(case.assessment.law_day),
                self._shelf.reference_calendar(), case.assessment,
            )  # fmt: skip
        now = self._now() if reader == STAFF else ""
        return explain(matter, case.assessment, Subject(case.facts, self._facts.titles(), now), reader, mending)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")
