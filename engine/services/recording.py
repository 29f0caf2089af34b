"""Writing into the history what is not an event of a case: sign-ins, publications, changes of rights, keys."""

from __future__ import annotations

from engine.model.values import Json
from engine.ports.history import NewEntry
from engine.ports.store import Transaction
from engine.ports.world import Ids
from engine.trust.canonical import canonical

_SALT = 16


def record(tx: Transaction, ids: Ids, *, trail: str, at: str, actor: str, what: str, content: Json) -> None:
    """Add an entry in the transaction of what it tells of, so that neither is there without the other.

    `trail` as in `NewEntry`; `content` is kept sealed and shown to auditors; it holds no password, key or token.
    """
    tx.history.add(
        NewEntry(
            id=ids.new(), trail=trail, at=at, actor=actor, what=what, salt=ids.random(_SALT), content=canonical(content)
        )
    )
