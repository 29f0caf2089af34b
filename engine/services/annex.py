"""The list of a batch, as its letters and its page for everybody have it."""

from __future__ import annotations

from engine.model.batch import DONE, FOLLOWING
from engine.model.case import Case
from engine.ports.batches import Lines
from engine.ports.store import Transaction


def annex_of(tx: Transaction, case: Case) -> tuple[Lines, ...]:
    """The items that follow, or followed, the decision of a batch; nothing for any other case."""
    items = tx.batches.items(case.id) if case.items else ()
    return tuple(one.lines for one in items if one.state in (FOLLOWING, DONE))
