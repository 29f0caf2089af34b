"""What events say of disputes and bans, in the transaction of the commit."""

from __future__ import annotations

from engine.model.case import Case
from engine.model.disputes import Banned, DisputeMoved
from engine.ports.disputes import DisputeRow
from engine.ports.facts import Ban
from engine.ports.store import Transaction


def moved(tx: Transaction, case: Case, event: DisputeMoved) -> None:
    """Project where a dispute stands; a confidential case tells nobody's name."""
    tx.disputes.put(
        DisputeRow(
            case=case.id, dispute=event.dispute, district=case.district, kind=event.kind, number=event.number,
            state=event.state, due=event.due, stayed=event.stayed, case_number=case.number,
            matter_title=case.matter_title, subject_name="" if case.confidential else case.subjects[0].name,
        )
    )  # fmt: skip


def banned(tx: Transaction, case: Case, event: Banned, id: str) -> None:
    """Project a ban: pre-checks read it from now on."""
    tx.facts.add_ban(id, case.subjects[0].code, event.line, Ban(event.ground, event.since, event.until))
