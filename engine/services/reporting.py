"""Reports that holders owe: shown to them, settled when they file, carried out as an effect of the filing."""

from __future__ import annotations

import msgspec

from engine.model.certificate import CertificateStatus
from engine.model.commands import RecordReport
from engine.ports.effects import Job
from engine.ports.reports import Owed
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.committing import Committing
from engine.services.shelf import Shelf

_ENDED = (CertificateStatus.CANCELLED, CertificateStatus.REVOKED, CertificateStatus.VOIDED)


class ReportLine(msgspec.Struct, frozen=True):
    """A report that is owed, for its holder. `startable` when the matter that files it is on the shelf."""

    owed: Owed
    title: str
    matter_title: str
    overdue: bool
    startable: bool


class Reporting:
    """What holders owe, and what a filing settles."""

    def __init__(self, *, store: Store, clock: Clock, shelf: Shelf, committing: Committing) -> None:
        self._store, self._clock, self._shelf, self._committing = store, clock, shelf, committing

    def mine(self, session: Session) -> tuple[ReportLine, ...]:
        """What the session's subject owes, the earliest day first."""
        if session.subject is None:
            return ()
        with self._store.read() as tx:
            found = tx.reports.of_holder(session.subject.code)
            held = {one.certificate: tx.certificates.load(one.certificate) for one in found if one.certificate}
        found = tuple(
            one for one in found if (card := held.get(one.certificate)) is None or card.status not in _ENDED
        )
        if not found:
            return ()
        titles = {card.id: card.title for card in self._shelf.cards()}
        today = self._clock.now().date().isoformat()
        return tuple(
            ReportLine(
                one, one.title or titles.get(one.matter, "后续报告"), titles.get(one.matter, ""), one.due[:10] < today,
                one.matter in titles,
            )
            for one in found
        )  # fmt: skip

    def settle(self, job: Job) -> str:
        """The effect: tell the case that its report was filed; repeating changes nothing."""
        self._committing.report(job.case, RecordReport(str(job.body["report"]), str(job.body["number"])))
        return ""
