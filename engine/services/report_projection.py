"""What events and filings say of the reports that holders owe, in the transaction of the commit."""

from __future__ import annotations

from engine.model.case import Case
from engine.model.events import ReportOwed, ReportSettled
from engine.model.matter import Matter
from engine.ports.effects import Job
from engine.ports.reports import Owed
from engine.ports.store import Transaction
from engine.ports.world import Ids

KIND = "report_filed"


def owed(tx: Transaction, case: Case, event: ReportOwed, confidential: bool) -> None:
    """Project that a report is owed."""
    certificate = case.certificates[0] if case.certificates else case.acts_on
    title = "" if confidential else event.title
    tx.reports.owe(Owed(case.id, event.report, certificate, event.matter, title, event.due), case.subjects[0].code)


def settled(tx: Transaction, case: Case, event: ReportSettled) -> None:
    """Project that a report is not owed any more."""
    tx.reports.settle(case.id, event.report)


def fulfilled_by(tx: Transaction, matter: Matter, case: Case, at: str, ids: Ids) -> Job | None:
    """The job that settles what a filing fulfils: the earliest report of its holder that this matter files, on the
    certificate it acts on where it acts on one. None when there is none."""
    open_ones = tx.reports.of_holder(case.subjects[0].code, matter.id)
    found = next((one for one in open_ones if not case.acts_on or one.certificate == case.acts_on), None)
    if found is None:
        return None
    body = {"report": found.report, "number": case.number}
    return Job(
        id=ids.new(), kind=KIND, case=found.case, seq=0, to=found.report, event="后续报告", body=dict(body),
        key=f"{KIND}-{case.id}-{found.report}", created_at=at,
    )  # fmt: skip
