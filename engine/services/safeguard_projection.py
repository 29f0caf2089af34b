"""What a commit tells the safeguards: the guard's counters and trips, what a grant rested on, recall outcomes."""

from __future__ import annotations

from datetime import datetime

from engine.model.case import Case
from engine.model.events import Checked, Granted, GuardTripped
from engine.model.guard import Reading
from engine.model.matter import Matter
from engine.pipeline.after_checks import RECALL, recall_check
from engine.ports.recalls import Grant
from engine.ports.store import Transaction
from engine.ports.world import Ids
from engine.services.recording import record


def instant_counter(matter: str, day: str) -> str:
    """The key of the counter of a day's automatic grants."""
    return f"instant|{matter}|{day}"


class CapReached(Exception):
    """What the case was granted under no longer holds: a limit was reached, the guard tripped or a basis was frozen
    in another commit. Judge again."""


def count_filing(tx: Transaction, case: Case, matter: Matter, guard: Reading, now: datetime) -> None:
    """Count a new case; an instant grant only while the guard still reads what the grant was computed under."""
    day = now.date().isoformat()
    instant = case.decision is not None and case.decision.automatic and case.decision.at[:10] == day
    if instant and tx.guards.hold(matter.id) != guard.revision:
        raise CapReached
    unknown = any(fact.state == "unavailable" for fact in case.facts.values())
    hourly = matter.guard.hourly
    if not tx.guards.count(matter.id, guard.epoch, now, instant=instant, unknown=unknown, hourly=hourly):
        raise CapReached
    if not instant or matter.daily_cap is None:
        return
    if not tx.certificates.bump(instant_counter(matter.id, day), matter.daily_cap):
        raise CapReached


def tripped(tx: Transaction, case: Case, event: GuardTripped, at: str, ids: Ids) -> None:
    """The guard trips; when another filing tripped it first, this one goes to a person all the same."""
    if tx.guards.trip(case.matter, event.epoch, cause=event.cause, words=event.words, at=at, case=case.id):
        told = {"matter": case.matter, "epoch": event.epoch, "cause": event.cause, "words": event.words}
        record(
            tx, ids, trail=f"guard:{case.matter}", at=at, actor="system", what="守护触发",
            content={**told, "case": case.id},
        )  # fmt: skip


def granted(tx: Transaction, case: Case, event: Granted, at: str) -> None:
    """Index what the grant rested on."""
    row = case.assessment.by if case.assessment is not None else ""
    grant = Grant(
        case=case.id, matter=case.matter, hash=case.matter_hash, row=row, district=case.district, at=at,
        automatic=event.automatic, share=event.share, drawn=event.drawn,
    )  # fmt: skip
    tx.recalls.keep(grant, event.basis)


def checked(tx: Transaction, case: Case, event: Checked) -> None:
    """A recall learns what a person decided of one of its grants."""
    if event.kind == RECALL:
        tx.recalls.outcome(event.check.removeprefix(recall_check("")), case.id, event.result)
