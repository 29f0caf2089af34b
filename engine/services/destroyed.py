"""Reading cases of which some may have been destroyed (K006): work goes on without them, lists show their outline."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.ports.store import Transaction

_DESTROYED = "K006"


def readable(tx: Transaction, case: str) -> Case | None:
    """The case; None where there is none, or where its key was destroyed: then nothing is left to work on."""
    try:
        return tx.cases.load(case)
    except ZhunyuError as error:
        if error.code != _DESTROYED:
            raise
        return None


def or_outline(tx: Transaction, case: str) -> Case | None:
    """The case; its outline once its key was destroyed."""
    return readable(tx, case) or tx.cases.outline(case)
